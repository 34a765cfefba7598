"""Runs over several sites where something goes wrong: the results are the same, or the run says why not."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import pytest
from conftest import DEMO_LIST
from emulated_sites import Device, EmulatedSites, emulated
from faulty_engine import FaultyEngine, slow_engine
from ionloom.command import run_command
from lithops_runs import assert_same_results
from site_runs import Run, expected, needs_cables, needs_sites, pair, planned, start, wait_until

__all__ = ["expected", "pair"]  # fixtures
pytestmark = needs_sites


def test_an_old_module_at_a_site_leaves_that_site_out(
    pair: EmulatedSites, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    module = Path(os.environ["IONLOOM_COMMAND"]).resolve().parent / "stages.wasm"
    if not module.exists():
        pytest.skip("this build has no module of the stages")
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "stages.wasm").write_bytes(module.read_bytes()[:-1])
    (folder / "ionloom").write_text(f'#!/bin/bash\nexec {os.environ["IONLOOM_COMMAND"]} "$@"\n')
    (folder / "ionloom").chmod(0o755)
    planned(pair, {"all": 50.0}, {"all": 50.0})
    environment = pair.hosts["cloud"].device.environment
    environment["IONLOOM_COMMAND"] = str(folder / "ionloom")
    try:
        run = Run(tmp_path / "module", start(pair, tissue, tmp_path / "module", "--runtime=wasm"))
    finally:
        del environment["IONLOOM_COMMAND"]
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    assert "goes on without cloud" in run.said and "stages" in run.said, run.said
    assert set(run.tasks("annotate")) == {"lab"}


def test_a_site_with_another_version_is_left_out_naming_both(
    pair: EmulatedSites, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    planned(pair, {"all": 50.0}, {"all": 50.0})
    old = tmp_path / "ionloom"
    old.write_text(f'#!/bin/bash\n[[ $1 == --version ]] && echo 0.0.1 && exit\nexec '
                   f'{os.environ["IONLOOM_COMMAND"]} "$@"\n')
    old.chmod(0o755)
    cloud = pair.hosts["cloud"].device
    cloud.environment["IONLOOM_COMMAND"] = str(old)
    try:
        run = Run(tmp_path / "version", start(pair, tissue, tmp_path / "version"))
    finally:
        del cloud.environment["IONLOOM_COMMAND"]
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    own = run_command(["--version"]).strip()
    assert "goes on without cloud: it has ionloom 0.0.1" in run.said and own in run.said, run.said
    assert set(run.tasks("annotate")) == {"lab"}


def test_tasks_of_a_site_that_got_slow_are_done_by_the_other(
    pair: EmulatedSites, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    planned(pair, {"all": 50.0}, {"all": 50.0})
    engine = FaultyEngine(tmp_path, tmp_path)
    engine.order("hold-annotate")  # slower cannot be
    environment = pair.hosts["cloud"].device.environment
    environment["IONLOOM_COMMAND"] = str(engine.command)
    try:
        run = Run(tmp_path / "slow", start(pair, tissue, tmp_path / "slow"))
    finally:
        del environment["IONLOOM_COMMAND"]
        engine.release("hold-annotate")
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    assert (engine.faults / "reached-annotate").exists(), "it had its share"
    assert set(run.tasks("annotate")) == {"lab"}, run.said


@needs_cables
def test_a_link_that_is_cut_for_a_while_costs_time_alone(
    pair: EmulatedSites, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    planned(pair, {"all": 50.0}, {"all": 50.0})  # annotate is divided
    cloud = pair.hosts["cloud"]
    driver = start(pair, tissue, tmp_path / "cut")
    assert driver.stdout is not None
    line = "?"
    while line and not line.startswith("ingest"):  # the sites were found, work begins
        line = driver.stdout.readline()
    cloud.cut()
    time.sleep(10)
    cloud.mend()
    run = Run(tmp_path / "cut", driver)
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)


@needs_cables
def test_a_link_that_gets_slow_in_the_middle_has_the_rest_planned_anew(
    tissue: Path, expected: Path, tmp_path: Path
) -> None:
    # Alike, but that the lab alone ingests: what the cloud annotates comes over its link. With rank the
    # middle of both sites' kappas, by which calls are begun, is the same. Annotate is worth dividing.
    environment = {"IONLOOM_COMMAND": str(slow_engine(tmp_path, annotate_s=1.0))}
    lab = Device("lab", kappa=50, kappas={"annotate": 1000}, cores=2, environment=environment)
    cloud = Device("cloud", kappa=50, kappas={"ingest": 1e6, "rank": 1, "annotate": 1000}, cores=2,
                   environment=environment)
    with emulated(tmp_path, lab, cloud) as sites:
        driver = start(sites, tissue, tmp_path / "degraded")
        assert driver.stdout is not None
        before, line = "", "?"
        while line and not line.startswith("annotate:"):
            line = driver.stdout.readline()
            before += line
        sites.hosts["cloud"].set_rate(0.5)
        run = Run(tmp_path / "degraded", driver)
    assert run.exit_code == 0, before + run.said
    assert_same_results(run.output, expected)
    assert "planned anew" not in before, before
    assert re.search("cloud.*where to annotate is planned anew", run.said), run.said
    assert run.record["plans"] > 1
    shares = {site["site"]: site["annotate"] for site in run.record["plan"]["sites"]}
    assert shares["cloud"] > 0.1, "as first planned"
    done = run.tasks("annotate")
    assert done["lab"] > done.get("cloud", 0), done


def test_a_device_that_dies_costs_its_tasks_and_its_objects_alone(
    tissue: Path, expected: Path, tmp_path: Path
) -> None:
    engine = FaultyEngine(tmp_path, tmp_path)
    engine.order("hold-annotate")
    edge = Device("edge", kappa=50, mbit_s=100, environment={"IONLOOM_COMMAND": str(engine.command)})
    with emulated(tmp_path, Device("lab", kappa=50), edge) as sites:
        driver = start(sites, tissue, tmp_path / "killed")
        wait_until(lambda: (engine.faults / "reached-annotate").exists())
        sites.hosts["edge"].kill()
        run = Run(tmp_path / "killed", driver)
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    assert "edge" not in run.tasks("annotate")
    assert "edge does not answer" in run.said or "planning anew" in run.said, run.said


@pytest.mark.parametrize("cgroups", [True, False], ids=["cgroup", "setrlimit"])
def test_a_device_with_less_memory_than_its_record_says_costs_its_tasks_alone(
    tissue: Path, expected: Path, tmp_path: Path, cgroups: bool
) -> None:
    # The engine at the edge takes 400 MB for every call, of the 250 MB that there are.
    greedy = tmp_path / "greedy-ionloom"
    greedy.write_text(
        "#!/bin/bash\nif [[ $1 == task ]]; then\n"
        f"  {sys.executable} -c 'x = bytearray(400 << 20)' || kill -9 $$\nfi\n"
        f'exec {os.environ["IONLOOM_COMMAND"]} "$@"\n'
    )
    greedy.chmod(0o755)
    edge = Device("edge", kappa=50, mbit_s=100, environment={"IONLOOM_COMMAND": str(greedy)})
    edge.real_memory_bytes, edge.cgroups = 250 << 20, cgroups
    with emulated(tmp_path, Device("lab", kappa=50), edge) as sites:
        run = Run(tmp_path / "small", start(sites, tissue, tmp_path / "small"))
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    failed = [call for call in run.record["calls"] if call["state"] == "failed"]
    assert failed and {call["site"] for call in failed} == {"edge"}
    assert set(run.tasks("annotate")) == {"lab"}


def test_what_only_a_dead_site_may_have_is_told(tissue: Path, tmp_path: Path) -> None:
    with emulated(tmp_path, Device("lab"), Device("cloud")) as sites:
        file = sites.sites_file(bucket="dead")
        sites.hosts["lab"].dead.touch()
        run = Run(
            tmp_path / "out",
            sites.start(sites.command(tissue, DEMO_LIST, tmp_path / "out", f"--sites={file}")),
        )
    assert run.exit_code == 4 and 'site "lab"' in run.said and "Traceback" not in run.said, run.said
    assert not (tmp_path / "out").exists()
