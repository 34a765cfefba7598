"""Calls of a run on a Lithops that is unwilling, without Lithops."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import REPOSITORY
from ionloom.errors import RemoteError
from ionloom.lithops import calls, run, worker
from ionloom.lithops.calls import Caller
from ionloom.lithops.gantt import gantt
from ionloom.lithops.site_worker import run_site_call
from ionloom.lithops.worker import run_call

OUTCOME = {"name": "ingest-0", "exit_code": 0, "started": 1000.0, "ended": 1000.0}


class UnwillingExecutor:
    """Takes a call only after it was asked some times."""

    def __init__(self, refusals: int, outcome: Any = OUTCOME) -> None:
        self.refusals = refusals
        self.outcome = outcome
        self.asked = 0

    def call_async(self, *_: Any, **__: Any) -> Any:
        self.asked += 1
        if self.asked <= self.refusals:
            raise OSError("the runner was\nnot there")
        return SimpleNamespace(
            ready=True, success=True, done=True, running=False, result=lambda **_: self.outcome
        )


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "_PAUSES_S", (0.0, 0.0, 0.0))


def ask(executor: UnwillingExecutor) -> list[Any]:
    caller = Caller(executor, lambda outcome, state: None, lambda: None)
    return caller.all_of([({"name": "ingest-0", "memory_mb": 256}, 0.0)])


def test_a_call_that_is_not_taken_is_asked_for_again() -> None:
    executor = UnwillingExecutor(refusals=3)
    assert ask(executor) == [OUTCOME]
    assert executor.asked == 4


def test_a_lithops_that_takes_no_calls_is_told_in_a_sentence() -> None:
    executor = UnwillingExecutor(refusals=100)
    with pytest.raises(RemoteError, match="does not take ingest-0: the runner was not there"):
        ask(executor)
    assert executor.asked == 4


def test_what_a_start_takes_is_measured_without_the_call_and_the_plan_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = iter([100.0, 107.5])  # asked, ended
    monkeypatch.setattr("ionloom.lithops.calls.time.monotonic", lambda: next(now))
    then: Any = {"started": 3.0, "ended": 7.0}  # by another machine's clock
    outcome: Any = {**OUTCOME, "started": 0.0, "ended": 3.0, "then": then}
    executor = UnwillingExecutor(refusals=0, outcome=outcome)
    caller = Caller(executor, lambda outcome, state: None, lambda: None)
    assert caller.start_s is None
    assert caller.all_of([({"name": "ingest-0", "memory_mb": 256}, 0.0)]) == [outcome]
    assert caller.start_s == 0.5


class TextsStorage:
    """A storage that has the texts of tasks, and counts how often it is asked for them."""

    backend, bucket = "localhost", "bucket"

    def __init__(self, texts: bytes) -> None:
        self._texts = texts
        self.asked = 0

    def get_object(self, bucket: str, key: str, extra_get_args: dict[str, str]) -> bytes:
        self.asked += 1
        begin, end = extra_get_args["Range"].removeprefix("bytes=").split("-")
        return self._texts[int(begin) : int(end) + 1]


def test_a_call_on_raw_data_of_another_site_fetches_its_texts_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = tmp_path / "engine"
    engine.write_text(
        "#!/bin/bash\n"
        f'if [[ $1 == geds ]]; then echo "$*" >>{tmp_path}/ranges; printf 0123456789; exit; fi\n'
        f"for word; do [[ $word == --ibd=* ]] && cp \"${{word#--ibd=}}\" {tmp_path}/ibd; done\n"
        f"cat >{tmp_path}/texts\n"
        'echo \'{"task": "ingest-0", "done": true}\'\n'
    )
    engine.chmod(0o755)
    monkeypatch.setenv("IONLOOM_COMMAND", str(engine))
    texts = b"ionloom-task 1\nname another\nionloom-task 1\nname ingest-0\ninput ibd ibd 5 10\n"
    first = texts.index(b"ionloom-task 1\nname ingest-0")
    storage = TextsStorage(texts)
    call: Any = {
        "kind": "work",
        "name": "ingest-0-0",
        "store": "geds://there:1/bucket?node=here:2",
        "tasks": "key",
        "ranges": [(first, len(texts) - first)],
        "ibd": "/somewhere/else.ibd",
        "raw": "bucket/raw.ibd",
        "runtime": "native",
        "memory_mb": 512,
    }
    outcome = run_site_call(call, storage)
    assert outcome["exit_code"] == 0, outcome
    assert [task["task"] for task in outcome["tasks"]] == ["ingest-0"]
    assert storage.asked == 1
    assert (tmp_path / "texts").read_bytes() == texts[first:]
    assert (tmp_path / "ibd").read_bytes() == bytes(5) + b"0123456789"
    assert "bucket/raw.ibd --metadata=there:1 --range=5:10" in (tmp_path / "ranges").read_text()


class MarksStorage:
    """A storage that has keys and their order alone."""

    backend, bucket = "memory", "bucket"

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.before_put: Callable[[str], None] = lambda key: None

    def put_object(self, bucket: str, key: str, content: bytes) -> None:
        before, self.before_put = self.before_put, lambda key: None
        before(key)
        if key not in self.keys:
            self.keys.append(key)

    def list_keys(self, bucket: str, prefix: str) -> list[str]:
        return [key for key in self.keys if key.startswith(prefix)]


def work_call(name: str, beside: list[str]) -> Any:
    plan = {"kind": "plan", "name": "plan-1", "run": "r", "memory_mb": 1}
    return {"kind": "work", "name": name, "run": "r", "memory_mb": 1, "then": plan, "beside": beside}


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Calls whose tasks cost nothing; the plans that they made."""
    made: list[str] = []

    def work(call: Any, storage: Any, outcome: Any) -> None:
        outcome["exit_code"] = 1 if call["name"] == "fails" else 0

    def plan(call: Any, storage: Any, outcome: Any) -> None:
        made.append(call["name"])
        outcome["exit_code"] = 0

    monkeypatch.setattr(worker, "work", work)
    monkeypatch.setattr(worker, "_plan", plan)
    return made


