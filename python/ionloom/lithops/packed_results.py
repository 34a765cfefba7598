"""The results of a run as one object, from the function that made them to the driver's folder.

The object is the length of a JSON text (8 bytes, little-endian), this text, a list of [path, bytes] in
the order of paths, and the files' contents one after the other. A run has ten thousand ion images:
tar's headers would take longer to write and to read than the images.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from ionloom.errors import RemoteError
from ionloom.lithops.edge import is_of_this_disk, one_line

_PIECE = 1 << 20
_LENGTH_BYTES = 8
# A storage that fails in the middle of an object is asked for all of it again.
_TRIES = 3


def pack_results(storage: Any, key: str, results: Path, scratch: Path) -> None:
    """Puts a folder of results into an object."""
    files = sorted(_files_in(results, ""))
    table = json.dumps(files).encode()
    with (scratch / "packed").open("w+b") as packed:
        packed.write(len(table).to_bytes(_LENGTH_BYTES, "little") + table)
        for name, length in files:
            with open(f"{results}/{name}", "rb", buffering=0) as content:
                # Not into room for a whole piece: most are small.
                while length and (piece := content.read(min(length, _PIECE))):
                    length -= packed.write(piece)
        packed.seek(0)
        storage.put_object(storage.bucket, key, packed)


def _files_in(folder: Path | str, prefix: str) -> Iterator[tuple[str, int]]:
    """Files below a folder: their names from there, and bytes."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files_in(entry.path, f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name, entry.stat().st_size


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
        try:
            _unpack(packed, folder)
        except ValueError as error:
            raise RemoteError(f"the results came back damaged: {one_line(error)}") from None


def _unpack(packed: BinaryIO, folder: Path) -> None:
    """Writes the files below a folder, and nothing anywhere else. Raises ValueError."""
    size = packed.seek(0, os.SEEK_END)
    packed.seek(0)
    table_bytes = int.from_bytes(packed.read(_LENGTH_BYTES), "little")
    if table_bytes > size:
        raise ValueError(f"{size} bytes, which cannot begin with a table of {table_bytes}")
    table: list[tuple[str, int]] = json.loads(packed.read(table_bytes))
    expected = _LENGTH_BYTES + table_bytes + sum(length for _, length in table)
    if size != expected:
        raise ValueError(f"{size} bytes, expected {expected}")
    paths = [os.path.normpath(f"{folder}/{name}") for name, _ in table]
    for path in paths:
        if not path.startswith(f"{folder}/"):
            raise ValueError(f"{path} is not below {folder}")
    for parent in {os.path.dirname(path) for path in paths}:
        os.makedirs(parent, exist_ok=True)
    for path, (_, length) in zip(paths, table):
        with open(path, "xb", buffering=0) as file:
            while length:
                length -= file.write(packed.read(min(length, _PIECE)))


def _copy_object(storage: Any, key: str, into: BinaryIO) -> None:
    """Copies an object into a file piece by piece."""
    if storage.backend == "localhost":  # whose stream holds the whole object
        from lithops.constants import LITHOPS_TEMP_DIR

        with Path(LITHOPS_TEMP_DIR, storage.bucket, key).open("rb") as content:
            shutil.copyfileobj(content, into, _PIECE)
        return
    shutil.copyfileobj(storage.get_object(storage.bucket, key, stream=True), into, _PIECE)
