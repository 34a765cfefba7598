"""Sites whose calls are threads of this process: who gets what when one is slow, fails, or is silent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ionloom.errors import RemoteError
from ionloom.lithops import site_calls
from ionloom.lithops.calls import Attempt
from ionloom.lithops.share_out import Work
from ionloom.lithops.site import Running, Site
from ionloom.lithops.site_calls import SiteCalls
from ionloom.lithops.site_worker import SiteCall, SiteOutcome

BOTH = frozenset(["lab", "cloud"])


class Future:
    """Of Lithops, as far as it is asked."""

    running = True
    success = done = False

    def __init__(self) -> None:
        self.ready = False
        self.outcome: dict[str, Any] = {}

    def result(self, throw_except: bool) -> dict[str, Any]:
        return self.outcome


class Executor:
    """Does a task in `task_s`; is `silent` as long as it is told to; fails with `exit_code`."""

    backend = "threads"

    def __init__(self, task_s: float = 0.0) -> None:
        self.task_s = task_s
        self.silent = False
        self.exit_code = 0
        self.asked: list[SiteCall] = []

    def call_async(self, function: Any, arguments: dict[str, SiteCall], **_: Any) -> Future:
        call, future = arguments["call"], Future()
        self.asked.append(call)
        threading.Thread(target=self._do, args=(call, future), daemon=True).start()
        return future

    def _do(self, call: SiteCall, future: Future) -> None:
        names = call.get("arguments", [])
        time.sleep(self.task_s * len(names))
        if self.silent:
            return
        done = self.exit_code == 0 or call["kind"] == "alive"
        future.outcome = {
            "name": call["name"],
            "exit_code": 0 if done else self.exit_code,
            "tasks": [
                {"task": name, "stage": "annotate", "done": done, "was_there": False,
                 "seconds": self.task_s} | ({} if done else {"error": "no", "exit_code": self.exit_code})
                for name in names
            ],
        }
        future.ready = True

    def tasks(self) -> int:
        return sum(len(call.get("arguments", [])) for call in self.asked)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in (
        ("_POLL_S", 0.002), ("_SILENCE_S", 0.15), ("_ANSWER_S", 0.15), ("_PATIENCE_S", 1.0),
        ("_LATE_S", 0.05),
    ):
        monkeypatch.setattr(site_calls, name, value)
    monkeypatch.setattr("ionloom.lithops.site.START_S", 0.001)
    monkeypatch.setattr("ionloom.lithops.site._FIRST_REST_S", 0.02)
    yield


class Scene:
    def __init__(self, lab: Executor, cloud: Executor, keeps_shares: bool = False) -> None:
        self.lab = Site("lab", lab, "", 1, 0, share=0.5, start_s=0.001)
        self.cloud = Site("cloud", cloud, "", 1, 0, share=0.5, start_s=0.001)
        self.said: list[str] = []
        self.ends: list[str] = []
        self.calls = SiteCalls(
            [self.lab, self.cloud],
            lambda site: {"kind": "alive", "name": "alive", "memory_mb": 1},
            self._note,
            self.said.append,
            lambda: None,
            keeps_shares,
        )

    def _note(self, site: Site, running: Running, outcome: SiteOutcome, state: str) -> None:
        self.ends.append(f"{site.name} {state}")

    def run(self, count: int, sites: frozenset[str] = BOTH, at: str = "lab") -> list[Work]:
        works = [
            Work({"name": f"t{i}", "stage": "annotate", "memory_bytes": 1}, 0.02, sites)
            for i in range(count)
        ]
        (self.lab if at == "lab" else self.cloud).queue += works
        make: Callable[[Any, Any], SiteCall] = lambda site, group: {
            "kind": "work", "name": "work", "memory_mb": 1,
            "arguments": [work.task["name"] for work in group],
        }
        return self.calls.all_of(works, make)


def test_who_has_nothing_left_takes_from_the_slower() -> None:
    slow, quick = Executor(0.1), Executor(0.005)
    scene = Scene(slow, quick)
    begin = time.monotonic()
    assert scene.run(20) == []
    assert time.monotonic() - begin < 1.5, "alone it takes 2 s"
    assert quick.tasks() >= 8
    assert any("takes" in line for line in scene.said)


def test_nobody_takes_what_another_was_given_where_shares_are_kept() -> None:
    scene = Scene(Executor(0.02), Executor(0.005), keeps_shares=True)
    assert scene.run(10) == []
    assert not any("takes" in line for line in scene.said)


@pytest.mark.parametrize(("kappa", "copies"), [(15.0, 0), (2.0, 1)])
def test_a_site_is_late_when_it_is_slower_than_it_was_planned_to_be(kappa: float, copies: int) -> None:
    lab = Executor()
    scene = Scene(lab, Executor(0.3), keeps_shares=True)
    scene.cloud.kappas = {"annotate": kappa}
    assert scene.run(1, at="cloud") == []
    assert lab.tasks() == copies


def test_a_call_that_lasts_as_long_as_planned_does_not_make_a_site_slow() -> None:
    site = Site("lab", Executor(), "", 1, 0, start_s=0.0, kappas={"annotate": 20.0})
    work = Work({"name": "t", "stage": "annotate", "memory_bytes": 1}, 0.1, BOTH)
    begun_1_s_ago = Attempt(Future(), time.monotonic() - 1)
    site.running.append(Running([work], {"kind": "work", "name": "work", "memory_mb": 1}, begun_1_s_ago))
    assert site.least_ratio("annotate") is None
    site.kappas = {"annotate": 5.0}
    assert site.least_ratio("annotate") == pytest.approx(10, rel=0.1)


def test_who_got_no_share_takes_nothing_as_long_as_the_other_works() -> None:
    scene = Scene(Executor(0.01), Executor(0.01))
    scene.cloud.share = 0.0
    assert scene.run(10) == []
    assert scene.cloud.executor.tasks() == 0


def test_what_fails_at_one_site_is_done_at_the_other() -> None:
    broken, fine = Executor(), Executor()
    broken.exit_code = 4
    scene = Scene(broken, fine)
    assert scene.run(10) == []
    assert "lab failed" in scene.ends and "cloud done" in scene.ends


def test_what_may_be_done_at_one_site_alone_is_not_done_elsewhere() -> None:
    broken, fine = Executor(), Executor()
    broken.exit_code = 4
    left = Scene(broken, fine).run(3, frozenset(["lab"]))
    assert len(left) == 3 and fine.tasks() == 0
    assert left[0].said == {"lab": "no"} and left[0].exit_codes == {4}


def test_wrong_use_is_not_tried_again() -> None:
    broken, fine = Executor(), Executor()
    broken.exit_code = 2
    scene = Scene(broken, fine)
    scene.cloud.share = 0.0
    assert scene.run(1)
    assert broken.tasks() + fine.tasks() == 1


def test_a_silent_site_loses_its_tasks() -> None:
    silent, fine = Executor(), Executor(0.01)
    silent.silent = True
    assert Scene(silent, fine).run(10) == []
    assert fine.tasks() == 10


def test_a_site_that_answers_again_gets_what_only_it_may_have() -> None:
    silent = Executor()
    silent.silent = True
    scene = Scene(silent, Executor())
    threading.Timer(0.5, lambda: setattr(silent, "silent", False)).start()
    assert scene.run(10, frozenset(["lab"])) == []
    assert any("does not answer" in line for line in scene.said)
    assert any("answers again" in line for line in scene.said)


def test_a_silent_site_that_alone_may_have_a_task_ends_the_wait() -> None:
    silent = Executor()
    silent.silent = True
    scene = Scene(silent, Executor())
    assert len(scene.run(2, frozenset(["lab"]))) == 2
    call: SiteCall = {"kind": "plan", "name": "plan-1", "memory_mb": 1}
    silent_one, other = scene.calls.each([(scene.lab, call), (scene.cloud, call)], 0.5)
    assert isinstance(silent_one, RemoteError) and '"lab" does not answer' in str(silent_one)
    assert isinstance(other, dict)


def test_a_task_that_does_not_fit_into_a_site_goes_to_the_other() -> None:
    scene = Scene(Executor(), Executor())
    scene.lab.memory_bytes = 100
    works = [Work({"name": "big", "stage": "annotate", "memory_bytes": 200}, 1.0, BOTH)]
    assert not scene.lab.takes(works[0]) and scene.cloud.takes(works[0])


def test_tasks_that_are_killed_again_and_again_go_elsewhere() -> None:
    small, fine = Executor(), Executor(0.001)
    small.exit_code = -9
    scene = Scene(small, fine)
    assert scene.run(12) == []
    assert fine.tasks() >= 12
