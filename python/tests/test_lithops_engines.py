"""Runs on Lithops with the stages in WebAssembly, and with their objects in GEDS."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from conftest import DEMO_LIST
from geds_servers import geds_servers
from ionloom.command import run_command
from lithops_runs import assert_same_results, localhost


@pytest.fixture(scope="module")
def expected(tissue: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("expected") / "out"
    run_command(["annotate", str(tissue), f"--molecules={DEMO_LIST}", f"--output={output}"])
    return output


def test_the_webassembly_module_gives_the_same_bytes(
    tissue: Path, expected: Path, tmp_path: Path
) -> None:
    done = localhost(tmp_path).annotate(tissue, tmp_path / "out", "--runtime=wasm")
    assert done.returncode == 0, done.stdout + done.stderr
    assert_same_results(tmp_path / "out", expected)
    compiled = Path(os.environ["XDG_CACHE_HOME"]).rglob("*.cwasm")
    assert list(compiled), "no call has used the module"


def test_geds_holds_the_objects(tissue: Path, expected: Path, tmp_path: Path) -> None:
    world = localhost(tmp_path)
    with geds_servers(tmp_path) as store:
        done = world.annotate(tissue, tmp_path / "out", f"--store={store}")
        assert done.returncode == 0, done.stdout + done.stderr
        assert_same_results(tmp_path / "out", expected)
        record = json.loads((tmp_path / "out" / "run.json").read_text())
        assert record["lithops"]["store"] == store
        assert not list((tmp_path / "tmp").rglob("kept")), "objects lie in Lithops' storage too"


def test_a_geds_that_is_not_there_is_told_in_a_sentence(tissue: Path, tmp_path: Path) -> None:
    with geds_servers(tmp_path) as store:
        pass
    done = localhost(tmp_path).annotate(tissue, tmp_path / "out", f"--store={store}")
    assert done.returncode == 4, done.stdout + done.stderr
    assert store in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert not (tmp_path / "out").exists()
