"""How tasks are divided among sites, and what one that is done early takes from another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_INPUT = re.compile(r"^input \S+ \S+ \d+ (\d+)$", re.MULTILINE)
# Of a stage that nothing is known of: so many bytes of input a second.
_GUESSED_BYTES_S = 2e7


def input_bytes(text: str) -> int:
    """What a task reads, by its text: the measure of its part of a stage's work."""
    return sum(int(length) for length in _INPUT.findall(text))


@dataclass(eq=False)
class Work:
    """One task of a run, until it is done somewhere."""

    task: Mapping[str, Any]  # as it was handed out: name, stage, memory_bytes, range, input_bytes
    expected_s: float  # on one core of the machine of the defaults, in the compiled module
    sites: frozenset[str]  # that may have it
    done: bool = False
    done_at: str = ""  # name of the site
    failures: dict[str, int] = field(default_factory=dict)  # by site
    said: dict[str, str] = field(default_factory=dict)  # the last failure, by site
    exit_codes: set[int] = field(default_factory=set)

    @property
    def stage(self) -> str:
        return str(self.task["stage"])


def works_of(
    tasks: Sequence[Mapping[str, Any]],
    stage_s: Mapping[str, float],
    sites_of: Mapping[str, frozenset[str]],
) -> list[Work]:
    """The tasks with what each is expected to take: its part, by bytes, of its stage.

    stage_s   by stage, what all of it should take, as Work.expected_s; what is missing is guessed
    sites_of  by stage, the sites that may do it
    """
    works: list[Work] = []
    for stage in dict.fromkeys(task["stage"] for task in tasks):
        own = [task for task in tasks if task["stage"] == stage]
        total = sum(task["input_bytes"] for task in own)
        whole_s = stage_s.get(stage) or total / _GUESSED_BYTES_S
        for task in own:
            part = task["input_bytes"] / total if total else 1 / len(own)
            works.append(Work(task, whole_s * part, sites_of[stage]))
    return works


def divided(works: Sequence[Work], shares: Mapping[str, float]) -> dict[str, list[Work]]:
    """Cuts a stage's works into neighbours, a part a site, each as near to its share as whole tasks
    allow. Shares of sites that may not have them count as none; where none is left, all go to the
    first site that may."""
    parts: dict[str, list[Work]] = {site: [] for site in shares}
    if not works:
        return parts
    may = {site: share for site, share in shares.items() if site in works[0].sites and share > 0}
    if not may:
        may = {next(site for site in shares if site in works[0].sites): 1.0}
    total = sum(work.expected_s for work in works) or 1.0
    whole = sum(may.values())
    bounds = []
    filled = 0.0
    for site, share in may.items():
        filled += share / whole
        bounds.append((site, filled))
    reached, place = 0.0, 0
    for work in works:
        # A task belongs where its middle falls.
        middle = (reached + work.expected_s / 2) / total
        while place < len(bounds) - 1 and middle > bounds[place][1]:
            place += 1
        parts[bounds[place][0]].append(work)
        reached += work.expected_s
    return parts


def first_chunk(queue: Sequence[Work], slots: int, start_s: float) -> int:
    """How many works at the head of a site's queue go into its next call: a part of what is left, so
    that the rest can still go elsewhere, but enough that starting the call does not matter.

    start_s  in which so much of the expected work could be done
    """
    left_s = sum(work.expected_s for work in queue)
    wanted_s = max(left_s / (2 * slots), min(10 * start_s, left_s / slots))
    taken_s = 0.0
    for number, work in enumerate(queue, 1):
        taken_s += work.expected_s
        if taken_s >= wanted_s * 0.999:
            return number
    return len(queue)


def to_steal(queue: Sequence[Work], own_rate: float, rate: float, start_s: float) -> int:
    """How many works at the tail of another site's queue are done sooner here.

    rate  seconds of expected work that the other site does in a second; own_rate: this one
    """
    left_s = sum(work.expected_s for work in queue)
    part_s = left_s * own_rate / (own_rate + rate)
    number, taken_s = 0, 0.0
    for work in reversed(queue):
        if number and taken_s + work.expected_s > part_s:
            break
        taken_s += work.expected_s
        number += 1
    # What waits at the other's must wait for longer than it takes here.
    return number if left_s / rate > taken_s / own_rate + start_s else 0
