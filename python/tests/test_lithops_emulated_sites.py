"""Whether emulated hosts are as far, as fast and as large as they are said to be."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from emulated_sites import Device, emulated
from lithops_runs import assert_same_results
from site_runs import Run, expected, needs_cables, needs_sites, start

__all__ = ["expected"]  # a fixture
pytestmark = needs_sites


@needs_cables
def test_latency_through_the_relay_costs_time_alone(
    tissue: Path, expected: Path, tmp_path: Path
) -> None:
    near, far = Device("lab", kappa=50, latency_ms=100), Device("cloud", kappa=50)
    with emulated(tmp_path, near, far) as sites:
        small = tmp_path / "small"
        small.write_bytes(b"a few bytes" * 1_000_000)
        lab, metadata = sites.hosts["lab"], f"--metadata={sites.network.metadata}"
        command = os.environ["IONLOOM_COMMAND"]
        lab.run(command, "geds", "put", str(small), "probe/small", f"--node={lab.address}:4382")
        took = {}
        for host in sites.hosts.values():
            begin = time.monotonic()
            host.run(command, "geds", "get", "probe/small", metadata, "--range=0:11")
            took[host.device.name] = time.monotonic() - begin
        assert took["cloud"] > took["lab"] + 0.08, "the node is 100 ms away from all but its own host"
        run = Run(tmp_path / "late", start(sites, tissue, tmp_path / "late"))
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)


@pytest.mark.parametrize("cgroups", [True, False], ids=["quota", "by-turns"])
def test_a_share_of_a_processor_makes_a_device_slow(tmp_path: Path, cgroups: bool) -> None:
    # Half a second of a processor's time.
    words = "import time\nwhile time.process_time() < 0.5: pass\n"
    with emulated(tmp_path, Device("lab", cpu_share=0.25, cgroups=cgroups)) as sites:
        begin = time.monotonic()
        subprocess.run(sites.hosts["lab"].inside(sys.executable, "-c", words), check=True)
        assert time.monotonic() - begin > 1.2


def test_without_namespaces_the_store_keeps_to_the_rate_of_the_link(
    tissue: Path, expected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IONLOOM_TEST_NO_NAMESPACES", "1")
    mbit_s = 10.0
    lab = Device("lab", mbit_s=mbit_s, kappas={"ingest": 0.001, "annotate": 1e6})
    cloud = Device("cloud", kappas={"ingest": 1e6, "annotate": 0.001})
    with emulated(tmp_path, lab, cloud) as sites:
        run = Run(tmp_path / "slow", start(sites, tissue, tmp_path / "slow"))
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    reads = [task for call in run.record["calls"] if call["site"] == "cloud"
             for task in call["tasks"] if task["stage"] == "annotate"]
    megabits = sum(task["got_bytes"] for task in reads) * 8e-6
    assert megabits > 2, "runs of peaks come from the lab"
    seconds = sum(task["seconds"] for task in reads)
    # What is asked for twice may be kept; bursts and ranges that are read ahead pass sooner.
    assert megabits / mbit_s / 4 < seconds, run.said
