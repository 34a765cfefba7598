"""When a run over sites asks the solver again, and what becomes of tasks that have not begun: sites are objects
of this process, the solver answers what a test says."""

from __future__ import annotations

import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ionloom.errors import UsageError
from ionloom.lithops import sites_planning
from ionloom.lithops.share_out import Work
from ionloom.lithops.site import Site
from ionloom.lithops.site_worker import SiteCall, SiteOutcome
from ionloom.lithops.sites_planning import Planning

BOTH = frozenset(["lab", "cloud"])


class Answer:
    """A future of Lithops that is ready."""

    ready = success = done = True
    running = False

    def __init__(self, outcome: Any) -> None:
        self._outcome = outcome

    def result(self, throw_except: bool = True) -> Any:
        return self._outcome


class Scene:
    """A lab where the dataset lies, a cloud, and a solver that answers with the shares of `answers`."""

    def __init__(self, placement: str = "best") -> None:
        self.questions: list[SiteCall] = []
        self.answers: list[tuple[float, float]] = []  # the lab's shares of ingest and annotate
        self.said: list[str] = []
        backend = SimpleNamespace(
            backend="threads", config={}, storage=None,
            call_async=lambda function, arguments, **_: Answer(self._solve(arguments["call"])),
        )
        self.lab = Site("lab", backend, "", 1, 0, start_s=0.0)
        self.cloud = Site("cloud", backend, "", 1, 0, start_s=0.0)
        file: Any = SimpleNamespace(
            path=Path("sites.toml"),
            sites=[SimpleNamespace(name="lab"), SimpleNamespace(name="cloud")],
            files=lambda: {"sites.toml": ""},
        )
        job = {"goal": "time", "keep_raw_at": "", "placement": placement}
        self.planning = Planning(
            file, [self.lab, self.cloud], self.lab, job, ["brain.imzML"],
            lambda: {"kind": "place", "name": "place", "memory_mb": 1},
            self._solve, self.said.append,
        )

    def _solve(self, call: SiteCall) -> SiteOutcome:
        self.questions.append(call)
        ingest, annotate = self.answers.pop(0)
        told = [
            {"site": name, "cores": 1, "memory_bytes": 1 << 30, "ingest": i, "annotate": a,
             "patterns": name == "lab", "rank": name == "lab", "kappa": {"ingest": 1.0, "annotate": 1.0},
             "up_bytes_s": 1e6, "down_bytes_s": 1e6}
            for name, i, a in (("lab", ingest, annotate), ("cloud", 1 - ingest, 1 - annotate))
        ]
        plan = {"sites": told, "packed": False, "time_s": 1.0}
        return {"exit_code": 0, "placement": {"plan": plan, "module_s": {"ingest": 2.0}}}

    def ingested(self, lab_s: float, cloud_s: float) -> None:
        """Both have done a task of ingest that was expected to take a second."""
        for site, seconds in ((self.lab, lab_s), (self.cloud, cloud_s)):
            task = {"name": site.name, "stage": "ingest", "memory_bytes": 1}
            work = Work(task, 1.0, BOTH, done=True, done_at=site.name)
            site.note_times([work], [{"task": site.name, "done": True, "seconds": seconds}])
            self.planning.note_ingested([work])

    def observed(self) -> dict[str, Any]:
        """What the last question said of the sites."""
        sites: dict[str, Any] = json.loads(self.questions[-1]["files"]["observed.json"])["sites"]
        return sites


def queue(site: Site, count: int) -> list[Work]:
    works = [
        Work({"name": f"t{i}", "stage": "annotate", "memory_bytes": 1, "range": (i, 1)}, 1.0, BOTH)
        for i in range(count)
    ]
    site.queue += works
    return works


def test_sites_that_are_as_planned_are_planned_with_once() -> None:
    scene = Scene()
    scene.answers = [(0.5, 0.5)]
    scene.planning.place()
    scene.ingested(lab_s=1.0, cloud_s=1.1)
    scene.planning.before("annotate")
    assert len(scene.questions) == 1 and "observed.json" not in scene.questions[0]["files"]


