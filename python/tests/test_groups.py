"""Which tasks go into one call together."""

from __future__ import annotations

from typing import Any

from ionloom.lithops.groups import groups_of

EXPECTED = {"ingest": {"seconds": 3.0, "most_s": 6.0}, "patterns": {"seconds": 0.5, "most_s": 1.0}}


def tasks(**counts: int) -> list[dict[str, Any]]:
    return [
        {"stage": stage, "name": f"{stage}-{i}", "range": (0, 1), "memory_bytes": 1 << 20}
        for stage, count in counts.items()
        for i in range(count)
    ]


def names(slots: int, **counts: int) -> list[list[str]]:
    return [
        [task["name"] for task in group.tasks]
        for group in groups_of(tasks(**counts), EXPECTED, 2, slots)
    ]


def test_stages_have_calls_of_their_own_where_all_can_run_at_once() -> None:
    made = names(100, ingest=4, patterns=20)
    assert all(len({name.partition("-")[0] for name in group}) == 1 for group in made)


def test_calls_that_would_wait_for_each_other_have_a_part_of_each_stage() -> None:
    assert names(2, ingest=4, patterns=3) == [
        ["ingest-0", "ingest-1", "patterns-0"],
        ["ingest-2", "ingest-3", "patterns-1", "patterns-2"],
    ]
    assert names(2, ingest=1, patterns=2) == [["ingest-0", "patterns-0"], ["patterns-1"]]


def test_every_task_is_in_one_call_and_what_is_expected_adds_up() -> None:
    for slots in (1, 2, 3, 8):
        groups = groups_of(tasks(ingest=5, patterns=7), EXPECTED, 2, slots)
        assert sorted(t["name"] for g in groups for t in g.tasks) == sorted(
            t["name"] for t in tasks(ingest=5, patterns=7)
        )
        assert abs(sum(group.expected_s for group in groups) - 7.0) < 1e-9
    unknown = groups_of(tasks(ingest=4, patterns=4), {**EXPECTED, "patterns": None}, 2, 1)
    assert {group.p99_s for group in unknown} == {0.0}, "nothing is predicted of a part"


def test_calls_are_fewer_and_larger_where_starting_one_takes_long() -> None:
    def calls(start_s: float, slots: int) -> int:
        return len(groups_of(tasks(ingest=100), EXPECTED, 2, slots, start_s))

    # 6 s of work: a tenth of it is 12 starts of 0.05 s, or 2 of 0.25 s.
    assert [calls(start_s, slots=4) for start_s in (0.05, 0.25, 2.0)] == [12, 4, 3]
    assert calls(2.0, slots=100) == 3
