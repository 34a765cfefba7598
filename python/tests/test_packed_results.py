"""Results as objects: what is packed comes out, and what is damaged does not."""

from __future__ import annotations

import io
import json
import resource
import signal
from pathlib import Path
from typing import Any

import pytest
from ionloom.errors import RemoteError, ResourceError
from ionloom.lithops.packed_results import ArrivingResults, pack_results

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

    def list_keys(self, bucket: str, prefix: str) -> list[str]:
        return [key for key in self.objects if key.startswith(prefix)]

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


def packed(results: Path, storage: MemoryStorage, scratch: Path) -> list[str]:
    scratch.mkdir(exist_ok=True)
    return pack_results(storage, "run/results", results, scratch)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part for the first two files, one for each of the others; the largest lies on disk."""
    monkeypatch.setattr("ionloom.lithops.packed_results._PART_BYTES", 8)
    monkeypatch.setattr("ionloom.lithops.packed_results._MOST_IN_MEMORY", 1000)


def arriving(storage: MemoryStorage, out: Path) -> ArrivingResults:
    return ArrivingResults(storage, "run/results", out)


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("fails", [0, 2])
def test_results_come_out_as_they_were(
    results: Path, out: Path, tmp_path: Path, fails: int
) -> None:
    storage = MemoryStorage(fails)
    keys = packed(results, storage, tmp_path / "scratch")
    arriving(storage, out).take(keys)
    assert files_in(out) == FILES
    assert storage.asked == fails + 1


def test_files_are_divided_into_parts_of_bounded_size(
    results: Path, out: Path, tmp_path: Path, small_parts: None
) -> None:
    storage = MemoryStorage()
    keys = packed(results, storage, tmp_path / "scratch")
    assert len(keys) == 3 and set(keys) == set(storage.objects)
    arriving(storage, out).take(keys)
    assert files_in(out) == FILES


def test_a_part_that_has_arrived_is_not_fetched_again(
    results: Path, out: Path, tmp_path: Path, small_parts: None
) -> None:
    storage = MemoryStorage()
    keys = packed(results, storage, tmp_path / "scratch")
    last = storage.objects.pop(keys[-1])
    coming = arriving(storage, out)
    for _ in range(5):
        coming.look()
    assert storage.asked == 2 and len(files_in(out)) == 3
    storage.objects[keys[-1]] = last
    coming.take(keys)
    assert storage.asked == 3
    assert files_in(out) == FILES


def test_nothing_of_a_call_that_went_away_stays(
    results: Path, out: Path, tmp_path: Path, small_parts: None
) -> None:
    storage = MemoryStorage()
    (results / "images" / "0.png").write_bytes(b"of the first call alone")
    gone = packed(results, storage, tmp_path / "scratch")
    del storage.objects[gone[-1]]
    coming = arriving(storage, out)
    for _ in range(5):
        coming.look()
    assert (out / "images" / "0.png").exists()
    (results / "images" / "0.png").unlink()
    coming.take(packed(results, storage, tmp_path / "scratch"))
    assert files_in(out) == FILES


def test_a_full_disk_is_told_with_its_place(
    results: Path, out: Path, tmp_path: Path, small_parts: None
) -> None:
    storage = MemoryStorage()
    keys = packed(results, storage, tmp_path / "scratch")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limit[1]))
    try:
        sentence = f"{tmp_path}: the results do not fit there: File too large"
        with pytest.raises(ResourceError, match=sentence):
            arriving(storage, out).take(keys)
        coming = arriving(storage, out)
        with pytest.raises(ResourceError, match=sentence):
            for _ in keys:
                coming.look()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, before)


def test_looking_survives_a_storage_that_breaks_off(
    results: Path, out: Path, tmp_path: Path
) -> None:
    storage = MemoryStorage(fails=1)
    keys = packed(results, storage, tmp_path / "scratch")
    coming = arriving(storage, out)
    coming.look()
    assert files_in(out) == {}
    coming.take(keys)
    assert files_in(out) == FILES


def test_a_storage_that_always_breaks_off_is_told(
    results: Path, out: Path, tmp_path: Path
) -> None:
    storage = MemoryStorage(fails=100)
    keys = packed(results, storage, tmp_path / "scratch")
    with pytest.raises(RemoteError, match="cannot be fetched: .*connection was reset"):
        arriving(storage, out).take(keys)
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
    results: Path, out: Path, tmp_path: Path, how: str, sentence: str
) -> None:
    storage = MemoryStorage()
    (key,) = packed(results, storage, tmp_path / "scratch")
    storage.objects[key] = damaged(storage.objects[key], how)
    with pytest.raises(RemoteError, match=f"damaged: .*{sentence}"):
        arriving(storage, out).take([key])
    assert files_in(out) == {} and not (tmp_path / "elsewhere").exists()
