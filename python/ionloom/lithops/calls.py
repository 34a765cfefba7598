"""Calls of a run: asks Lithops for them, again for those that fail, twice for those that linger."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ionloom.errors import IonloomError, RemoteError, ResourceError, error_of
from ionloom.lithops.worker import Call, Outcome, run_call

MOST_RETRIES = 3
_POLL_S = 0.05
# Before Lithops is asked once more when it did not take a call.
_PAUSES_S = (0.5, 1.0, 2.0)
# What no prediction knows of: a machine that is busy with other things.
LEAST_PATIENCE_S = 15.0
_PATIENCE_WITHOUT_PLAN_S = 300.0


@dataclass
class Attempt:
    """One time that Lithops was asked for a call."""

    future: Any
    asked: float
    seen_running: float | None = None


@dataclass
class Pending:
    """A call until it is done or given up."""

    call: Call
    p99_s: float  # 0: unknown
    retries: int = 0
    attempts: list[Attempt] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    exit_code: int | None = None
    had_second: bool = False
    more_s: float = 0.0  # that it may take beyond that

    def patience_s(self) -> float:
        if self.p99_s <= 0:
            return _PATIENCE_WITHOUT_PLAN_S + self.more_s
        return max(self.p99_s, LEAST_PATIENCE_S) + self.more_s


class Caller:
    """Runs calls through one executor of Lithops.

    on_event  is told of every end: the outcome, and how the call went ("done", "failed")
    beat      is called all the time
    more_s    is asked once for a call that lingers: how much longer than expected it may take
    """

    def __init__(
        self,
        executor: Any,
        on_event: Callable[[Outcome, str], None],
        beat: Callable[[], None],
        more_s: Callable[[Call], float] = lambda call: 0.0,
    ) -> None:
        self._executor = executor
        self._on_event = on_event
        self._beat = beat
        self._more_s = more_s
        self._starts_s: list[float] = []

    @property
    def start_s(self) -> float | None:
        """What Lithops takes for a call beside the call itself: the least that was seen, since
        calls may wait for each other; None before any has ended."""
        return min(self._starts_s, default=None)

    def all_of(self, calls: Sequence[tuple[Call, float]]) -> list[Outcome]:
        """Runs calls, each with the seconds that 99 of 100 such calls stay below, and gives what
        they did, in their order. Raises an IonloomError that names every call that failed."""
        pending = [Pending(call, p99_s) for call, p99_s in calls]
        for one in pending:
            self._ask(one)
        done: dict[int, Outcome] = {}
        given_up: list[Pending] = []
        while len(done) + len(given_up) < len(pending):
            progressed = False
            for number, one in enumerate(pending):
                if number in done or one in given_up:
                    continue
                outcome = self._look(one)
                if outcome is not None:
                    done[number] = outcome
                    progressed = True
                elif not one.attempts:
                    given_up.append(one)
            self._beat()
            if not progressed:
                time.sleep(_POLL_S)
        if given_up:
            raise failure_of(given_up)
        return [done[number] for number in range(len(pending))]

    def _ask(self, one: Pending) -> None:
        """Raises RemoteError when Lithops takes no calls."""
        for pause_s in (*_PAUSES_S, None):
            try:
                future = self._executor.call_async(
                    run_call,
                    {"call": one.call},
                    runtime_memory=one.call["memory_mb"],
                    include_modules=None,  # the package is there: nothing is to be looked for and sent
                )
            except Exception as error:  # noqa: BLE001 - each backend has exceptions of its own
                # On localhost every driver that starts replaces the package that others run from.
                if pause_s is None:
                    raise RemoteError(
                        f"Lithops does not take {one.call['name']}: {' '.join(str(error).split())}"
                    ) from error
                time.sleep(pause_s)
            else:
                one.attempts.append(Attempt(future, time.monotonic()))
                return

    def _look(self, one: Pending) -> Outcome | None:
        """What the call did, once one of its attempts is done. Asks again where that is due."""
        for attempt in list(one.attempts):
            future = attempt.future
            if not (future.ready or future.success or future.done):
                if attempt.seen_running is None and future.running:
                    attempt.seen_running = time.monotonic()
                continue
            one.attempts.remove(attempt)
            outcome, trouble = outcome_of(future)
            if outcome is not None and outcome.get("exit_code") == 0:
                # No clock of another machine is compared with this one's.
                self._starts_s.append(max(time.monotonic() - attempt.asked - took_s(outcome), 0.0))
                self._on_event(outcome, "done")
                return outcome
            self._note_failure(one, outcome, trouble)
        if not one.attempts and one.retries < MOST_RETRIES and may_retry(one):
            one.retries += 1
            self._ask(one)
        elif len(one.attempts) == 1 and not one.had_second and self._lingers(one):
            if one.more_s == 0:
                one.more_s = self._more_s(one.call)
            if self._lingers(one):
                one.had_second = True
                self._ask(one)
        return None

    def _lingers(self, one: Pending) -> bool:
        attempt = one.attempts[0]
        since = attempt.seen_running if attempt.seen_running is not None else attempt.asked
        return time.monotonic() - since > one.patience_s()

    def _note_failure(self, one: Pending, outcome: Outcome | None, trouble: str) -> None:
        if outcome is None:
            one.failures.append(trouble)
            return
        one.exit_code = outcome.get("exit_code")
        asked = one.call["memory_mb"] << 20
        took = outcome.get("peak_memory_bytes", 0)
        if took > asked:
            raise ResourceError(
                f"{one.call['name']} took {took >> 20} MiB, but its bound says that {asked >> 20} "
                "MiB suffice: this is a fault of ionloom, please report it with this line",
                3,
            )
        one.failures += failed_tasks(outcome)
        self._on_event(outcome, "failed")


def took_s(outcome: Outcome) -> float:
    """How long a call ran, the plan included with which it went on."""
    return outcome.get("then", outcome)["ended"] - outcome["started"]


def failed_tasks(outcome: Outcome) -> list[str]:
    """A sentence for each task of a call that failed, or the engine's own."""
    sentences = [task["error"] for task in outcome.get("tasks", []) if task.get("error")]
    if sentences:
        return sentences
    code = outcome.get("exit_code", 1)
    if code < 0:
        return [f"{outcome['name']}: the engine was ended by signal {-code}"]
    return [f"{outcome['name']}: {outcome.get('error') or f'the engine ended with {code}'}"]


def may_retry(one: Pending) -> bool:
    """Wrong use stays wrong, and too little memory stays too little."""
    return one.exit_code not in (2, 3)


def outcome_of(future: Any) -> tuple[Outcome | None, str]:
    """What a call gave, or why it gave nothing."""
    try:
        outcome = future.result(throw_except=True)
    except Exception as error:  # noqa: BLE001 - the call's own, of any kind
        return None, f"the call failed: {' '.join(str(error).split())}"
    if not isinstance(outcome, dict):
        return None, "the call gave nothing"
    return outcome, ""  # type: ignore[return-value]


def failure_of(given_up: Sequence[Pending]) -> IonloomError:
    """One exception for all calls that failed: every failed task has its line."""
    lines: list[str] = []
    for one in given_up:
        times = one.retries + 1
        for sentence in dict.fromkeys(one.failures):
            lines.append(f"{one.call['name']}: {sentence}" if times == 1 else
                         f"{one.call['name']}, tried {times} times: {sentence}")
    codes = [one.exit_code for one in given_up if one.exit_code is not None and one.exit_code > 0]
    return error_of(codes[0] if codes else 4, "\n".join(lines))
