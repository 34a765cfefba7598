"""Runs over several sites: what is done where. Hosts are emulated; processes and packets are real."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import DEMO_LIST
from emulated_sites import Device, EmulatedSites, emulated
from lithops_runs import assert_same_results
from site_runs import (
    Run, asked_for_packed, expected, needs_sites, packets_of, pair, planned, share_seen, some_peaks, start,
)

__all__ = ["expected", "pair"]  # fixtures
pytestmark = needs_sites
_PNG = b"\x89PNG\r\n"


@pytest.mark.parametrize(
    ("name", "lab", "cloud", "ingests", "annotates"),
    [
        ("raw-upload", {"all": 1000.0}, {"all": 0.001}, {"cloud"}, {"cloud"}),
        ("after-ingest", {"ingest": 0.001, "annotate": 1e6}, {"ingest": 1e6, "annotate": 0.001},
         {"lab"}, {"cloud"}),
    ],
)
def test_every_placement_gives_the_same_annotations(
    pair: EmulatedSites,
    tissue: Path,
    expected: Path,
    tmp_path: Path,
    name: str,
    lab: dict[str, float],
    cloud: dict[str, float],
    ingests: set[str],
    annotates: set[str],
) -> None:
    planned(pair, lab, cloud)
    with packets_of(pair.hosts["lab"]) as packets:
        run = Run(tmp_path / name, start(pair, tissue, tmp_path / name))
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    for stage, where in (("ingest", ingests), ("annotate", annotates)):
        told = run.record["sites"]
        assert {site["name"] for site in told if site["planned"][stage] > 0.1} == where
        # On a machine that is busy others may have thought them late, and helped.
        assert where <= set(run.tasks(stage)), run.said
    if packets is not None:
        assert share_seen(packets, some_peaks(tissue)) > 0.3 or asked_for_packed(packets), "see below"
    # The cloud's clock is a day off: what is told of calls is told by this one's.
    for call in run.record["calls"]:
        assert 0 <= call["began_s"] <= call["ended_s"] <= run.record["seconds"] + 1, call


def test_raw_data_that_must_stay_never_crosses_the_cable(
    pair: EmulatedSites, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    planned(pair, {"all": 1000.0}, {"all": 0.001})
    with packets_of(pair.hosts["lab"]) as packets:
        run = Run(tmp_path / "kept", start(pair, tissue, tmp_path / "kept", "--keep-raw-at=lab"))
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    assert set(run.tasks("ingest")) == set(run.tasks("annotate")) == {"lab"}
    assert run.record["keep_raw_at"] == "lab"
    if packets is not None:
        assert packets.stat().st_size > 10_000, "patterns come from the cloud"
        assert share_seen(packets, some_peaks(tissue)) == 0
        assert not asked_for_packed(packets)


def test_a_store_that_may_lie_elsewhere_is_refused_for_raw_data_that_must_stay(
    pair: EmulatedSites, tissue: Path, tmp_path: Path
) -> None:
    file = pair.sites_file(bucket="nowhere")
    file.write_text(re.sub(r'\?node=[^"]*', "", file.read_text()))
    run = Run(
        tmp_path / "out",
        pair.start(pair.command(tissue, DEMO_LIST, tmp_path / "out", f"--sites={file}", "--keep-raw-at=lab")),
    )
    assert run.exit_code == 2 and "name the site's own node" in run.said, run.said


def test_a_node_that_copies_elsewhere_is_refused_for_raw_data_that_must_stay(
    tissue: Path, tmp_path: Path
) -> None:
    with emulated(tmp_path, Device("lab"), Device("cloud")) as sites:
        lab = sites.hosts["lab"]
        assert lab.node is not None
        lab.node.kill()
        lab.node.wait()
        lab.start_node("--copies=2")
        run = Run(tmp_path / "out", start(sites, tissue, tmp_path / "out", "--keep-raw-at=lab"))
    assert run.exit_code == 2 and "start it without --copies" in run.said, run.said


def test_everything_stays_at_the_edge_when_that_is_soonest(
    pair: EmulatedSites, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    planned(pair, {"all": 0.001}, {"all": 1000.0})
    with packets_of(pair.hosts["lab"]) as packets:
        run = Run(tmp_path / "edge", start(pair, tissue, tmp_path / "edge"))
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    assert set(run.tasks("ingest")) == set(run.tasks("annotate")) == {"lab"}, run.said
    if packets is not None:
        assert share_seen(packets, some_peaks(tissue)) == 0 and not asked_for_packed(packets)


@pytest.mark.parametrize("wanted_at", ["lab", "cloud"])
def test_ranks_and_images_are_made_where_the_placement_says(
    pair: EmulatedSites, tissue: Path, expected: Path, tmp_path: Path, wanted_at: str
) -> None:
    edge = {"ingest": 0.001, "patterns": 0.001, "annotate": 0.001, "images": 1e5}
    planned(pair, edge, {"ingest": 1e6, "patterns": 1e6, "annotate": 1e6, "images": 0.001})
    output = tmp_path / wanted_at
    with packets_of(pair.hosts["lab"]) as packets:
        run = Run(output, start(pair, tissue, output, results=wanted_at))
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    ranks = {site["site"]: site["rank"] for site in run.record["plan"]["sites"]}
    assert ranks == {"lab": False, "cloud": True}
    assert run.record["ranked_at"] == "cloud", run.said
    steps = [(call["site"], call["name"]) for call in run.record["calls"] if not call["tasks"]]
    assert steps == [("lab", "plan-0"), ("lab", "plan-1"), ("cloud", "plan-2")], run.said
    inputs = {given["role"]: given["path"] for given in run.run_json["inputs"]}
    ibd = str(tissue.with_suffix(".ibd"))
    assert inputs == {"imzml": str(tissue), "ibd": ibd, "molecules": str(DEMO_LIST)}
    if packets is not None:
        content = packets.read_bytes()
        assert b"<mzML" in content, "the cloud reads the header"
        assert (_PNG in content) == (wanted_at == "lab"), "images cross the cable to who wants them"


def test_results_of_raw_data_that_must_stay_are_made_there_and_go_where_they_are_wanted(
    pair: EmulatedSites, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    planned(pair, {"all": 1000.0}, {"all": 0.001})
    output = tmp_path / "kept-elsewhere"
    with packets_of(pair.hosts["lab"]) as packets:
        run = Run(output, start(pair, tissue, output, "--keep-raw-at=lab", results="cloud"))
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    assert run.record["ranked_at"] == "lab"
    if packets is not None:
        assert share_seen(packets, some_peaks(tissue)) == 0 and not asked_for_packed(packets)
        assert _PNG in packets.read_bytes()


def test_a_placement_that_is_asked_for_is_gone_by(
    pair: EmulatedSites, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    planned(pair, {"all": 0.001}, {"all": 1000.0})  # all at the lab, if ionloom had its way
    mine = tmp_path / "mine.json"
    mine.write_text(json.dumps({"sites": [
        {"site": "lab", "ingest": 1, "patterns": True}, {"site": "cloud", "annotate": 1},
    ]}))
    output = tmp_path / "asked"
    run = Run(output, start(pair, tissue, output, f"--placement={mine}"))
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    assert set(run.tasks("ingest")) == {"lab"} and "cloud" in run.tasks("annotate"), run.said
    shares = {site["site"]: site["annotate"] for site in run.record["plan"]["sites"]}
    assert shares == {"lab": 0, "cloud": 1}
    output = tmp_path / "wrong"
    mine.write_text('{"sites": []}')
    run = Run(output, start(pair, tissue, output, f"--placement={mine}"))
    assert run.exit_code == 1 and "mine.json" in run.said and not output.exists(), run.said


def test_a_targeted_list_reads_only_blocks_that_its_windows_touch(
    pair: EmulatedSites, simulated: Callable[..., Path], tmp_path: Path
) -> None:
    planned(pair, {"all": 1.0}, {"all": 1.0})
    dataset = simulated(32, 32)  # 50 blocks of 4096 peaks
    header, first, *_ = DEMO_LIST.read_text().splitlines()
    one = tmp_path / "one.tsv"
    one.write_text(f"{header}\n{first}\n")
    file = pair.sites_file(bucket="run-windows")
    output = tmp_path / "windows"
    run = Run(output, pair.start(pair.command(
        dataset, one, output, f"--sites={file}", "--adducts=+H", "--decoys=1", "--targeted=yes")))
    assert run.exit_code == 0, run.said
    read, made = (
        sum(task[bytes_] for call in run.record["calls"] for task in call["tasks"]
            if task["stage"] == stage)
        for stage, bytes_ in (("annotate", "got_bytes"), ("ingest", "put_bytes"))
    )
    assert 0 < read < 0.5 * made
