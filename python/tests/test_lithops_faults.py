"""Runs on Lithops that lose workers, objects, disk and drivers: no partial result counts as done."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from conftest import DEMO_LIST
from faulty_engine import FaultyEngine
from ionloom.command import run_command
from lithops_runs import World, assert_same_results, localhost

STAGES = ("plan", "ingest", "patterns", "annotate", "render")


@pytest.fixture(scope="module")
def expected(tissue: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("expected") / "out"
    run_command(["annotate", str(tissue), f"--molecules={DEMO_LIST}", f"--output={output}"])
    return output


@pytest.fixture
def world(tmp_path: Path) -> World:
    return localhost(tmp_path)


@pytest.fixture
def engine(world: World) -> FaultyEngine:
    faulty = FaultyEngine(world.folder, world.folder / "tmp")
    world.environment["IONLOOM_COMMAND"] = str(faulty.command)
    return faulty


def wait_until(is_so: object, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def processes_of(world: World) -> list[str]:
    """Command lines of processes that have this test's home."""
    mark = f"HOME={world.folder}\0".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def test_workers_and_engines_killed_in_each_stage_cost_a_retry_alone(
    world: World, engine: FaultyEngine, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    engine.order(*(f"kill-worker-{stage}" for stage in STAGES))
    engine.order("kill-engine-ingest", "kill-engine-annotate")
    done = world.annotate(tissue, tmp_path / "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert engine.left() == set()
    assert_same_results(tmp_path / "out", expected)


def test_a_call_that_vanished_gets_a_second_copy(
    world: World, engine: FaultyEngine, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    engine.order("kill-call-annotate")
    world.set(calls__LEAST_PATIENCE_S=5.0)
    done = world.annotate(tissue, tmp_path / "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert engine.left() == set()
    assert_same_results(tmp_path / "out", expected)


def test_an_object_lost_between_stages_is_made_again(
    world: World, engine: FaultyEngine, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    engine.order("lose-run-annotate")
    done = world.annotate(tissue, tmp_path / "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "planning anew" in done.stdout
    assert_same_results(tmp_path / "out", expected)


def test_a_full_disk_ends_the_run_with_its_sentence(
    world: World, engine: FaultyEngine, tissue: Path, tmp_path: Path
) -> None:
    engine.order("full-disk-ingest")
    done = world.annotate(tissue, tmp_path / "out")
    assert done.returncode == 3, done.stdout + done.stderr
    assert done.stderr.startswith("error: ingest-") and "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("stage", STAGES)
def test_a_driver_that_was_killed_is_resumed(
    world: World,
    engine: FaultyEngine,
    tissue: Path,
    expected: Path,
    tmp_path: Path,
    stage: str,
) -> None:
    engine.order(f"hold-{stage}")
    driver = subprocess.Popen(world.annotation(tissue, tmp_path / "out"), env=world.env())
    wait_until(lambda: (engine.faults / f"reached-{stage}").exists())
    driver.kill()
    driver.wait()
    engine.release(f"hold-{stage}")
    assert not (tmp_path / "out").exists()
    done = world.annotate(tissue, tmp_path / "out", "--resume")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "resumes " in done.stdout
    assert_same_results(tmp_path / "out", expected)
    calls = json.loads((tmp_path / "out" / "run.json").read_text())["lithops"]["calls"]
    again = {task["stage"] for call in calls for task in call["tasks"]}
    if stage in ("annotate", "render"):
        assert again <= ({"annotate"} if stage == "annotate" else set()), "what was there was done again"


def test_a_run_that_is_stopped_leaves_no_process_and_no_results(
    world: World, engine: FaultyEngine, tissue: Path, tmp_path: Path
) -> None:
    engine.order("hold-patterns")
    driver = subprocess.Popen(
        world.annotation(tissue, tmp_path / "out"), env=world.env(), stderr=subprocess.PIPE, text=True
    )
    wait_until(lambda: (engine.faults / "reached-patterns").exists())
    driver.send_signal(signal.SIGINT)
    _, said = driver.communicate(timeout=60)
    assert driver.returncode == 130, said
    assert "stopped" in said and "Traceback" not in said
    assert not (tmp_path / "out").exists()
    wait_until(lambda: not [line for line in processes_of(world) if "cleaner" not in line], 20)
    listed = world.run(world.command("runs", "list", f"--lithops-config={world.config_file()}"))
    assert "stopped" in listed.stdout, listed.stdout + listed.stderr


def test_two_drivers_on_one_output_give_one_result(
    world: World, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    both = [
        subprocess.Popen(
            world.annotation(tissue, tmp_path / "out"),
            env=world.env(),
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [driver.communicate(timeout=240)[1] for driver in both]
    assert sorted(driver.returncode for driver in both) == [0, 2], said
    assert "exists already" in "".join(said)
    assert_same_results(tmp_path / "out", expected)


def test_every_failed_task_is_told(
    world: World, tissue: Path, tmp_path: Path
) -> None:
    # The .ibd ends in its middle once the plan is made.
    copy = tmp_path / "tissue.imzML"
    copy.write_bytes(tissue.read_bytes())
    (tmp_path / "tissue.ibd").write_bytes(tissue.with_suffix(".ibd").read_bytes())
    engine = FaultyEngine(world.folder, world.folder / "tmp")
    world.environment["IONLOOM_COMMAND"] = str(engine.command)
    engine.order("hold-ingest")
    driver = subprocess.Popen(
        world.annotation(copy, tmp_path / "out"), env=world.env(), stderr=subprocess.PIPE, text=True
    )
    wait_until(lambda: (engine.faults / "reached-ingest").exists())
    os.truncate(tmp_path / "tissue.ibd", 100)
    engine.release("hold-ingest")
    _, said = driver.communicate(timeout=240)
    assert driver.returncode == 1, said
    assert not (tmp_path / "out").exists()
