"""Runs on Lithops: its functions are processes of this machine, its storage is a folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import ionloom
import pytest
from conftest import DEMO_LIST
from ionloom.command import run_command
from ionloom.lithops.gantt import gantt
from lithops_runs import World, assert_same_results, localhost


@pytest.fixture(scope="module")
def expected(tissue: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a run on this machine's threads."""
    output = tmp_path_factory.mktemp("expected") / "out"
    run_command(["annotate", str(tissue), f"--molecules={DEMO_LIST}", f"--output={output}"])
    return output


@pytest.fixture
def world(tmp_path: Path) -> World:
    return localhost(tmp_path)


def test_results_are_those_of_a_local_run(
    world: World, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    done = world.annotate(tissue, tmp_path / "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert_same_results(tmp_path / "out", expected)
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    stages = {task["stage"] for call in record["lithops"]["calls"] for task in call["tasks"]}
    assert stages == {"ingest", "patterns", "annotate"}
    for call in record["lithops"]["calls"]:
        assert call["memory_mb"] % 256 == 0, "a memory class"
        assert 0 < call["peak_memory_bytes"] <= call["memory_mb"] << 20, call


def test_python_gives_a_result(world: World, tissue: Path, expected: Path) -> None:
    program = (
        "import sys, ionloom.lithops\n"
        "result = ionloom.lithops.annotate(sys.argv[1], sys.argv[2], config=sys.argv[3], images='none')\n"
        "print(len(result.results()))\n"
    )
    done = world.run(
        [sys.executable, "-c", program, str(tissue), str(DEMO_LIST), str(world.config_file())]
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(ionloom.read(expected).results())


def test_runs_are_listed_and_cleaned(world: World, tissue: Path, tmp_path: Path) -> None:
    assert world.annotate(tissue, tmp_path / "out", "--images=none").returncode == 0
    config = f"--lithops-config={world.config_file()}"
    listed = world.run(world.command("runs", "list", config))
    (line,) = listed.stdout.splitlines()
    assert "done" in line and str(tissue) in line
    store = world.folder / "tmp"
    assert list(store.rglob("kept*/*"))
    assert world.run(world.command("runs", "clean", config)).returncode == 0
    assert world.run(world.command("runs", "list", config)).stdout == "no runs\n"
    assert list(store.rglob("kept*/*"))
    assert world.run(world.command("runs", "clean", "--all", config)).returncode == 0
    assert not list(store.rglob("kept*/*/*"))
    unknown = world.run(world.command("runs", "clean", "nobody", config))
    assert unknown.returncode == 2 and "there is no run nobody" in unknown.stderr


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("lithops: [", "is no YAML"),
        ("- a list\n", "has no section `lithops`"),
        ("lithops: {backend: moon, storage: localhost}", "'moon', which Lithops does not have"),
        ("lithops: {backend: localhost, storage: moon}", "'moon', which Lithops does not have"),
        ("lithops: {backend: localhost, storage: localhost}\nlocalhost: 7\n", "section `localhost`"),
        ("lithops: {backend: localhost, storage: minio}", "minio section is mandatory"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_told_in_a_sentence(
    world: World, tmp_path: Path, text: str, sentence: str
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    done = world.run(
        world.command(
            *("annotate", "no.imzML", "--molecules=no.tsv", f"--output={tmp_path / 'out'}"),
            *("--executor=lithops", f"--lithops-config={path}"),
        )
    )
    assert done.returncode == 2, done.stderr
    assert sentence in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_what_is_no_dataset_is_told_as_locally(world: World, tmp_path: Path) -> None:
    done = world.annotate(tmp_path / "no.imzML", tmp_path / "out")
    assert done.returncode == 1, done.stderr
    assert "no.imzML" in done.stderr and "Traceback" not in done.stderr


def test_without_the_package_a_sentence_says_what_to_install(world: World, tmp_path: Path) -> None:
    world.environment["IONLOOM_PYTHON"] = "/usr/bin/python3"
    world.environment["PYTHONPATH"] = ""
    done = world.annotate(tmp_path / "no.imzML", tmp_path / "out")
    assert done.returncode == 2 and "pip install" in done.stderr, done.stderr
    world.environment["IONLOOM_PYTHON"] = "/no/python"
    done = world.annotate(tmp_path / "no.imzML", tmp_path / "out")
    assert done.returncode == 2 and "IONLOOM_PYTHON" in done.stderr, done.stderr


def test_a_picture_shows_every_call_and_task(world: World, tissue: Path, tmp_path: Path) -> None:
    assert world.annotate(tissue, tmp_path / "out", "--images=none").returncode == 0
    run = json.loads((tmp_path / "out" / "run.json").read_text())
    picture = ElementTree.fromstring(gantt(run))
    titles = [title.text or "" for title in picture.iter("{http://www.w3.org/2000/svg}title")]
    for call in run["lithops"]["calls"]:
        assert any(title.startswith(f"{call['name']}, ") for title in titles)
        for task in call["tasks"]:
            assert any(title.startswith(f"{task['task']}, ") for title in titles)
