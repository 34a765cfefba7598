"""Runs of one kernel, of a whole command, of a peer, and how many instructions a kernel takes."""

import gc
import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peers import Work

# CPU time that one run of a kernel or peer is repeated for: long against clocks and schedulers.
LEAST_S = 0.1


@dataclass(frozen=True)
class Kernels:
    """bench_kernels with the inputs of a set of benchmarks."""

    program: Path
    inputs: tuple[str, ...]  # --list=, --dataset=, --exchange=

    def _run(self, before: list[str], name: str, least_s: float) -> Any:
        command = [
            *before,
            str(self.program),
            *self.inputs,
            f"--benchmark_filter=^{name}$",
            f"--benchmark_min_time={least_s}",
            "--benchmark_format=json",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
        (result,) = json.loads(done.stdout)["benchmarks"]
        if result.get("error_occurred"):
            raise SystemExit(f"{name}: {result['error_message']}")
        return result

    def units(self, name: str) -> float:
        """Units of work in one iteration."""
        return float(self._run([], name, 0)["units"])

    def seconds(self, name: str) -> float:
        """CPU time of one iteration, the mean of a run."""
        result = self._run([], name, LEAST_S)
        if result["time_unit"] != "ns":
            raise SystemExit(f"{name}: times are in {result['time_unit']}, expected ns")
        return float(result["cpu_time"]) * 1e-9

    def instructions(self, name: str, folder: Path) -> float:
        """Instructions of the counted part of one iteration (bench/kernels.h)."""
        out = folder / "callgrind.out"
        result = self._run(
            [
                "valgrind",
                "--tool=callgrind",
                "--toggle-collect=*counted*",
                f"--callgrind-out-file={out}",
            ],
            name,
            0,
        )
        totals = re.search(r"^totals: (\d+)", out.read_text(), re.MULTILINE)
        if totals is None:
            raise SystemExit(f'{out}: no line "totals:"; is this callgrind\'s output?')
        return int(totals[1]) / int(result["iterations"])


def peer_seconds(work: Work) -> float:
    """CPU time of one call, the mean of as many calls as last for LEAST_S."""
    gc.collect()
    gc.disable()
    calls, start = 0, time.process_time()
    while (elapsed := time.process_time() - start) < LEAST_S or calls == 0:
        work()
        calls += 1
    gc.enable()
    return elapsed / calls


@dataclass(frozen=True)
class Run:
    """One run of a command, wall and CPU time."""

    seconds: float
    cpu_seconds: float
    peak_rss_bytes: int


def run_command(command: list[str]) -> Run:
    """Time and peak resident memory of a command that has to succeed."""
    launcher = [sys.executable, "-I", str(Path(__file__).with_name("child.py"))]
    done = subprocess.run(launcher + command, capture_output=True, text=True, check=True)
    measured = json.loads(done.stdout)
    if measured["exit"] != 0:
        raise SystemExit(f"{' '.join(command)}: exit {measured['exit']}\n{done.stderr}")
    return Run(measured["seconds"], measured["cpu_seconds"], measured["peak_rss_bytes"])