@pytest.mark.parametrize(
    ("memory_folder", "exit_codes", "tried"),
    [("/memory", [3, 0], ["/memory", None]), ("/memory", [1], ["/memory"]), ("", [3], [None])],
)
def test_results_that_do_not_fit_into_memory_are_made_on_disk(
    monkeypatch: pytest.MonkeyPatch, memory_folder: str, exit_codes: list[int], tried: list[str | None]
) -> None:
    folders: list[str | None] = []

    def plan_in(parent: str | None, call: Any, storage: Any, outcome: Any) -> None:
        outcome["exit_code"] = exit_codes[len(folders)]
        if outcome["exit_code"]:
            outcome["error"] = "no room"
        folders.append(parent)

    monkeypatch.setattr(worker, "_plan_in", plan_in)
    outcome: Any = {}
    worker._plan({"memory_folder": memory_folder}, None, outcome)
    assert folders == tried
    assert outcome["exit_code"] == exit_codes[-1] and ("error" in outcome) == (exit_codes[-1] != 0)


def test_the_call_that_ends_last_goes_on_with_the_plan(plans: list[str]) -> None:
    storage = MarksStorage()
    beside = ["a", "b", "c"]
    assert "then" not in run_call(work_call("b", beside), storage)
    assert "then" not in run_call(work_call("a", beside), storage)
    assert not worker.is_done(work_call("c", beside), storage)
    outcome = run_call(work_call("c", beside), storage)
    assert outcome["then"]["exit_code"] == 0 and plans == ["plan-1"]
    assert outcome["ended"] <= outcome["then"]["started"]
    assert worker.is_done(work_call("c", beside), storage)


def test_a_call_that_is_made_again_goes_on_where_it_was(plans: list[str]) -> None:
    storage = MarksStorage()
    for _ in range(2):  # killed in the plan, for example
        assert "then" in run_call(work_call("a", ["a"]), storage)
    storage = MarksStorage()
    run_call(work_call("a", ["a", "b"]), storage)
    for _ in range(2):
        assert "then" in run_call(work_call("b", ["a", "b"]), storage)
    assert "then" not in run_call(work_call("fails", ["fails"]), storage)


def test_two_calls_that_end_together_do_not_both_make_the_plan(plans: list[str]) -> None:
    storage = MarksStorage()

    def other_is_as_far(key: str) -> None:
        if ".ends/" in key:  # then this call sees both ends, and puts its claim after the other's
            run_call(work_call("b", ["a", "b"]), storage)
            storage.before_put = other_claims

    def other_claims(key: str) -> None:
        assert ".claims/" in key
        storage.keys.append("ionloom/lithops/r/plan-1.claims/b")

    storage.before_put = other_is_as_far
    assert "then" not in run_call(work_call("a", ["a", "b"]), storage)
    assert plans == []


def test_the_picture_in_the_docs_is_what_its_record_gives() -> None:
    examples = REPOSITORY / "docs" / "examples"
    record = json.loads((examples / "lithops-run.json").read_text())
    assert (examples / "lithops-run.svg").read_text() == gantt(record)


@pytest.mark.parametrize(
    ("seconds", "step", "marks"), [(12.5, 2, 7), (0.9, 0.1, 10), (10, 1, 11), (3600, 500, 8)]
)
def test_a_picture_has_marks_at_round_seconds(seconds: float, step: float, marks: int) -> None:
    call = {"name": "plan-0", "state": "done", "began_s": 0.0, "ended_s": 0.5, "tasks": []}
    picture = gantt({"lithops": {"seconds": seconds, "calls": [call]}})
    told = [float(text) for text in re.findall(r">([\d.]+) s</text>", picture)]
    assert told == pytest.approx([step * number for number in range(marks)])


@pytest.mark.parametrize("damaged", [2, 99])
def test_a_file_of_lithops_that_another_driver_is_just_writing_is_read_again(
    damaged: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = SimpleNamespace(backend="k8s")
    asked = []

    def executor(**_: Any) -> Any:
        asked.append(1)
        return opened if len(asked) > damaged else json.loads("")

    monkeypatch.setattr("lithops.FunctionExecutor", executor)
    monkeypatch.setattr(run, "_UNTIL_WRITTEN_S", 0)
    if damaged < 4:
        assert run.open_executor(None) is opened
    else:
        with pytest.raises(RemoteError, match="Lithops cannot begin"):
            run.open_executor(None)
