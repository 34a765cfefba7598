"""`ionloom annotate --sites`: one run over several sites, each with an executor and a store of its own
(docs/formats/sites.md)."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ionloom.errors import IonloomError, RemoteError, UsageError, error_of
from ionloom.lithops.edge import told
from ionloom.lithops.geds_place import geds_place
from ionloom.lithops.groups import memory_class_mb
from ionloom.lithops.inputs import is_url
from ionloom.lithops.places import check_storage, open_storage
from ionloom.lithops.results_folder import check_old_results, new_results
from ionloom.lithops.run import Run, open_executor
from ionloom.lithops.share_out import Work, divided, works_of
from ionloom.lithops.site import Running, Site
from ionloom.lithops.site_calls import SiteCalls
from ionloom.lithops.site_placement import with_room
from ionloom.lithops.site_worker import SiteCall, SiteOutcome
from ionloom.lithops.sites_ending import Ending
from ionloom.lithops.sites_file import SitesFile, check_kept_raw, read_sites_file
from ionloom.lithops.sites_planning import Planning
from ionloom.lithops.sites_words import recorded, why
from ionloom.lithops.task_texts import spread_texts

Say = Callable[[str], None]
# Options of annotate that decide how much work there is, which plan takes too.
_PLANNED = frozenset(
    "--adducts --neutral-losses --chem-mods --polarity --decoys --targeted --analyzer "
    "--resolving-power --isocalc-sigma --ppm --isotope-peaks --min-px --analysis-version "
    "--fixes --all-metrics".split()
)
_SMALL_BYTES = 64 << 20
# Rounds of planning what is missing in which nothing gets done, and for how long a remote side that
# fails is waited for.
_MOST_STALLED = 3
_PATIENCE_S = 60.0
# For a site that is asked for the first time.
_CHECK_PATIENCE_S = 25.0


def annotate_at_sites(job: Mapping[str, Any], say: Say) -> None:
    """The run of a job that names a sites file."""
    folder = Path(os.path.abspath(job["output"]))
    check_old_results(folder, job["force"])
    file = read_sites_file(Path(job["sites"]), job["config"], job["store"])
    kept = job["keep_raw_at"]
    if kept and kept in [site.name for site in file.sites]:
        check_kept_raw(file, kept)
    with told(), ExitStack() as stack:
        sites = []
        for entry in file.sites:
            check_storage(open_storage(entry.config))
            executor = stack.enter_context(open_executor(with_room(entry.config)))
            assert entry.store is not None
            sites.append(Site(entry.name, executor, entry.store, slots=1, memory_bytes=0))
        run = SitesRun(file, sites, job, say)
        try:
            with new_results(folder, job["force"]) as partial:
                run.annotate(partial)
        finally:
            run.clean()


class SitesRun(Run):
    """A run over sites. The steps of planning are done where the dataset lies; the last, which ranks and
    makes images, where the placement says."""

    def __init__(
        self, file: SitesFile, sites: list[Site], job: Mapping[str, Any], say: Say
    ) -> None:
        self._file = file
        self._sites = sites
        (self._source,) = [site for site in sites if site.name == file.source]
        super().__init__(self._source.executor, {**job, "store": self._source.store}, say)
        self._planning = self._open_planning()
        self._site_calls = SiteCalls(sites, self._alive, self._note_at, say, self._beat,
                                     keeps_shares=self._planning.keeps_shares)
        self._ending = Ending(self._name, self._source, self._results_site, self._arguments, self._ibd,
                              self._call, self._ask, say)
        self._is_annotated = False
        self._stage = ""  # that is under way
        self._made_at = self._source  # results
        self._versions: dict[str, str] = {}
        self._raw: str | None = None

    def _rounds(self, partial: Path) -> None:
        self._check_sites()
        self._planning.place()
        stalled, since = 0, time.monotonic()
        step = 0
        while True:
            try:
                planned = self._plan(step)
                if "results" in planned:
                    storage = self._ending.storage_with(self._made_at, planned["results"])
                    self._results_in(partial, storage).take(planned["results"])
                    self._tell_run(partial)
                    return
                self._say_step(planned)
                done, failure = self._do(planned, step)
            except RemoteError as error:
                done, failure = 0, error
            step += 1
            if done:
                stalled, since = 0, time.monotonic()
            if failure is None:
                continue
            stalled += not done
            waited_s = time.monotonic() - since
            is_remote = isinstance(failure, RemoteError)
            if stalled >= _MOST_STALLED and not (is_remote and waited_s < _PATIENCE_S):
                raise failure
            if isinstance(failure, UsageError):
                raise failure
            self._say("planning anew what is missing")
            time.sleep(min(stalled, 4))

    def _call(self, kind: str, name: str, site: Site, bytes_: int = _SMALL_BYTES) -> SiteCall:
        return {
            "kind": kind,
            "name": name,
            "run": self._name,
            "store": site.store,
            "runtime": self._job["runtime"],
            "memory_mb": memory_class_mb(bytes_),
        }

    def _open_planning(self) -> Planning:
        lists = [a for a in self._arguments[1:] if a.startswith(("--molecules=", "--scoring-model="))]
        method = [a for a in self._job["arguments"] if a.partition("=")[0] in _PLANNED]
        return Planning(
            self._file, self._sites, self._source, self._job,
            [self._arguments[0], *lists, *method],
            lambda: self._call("place", "place", self._source, 1 << 30),
            lambda call: self._ask(self._source, call),
            self._say,
        )

    def _beat(self) -> None:
        self._record.beat()
        if self._stage:
            self._planning.look(self._stage)

    def _alive(self, site: Site) -> SiteCall:
        return self._call("alive", f"alive-{site.name}", site)

    def _ask(self, site: Site, call: SiteCall) -> SiteOutcome:
        """Has one call done. Raises what it failed with."""
        (outcome,) = self._site_calls.each([(site, call)])
        return _checked(site, outcome)

    def _check_sites(self) -> None:
        """Leaves out sites that do not answer, and those whose results might be others."""
        calls = []
        for site in self._sites:
            call = self._call("check", f"check-{site.name}", site)
            call["keeps_raw"] = site.name == self._job["keep_raw_at"]
            calls.append((site, call))
        for (site, _), outcome in zip(calls, self._site_calls.each(calls, _CHECK_PATIENCE_S)):
            try:
                self._versions[site.name] = _checked(site, outcome)["version"]
            except RemoteError as error:
                if site is self._source:
                    raise
                self._say(f"goes on without {site.name}: {error}")
                self._sites.remove(site)
        own = self._versions[self._source.name]
        for site in list(self._sites):
            version = self._versions[site.name]
            if version != own:
                self._say(
                    f"goes on without {site.name}: it has ionloom {version}, {self._source.name} has {own}; "
                    "expected the same, as results are"
                )
                self._sites.remove(site)

    def _results_site(self) -> Site | None:
        return next((site for site in self._sites if site.name == self._file.results), None)

    def _plan(self, step: int) -> SiteOutcome:
        """The next step; where annotate is done and others are to rank, theirs."""
        call: SiteCall = self._plan_call(step)  # type: ignore[assignment]
        call["keeps_ibd_record"] = True
        call["arguments"].append(f"--pieces={self._planning.placement.pieces()}")
        self._made_at = self._planning.placement.ranks_at() if self._is_annotated else self._source
        if self._made_at is not self._source:
            planned = self._ending.make_at(self._made_at, call)
            if planned is not None:
                return planned
            self._made_at = self._source
        return self._ask(self._source, self._ending.with_way(self._source, call))

    def _say_step(self, planned: SiteOutcome) -> None:
        counts = {stage: sum(t["stage"] == stage for t in planned["tasks"])
                  for stage in dict.fromkeys(t["stage"] for t in planned["tasks"])}
        self._say(", ".join(f"{stage}: {count} tasks" for stage, count in counts.items()))

    def _do(self, planned: SiteOutcome, step: int) -> tuple[int, IonloomError | None]:
        """Has the sites do the tasks; tells how many were done, and why not the others."""
        stages = list(dict.fromkeys(task["stage"] for task in planned["tasks"]))
        if "ingest" not in stages:
            self._planning.before(stages[0])
        works = works_of(planned["tasks"], self._planning.module_s,
                         {stage: self._planning.placement.sites_of(stage) for stage in stages})
        for site in self._sites:
            site.share = 0.0
        for stage in stages:
            shares = self._planning.placement.shares(stage)
            parts = divided([work for work in works if work.stage == stage], shares)
            for site in self._sites:
                site.queue += parts[site.name]
                if parts[site.name]:
                    site.share = max(site.share, shares[site.name])
        if "ingest" in stages:
            self._share_raw()
        spread_texts(self._source, self._sites, planned["texts"])
        number = 0

        def make_call(site: Site, group: Sequence[Work]) -> SiteCall:
            nonlocal number
            number += 1
            return self._work_call(site, group, f"{step}-{number}", planned["texts"])

        self._stage = stages[0] if len(stages) == 1 else ""
        left = self._site_calls.all_of(works, make_call)
        self._stage = ""
        self._planning.end()
        self._planning.note_ingested([work for work in works if work.stage == "ingest"])
        self._is_annotated = stages == ["annotate"] and not left
        if not left:
            return len(works), None
        code, lines = why(left, self._sites)
        return len(works) - len(left), error_of(code, lines)

    def _work_call(
        self, site: Site, group: Sequence[Work], number: str, texts: str
    ) -> SiteCall:
        stage = group[0].stage
        call = self._call("work", f"{stage}-{number}", site)
        call["memory_mb"] = memory_class_mb(max(work.task["memory_bytes"] for work in group))
        call["tasks"] = texts
        call["ranges"] = [tuple(work.task["range"]) for work in group]
        call["ibd"] = self._ibd
        call["packed"] = self._planning.placement.packs(stage, site)
        if stage == "ingest" and self._raw is not None and site is not self._source:
            call["raw"] = self._raw
        return call

    def _share_raw(self) -> None:
        """Where sites have nothing in common but GEDS, the others read the .ibd from there, range by
        range. Nothing of it moves before somebody reads."""
        place = geds_place(self._source.store)
        alone = self._planning.placement.sites_of("ingest") == {self._source.name}
        if alone or place is None or is_url(self._ibd):
            return
        if self._raw is None:
            self._raw = place.name(f"ionloom-raw/{self._name}/ibd")
            call = self._call("put_raw", "put_raw", self._source)
            call |= {"raw": self._raw, "ibd": self._ibd}
            self._ask(self._source, call)

    def _note_at(self, site: Site, running: Running, outcome: SiteOutcome, state: str) -> None:
        """Notes a call by this process's clock: a site's may be wrong, so only how long it took counts."""
        if running.call["kind"] not in ("plan", "finish", "work"):
            return
        ended = time.time()
        took_s = max(min(outcome.get("seconds", 0.0), running.for_s()), 0.0)
        self._calls.append(
            {
                "name": running.call["name"],
                "site": site.name,
                "host": outcome.get("host", ""),
                "state": state,
                "started": ended - took_s,
                "ended": ended,
                "peak_memory_bytes": outcome.get("peak_memory_bytes"),
                "tasks": outcome.get("tasks", []) if running.call["kind"] == "work" else [],
            }
        )

    def _told(self, call: dict[str, Any]) -> dict[str, Any]:
        return {"site": call["site"], **super()._told(call)}

    def _tell_run(self, folder: Path) -> None:
        super()._tell_run(folder)
        path = folder / "run.json"
        record = json.loads(path.read_text())
        record["lithops"]["sites"] = [
            recorded(site, self._versions[site.name], self._planning.placement.plan)
            for site in self._sites
        ]
        record["lithops"]["planned_s"] = self._planning.first["time_s"]
        record["lithops"]["plan"] = self._planning.first
        record["lithops"]["plans"] = self._planning.plans
        record["lithops"]["keep_raw_at"] = self._job["keep_raw_at"] or None
        record["lithops"]["ranked_at"] = self._made_at.name
        for given in record["inputs"]:
            given["path"] = self._ending.given_path(given["path"])
        path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n")

    def clean(self) -> None:
        names = [*([self._raw] if self._raw is not None else []), *self._ending.names]
        if names and self._source.silent_since is None:
            call = self._call("drop", "drop", self._source)
            call["dropped"] = names
            try:
                self._ask(self._source, call)
            except IonloomError as error:
                self._say(f"{', '.join(names)} may stay in the store: {error}")
        for site in self._sites:
            if site is self._source:
                continue
            for key in site.storage.list_keys(site.storage.bucket, f"ionloom/lithops/{self._name}/"):
                if not key.endswith("/record.json"):
                    site.storage.delete_object(site.storage.bucket, key)
            site.executor.clean(clean_cloudobjects=False, force=True)
        super().clean()


def _checked(site: Site, outcome: SiteOutcome | RemoteError) -> SiteOutcome:
    """An outcome that is one. Raises what the call failed with."""
    if isinstance(outcome, RemoteError):
        raise outcome
    if outcome.get("exit_code") == 0:
        return outcome
    code = outcome.get("exit_code") or 4
    said = outcome.get("error") or f"the engine ended with {code}"
    raise error_of(code if code > 0 else 4, f'site "{site.name}": {said}')
