"""Data for the tests: small simulated datasets, annotated by the built command."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import ionloom
import pytest
from ionloom.command import run_command

REPOSITORY = Path(__file__).parents[2]
DEMO_LIST = REPOSITORY / "data" / "demo_molecules.tsv"


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing that other programs have cached decides a test. Tools that scripts/ has built stay where
    they are."""
    usual = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    os.environ.setdefault("IONLOOM_CACHE", f"{usual}/ionloom")
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Makes a dataset: simulated(width, height) gives its imzML."""

    def make(width: int = 24, height: int = 16, seed: int = 3) -> Path:
        folder = tmp_path_factory.mktemp("data")
        run_command(
            ["simulate", f"--molecules={DEMO_LIST}", f"--output={folder / 'tissue'}"]
            + [f"--width={width}", f"--height={height}", "--peaks-per-pixel=200", f"--seed={seed}"]
        )
        return folder / "tissue.imzML"

    return make


@pytest.fixture(scope="session")
def tissue(simulated: Callable[..., Path]) -> Path:
    return simulated()


@pytest.fixture(scope="session")
def result(tissue: Path, tmp_path_factory: pytest.TempPathFactory) -> ionloom.Result:
    """The dataset annotated by the command, with everything that it can write."""
    output = tmp_path_factory.mktemp("result") / "out"
    return ionloom.annotate(tissue, DEMO_LIST, output, targeted=False, all_ions=True)
