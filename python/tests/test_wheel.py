"""The package as `pip install .` makes it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from conftest import DEMO_LIST, REPOSITORY

PROGRAM = """
import sys, ionloom, ionloom._engine
result = ionloom.annotate(sys.argv[1], sys.argv[2], images="none")
print(ionloom.__file__, len(result.results()))
"""


def run(*words: str | Path, **env: str) -> str:
    done = subprocess.run(
        [str(word) for word in words],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **env},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new venv with the wheel of this build. Its other packages are those of the tests' Python,
    which are not downloaded again."""
    work = tmp_path_factory.mktemp("wheel")
    build = os.environ["IONLOOM_BUILD"]
    run(
        *(sys.executable, "-m", "pip", "wheel", REPOSITORY, "--no-deps", "--no-build-isolation"),
        *("--disable-pip-version-check", "-w", work, f"--config-settings=build-dir={work / 'build'}"),
        f"--config-settings=cmake.define.IONLOOM_PREBUILT={build}",
    )
    folder = work / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (wheel,) = work.glob("*.whl")
    run(
        *(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps"),
        *("--disable-pip-version-check", "--no-index", wheel),
    )
    (site / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def test_it_brings_the_command(fresh: Path) -> None:
    assert run(fresh / "bin" / "ionloom", "--version").strip()
    assert "annotate" in run(fresh / "bin" / "ionloom", "--help")


def test_it_annotates(fresh: Path, tissue: Path) -> None:
    printed = run(fresh / "bin" / "python", "-c", PROGRAM, tissue, DEMO_LIST)
    where, rows = printed.split()
    assert where.startswith(str(fresh)) and int(rows) > 10


def test_another_pythons_build_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", str(REPOSITORY), "--no-deps", "--no-build-isolation"]
        + ["-w", str(tmp_path), f"--config-settings=build-dir={tmp_path / 'build'}"]
        + [f"--config-settings=cmake.define.IONLOOM_PREBUILT={tmp_path}"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "is no finished build for this Python" in " ".join((done.stdout + done.stderr).split())
    assert not list(tmp_path.glob("*.whl"))
