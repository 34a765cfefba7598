"""Calls of a run on a Lithops that is unwilling, without Lithops."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ionloom.errors import RemoteError
from ionloom.lithops import calls
from ionloom.lithops.calls import Caller

OUTCOME = {"name": "ingest-0", "exit_code": 0}


class UnwillingExecutor:
    """Takes a call only after it was asked some times."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.asked = 0

    def call_async(self, *_: Any, **__: Any) -> Any:
        self.asked += 1
        if self.asked <= self.refusals:
            raise OSError("the runner was\nnot there")
        return SimpleNamespace(
            ready=True, success=True, done=True, running=False, result=lambda **_: OUTCOME
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
