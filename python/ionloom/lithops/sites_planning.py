"""Where the stages of a run over sites are done: asks `ionloom plan --sites`, and asks again when the run
shows that sites are not what the plan took them for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ionloom.errors import IonloomError, UsageError
from ionloom.lithops.calls import outcome_of
from ionloom.lithops.share_out import Work, divided
from ionloom.lithops.site import Running, Site
from ionloom.lithops.site_placement import Placement
from ionloom.lithops.site_worker import SiteCall, SiteOutcome
from ionloom.lithops.sites_file import SitesFile
from ionloom.lithops.sites_words import seen_text

# What is seen of a site must differ so much from what was planned with last.
_CHANGED = 1.3
_LINK_CHANGED = 2.0
# The solver is not asked more often than that while a stage is under way.
_PAUSE_S = 4.0
_NAMED = ("best", "runner-up")

Seen = dict[str, dict[str, Any]]


class Planning:
    """The placement of a run.

    arguments  of ionloom plan: dataset, lists, method and goal
    make_call  a call of kind "place" at the source
    ask        has the source do one, and raises what it failed with
    """

    def __init__(
        self,
        file: SitesFile,
        sites: list[Site],
        source: Site,
        job: Mapping[str, Any],
        arguments: Sequence[str],
        make_call: Callable[[], SiteCall],
        ask: Callable[[SiteCall], SiteOutcome],
        say: Callable[[str], None],
    ) -> None:
        self._file = file
        self._sites = sites
        self._source = source
        self._job = job
        # Whether a placement was asked for by name, which is kept while its sites answer.
        self.keeps_shares: bool = job.get("placement", "best") != "best"
        self._arguments = arguments
        self._make_call = make_call
        self._ask = ask
        self._say = say
        self._planned_with: Seen = {}
        self._asked: Running | None = None
        self._asked_at = 0.0
        self._ingested: dict[str, float] = {}
        self.placement: Placement
        self.module_s: dict[str, float] = {}  # by stage, what kappas multiply
        self.first: dict[str, Any] = {}  # the solver's first answer
        self.plans = 0  # its answers

    def place(self) -> None:
        """Asks before anything is done. Sites that do not answer get nothing."""
        seen = self._seen("")
        self._take(self._ask(self._question(seen, asked_for=True)), seen)
        self._say(f"plan: {self.placement}")

    def note_ingested(self, works: Sequence[Work]) -> None:
        """Learns where runs lie, from the tasks of ingest that are done."""
        for work in works:
            if work.done and work.done_at:
                self._ingested[work.done_at] = (
                    self._ingested.get(work.done_at, 0.0) + work.expected_s
                )

    def before(self, stage: str) -> None:
        """Asks again before a stage when sites have changed since the last answer."""
        if stage != "annotate" or not self._ingested:
            return
        seen = self._seen("ingest")
        if not self._differs(seen):
            return
        self._say(f"{seen_text(seen)}; where to {stage} is planned anew")
        try:
            self._take(self._ask(self._question(seen)), seen)
        except IonloomError as error:  # the old plan still holds
            self._say(f"cannot be planned anew: {error}")
            self._planned_with = seen
            return
        self._say(f"plan: {self.placement}")

    def look(self, stage: str) -> None:
        """The same while a stage is under way; the works that have not begun are divided anew."""
        if stage != "annotate" or not self._ingested:
            return
        if self._asked is not None:
            if self._asked.ended():
                self._take_answer(stage)
            return
        if time.monotonic() - self._asked_at < _PAUSE_S or not self._waiting(stage):
            return
        seen = self._seen(stage)
        if self._differs(seen) and self._source.silent_since is None:
            self._say(f"{seen_text(seen)}; where to {stage} is planned anew")
            call = self._question(seen)
            self._asked = Running([], call, self._source.ask(call))
            self._asked_at = time.monotonic()
            self._planned_with = seen

    def end(self) -> None:
        """A stage is over: an answer that still comes is not wanted."""
        self._asked = None

    def _take_answer(self, stage: str) -> None:
        assert self._asked is not None
        found, trouble = outcome_of(self._asked.attempt.future)
        self._asked = None
        outcome: Any = found
        if outcome is None or outcome.get("exit_code") != 0:
            self._say(f"cannot be planned anew: {trouble or (outcome or {}).get('error')}")
            return
        self._take(outcome, self._planned_with)
        works = sorted(self._waiting(stage), key=lambda work: work.task["range"])
        shares = self.placement.shares(stage)
        parts = divided(works, shares)
        for site in self._sites:
            site.queue = [work for work in site.queue if work not in works] + parts[site.name]
            site.share = shares[site.name]
        self._say(f"plan: {self.placement}")

    def _waiting(self, stage: str) -> list[Work]:
        """Works that no call has yet."""
        return [
            work for site in self._sites for work in site.queue
            if work.stage == stage and not work.done
        ]

    def _question(self, seen: Seen, asked_for: bool = False) -> SiteCall:
        call = self._make_call()
        call["files"] = self._file.files()
        call["called"] = {next(iter(call["files"])): str(self._file.path)}
        arguments = [*self._arguments, f"--goal={self._job['goal']}"]
        if self._job["keep_raw_at"]:
            arguments.append(f"--keep-raw-at={self._job['keep_raw_at']}")
        if asked_for:
            arguments.append(self._placement_argument(call))
        if self._ingested or any(not site["is_there"] for site in seen.values()):
            told = {"packed": bool(self._ingested) and self.placement.plan["packed"], "sites": seen}
            call["files"]["observed.json"] = json.dumps(told)
            arguments.append("--observed=observed.json")
        call["arguments"] = arguments
        return call

    def _placement_argument(self, call: SiteCall) -> str:
        asked = str(self._job.get("placement", "best"))
        if asked in _NAMED:
            return f"--placement={asked}"
        try:
            call["files"]["placement.json"] = Path(asked).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"--placement {asked}: cannot be read: {error}") from None
        call["called"]["placement.json"] = asked
        return "--placement=placement.json"

    def _take(self, outcome: SiteOutcome, seen: Seen) -> None:
        plan = outcome["placement"]["plan"]
        self.module_s = outcome["placement"]["module_s"]
        self.placement = Placement(plan, self._sites, self._source, self._job["keep_raw_at"])
        self._planned_with = seen
        self.first = self.first or plan
        self.plans += 1

    def _seen(self, stage: str) -> Seen:
        """What the run has shown of every site of the file, by a stage that sites have done."""
        here = {site.name: site for site in self._sites}
        seen: Seen = {}
        slowness = self.placement.slowness(stage) if stage else {}
        for entry in self._file.sites:
            site = here.get(entry.name)
            told: dict[str, Any] = {"is_there": site is not None and site.silent_since is None}
            if entry.name in slowness:
                told["slowness"] = slowness[entry.name]
            link = self.placement.link_bytes_s(site, stage) if site is not None and stage else None
            if link is not None:
                told["link_bytes_s"] = link
                told.pop("slowness", None)  # what was slow is the way, not the device
            if self._ingested:
                told["ingested"] = self._ingested.get(entry.name, 0.0)
            seen[entry.name] = told
        return seen

    def _differs(self, seen: Seen) -> bool:
        for name, now in seen.items():
            before = self._planned_with.get(name, {"is_there": True})
            if now["is_there"] != before["is_there"]:
                return True
            if self.keeps_shares:
                continue
            if _far(now.get("slowness", 1.0), before.get("slowness", 1.0), _CHANGED):
                return True
            link = now.get("link_bytes_s")
            if link is not None and _far(link, before.get("link_bytes_s", 1e300), _LINK_CHANGED):
                return True
        return False


def _far(one: float, other: float, factor: float) -> bool:
    return max(one, other) > factor * min(one, other)
