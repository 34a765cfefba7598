"""The results of a run as one object, from the function that made them to the driver's folder."""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from ionloom.errors import RemoteError
from ionloom.lithops.edge import is_of_this_disk, one_line

_PIECE = 1 << 20
# A storage that fails in the middle of an object is asked for all of it again.
_TRIES = 3


def pack_results(storage: Any, key: str, results: Path, scratch: Path) -> None:
    """Puts a folder of results into an object."""
    packed = scratch / "results.tar"
    with tarfile.open(packed, "w") as archive:
        for path in sorted(results.iterdir()):
            archive.add(path, path.name)
    with packed.open("rb") as content:
        storage.put_object(storage.bucket, key, content)


def unpack_results(storage: Any, key: str, folder: Path) -> None:
    """Fetches results, which no more than pass through this process. Raises RemoteError."""
    with tempfile.TemporaryFile(dir=folder) as packed:
        for left in reversed(range(_TRIES)):
            try:
                packed.seek(0)
                packed.truncate()
                _copy_object(storage, key, packed)
                break
            except Exception as error:  # noqa: BLE001 - each backend has exceptions of its own
                if is_of_this_disk(error):
                    raise
                if left:
                    continue
                raise RemoteError(f"the results cannot be fetched: {one_line(error)}") from None
        packed.seek(0)
        try:
            with tarfile.open(fileobj=packed) as archive:
                _unpack(archive, folder)
        except tarfile.TarError as error:
            raise RemoteError(f"the results came back damaged: {one_line(error)}") from None


def _unpack(archive: tarfile.TarFile, folder: Path) -> None:
    """Writes the files of an archive below a folder, and nothing else of it anywhere."""
    for member in archive:
        path = Path(os.path.normpath(folder / member.name))
        if not member.isfile() or folder not in path.parents:
            continue
        path.parent.mkdir(exist_ok=True)
        content = archive.extractfile(member)
        assert content is not None
        with path.open("xb") as file:
            shutil.copyfileobj(content, file, _PIECE)


def _copy_object(storage: Any, key: str, into: Any) -> None:
    """Copies an object into a file piece by piece."""
    if storage.backend == "localhost":  # whose stream holds the whole object
        from lithops.constants import LITHOPS_TEMP_DIR

        with Path(LITHOPS_TEMP_DIR, storage.bucket, key).open("rb") as content:
            shutil.copyfileobj(content, into, _PIECE)
        return
    shutil.copyfileobj(storage.get_object(storage.bucket, key, stream=True), into, _PIECE)
