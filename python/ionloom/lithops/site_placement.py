"""What `ionloom plan --sites --json` has placed where, as a run goes by it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from ionloom.lithops.site import Site
from ionloom.lithops.sites_words import work_text

# Pieces of a stage for each call that runs at the same time: enough to be shared and to be taken over.
_INGEST_PIECES, _MORE_PIECES = 2, 4
_MOST_PIECES = 512
# A site that is slower than planned by less than this is as planned.
_SLOWED = 1.3
# The same of a link.
_LINK_SLOWED = 2.0
# A share of ingest that is not worth giving the raw data away for.
_NOTHING = 0.02


class Placement:
    """A plan, and the sites of the run.

    sites      those that are there; who is left out gets nothing
    kept       name of the site that raw data must not leave; empty: none
    """

    def __init__(
        self, plan: dict[str, Any], sites: Sequence[Site], source: Site, kept: str
    ) -> None:
        self.plan = plan
        self._sites = sites
        self._source = source
        self._kept = kept
        self._told = {told["site"]: told for told in plan["sites"]}
        for site in sites:
            site.slots = min(int(self._told[site.name]["cores"]), _places_of(site))
            site.memory_bytes = int(self._told[site.name]["memory_bytes"])
            site.kappas = dict(self._told[site.name]["kappa"])

    def __str__(self) -> str:
        return "; ".join(filter(None, map(work_text, self._told.values())))

    def packs(self, stage: str, site: Site) -> bool:
        """Whether runs are packed for those who read them from afar. Who made all of them reads them as
        they are."""
        if not self.plan["packed"]:
            return False
        return stage == "ingest" or self._planned("ingest")[site.name] < 1

    def pieces(self) -> str:
        """Into how many tasks to cut ingest, patterns and annotate."""
        ingesting = sum(site.slots for site in self._sites if self._told[site.name]["ingest"] > _NOTHING)
        slots = sum(site.slots for site in self._sites)
        wanted = (_INGEST_PIECES * max(ingesting, 1), _MORE_PIECES * slots, _MORE_PIECES * slots)
        return ",".join(str(min(_MOST_PIECES, number)) for number in wanted)

    def ranks_at(self) -> Site:
        """Who ranks, makes images and writes the results."""
        if self._kept:
            return self._source
        return next((site for site in self._sites if self._told[site.name]["rank"]), self._source)

    def sites_of(self, stage: str) -> frozenset[str]:
        """Who may do a stage. The .ibd is read where the plan has it read, and where it lies."""
        if self._kept and stage in ("ingest", "annotate"):
            return frozenset([self._kept])
        if stage == "ingest":
            others = {name for name, share in self._planned(stage).items() if share > _NOTHING}
            return frozenset({self._source.name, *others})
        return frozenset(site.name for site in self._sites)

    def shares(self, stage: str) -> dict[str, float]:
        """By site, its share of a stage."""
        return self._planned(stage)

    def _planned(self, stage: str) -> dict[str, float]:
        return {site.name: float(self._told[site.name][stage]) for site in self._sites}

    def slowness(self, stage: str) -> dict[str, float]:
        """How much slower than its record a site is, beside the one that is least so, where that is worth
        planning anew."""
        ratios = self._ratios(stage)
        least = min(ratios.values(), default=0.0)
        return {name: ratio / least for name, ratio in ratios.items() if ratio > _SLOWED * least}

    def link_bytes_s(self, site: Site, stage: str) -> float | None:
        """What the link of a site carries, when its tasks wait for what they read from others for longer
        than they compute, and by far longer than planned."""
        told = self._told[site.name]
        ratios = self._ratios(stage)
        if stage != "annotate" or site.name not in ratios or len(ratios) < 2:
            return None
        seconds, expected, got_bytes = site.measured.get(stage, (0.0, 0.0, 0.0))
        compute_s = expected * told["kappa"][stage] * min(ratios.values())
        from_afar = got_bytes * (1 - told["ingest"])
        waited_s = seconds - compute_s
        if from_afar <= 0 or waited_s <= compute_s:
            return None
        rate = from_afar / waited_s
        return rate if rate < told["down_bytes_s"] / _LINK_SLOWED else None

    def _ratios(self, stage: str) -> dict[str, float]:
        """Seconds that sites take, of what their records and the prediction say."""
        ratios: dict[str, float] = {}
        for site in self._sites:
            measured, kappa = site.least_ratio(stage), self._told[site.name]["kappa"].get(stage)
            if measured is not None and kappa:
                ratios[site.name] = measured / kappa
        return ratios


def _places_of(site: Site) -> int:
    """Calls that its executor runs at the same time."""
    section = site.executor.config.get(site.executor.backend) or {}
    if site.executor.backend == "localhost":
        return int(section["worker_processes"]) - ROOM
    return int(section.get("max_workers") or 100)


# On one machine a place more than was asked for, so that the question whether it lives is answered
# while it works.
ROOM = 1


def with_room(config: dict[str, Any]) -> dict[str, Any]:
    """Lithops' configuration of a site, with that place."""
    if config["lithops"].get("backend") != "localhost":
        return config
    section = dict(config.get("localhost") or {})
    section["worker_processes"] = int(section.get("worker_processes") or os.cpu_count() or 1) + ROOM
    return {**config, "localhost": section}
