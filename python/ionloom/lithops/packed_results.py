"""The results of a run as a few objects, from the function that makes them to the driver's folder.

An object, a part of the results, is the length of a JSON text (8 bytes, little-endian), this text,
a list of [path, bytes], and the files' contents one after the other. A run has ten thousand ion
images: tar's headers would take longer to write and to read than the images. Parts are of neighbours
in the order of paths; the driver unpacks one while the next is packed.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

from ionloom.errors import RemoteError, ResourceError
from ionloom.lithops.edge import is_of_this_disk, one_line

_PIECE = 1 << 20
_LENGTH_BYTES = 8
_PART_BYTES = 16 << 20
# A part that is larger, since a file in it is, lies on disk on its way.
_MOST_IN_MEMORY = 2 * _PART_BYTES
# A storage that fails in the middle of an object is asked for all of it again.
_TRIES = 3
# Between two looks for parts that have arrived.
_LOOK_S = 0.3

Files = list[tuple[str, int]]


def pack_results(storage: Any, prefix: str, results: Path, scratch: Path) -> list[str]:
    """Puts a folder of results into objects whose keys begin with a prefix. Gives the keys; another
    call has others, so that parts of two never come together."""
    mark = uuid.uuid4().hex
    keys: list[str] = []
    put: list[Future[None]] = []
    with ThreadPoolExecutor(1) as pool:
        for files in _parts_of(sorted(_files_in(results, ""))):
            keys.append(f"{prefix}/{mark}/{len(keys)}")
            packed = _packed(results, files, scratch)
            if put:
                put.pop().result()  # no more than two parts are held
            put.append(pool.submit(_put, storage, keys[-1], packed))
        for last in put:
            last.result()
    return keys


def _parts_of(files: Files) -> Iterator[Files]:
    part: Files = []
    size = 0
    for name, length in files:
        if part and size + length > _PART_BYTES:
            yield part
            part, size = [], 0
        part.append((name, length))
        size += length
    yield part


def _packed(results: Path, files: Files, scratch: Path) -> IO[bytes]:
    packed = tempfile.SpooledTemporaryFile(_MOST_IN_MEMORY, dir=str(scratch))
    _pack(results, files, packed)
    packed.seek(0)
    return packed


def pack_folder(folder: Path, packed: IO[bytes]) -> None:
    """Writes the files below a folder into one."""
    _pack(folder, sorted(_files_in(folder, "")), packed)


def _pack(folder: Path, files: Files, packed: IO[bytes]) -> None:
    table = json.dumps(files).encode()
    packed.write(len(table).to_bytes(_LENGTH_BYTES, "little") + table)
    for name, length in files:
        with open(f"{folder}/{name}", "rb", buffering=0) as content:
            # Not into room for a whole piece: most are small.
            while length and (piece := content.read(min(length, _PIECE))):
                length -= packed.write(piece)


def _put(storage: Any, key: str, packed: IO[bytes]) -> None:
    with packed:
        storage.put_object(storage.bucket, key, packed)


def _files_in(folder: Path | str, prefix: str) -> Iterator[tuple[str, int]]:
    """Files below a folder: their names from there, and bytes."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files_in(entry.path, f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name, entry.stat().st_size


class ArrivingResults:
    """A folder that is filled with results part by part, also while the last are being packed.

    prefix  of the keys of all parts, those of calls that are never heard of again too
    """

    def __init__(self, storage: Any, prefix: str, folder: Path) -> None:
        self._storage = storage
        self._prefix = prefix
        self._folder = folder
        self._here: set[str] = set()  # keys of unpacked parts, all of one call
        self._next_look = 0.0

    def look(self) -> None:
        """Unpacks a part that has arrived, if it is time to look for one. Trouble with the storage
        is for take() to tell. Raises ResourceError for a full disk."""
        if time.monotonic() < self._next_look:
            return
        try:
            key = self._arrived()
            if key is not None:
                self._unpack(key, tries=1)
                return  # there may be more
        except ResourceError:
            raise
        except Exception:  # noqa: BLE001 - each backend has exceptions of its own
            pass
        self._next_look = time.monotonic() + _LOOK_S

    def take(self, keys: Sequence[str]) -> None:
        """Unpacks what is not there yet of these parts, which are all that results have. Nothing of
        others stays. Raises RemoteError, ResourceError for a full disk."""
        if not self._here <= set(keys):
            for path in self._folder.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            self._here.clear()
        for key in keys:
            if key not in self._here:
                self._unpack(key, _TRIES)

    def _arrived(self) -> str | None:
        """A part that is not unpacked yet, of the call that others are of."""
        of_call = next(iter(self._here)).rpartition("/")[0] if self._here else self._prefix
        keys = self._storage.list_keys(self._storage.bucket, f"{of_call}/")
        return next((key for key in keys if key not in self._here), None)

    def _unpack(self, key: str, tries: int) -> None:
        try:
            self._unpack_part(key, tries)
        except OSError as error:
            if not is_of_this_disk(error):
                raise
            raise ResourceError(
                f"{self._folder.parent}: the results do not fit there: {error.strerror}"
            ) from None
        self._here.add(key)

    def _unpack_part(self, key: str, tries: int) -> None:
        with tempfile.SpooledTemporaryFile(_MOST_IN_MEMORY, dir=str(self._folder)) as packed:
            for left in reversed(range(tries)):
                try:
                    packed.seek(0)
                    packed.truncate()
                    copy_object(self._storage, key, packed)
                    break
                except Exception as error:  # noqa: BLE001 - each backend has exceptions of its own
                    if is_of_this_disk(error):
                        raise
                    if left:
                        continue
                    raise RemoteError(f"the results cannot be fetched: {one_line(error)}") from None
            try:
                unpack_folder(packed, self._folder)
            except ValueError as error:
                raise RemoteError(f"the results came back damaged: {one_line(error)}") from None


def unpack_folder(packed: IO[bytes], folder: Path) -> None:
    """Writes the files below a folder, and nothing anywhere else. Raises ValueError."""
    size = packed.seek(0, os.SEEK_END)
    packed.seek(0)
    table_bytes = int.from_bytes(packed.read(_LENGTH_BYTES), "little")
    if table_bytes > size:
        raise ValueError(f"{size} bytes, which cannot begin with a table of {table_bytes}")
    table: Files = json.loads(packed.read(table_bytes))
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
        with open(path, "wb", buffering=0) as file:
            while length:
                piece = memoryview(packed.read(min(length, _PIECE)))
                length -= len(piece)
                while piece:  # a disk that is almost full takes a part
                    piece = piece[file.write(piece) :]


def copy_object(storage: Any, key: str, into: IO[bytes]) -> None:
    """Copies an object into a file piece by piece."""
    if storage.backend == "localhost":  # whose stream holds the whole object
        from lithops.constants import LITHOPS_TEMP_DIR

        with Path(LITHOPS_TEMP_DIR, storage.bucket, key).open("rb") as content:
            shutil.copyfileobj(content, into, _PIECE)
        return
    shutil.copyfileobj(storage.get_object(storage.bucket, key, stream=True), into, _PIECE)
