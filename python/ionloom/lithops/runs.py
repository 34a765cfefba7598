"""Runs in Lithops' storage: a record each, which tells what became of them (docs/formats/lithops-runs.md)."""

from __future__ import annotations

import hashlib
import json
import time
import warnings
from collections.abc import Sequence
from typing import Any

from ionloom.errors import IonloomWarning, RemoteError, UsageError
from ionloom.lithops.edge import one_line, told
from ionloom.lithops.worker import key_of

_PREFIX = key_of("", "").rstrip("/")  # "ionloom/lithops"
# A driver writes its record anew at least so often; one that is older has died.
HEARTBEAT_S = 30.0
_DEAD_S = 4 * HEARTBEAT_S
# A storage that does not take the record is asked again so soon, and given up after that long: the
# run would count as dead, and learn of the end of no call.
AGAIN_S = 5.0
SILENCE_S = 90.0


def job_mark(arguments: Sequence[str]) -> str:
    """Equal for runs that do the same."""
    return hashlib.sha256("\n".join(arguments).encode()).hexdigest()[:16]


class RunRecord:
    """A run's record, kept in the storage while the run is under way."""

    def __init__(self, storage: Any, run: str, dataset: str, mark: str) -> None:
        self._storage = storage
        self._key = key_of(run, "record.json")
        self._content = {
            "ionloom_run": 1,
            "run": run,
            "dataset": dataset,
            "job": mark,
            "began_unix_s": time.time(),
            "state": "running",
        }
        self._written = 0.0
        self._tried = 0.0

    def beat(self) -> None:
        """Says that the run is alive, if that has not been said for a while. Raises RemoteError when
        the storage has not listened for long."""
        now = time.monotonic()
        if now - self._written < HEARTBEAT_S or now - self._tried < AGAIN_S:
            return
        self._tried = now
        try:
            self.write()
        except Exception as error:  # noqa: BLE001 - each backend has exceptions of its own
            if now - self._written > SILENCE_S:
                raise RemoteError(
                    f"Lithops' storage {self._storage.backend!r} has not answered for "
                    f"{now - self._written:.0f} s: {one_line(error)}"
                ) from None

    def finish(self, state: str) -> None:
        """Says how the run ended. A storage that does not take it costs no result."""
        try:
            self.write(state=state)
        except Exception as error:  # noqa: BLE001
            warnings.warn(
                f"that the run is {state} could not be written to Lithops' storage, where it will "
                f"count as dead: {one_line(error)}",
                IonloomWarning,
                stacklevel=2,
            )

    def write(self, **changes: Any) -> None:
        self._content |= changes
        self._content["seen_unix_s"] = time.time()
        self._storage.put_object(self._storage.bucket, self._key, json.dumps(self._content).encode())
        self._written = time.monotonic()


def state_of(record: dict[str, Any]) -> str:
    """What became of a run: "running", "done", "failed", "stopped" or "dead", whose driver was killed."""
    if record["state"] == "running" and time.time() - record["seen_unix_s"] > _DEAD_S:
        return "dead"
    return str(record["state"])


def records_in(storage: Any) -> list[dict[str, Any]]:
    """All of them, the oldest first."""
    try:
        keys = [k for k in storage.list_keys(storage.bucket, _PREFIX + "/") if k.endswith("/record.json")]
        found = [json.loads(storage.get_object(storage.bucket, key)) for key in keys]
    except Exception as error:  # noqa: BLE001 - each backend has exceptions of its own
        raise RemoteError(f"Lithops' storage {storage.backend!r}: {one_line(error)}") from None
    return sorted(found, key=lambda record: record["began_unix_s"])


def unfinished(storage: Any, mark: str) -> dict[str, Any] | None:
    """The last run of the same job that did not come to its end."""
    same = [r for r in records_in(storage) if r["job"] == mark and r["state"] != "done"]
    return same[-1] if same else None


def _open(job: dict[str, Any]) -> Any:
    from ionloom.lithops.places import check_storage, open_storage

    storage = open_storage(job["config"])
    check_storage(storage)
    return storage


def list_runs(job: dict[str, Any]) -> None:
    """`ionloom runs list`"""
    records = records_in(_open(job))
    for record in records:
        began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record["began_unix_s"]))
        print(f"{record['run']}  {began}  {state_of(record):8}  {record['dataset']}")
    if not records:
        print("no runs")


@told()
def clean_runs(job: dict[str, Any]) -> None:
    """`ionloom runs clean`"""
    storage = _open(job)
    records = {record["run"]: record for record in records_in(storage)}
    for run in job["runs"]:
        if run not in records:
            raise UsageError(f"there is no run {run}; ionloom runs list tells which there are")
    chosen = [
        run
        for run, record in records.items()
        if (not job["runs"] or run in job["runs"]) and (job["all"] or state_of(record) != "running")
    ]
    keys = [k for run in chosen for k in storage.list_keys(storage.bucket, f"{_PREFIX}/{run}/")]
    kept = storage.list_keys(storage.bucket, "ionloom/") if job["all"] and not job["runs"] else []
    keys = list(dict.fromkeys([*keys, *kept]))
    if keys:
        storage.delete_objects(storage.bucket, keys)
    print(f"removed {len(chosen)} runs, {len(keys)} objects")
