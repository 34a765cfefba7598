"""Where the last step of a run over sites is done, and where its results come from, when sites fail: sites are
objects of this process, their answers what a test says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ionloom.errors import RemoteError, UsageError
from ionloom.lithops.site import Site
from ionloom.lithops.site_worker import SiteCall, SiteOutcome
from ionloom.lithops.sites_ending import Ending

_ARGUMENTS = ["/data/brain.imzML", "--molecules=/a/lipids.tsv", "--molecules=/b/lipids.tsv", "--ppm=3"]
_PLAN: Any = {"name": "plan-2", "memory_mb": 1, "arguments": [*_ARGUMENTS, "--threads=2"], "memory_folder": ""}


class Scene:
    """A lab where the dataset lies and a cloud that wants the results."""

    def __init__(self, store: str = "geds://hub:1/bucket?node=lab:2") -> None:
        self.asked: list[tuple[str, SiteCall]] = []
        self.said: list[str] = []
        self.fails: dict[str, Exception] = {}  # by kind of call
        self.lab = Site("lab", SimpleNamespace(storage="of the lab"), store, 1, 0)
        self.cloud = Site("cloud", SimpleNamespace(storage="of the cloud"), store, 1, 0)
        self.wanted_at: Site | None = self.cloud
        self.ending = Ending(
            "run", self.lab, lambda: self.wanted_at, _ARGUMENTS, "/data/brain.IBD",
            lambda kind, name, site: {"kind": kind, "name": name}, self._ask, self.said.append,
        )

    def _ask(self, site: Site, call: SiteCall) -> SiteOutcome:
        self.asked.append((site.name, call))
        if call["kind"] in self.fails:
            raise self.fails[call["kind"]]
        return {"results": ["key"]} if call["kind"] == "finish" else {}

    def kinds(self) -> list[tuple[str, str]]:
        return [(site, call["kind"]) for site, call in self.asked]


def test_the_source_lends_its_files_to_who_ranks() -> None:
    scene = Scene()
    assert scene.ending.make_at(scene.cloud, _PLAN) == {"results": ["key"]}
    assert scene.kinds() == [("lab", "lend"), ("cloud", "finish")]
    (_, lent), (_, finish) = scene.asked
    assert lent["lent"] == finish["lent"] and lent["lent_as"] == finish["lent_as"]
    assert list(lent["lent"]) == ["/data/brain.imzML", "/a/lipids.tsv", "/b/lipids.tsv"]
    assert len(set(lent["lent"].values())) == 3, "two lists are called alike"
    assert "results_as" not in finish, "they are where they are wanted"
    assert scene.ending.names == ["bucket/ionloom-raw/run/header"]
    for path, called in {**lent["lent"], "/data/brain.IBD": "0/brain.IBD"}.items():
        assert scene.ending.given_path(f"/tmp/x/files/{called}") == path
    assert scene.ending.given_path("/elsewhere") == "/elsewhere"


@pytest.mark.parametrize("failing", ["lend", "finish"])
def test_the_source_ranks_when_another_cannot(failing: str) -> None:
    scene = Scene()
    scene.fails[failing] = RemoteError("no answer")
    assert scene.ending.make_at(scene.cloud, _PLAN) is None
    assert "lab ranks and makes images instead of cloud: no answer" in scene.said


def test_wrong_use_is_wrong_everywhere() -> None:
    scene = Scene()
    scene.fails["finish"] = UsageError("wrong")
    with pytest.raises(UsageError):
        scene.ending.make_at(scene.cloud, _PLAN)


def test_results_go_by_way_of_the_site_that_wants_them() -> None:
    scene = Scene()
    call = scene.ending.with_way(scene.lab, {"kind": "plan"})
    assert call["results_as"] == "bucket/ionloom-raw/run/results"
    assert scene.ending.storage_with(scene.lab, ["key"]) == "of the cloud"
    assert scene.kinds() == [("cloud", "take")]


def test_results_come_from_who_made_them_when_who_wants_them_is_not_there() -> None:
    scene = Scene()
    scene.fails["take"] = RemoteError("no answer")
    assert scene.ending.storage_with(scene.lab, ["key"]) == "of the lab"
    scene.wanted_at = None
    assert scene.ending.storage_with(scene.lab, ["key"]) == "of the lab"


def test_a_store_that_all_see_lends_nothing() -> None:
    scene = Scene("s3://bucket")
    assert scene.ending.make_at(scene.cloud, _PLAN) == {"results": ["key"]}
    assert scene.kinds() == [("cloud", "finish")]
    assert scene.ending.storage_with(scene.lab, ["key"]) == "of the lab"
    assert scene.ending.names == []
