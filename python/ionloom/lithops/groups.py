"""Which tasks go into one call together, and how much memory a call asks for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ionloom.lithops.worker import joined

# Starting a call takes about so long on localhost: what is taken before the run's own calls tell.
START_S = 0.25
# Tasks are grouped until it is such a part of their time.
_MOST_START = 0.1
# The command itself, a store's client, and the Python that starts it, beside a task's own memory.
_CALL_BYTES = 320 << 20
_MEMORY_CLASS_MB = 256
# Backends that have these sizes of memory and none between.
_SIZES_MB = {"code_engine": (512, 1024, 2048, 4096, 8192, 12288, 16384, 24576, 32768)}
# Of the normal distribution: from the middle to the 95 % and the 99 % quantile.
_Z95, _Z99 = 1.645, 2.326


@dataclass
class Group:
    """Tasks of one call, in their order."""

    stage: str  # of the first
    tasks: list[dict[str, Any]] = field(default_factory=list)
    expected_s: float = 0.0  # 0: nothing is known
    p99_s: float = 0.0

    def add(self, other: Group) -> None:
        """Takes the tasks of another group too."""
        is_known = self.expected_s > 0 and other.expected_s > 0
        self.tasks += other.tasks
        self.expected_s = self.expected_s + other.expected_s if is_known else 0.0
        self.p99_s = self.p99_s + other.p99_s if is_known else 0.0

    @property
    def ranges(self) -> list[tuple[int, int]]:
        return joined([(task["range"][0], task["range"][1]) for task in self.tasks])

    @property
    def memory_mb(self) -> int:
        return memory_class_mb(max(task["memory_bytes"] for task in self.tasks))


def memory_class_mb(bound_bytes: int) -> int:
    """The memory that a call with such a task asks for."""
    return math.ceil((bound_bytes + _CALL_BYTES) / (_MEMORY_CLASS_MB << 20)) * _MEMORY_CLASS_MB


def offered_mb(backend: str, wanted_mb: int) -> int:
    """The smallest memory that a backend offers and that suffices."""
    return min((size for size in _SIZES_MB.get(backend, ()) if size >= wanted_mb), default=wanted_mb)


def _calls(tasks: int, work_s: float, slots: int, start_s: float) -> int:
    """Into how many calls a stage's tasks go: no more than keep the starts small, but enough for
    all slots, and full rounds of these."""
    if work_s <= 0:
        return min(tasks, slots)
    most = max(1, int(work_s * _MOST_START / start_s))
    if most > slots:
        most -= most % slots
    return min(tasks, max(most, min(slots, math.ceil(work_s / start_s))))


def groups_of(
    tasks: Sequence[dict[str, Any]],
    expected: Mapping[str, Mapping[str, float] | None],
    threads: int,
    slots: int,
    start_s: float = START_S,
) -> list[Group]:
    """Cuts each stage's tasks into groups of neighbours, equal in number within one. Where not all
    groups could run at the same time, a group has its part of every stage.

    expected  what a stage is expected to take on `threads` threads: seconds, most_s
    slots     calls that run at the same time
    start_s   that starting a call takes
    """
    stages = {
        stage: [task for task in tasks if task["stage"] == stage]
        for stage in dict.fromkeys(task["stage"] for task in tasks)
    }
    known = {stage: expected.get(stage) or {} for stage in stages}
    work_s = {stage: known[stage].get("seconds", 0.0) * threads for stage in stages}
    calls = {
        stage: _calls(len(own), work_s[stage], slots, start_s) for stage, own in stages.items()
    }
    groups: list[Group] = []
    if sum(calls.values()) <= slots:
        for stage, own in stages.items():
            groups += _parts(stage, own, calls[stage], work_s[stage], known[stage])
        return groups
    most = max(calls.values())
    for stage, own in stages.items():
        parts = _parts(stage, own, min(most, len(own)), work_s[stage], known[stage])
        for group, part in zip(groups, parts):
            group.add(part)
        groups += parts[len(groups) :]
    return groups


def _parts(
    stage: str,
    tasks: Sequence[dict[str, Any]],
    calls: int,
    work_s: float,
    known: Mapping[str, float],
) -> list[Group]:
    """A stage's tasks as so many groups."""
    spread = known["most_s"] / known["seconds"] if work_s > 0 else 1.0
    parts: list[Group] = []
    for number in range(calls):
        part = tasks[len(tasks) * number // calls : len(tasks) * (number + 1) // calls]
        seconds = work_s * len(part) / len(tasks)
        parts.append(Group(stage, list(part), seconds, seconds * spread ** (_Z99 / _Z95)))
    return parts
