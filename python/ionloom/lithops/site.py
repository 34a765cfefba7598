"""A site of a run: its executor, what waits for it, what it does now, and what is known of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ionloom.errors import RemoteError
from ionloom.lithops.calls import Attempt
from ionloom.lithops.groups import START_S
from ionloom.lithops.share_out import Work
from ionloom.lithops.site_worker import SiteCall, run_site_call

# A task that failed so often at a site does not come back to it.
MOST_FAILURES = 2
_WRONG_USE = 2
_PAUSE_S = 0.5  # before Lithops is asked once more
_FIRST_REST_S, _LONGEST_REST_S = 2.0, 16.0


class NotTaken:
    """In place of Lithops' future, where there is none."""

    ready = success = done = True
    running = False

    def __init__(self, why: str) -> None:
        self._why = why

    def result(self, throw_except: bool = True) -> None:
        raise RemoteError(self._why)


@dataclass(eq=False)
class Running:
    """A call that a site was asked for."""

    works: list[Work]
    call: SiteCall
    attempt: Attempt
    copied: int = 0  # works at the tail that others have been given too
    given_up: bool = False  # all others have them; what comes still counts

    def for_s(self) -> float:
        return time.monotonic() - self.attempt.asked

    def expected_s(self) -> float:
        return sum(work.expected_s for work in self.works)

    def ended(self) -> bool:
        future = self.attempt.future
        return bool(future.ready or future.success or future.done)


@dataclass(eq=False)
class Site:
    """All times are of this process's own clock."""

    name: str
    executor: Any
    store: str
    slots: int  # calls at the same time
    memory_bytes: int  # for all calls together
    queue: list[Work] = field(default_factory=list)
    running: list[Running] = field(default_factory=list)
    share: float = 0.0  # of the stage that is under way
    heard: float = field(default_factory=time.monotonic)  # last time that anything came from it
    rest_until: float = 0.0  # after a failure
    rests: int = 0
    start_s: float = START_S  # of a call, beside what its tasks take
    probe: Attempt | None = None
    probed: float = 0.0  # when that was last asked
    silent_since: float | None = None
    too_much_bytes: int | None = None  # bound of a task that was killed here, perhaps for its memory
    kappas: dict[str, float] = field(default_factory=dict)  # stage: as planned with
    # stage: seconds, expected ones, bytes that were read
    measured: dict[str, list[float]] = field(default_factory=dict)

    @property
    def storage(self) -> Any:
        return self.executor.storage

    def may_begin(self) -> bool:
        return (
            self.silent_since is None
            and time.monotonic() >= self.rest_until
            and self.busy() < self.slots
        )

    def busy(self) -> int:
        return sum(not one.given_up for one in self.running)

    def takes(self, work: Work) -> bool:
        """Whether the site may have a task and has not failed it, and its memory is thought to suffice."""
        bound = int(work.task["memory_bytes"])
        return (
            self.name in work.sites
            and work.failures.get(self.name, 0) < MOST_FAILURES
            and _WRONG_USE not in work.exit_codes  # which is wrong everywhere
            and (self.too_much_bytes is None or bound < self.too_much_bytes)
            and (self.memory_bytes == 0 or bound <= self.memory_bytes)
        )

    def ask(self, call: SiteCall) -> Attempt:
        """A call that Lithops does not take is one that has failed."""
        for pause_s in (_PAUSE_S, 0.0):
            try:
                future = self.executor.call_async(
                    run_site_call,
                    {"call": call},
                    runtime_memory=call["memory_mb"],
                    include_modules=None,  # as in calls.py
                )
            except Exception as error:  # noqa: BLE001 - each backend has exceptions of its own
                future = NotTaken(f"Lithops does not take it: {' '.join(str(error).split())}")
                # On localhost every driver that starts replaces the package that others run from.
                time.sleep(pause_s)
            else:
                break
        return Attempt(future, time.monotonic())

    def note_heard(self) -> None:
        self.heard = time.monotonic()
        self.silent_since = None

    def note_start(self, seconds: float) -> None:
        self.start_s = max((self.start_s + seconds) / 2, START_S)

    def note_success(self) -> None:
        self.rests = 0
        self.rest_until = 0.0

    def rest(self) -> None:
        """Asks for nothing for a while; longer each time, until something succeeds."""
        self.rest_until = time.monotonic() + min(_FIRST_REST_S * 2**self.rests, _LONGEST_REST_S)
        self.rests += 1

    def note_times(self, works: Sequence[Work], tasks: Sequence[dict[str, Any]]) -> None:
        by_name = {work.task["name"]: work for work in works}
        for task in tasks:
            work = by_name.get(task.get("task"))
            if work is None or not task.get("done") or task.get("was_there"):
                continue
            sums = self.measured.setdefault(work.stage, [0.0, 0.0, 0.0])
            sums[0] += task["seconds"]
            sums[1] += work.expected_s
            sums[2] += task.get("got_bytes", 0)

    def ratio(self, stage: str) -> float | None:
        """Seconds that an expected second takes here; None: not measured yet."""
        seconds, expected, _ = self.measured.get(stage, (0.0, 0.0, 0.0))
        return seconds / expected if seconds > 0 and expected > 0 else None

    def expected_ratio(self, stage: str) -> float:
        """The same, as planned where nothing was measured yet."""
        return self.ratio(stage) or self.kappas.get(stage) or 1.0

    def least_ratio(self, stage: str) -> float | None:
        """The same where a call that is under way for longer than it should be counts too; None: nothing is
        known."""
        known = self.ratio(stage)
        most = self.expected_ratio(stage)
        for running in self.running:
            if running.works and running.works[0].stage == stage and running.expected_s() > 0:
                so_far = max(running.for_s() - self.start_s, 0.0) / running.expected_s()
                if so_far > most:
                    known = most = so_far
        return known
