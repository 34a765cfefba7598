"""Datasets and lists in S3: what a call needs of them as files of its own.

s3://BUCKET/KEY is read through Lithops' storage, so it may be anything that this reaches.
"""

from __future__ import annotations

import glob
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from ionloom.errors import RemoteError

_SCHEME = "s3://"
_IBD_RANGE = re.compile(rb"^input ibd ibd (\d+) (\d+)$", re.MULTILINE)
_PIECE = 1 << 20


def is_url(path: str) -> bool:
    return path.startswith(_SCHEME)


def _place(url: str) -> tuple[str, str]:
    bucket, _, key = url.removeprefix(_SCHEME).partition("/")
    return bucket, key


def _failure(url: str, error: Exception) -> RemoteError:
    kind = type(error).__name__
    text = "there is no such object" if kind == "StorageNoSuchKeyError" else str(error)
    return RemoteError(f"{url}: {' '.join(text.split())}")


def fetch(storage: Any, url: str, folder: Path) -> Path:
    """Copies an object into a folder. Raises RemoteError."""
    bucket, key = _place(url)
    path = folder / Path(key).name
    try:
        with path.open("wb") as file:
            shutil.copyfileobj(storage.get_object(bucket, key, stream=True), file, _PIECE)
    except Exception as error:  # noqa: BLE001 - each backend has exceptions of its own
        raise _failure(url, error) from None
    return path


def local_arguments(
    storage: Any,
    arguments: Sequence[str],
    folder: Path,
    ibd: Callable[[str], None] | None = None,
) -> list[str]:
    """The engine's arguments with objects in S3 replaced by files in a folder.

    ibd  puts there what is needed of the .ibd at a place; without it, all is
    """
    local: list[str] = []
    for argument in arguments:
        name, equals, value = argument.rpartition("=")
        if not is_url(value):
            local.append(argument)
            continue
        path = fetch(storage, value, folder)
        if not equals:  # the dataset, with its .ibd beside it
            if ibd is None:
                fetch(storage, ibd_of(value), folder)
            else:
                ibd(ibd_of(value))
        local.append(f"{name}{equals}{path}")
    return local


def ibd_of(dataset: str) -> str:
    """Where a dataset's .ibd is."""
    path = Path(dataset)
    if not is_url(dataset) and path.parent.is_dir():
        for beside in sorted(path.parent.glob(f"{glob.escape(path.stem)}.*")):
            if beside.suffix.lower() == ".ibd":  # in any case, as the engine looks for it
                return str(beside)
    return re.sub(r"\.imzml$", ".ibd", dataset, flags=re.IGNORECASE)


def ranges_in(texts: bytes) -> list[tuple[int, int]]:
    """What tasks with these texts read of the .ibd: offsets and lengths."""
    return [(int(offset), int(length)) for offset, length in _IBD_RANGE.findall(texts)]


def fetch_ranges(
    storage: Any, url: str, ranges: Iterable[tuple[int, int]], folder: Path, name: str = "part.ibd"
) -> Path:
    """A file of the size of an object that holds ranges of it, and nothing else."""
    bucket, key = _place(url)
    path = folder / name
    try:
        size = int(storage.head_object(bucket, key)["content-length"])
        with path.open("wb") as file:
            file.truncate(size)
            for offset, length in ranges:
                wanted = {"Range": f"bytes={offset}-{offset + length - 1}"}
                file.seek(offset)
                file.write(storage.get_object(bucket, key, extra_get_args=wanted))
    except Exception as error:  # noqa: BLE001 - each backend has exceptions of its own
        raise _failure(url, error) from None
    return path
