"""Runs on Lithops whose storage errs, dawdles, dies, refuses or is not there."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lithops
import pytest
from conftest import DEMO_LIST
from faulty_s3 import FaultyS3, Outage, every, faulty_s3
from ionloom.command import run_command
from ionloom.errors import IonloomWarning, RemoteError, ResourceError
from ionloom.lithops import runs
from ionloom.lithops.edge import told
from lithops_runs import assert_same_results, on_s3
from s3_server import free_port, s3_server


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[FaultyS3]:
    with s3_server(tmp_path / "s3") as server, faulty_s3(server) as before_it:
        yield before_it


def test_an_s3_that_errs_and_dawdles_costs_time_alone(
    proxy: FaultyS3, tissue: Path, tmp_path: Path
) -> None:
    expected = tmp_path / "expected"
    run_command(["annotate", str(tissue), f"--molecules={DEMO_LIST}", f"--output={expected}"])
    outage = Outage(after="^PUT .*/ions[ ?]", seconds=3, status=500)

    def fault(number: int, line: str) -> int | None:
        if number % 11 == 0:
            time.sleep(0.1)
        return every(7, 503)(number, line) or outage(number, line)

    proxy.fault = fault
    done = on_s3(tmp_path, proxy.url).annotate(tissue, tmp_path / "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert proxy.refused > 20 and outage.began is not None
    assert "Traceback" not in done.stderr
    assert_same_results(tmp_path / "out", expected)


def test_an_s3_that_dies_ends_the_run_with_a_sentence(
    proxy: FaultyS3, tissue: Path, tmp_path: Path
) -> None:
    proxy.fault = Outage(after="^PUT .*/run[ ?]", seconds=1e9, status=500)
    world = on_s3(tmp_path, proxy.url)
    world.set(runs__HEARTBEAT_S=2.0, runs__AGAIN_S=1.0, runs__SILENCE_S=6.0)
    done = world.annotate(tissue, tmp_path / "out")
    assert done.returncode == 4, done.stdout + done.stderr
    assert "Traceback" not in done.stderr and "\nerror: " in f"\n{done.stderr}"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"secret_access_key": "another"}, "refuses the credentials"),
        ({"access_key_id": "nobody"}, "refuses the credentials"),
        ({"storage_bucket": "nowhere"}, "there is no bucket 'nowhere'"),
        ({"endpoint": ""}, "cannot be reached"),
    ],
)
def test_a_storage_that_cannot_be_used_is_told_in_a_sentence(
    proxy: FaultyS3, tmp_path: Path, changes: dict[str, str], sentence: str
) -> None:
    changes = {k: v or f"http://127.0.0.1:{free_port()}" for k, v in changes.items()}
    world = on_s3(tmp_path, changes.pop("endpoint", proxy.url), **changes)
    done = world.annotate(tmp_path / "no.imzML", tmp_path / "out")
    assert done.returncode == 4, done.stdout + done.stderr
    assert sentence in done.stderr and done.stderr.count("\n") == 1, done.stderr
    listed = world.run(world.command("runs", "list", f"--lithops-config={world.config_file()}"))
    assert listed.returncode == 4 and sentence in listed.stderr, listed.stderr


def test_what_lithops_raises_is_told_and_other_faults_stay_faults() -> None:
    with pytest.raises(RemoteError, match="^Lithops: .*moon"), told():
        lithops.storage.Storage(config={"lithops": {"storage": "moon"}})
    with pytest.raises(ResourceError, match="No space left"), told():
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(ZeroDivisionError), told():
        1 / 0  # noqa: B018


class DeadStorage:
    """A storage that takes nothing."""

    backend, bucket = "dead", "bucket"

    def put_object(self, *_: Any) -> None:
        raise ConnectionError("nobody is there")


def test_a_storage_that_is_silent_for_long_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    record = runs.RunRecord(DeadStorage(), "run", "a.imzML", "mark")
    record._written = now
    for _ in range(int(runs.HEARTBEAT_S) + 50):
        now += 1
        record.beat()
    now += 20
    with pytest.raises(RemoteError, match="'dead' has not answered for 100 s: nobody is there"):
        record.beat()
    with pytest.warns(IonloomWarning, match="could not be written"):
        record.finish("done")