def test_a_device_that_slowed_down_is_planned_with_as_it_is_now() -> None:
    scene = Scene()
    scene.answers = [(0.5, 0.5), (0.5, 0.25)]
    scene.planning.place()
    scene.ingested(lab_s=3.0, cloud_s=1.0)
    scene.planning.before("annotate")
    assert scene.observed()["lab"] == {"is_there": True, "slowness": 3.0, "ingested": 1.0}
    assert scene.planning.placement.shares("annotate") == {"lab": 0.25, "cloud": 0.75}
    scene.planning.before("annotate")
    assert len(scene.questions) == 2, "nothing has changed since"


def test_a_placement_that_was_asked_for_is_kept_until_a_device_leaves() -> None:
    scene = Scene("runner-up")
    scene.answers = [(0.5, 0.5), (0.5, 1.0)]
    scene.planning.place()
    scene.ingested(lab_s=3.0, cloud_s=1.0)
    scene.planning.before("annotate")
    assert len(scene.questions) == 1
    scene.cloud.silent_since = time.monotonic()
    scene.planning.before("annotate")
    assert scene.observed()["cloud"]["is_there"] is False
    assert scene.planning.placement.shares("annotate") == {"lab": 1.0, "cloud": 0.0}


def test_a_device_that_left_is_planned_without_and_its_waiting_tasks_are_divided_anew() -> None:
    scene = Scene()
    scene.answers = [(1.0, 0.5), (1.0, 1.0)]
    scene.planning.place()
    scene.ingested(1.0, 1.0)
    works = queue(scene.cloud, 8)
    scene.planning.look("annotate")
    assert len(scene.questions) == 1
    scene.cloud.silent_since = time.monotonic()
    scene.planning.look("annotate")  # asks
    scene.planning.look("annotate")  # takes the answer
    assert scene.observed()["cloud"]["is_there"] is False
    assert scene.lab.queue == works and scene.cloud.queue == []
    assert scene.cloud.share == 0 and scene.planning.plans == 2


def test_a_link_that_degraded_is_told_as_such_and_not_as_a_slow_device() -> None:
    scene = Scene()
    scene.answers = [(1.0, 0.5), (1.0, 0.9)]
    scene.planning.place()
    scene.ingested(1.0, 1.0)
    for site, seconds, got in ((scene.lab, 1.0, 0), (scene.cloud, 11.0, 1_000_000)):
        work = Work({"name": site.name, "stage": "annotate", "memory_bytes": 1}, 1.0, BOTH)
        site.note_times([work], [{"task": site.name, "done": True, "seconds": seconds, "got_bytes": got}])
    queue(scene.cloud, 10)
    scene.planning.look("annotate")
    scene.planning.look("annotate")
    told = scene.observed()["cloud"]
    assert told["link_bytes_s"] == pytest.approx(100_000) and "slowness" not in told
    assert len(scene.lab.queue) == 9 and len(scene.cloud.queue) == 1


def test_a_solver_that_fails_leaves_the_plan_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sites_planning, "_PAUSE_S", 0.0)
    scene = Scene()
    scene.answers = [(0.5, 0.5)]
    scene.planning.place()
    scene.ingested(1.0, 1.0)
    works = queue(scene.cloud, 4)
    scene.cloud.silent_since = time.monotonic()
    scene.lab.executor.call_async = lambda *_, **__: Answer(
        {"exit_code": 1, "error": "no placement is possible"}
    )
    scene.planning.look("annotate")
    scene.planning.look("annotate")
    assert scene.cloud.queue == works and scene.planning.plans == 1
    assert any("no placement is possible" in line for line in scene.said)


def test_the_placement_that_is_asked_for_goes_to_the_solver(tmp_path: Path) -> None:
    scene = Scene("runner-up")
    scene.answers = [(0.5, 0.5)]
    scene.planning.place()
    assert "--placement=runner-up" in scene.questions[0]["arguments"]
    mine = tmp_path / "mine.json"
    scene = Scene(str(mine))
    with pytest.raises(UsageError, match="mine.json"):
        scene.planning.place()
    mine.write_text('{"sites": []}')
    scene.answers = [(0.5, 0.5)]
    scene.planning.place()
    assert "--placement=placement.json" in scene.questions[-1]["arguments"]
    assert scene.questions[-1]["files"]["placement.json"] == '{"sites": []}'
    assert scene.questions[-1]["called"]["placement.json"] == str(mine)
