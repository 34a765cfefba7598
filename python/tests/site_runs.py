"""Whole runs over emulated sites, what they left, and what went over their cables."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import DEMO_LIST
from emulated_sites import Device, EmulatedSites, Host, emulated, why_no_cables, why_not
from ionloom.command import run_command

needs_sites = pytest.mark.skipif(bool(why_not()), reason=why_not() or "hosts can be emulated")
needs_cables = pytest.mark.skipif(bool(why_no_cables()), reason=why_no_cables() or "there are cables")

# Hours off, in all that Python asks for the time of day.
_WRONG_CLOCK = "import time\n_right = time.time\ntime.time = lambda: _right() - 100_000\n"


@pytest.fixture(scope="module")
def expected(tissue: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("expected") / "out"
    run_command(["annotate", str(tissue), f"--molecules={DEMO_LIST}", f"--output={output}"])
    return output


class Run:
    """What a run left."""

    def __init__(self, output: Path, process: subprocess.Popen[str], timeout: float = 180) -> None:
        self.output = output
        self.said, _ = process.communicate(timeout=timeout)
        self.exit_code = process.returncode

    @property
    def run_json(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.output / "run.json").read_text())
        return content

    @property
    def record(self) -> dict[str, Any]:
        content: dict[str, Any] = self.run_json["lithops"]
        return content

    def tasks(self, stage: str) -> dict[str, int]:
        """By site, how many tasks of a stage it has done."""
        counts: dict[str, int] = {}
        for call in self.record["calls"]:
            for task in call["tasks"]:
                if task["stage"] == stage:
                    counts[call["site"]] = counts.get(call["site"], 0) + 1
        return counts


def start(
    sites: EmulatedSites, dataset: Path, output: Path, *more: str, **top: str
) -> subprocess.Popen[str]:
    file = sites.sites_file(bucket=f"run-{output.name}", **top)
    return sites.start(sites.command(dataset, DEMO_LIST, output, f"--sites={file}", *more))


def wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def some_peaks(dataset: Path) -> list[bytes]:
    """The m/z of some hundred peaks, as they lie in the .ibd and in runs: f64, hardly two alike."""
    xml = dataset.read_text()
    offsets = [int(n) for n in re.findall(r'IMS:1000102"[^>]*value="(\d+)"', xml)][::2]
    lengths = [int(n) for n in re.findall(r'IMS:1000103"[^>]*value="(\d+)"', xml)][::2]
    ibd = dataset.with_suffix(".ibd").read_bytes()
    places = [offset + 8 * (length // 2) for offset, length in zip(offsets, lengths) if length > 1]
    assert len(places) > 100
    return [ibd[at : at + 8] for at in places]


def share_seen(packets: Path, peaks: list[bytes]) -> float:
    """Which part of the peaks went over the cable."""
    content = packets.read_bytes()
    return sum(peak in content for peak in peaks) / len(peaks)


def asked_for_packed(packets: Path) -> bool:
    """Whether somebody read packed runs over the cable, in which no m/z can be recognised."""
    return re.search(rb"GET [^\n]*/run\.packed\n", packets.read_bytes()) is not None


@contextmanager
def packets_of(host: Host) -> Iterator[Path | None]:
    """What goes over the host's cable as long as the block lasts; None where there are no cables."""
    if why_no_cables():
        yield None
        return
    with host.captured() as packets:
        yield packets


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatedSites]:
    """A lab and a cloud, equal but for the cloud's clock."""
    folder = tmp_path_factory.mktemp("pair")
    (folder / "wrong").mkdir()
    (folder / "wrong" / "sitecustomize.py").write_text(_WRONG_CLOCK)
    path = f"{folder / 'wrong'}:{os.environ.get('PYTHONPATH', '')}"
    with emulated(
        folder,
        Device("lab", mbit_s=100),
        Device("cloud", mbit_s=1000, environment={"PYTHONPATH": path}),
    ) as sites:
        yield sites


def planned(sites: EmulatedSites, lab: dict[str, float], cloud: dict[str, float]) -> None:
    """Has the records say how slow each stage is at each site, which decides the placement."""
    for name, kappas in (("lab", lab), ("cloud", cloud)):
        device = sites.hosts[name].device
        device.kappa, device.kappas = kappas.pop("all", 1.0), kappas
