"""The package as `pip install .` makes it, and as the container of deploy/ has it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from conftest import DEMO_LIST, REPOSITORY
from ionloom.command import run_command

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


def test_lithops_entry_point_does_whole_calls_in_the_runtime(
    fresh: Path, tissue: Path, tmp_path: Path
) -> None:
    function = tmp_path / "function"
    function.mkdir()
    (tmp_path / "tmp").mkdir()
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("deployed_runtime.py"))]
        + [str(path) for path in (fresh / "bin" / "python", function, tissue, DEMO_LIST, tmp_path / "out")],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": str(tmp_path), "TMPDIR": str(tmp_path / "tmp")},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    run_command(["annotate", str(tissue), f"--molecules={DEMO_LIST}", "--images=none"]
                + [f"--output={tmp_path / 'expected'}"])
    for name in ("annotations.csv", "annotations.parquet"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "expected" / name).read_bytes()
    calls = json.loads((tmp_path / "out" / "run.json").read_text())["lithops"]["calls"]
    assert len(calls) > 3 and all(call["state"] == "done" for call in calls)


def packages_of_container() -> set[str]:
    """That the Dockerfile installs."""
    text = (REPOSITORY / "deploy" / "Dockerfile").read_text()
    (listed,) = re.findall(r"apt-get install (?:--\S+ )+\\\n(.*?)\n && rm", text, re.DOTALL)
    return set(listed.replace("\\", " ").split())


def with_dependencies(packages: set[str]) -> set[str]:
    """Those that apt installs along, as far as they are here."""
    listed = run("dpkg-query", "--show", "--showformat", "${Package} ${Pre-Depends},${Depends}\n")
    wanted_by = {name: told for name, _, told in (line.partition(" ") for line in listed.splitlines())}
    missing = packages - set(wanted_by)
    assert not missing, f"no packages of this system: {missing}"
    found: set[str] = set()
    left = set(packages)
    while left:
        name = left.pop()
        found.add(name)
        wanted = {w.split("(")[0].split(":")[0].strip() for w in re.split("[,|]", wanted_by[name])}
        left |= (wanted & set(wanted_by)) - found
    return found


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="no Debian")
def test_the_containers_packages_bring_every_library_of_the_engine(fresh: Path) -> None:
    site = next((fresh / "lib").glob("python3*/site-packages"))
    programs = [site / "ionloom" / "bin" / "ionloom", *(site / "ionloom").glob("_engine*.so")]
    listed = run("ldd", *programs, LD_LIBRARY_PATH=str(Path(sysconfig.get_path("purelib"), "pyarrow")))
    libraries = {Path(path) for path in re.findall(r"(?:=> |^\s)(/\S+) \(0x", listed, re.MULTILINE)}
    assert "not found" not in listed and len(libraries) > 10, listed
    brought = with_dependencies(packages_of_container())
    # Those of pyarrow come with pip. By their names: /lib and /usr/lib are one folder, and dpkg knows
    # each file by one path of it.
    names = sorted(path.name for path in libraries if "site-packages" not in path.parts)
    owners = run("dpkg", "--search", *(f"*/{name}" for name in names)).splitlines()
    for name in names:
        packages = {line.split(":")[0] for line in owners if line.endswith(f"/{name}")}
        assert packages & brought, f"{name} of {packages or 'no package'} is not in the container"


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
