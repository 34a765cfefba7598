"""What a Lithops call does: runs the engine's command on a store, and tells what came of it.

A call gets names and gives names: data goes between the engine and the store.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

from ionloom.command import command_path
from ionloom.errors import IonloomError, exit_code_of
from ionloom.lithops.folder_lock import locked, remove_abandoned
from ionloom.lithops.inputs import fetch, fetch_ranges, is_url, local_arguments, ranges_in
from ionloom.lithops.packed_results import pack_results
from ionloom.lithops.places import store_of

_PR_SET_PDEATHSIG = 1
_NO_ROOM = 3  # the engine's exit code
_RESULTS_PREFIX = "ionloom-results-"


class Call(TypedDict, total=False):
    """What a call is to do. `kind` decides which of the others it has."""

    kind: str  # "plan" or "work"
    name: str  # for messages and pictures
    run: str  # the run, a part of the keys of its own objects
    store: str | None  # the engine's store; None: Lithops' storage
    arguments: list[str]  # plan: of ionloom annotate
    tasks: str  # work: key of the object with the tasks' texts
    ranges: list[tuple[int, int]]  # work: offset and length of each text in it
    ibd: str  # work: the dataset's file
    runtime: str  # work: "native" or "wasm"
    packed: bool  # work: runs of peaks are packed, and read so
    memory_mb: int  # that the call has
    keeps_ibd_record: bool  # plan: of a dataset that lies here, too
    memory_folder: str  # plan: a folder in memory where results may be made, if they fit
    then: Call  # work: the plan that is to follow when all of `beside` are done
    beside: list[str]  # work: names of the step's calls, this one's too


class Outcome(TypedDict, total=False):
    """What a call did."""

    name: str
    host: str
    memory_mb: int  # that the call asked for
    started: float  # seconds since 1970
    ended: float
    peak_memory_bytes: int  # of the engine
    exit_code: int  # of the engine; negative: the signal that ended it
    error: str  # what the engine said, when it failed
    said: list[str]  # its warnings
    tasks: list[dict[str, Any]]  # work: a record for each; plan: those handed out
    expected: dict[str, Any]  # plan: seconds that stages are expected to take
    threads: int  # plan: on so many threads
    memory_bytes: int  # plan: that the next one takes at most
    texts: str  # plan: key of the object with the tasks' texts
    results: list[str]  # plan: keys of the parts of the results, when all is done
    then: Outcome  # work: of the plan that this call went on with
    within: str  # plan: name of the call that went on with it


def _die_with_parent() -> None:
    """A worker that is killed takes the engine with it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _engine(
    arguments: Sequence[str], environment: Mapping[str, str], given: bytes, outcome: Outcome
) -> str:
    """Runs the command, notes how it ended, and gives what it printed."""
    import resource  # here, or Lithops sends this Python's copy of it along with each call

    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [command_path(), *arguments],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=said,
            env={**os.environ, **environment},
            preexec_fn=_die_with_parent,
        )
        assert process.stdin is not None
        try:
            process.stdin.write(given)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it ended before it read everything, and says why
        process.wait()
        out.seek(0)
        said.seek(0)
        printed = out.read().decode(errors="replace")
        words = said.read().decode(errors="replace")
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    outcome["peak_memory_bytes"] = usage.ru_maxrss * 1024
    outcome["exit_code"] = process.returncode
    outcome["said"] = [line[9:] for line in words.splitlines() if line.startswith("warning: ")]
    if process.returncode:
        outcome["error"] = words[words.find("error: ") + 7 :].strip() if "error: " in words else words.strip()
    return printed


def key_of(run: str, name: str) -> str:
    """Key of one of a run's own objects in Lithops' storage."""
    return f"ionloom/lithops/{run}/{name}"


def _plan(call: Call, storage: Any, outcome: Outcome) -> None:
    """Asks the engine which tasks are missing; when none is, there are results."""
    memory_folder = call.get("memory_folder")
    if memory_folder:
        _plan_in(memory_folder, call, storage, outcome)
        if outcome["exit_code"] != _NO_ROOM:
            return
        outcome.pop("error", None)
    _plan_in(None, call, storage, outcome)


