"""How tasks are divided among sites: numbers only."""

from __future__ import annotations

import pytest
from ionloom.lithops.share_out import Work, divided, first_chunk, input_bytes, to_steal, works_of

BOTH = frozenset(["lab", "cloud"])


def works(count: int, sites: frozenset[str] = BOTH, seconds: float = 1.0) -> list[Work]:
    return [Work({"name": f"t{i}", "stage": "annotate"}, seconds, sites) for i in range(count)]


def test_a_task_is_as_large_as_what_it_reads() -> None:
    text = "ionloom-task 1\nname a\nstage ingest\ninput ibd ibd 100 4000\ninput x kept/1/spectra 0 96\n"
    assert input_bytes(text) == 4096


def test_a_stage_is_expected_to_take_what_its_tasks_take_together() -> None:
    tasks = [{"name": str(i), "stage": "ingest", "input_bytes": size} for i, size in enumerate((1, 3))]
    made = works_of(tasks, {"ingest": 20.0}, {"ingest": BOTH})
    assert [work.expected_s for work in made] == [5.0, 15.0]
    unknown = works_of(tasks, {}, {"ingest": BOTH})
    assert unknown[1].expected_s == pytest.approx(3 * unknown[0].expected_s)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.73, 1.0])
def test_parts_are_neighbours_and_within_half_a_task_of_their_share(share: float) -> None:
    all_of_them = works(40)
    parts = divided(all_of_them, {"lab": share, "cloud": 1 - share})
    assert parts["lab"] + parts["cloud"] == all_of_them
    assert len(parts["lab"]) == pytest.approx(40 * share, abs=0.5)


def test_who_may_not_have_tasks_gets_none_whatever_its_share() -> None:
    parts = divided(works(4, frozenset(["lab"])), {"lab": 0.0, "cloud": 1.0})
    assert len(parts["lab"]) == 4 and parts["cloud"] == []


def test_calls_leave_something_for_others_but_are_worth_their_start() -> None:
    assert first_chunk(works(16), slots=2, start_s=0.25) == 4
    assert first_chunk(works(16, seconds=0.01), slots=2, start_s=0.25) == 8
    assert first_chunk(works(1), slots=4, start_s=0.25) == 1


def test_what_is_stolen_ends_sooner_here() -> None:
    assert to_steal(works(10), own_rate=1, rate=1, start_s=0.25) == 5
    assert to_steal(works(10), own_rate=4, rate=1, start_s=0.25) == 8
    assert to_steal(works(1), own_rate=1, rate=4, start_s=0.25) == 0
    assert to_steal(works(1), own_rate=4, rate=1, start_s=0.25) == 1
