"""Results as one object: what is packed comes out, and what is damaged does not."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from ionloom.errors import RemoteError
from ionloom.lithops.packed_results import pack_results, unpack_results

FILES = {
    "annotations.csv": b"formula\n",
    "images/a_0.png": b"",
    "images/b_0.png": bytes(range(256)) * 5000,
    "run.json": b"{}",
}


class MemoryStorage:
    """A storage in this process; the first `fails` streams end in the middle with an error."""

    backend, bucket = "memory", "bucket"

    def __init__(self, fails: int = 0) -> None:
        self.objects: dict[str, bytes] = {}
        self.fails = fails
        self.asked = 0

    def put_object(self, bucket: str, key: str, content: Any) -> None:
        self.objects[key] = content.read()

    def get_object(self, bucket: str, key: str, stream: bool) -> Any:
        self.asked += 1
        content = io.BytesIO(self.objects[key])
        if self.asked > self.fails:
            return content
        return Breaking(content)


class Breaking(io.BytesIO):
    """Gives some bytes, then fails."""

    def __init__(self, content: io.BytesIO) -> None:
        super().__init__(content.read(1000))

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        if not piece:
            raise ConnectionError("the connection was reset")
        return piece


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    (folder / "images").mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return folder


def packed(results: Path, storage: MemoryStorage, scratch: Path) -> MemoryStorage:
    scratch.mkdir()
    pack_results(storage, "key", results, scratch)
    return storage


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("fails", [0, 2])
def test_results_come_out_as_they_were(results: Path, tmp_path: Path, fails: int) -> None:
    storage = packed(results, MemoryStorage(fails), tmp_path / "scratch")
    out = tmp_path / "out"
    out.mkdir()
    unpack_results(storage, "key", out)
    assert files_in(out) == FILES
    assert storage.asked == fails + 1


def test_a_storage_that_always_breaks_off_is_told(results: Path, tmp_path: Path) -> None:
    storage = packed(results, MemoryStorage(fails=100), tmp_path / "scratch")
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(RemoteError, match="cannot be fetched: .*connection was reset"):
        unpack_results(storage, "key", out)
    assert files_in(out) == {}


def damaged(content: bytes, how: str) -> bytes:
    length = int.from_bytes(content[:8], "little")
    table = json.loads(content[8 : 8 + length])
    if how == "cut":
        return content[:-1]
    if how == "table":
        return bytes([255] * 8) + content[8:]
    assert how == "outside"
    table[0][0] = "../elsewhere"
    text = json.dumps(table).encode()
    return len(text).to_bytes(8, "little") + text + content[8 + length :]


@pytest.mark.parametrize(
    ("how", "sentence"),
    [("cut", "expected"), ("table", "cannot begin with a table"), ("outside", "is not below")],
)
def test_damaged_results_are_refused_whole(
    results: Path, tmp_path: Path, how: str, sentence: str
) -> None:
    storage = packed(results, MemoryStorage(), tmp_path / "scratch")
    storage.objects["key"] = damaged(storage.objects["key"], how)
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(RemoteError, match=f"damaged: .*{sentence}"):
        unpack_results(storage, "key", out)
    assert files_in(out) == {} and not (tmp_path / "elsewhere").exists()