def _plan_in(parent: str | None, call: Call, storage: Any, outcome: Outcome) -> None:
    place = store_of(storage, call["store"])
    if parent is not None:  # a call that was killed would keep memory for ever
        remove_abandoned(Path(parent), _RESULTS_PREFIX)
    with (
        tempfile.TemporaryDirectory(prefix="ionloom-") as folder,
        tempfile.TemporaryDirectory(prefix=_RESULTS_PREFIX, dir=parent) as made,
        locked(Path(made)),
    ):
        handed_out, results = Path(folder, "tasks.json"), Path(made, "results")
        ibd = _IbdInParts(call, storage, Path(folder))
        arguments = local_arguments(storage, call["arguments"], Path(folder), ibd.fetch)
        _engine(
            ["annotate", *arguments, f"--store={place.url}", f"--hand-out={handed_out}"]
            + [f"--output={results}", *ibd.arguments],
            place.environment,
            b"",
            outcome,
        )
        if outcome["exit_code"] != 0:
            return
        ibd.keep_record()
        if handed_out.exists():
            _keep_tasks(json.loads(handed_out.read_text()), call, storage, outcome)
            return
        prefix = key_of(call["run"], "results")
        outcome["results"] = pack_results(storage, prefix, results, Path(folder))


def ibd_record_key(run: str) -> str:
    """Key of what is known of the .ibd."""
    return key_of(run, "ibd.json")


class _IbdInParts:
    """The .ibd of a dataset in S3, for a plan: the run's first fetches it whole, and keeps for the
    others what all its bytes are needed for (docs/formats/ibd-record.md). Of one that lies here it may
    be kept too."""

    def __init__(self, call: Call, storage: Any, folder: Path) -> None:
        self._key = ibd_record_key(call["run"])
        self._storage = storage
        self._folder = folder
        self._record = folder / "ibd-record.json"
        self._is_known = False
        self.arguments: list[str] = []  # more, of the engine
        if call.get("keeps_ibd_record"):
            self._look_up()

    def _look_up(self) -> None:
        self.arguments = [f"--ibd-record={self._record}"]
        self._is_known = self._key in self._storage.list_keys(self._storage.bucket, self._key)
        if self._is_known:
            self._record.write_bytes(self._storage.get_object(self._storage.bucket, self._key))

    def fetch(self, url: str) -> None:
        self._look_up()
        if not self._is_known:
            fetch(self._storage, url, self._folder)
            return
        text = self._record.read_bytes()
        parts = [(offset, length) for offset, length in json.loads(text)["parts"]]
        fetch_ranges(self._storage, url, parts, self._folder, Path(url).name)

    def keep_record(self) -> None:
        if not self._is_known and self._record.exists():
            content = self._record.read_bytes()
            self._storage.put_object(self._storage.bucket, self._key, content)


def _keep_tasks(
    handed_out: dict[str, Any], call: Call, storage: Any, outcome: Outcome
) -> None:
    """Puts the tasks' texts into one object; only their names and places go to the driver."""
    offset = 0
    texts: list[bytes] = []
    outcome["tasks"] = []
    for task in handed_out["tasks"]:
        text = task.pop("text").encode()
        outcome["tasks"].append({**task, "range": (offset, len(text))})
        texts.append(text)
        offset += len(text)
    outcome["texts"] = key_of(call["run"], f"{call['name']}.tasks")
    outcome["expected"] = handed_out["expected"]
    outcome["memory_bytes"] = handed_out["memory_bytes"]
    outcome["threads"] = handed_out["threads"]
    storage.put_object(storage.bucket, outcome["texts"], b"".join(texts))


def task_texts(call: Call, storage: Any) -> bytes:
    """Texts of a call's tasks, one after the other."""
    return b"".join(
        storage.get_object(
            storage.bucket,
            call["tasks"],
            extra_get_args={"Range": f"bytes={offset}-{offset + length - 1}"},
        )
        for offset, length in joined(call["ranges"])
    )


