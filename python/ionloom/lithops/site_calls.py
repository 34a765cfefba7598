"""Has the sites of a run do a stage: gives each its part, gives what fails at one to another, and has
those that are done early take over."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from ionloom.errors import RemoteError
from ionloom.lithops.calls import failed_tasks, outcome_of
from ionloom.lithops.share_out import Work, first_chunk, to_steal
from ionloom.lithops.site import MOST_FAILURES, Running, Site
from ionloom.lithops.site_worker import SiteCall, SiteOutcome

_POLL_S = 0.05
# A site that has not been heard of for longer than its calls should take is asked whether it lives.
_SILENCE_S = 4.0
_ANSWER_S = 10.0
# How far behind a call must be before others make copies of its tasks.
_LATE_FACTOR, _LATE_S = 2.0, 2.0
# After this time without an answer from the only site that may have them, tasks are given up.
_PATIENCE_S = 60.0
_KILLED = -9

MakeCall = Callable[[Site, Sequence[Work]], SiteCall]
OnEvent = Callable[[Site, Running, SiteOutcome, str], None]


class SiteCalls:
    """Runs calls at several sites.

    alive     a call that asks whether a site lives
    on_event  is told of every end, and how the call went ("done", "failed")
    say       is told what changed
    beat      is called all the time
    keeps_shares  a site takes over what another was given only when that one does not answer
    """

    def __init__(
        self,
        sites: Sequence[Site],
        alive: Callable[[Site], SiteCall],
        on_event: OnEvent,
        say: Callable[[str], None],
        beat: Callable[[], None],
        keeps_shares: bool = False,
    ) -> None:
        self._sites = sites
        self._keeps_shares = keeps_shares
        self._alive = alive
        self._on_event = on_event
        self._say = say
        self._beat = beat

    def each(
        self, calls: Sequence[tuple[Site, SiteCall]], patience_s: float = _PATIENCE_S
    ) -> list[SiteOutcome | RemoteError]:
        """Runs calls that only these sites can do, at the same time; of a site that does not answer the
        error that says so."""
        asked = [Running([], call, site.ask(call)) for site, call in calls]
        outcomes: dict[int, SiteOutcome | RemoteError] = {}
        for site, _ in calls:
            site.note_heard()
        while len(outcomes) < len(calls):
            for number, running in enumerate(asked):
                if number not in outcomes:
                    outcome = self._look_at(calls[number][0], running, patience_s)
                    if outcome is not None:
                        outcomes[number] = outcome
            self._beat()
            time.sleep(_POLL_S)
        return [outcomes[number] for number in range(len(calls))]

    def _look_at(
        self, site: Site, running: Running, patience_s: float
    ) -> SiteOutcome | RemoteError | None:
        name = running.call["name"]
        if not running.ended():
            self._probe(site, running.for_s() > _SILENCE_S + 2 * site.start_s)
            silent_s = 0.0 if site.silent_since is None else time.monotonic() - site.silent_since
            if silent_s < patience_s:
                return None
            return RemoteError(f'site "{site.name}" does not answer, and only there {name} can be done')
        outcome, trouble = outcome_of(running.attempt.future)
        site.note_heard()
        if outcome is None:
            return RemoteError(f'site "{site.name}": {name}: {trouble}')
        done: SiteOutcome = outcome  # type: ignore[assignment]
        site.note_start(running.for_s() - done.get("seconds", 0.0))
        self._on_event(site, running, done, "failed" if done.get("exit_code") else "done")
        return done

    def all_of(self, works: Sequence[Work], make_call: MakeCall) -> list[Work]:
        """Does the works in the sites' queues, and gives those that are not done in the end: each has
        failed wherever it may be done, or nobody who may do it answers."""
        while self._any_hope(works):
            progressed = False
            for site in self._sites:
                progressed |= self._take_in(site)
                self._watch(site)
            for site in self._sites:
                progressed |= self._begin(site, make_call)
            self._beat()
            if not progressed:
                time.sleep(_POLL_S)
        for site in self._sites:
            site.queue.clear()
            for running in site.running:  # of calls whose tasks others did; nobody waits for them
                running.works = []
        return [work for work in works if not work.done]

    def _take_in(self, site: Site) -> bool:
        """Looks at which calls of a site have ended."""
        ended = [running for running in site.running if running.ended()]
        for running in ended:
            site.running.remove(running)
            site.note_heard()
            found, trouble = outcome_of(running.attempt.future)
            outcome: SiteOutcome = found or {"name": running.call["name"]}  # type: ignore[assignment]
            self._count(site, running, outcome, trouble)
            if outcome.get("exit_code") == 0:
                tasks_s = sum(task.get("seconds", 0.0) for task in outcome.get("tasks", []))
                site.note_start(running.for_s() - tasks_s)
            state = "done" if outcome.get("exit_code") == 0 else "failed"
            self._on_event(site, running, outcome, state)
        return bool(ended)

    def _count(self, site: Site, running: Running, outcome: SiteOutcome, trouble: str) -> None:
        told = {task["task"]: task for task in outcome.get("tasks", [])}
        site.note_times(running.works, list(told.values()))
        code = outcome.get("exit_code")
        sentence = trouble or ("; ".join(failed_tasks(outcome)) if code else "")
        failed = False
        for work in running.works:
            task = told.get(work.task["name"], {})
            if task.get("done"):
                if not work.done:
                    work.done, work.done_at = True, site.name
                continue
            if work.done:
                continue
            failed = True
            work.failures[site.name] = work.failures.get(site.name, 0) + 1
            work.said[site.name] = task.get("error") or sentence or "the call said nothing of it"
            work.exit_codes.add(int(task.get("exit_code") or (code if code and code > 0 else 4)))
        if not failed:
            site.note_success()
            return
        if code == _KILLED:
            self._note_killed(site, running)
        site.rest()
        self._pass_on([work for work in running.works if not work.done], site)

    def _note_killed(self, site: Site, running: Running) -> None:
        """The kernel kills whom there is too little memory for; a bound says that there is enough."""
        open_works = [work for work in running.works if not work.done]
        bounds = [int(work.task["memory_bytes"]) for work in open_works]
        if not bounds or all(work.sites == {site.name} for work in open_works):
            return
        if max(work.failures.get(site.name, 0) for work in open_works) >= MOST_FAILURES:
            site.too_much_bytes = min(bounds)
            self._say(
                f"{site.name}: the engine is killed again and again; tasks of {min(bounds) >> 20} MiB "
                "and more go elsewhere"
            )

    def _pass_on(self, works: Sequence[Work], failed_at: Site) -> None:
        """Puts works into the queue of the site that may have them and failed them least."""
        held = self._held()
        for work in works:
            if work in held or any(work in site.queue for site in self._sites):
                continue
            fit = [site for site in self._sites if site.takes(work)]
            if not fit:
                continue
            best = min(
                fit,
                key=lambda site: (
                    work.failures.get(site.name, 0),
                    site.silent_since is not None,
                    site is failed_at,
                    site.rest_until,
                    -site.share,
                ),
            )
            best.queue.append(work)

    def _held(self) -> Counter[Work]:
        """In how many calls works are that may still be done by them."""
        return Counter(
            work
            for site in self._sites
            for running in site.running
            if not running.given_up
            for work in running.works
        )

    def _watch(self, site: Site) -> None:
        """Asks a site that should have been heard of whether it lives; others get what a silent one
        has."""
        was_silent = site.silent_since is not None
        # A site that is as fast as the defaults would have been heard of: the question costs little.
        late = any(
            running.for_s() > _LATE_FACTOR * (running.expected_s() + site.start_s) + _SILENCE_S
            for running in site.running
        )
        self._probe(site, late or was_silent)
        if site.silent_since is None:
            if was_silent:
                self._say(f"{site.name} answers again")
            return
        if was_silent:
            return
        self._say(f"{site.name} does not answer: others take its tasks")
        for running in site.running:
            running.given_up = True
        waiting, site.queue = site.queue, []
        lost = [work for running in site.running for work in running.works if not work.done]
        self._pass_on([*lost, *waiting], site)

    def _probe(self, site: Site, doubtful: bool) -> None:
        now = time.monotonic()
        if site.probe is None:
            if doubtful and now - max(site.heard, site.probed) > _SILENCE_S:
                site.probed = now
                site.probe = site.ask(self._alive(site))
            return
        future = site.probe.future
        if future.ready or future.success or future.done:
            site.probe = None
            if outcome_of(future)[0] is not None:
                site.note_heard()
        elif now - site.probe.asked > _ANSWER_S + 2 * site.start_s:
            site.probe = None
            if site.silent_since is None:
                site.silent_since = site.heard

    def _expected_s(self, site: Site, running: Running) -> float:
        if not running.works:
            return site.start_s
        return running.expected_s() * site.expected_ratio(running.works[0].stage) + site.start_s

    def _begin(self, site: Site, make_call: MakeCall) -> bool:
        """Gives a site its next call, if it has a free place and there is something for it."""
        if not site.may_begin():
            return False
        works = self._next(site)
        if not works:
            return False
        call = make_call(site, works)
        site.running.append(Running(works, call, site.ask(call)))
        return True

    def _next(self, site: Site) -> list[Work]:
        own = [work for work in site.queue if not work.done]
        site.queue = [work for work in own if site.takes(work)]
        if len(site.queue) < len(own):
            self._pass_on([work for work in own if not site.takes(work)], site)
        if not site.queue:
            self._steal(site)
        if site.queue:
            stage = site.queue[0].stage
            same = [work for work in site.queue if work.stage == stage]
            works = same[: first_chunk(same, site.slots, site.start_s / site.expected_ratio(stage))]
            site.queue = [work for work in site.queue if work not in works]
            return works
        return self._copies_for(site)

    def _rate(self, site: Site, stage: str) -> float:
        """Seconds of expected work that a site does in a second, as far as is known."""
        ratio = site.expected_ratio(stage)
        for running in site.running:  # a call that takes longer than expected tells so before it ends
            if running.works and running.works[0].stage == stage and running.expected_s() > 0:
                ratio = max(ratio, max(running.for_s() - site.start_s, 0.0) / running.expected_s())
        return site.slots / ratio

    def _steal(self, site: Site) -> None:
        """Moves works from the tail of another site's queue to this one's, where that ends sooner."""
        for other in sorted(self._sites, key=lambda one: -sum(w.expected_s for w in one.queue)):
            fit = [w for w in other.queue if site.takes(w) and not w.failures.get(site.name)]
            if other is site or not fit:
                continue
            cannot = other.silent_since is not None or time.monotonic() < other.rest_until
            if (site.share <= 0 or self._keeps_shares) and not cannot:
                continue
            stage = fit[-1].stage
            number = to_steal(fit, self._rate(site, stage), self._rate(other, stage), site.start_s)
            if cannot:
                number = max(number, 1)
            if number:
                taken = fit[-number:]
                other.queue = [work for work in other.queue if work not in taken]
                site.queue += taken
                self._say(f"{site.name} takes {number} tasks of {stage} from {other.name}")
                return

    def _copies_for(self, site: Site) -> list[Work]:
        """The last half of a call that is late elsewhere: whoever is first does them, and the other
        finds them done."""
        held = self._held()
        for other in self._sites:
            for running in other.running:
                if other is site or running.given_up or not running.works:
                    continue
                late_s = _LATE_FACTOR * self._expected_s(other, running) + _LATE_S
                if running.for_s() < (late_s if site.share > 0 else 2 * late_s):
                    continue
                left = running.works[: len(running.works) - running.copied]
                fit = [w for w in left if not w.done and held[w] < 2 and site.takes(w)]
                fit = [w for w in fit if not w.failures.get(site.name)]
                if fit:
                    works = fit[len(fit) // 2 :]
                    running.copied = len(running.works) - running.works.index(works[0])
                    self._say(f"{site.name} begins {len(works)} tasks that are late at {other.name}")
                    return works
        return []

    def _any_hope(self, works: Sequence[Work]) -> bool:
        """Whether anything is left that is under way, or that some site may still do."""
        held = self._held()
        return any(not work.done and (work in held or self._may_come(work)) for work in works)

    def _may_come(self, work: Work) -> bool:
        now = time.monotonic()
        return any(
            site.silent_since is None or now - site.silent_since < _PATIENCE_S
            for site in self._sites
            if site.takes(work)
        )
