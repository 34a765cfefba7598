"""Runs on Lithops whose objects are in S3: a server of their own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import DEMO_LIST
from ionloom.command import run_command
from lithops_runs import assert_same_results, on_s3
from s3_server import BUCKET, s3_server


@pytest.fixture(scope="module")
def expected(tissue: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("expected") / "out"
    run_command(["annotate", str(tissue), f"--molecules={DEMO_LIST}", f"--output={output}"])
    return output


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[str]:
    with s3_server(tmp_path / "s3") as server:
        yield server


def test_results_are_those_of_a_local_run_and_traffic_is_small(
    s3: str, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    done = on_s3(tmp_path, s3).annotate(tissue, tmp_path / "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert_same_results(tmp_path / "out", expected)
    calls = json.loads((tmp_path / "out" / "run.json").read_text())["lithops"]["calls"]
    tasks = [task for call in calls for task in call["tasks"]]
    kept = tmp_path / "s3" / BUCKET / "ionloom" / "ionloom-stages" / "kept"
    objects = [path for path in kept.rglob("*") if path.is_file()]
    # Each task's output, and what plans make: spectra, pixels, formulas, ions, decoys, ion table,
    # ranking.
    assert len(tasks) > 10 and len(objects) <= len(tasks) + 12


def test_dataset_and_list_may_be_objects(
    s3: str, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    bucket = tmp_path / "s3" / BUCKET / "in"
    bucket.mkdir()
    for path in (tissue, tissue.with_suffix(".ibd"), DEMO_LIST):
        shutil.copy(path, bucket / path.name)
    world = on_s3(tmp_path, s3)
    done = world.run(
        world.command(
            *("annotate", f"s3://{BUCKET}/in/{tissue.name}", f"--output={tmp_path / 'out'}"),
            *(f"--molecules=s3://{BUCKET}/in/{DEMO_LIST.name}", "--executor=lithops"),
            f"--lithops-config={world.config_file()}",
        )
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert_same_results(tmp_path / "out", expected)