# Gives the file that holds what tasks with these texts read of the .ibd, perhaps in this folder.
IbdFile = Callable[[Call, Any, bytes, Path], str]


def _ibd_file(call: Call, storage: Any, texts: bytes, folder: Path) -> str:
    ibd = call["ibd"]
    return str(fetch_ranges(storage, ibd, ranges_in(texts), folder)) if is_url(ibd) else ibd


def work(call: Call, storage: Any, outcome: Outcome, ibd_file: IbdFile = _ibd_file) -> None:
    """Does a call's tasks, and notes a record of each."""
    place = store_of(storage, call["store"])
    texts = task_texts(call, storage)
    with tempfile.TemporaryDirectory(prefix="ionloom-") as folder:
        ibd = ibd_file(call, storage, texts, Path(folder))
        printed = _engine(
            ["task", "work", "-", f"--store={place.url}", f"--ibd={ibd}"]
            + [f"--runtime={call['runtime']}"]
            + (["--packed"] if call.get("packed") else []),
            place.environment,
            texts,
            outcome,
        )
    outcome["tasks"] = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]


def joined(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges that follow each other as one."""
    all_ranges: list[tuple[int, int]] = []
    for offset, length in ranges:
        if all_ranges and sum(all_ranges[-1]) == offset:
            all_ranges[-1] = (all_ranges[-1][0], all_ranges[-1][1] + length)
        else:
            all_ranges.append((offset, length))
    return all_ranges


def do_call(
    call: Call, storage: Any, do: Callable[[Call, Any, Outcome], None]
) -> Outcome:
    """Does what a call asks for, in a way: gives what came of it, when, and why it failed."""
    outcome: Outcome = {
        "name": call["name"],
        "host": socket.gethostname(),
        "memory_mb": call["memory_mb"],
        "started": time.time(),
    }
    try:
        do(call, storage, outcome)
    except IonloomError as error:
        outcome["exit_code"] = exit_code_of(error)
        outcome["error"] = str(error)
    outcome.setdefault("ended", time.time())
    return outcome


def end_mark(call: Call, name: str) -> str:
    """Key of the object that tells that a call of this one's step has done its work."""
    return key_of(call["run"], f"{call['then']['name']}.ends/{name}")


def is_done(call: Call, storage: Any) -> bool:
    """Whether a call has done its work, and may be at the plan that follows."""
    key = end_mark(call, call["name"])
    return key in storage.list_keys(storage.bucket, key)


def _is_last(call: Call, storage: Any) -> bool:
    """Whether this call alone is to make the plan that follows. Of two that end together it may be
    neither: then the driver asks for it."""
    storage.put_object(storage.bucket, end_mark(call, call["name"]), b"")
    ended = set(storage.list_keys(storage.bucket, end_mark(call, "")))
    if not all(end_mark(call, name) in ended for name in call["beside"]):
        return False
    if len(call["beside"]) == 1:
        return True
    # Whoever puts its claim second sees the first.
    claims = key_of(call["run"], f"{call['then']['name']}.claims/")
    storage.put_object(storage.bucket, claims + call["name"], b"")
    return bool(storage.list_keys(storage.bucket, claims) == [claims + call["name"]])


def _work_and_go_on(call: Call, storage: Any, outcome: Outcome) -> None:
    """Does a call's tasks; when they are the step's last, this process makes the next plan: another
    would have to be started for it."""
    work(call, storage, outcome)
    if outcome["exit_code"] == 0 and "then" in call and _is_last(call, storage):
        outcome["ended"] = time.time()
        # The plan's failure is not the tasks': the driver asks for the plan again, and tells it.
        outcome["then"] = do_call(call["then"], storage, _plan)


def run_plan(call: Call, storage: Any) -> Outcome:
    """Does a call that plans, whatever its kind is called."""
    return do_call(call, storage, _plan)


def run_call(call: Call, storage: Any) -> Outcome:
    """Does a call. `storage` is Lithops' own, which it hands to functions that ask for it."""
    return do_call(call, storage, {"plan": _plan, "work": _work_and_go_on}[call["kind"]])
