"""Devices emulated on this machine: a way to run the stages, with a share of a processor.

The share is a quota of a cgroup (version 1) where one can be made; else processes are stopped and let go
on by turns.
"""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CPU_GROUPS = Path("/sys/fs/cgroup/cpu")
# As short as a kernel permits, for which a quota is 1 ms at least: what takes less than a quota runs at full
# speed, which no slow processor does.
LEAST_PERIOD_US, LEAST_QUOTA_US = 5_000, 1_000
TURNS_S = 0.02  # of processes that are stopped by turns
WEIGHT = 1 << 16  # beside what else runs on this machine: a device has its share for itself


@dataclass(frozen=True)
class Device:
    """runtime as --runtime takes it; share of one processor that its processes get."""

    name: str
    runtime: str
    share: float

    @property
    def record_runtime(self) -> str:
        return "precompiled" if self.runtime == "wasm" else self.runtime


def can_make_groups() -> bool:
    return (CPU_GROUPS / "cpu.cfs_quota_us").exists() or (CPU_GROUPS / "cpu.shares").exists()


@contextlib.contextmanager
def group_of(device: Device) -> Iterator[Path | None]:
    """A cgroup with the device's quota, if it has any, and its weight; nothing when none can be made."""
    if not can_make_groups():
        yield None
        return
    group = CPU_GROUPS / f"ionloom-bench-{os.getpid()}-{device.name}"
    group.mkdir()
    try:
        if device.share < 1:
            period_us = max(LEAST_PERIOD_US, round(LEAST_QUOTA_US / device.share))
            (group / "cpu.cfs_period_us").write_text(str(period_us))
            (group / "cpu.cfs_quota_us").write_text(str(round(period_us * device.share)))
        (group / "cpu.shares").write_text(str(WEIGHT))
        yield group
    finally:
        group.rmdir()


def run_on(device: Device, command: list[str], environment: dict[str, str]) -> str:
    """What the command prints when it runs on the device."""
    with group_of(device) as group:
        if group:
            enter = f'echo $$ >"{group}/cgroup.procs" && exec "$@"'
            command = ["sh", "-c", enter, "sh", *command]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, start_new_session=True)
        ended = threading.Event()
        if group is None and device.share < 1:
            threading.Thread(target=_by_turns, args=(process.pid, device.share, ended),
                             daemon=True).start()
        out, err = process.communicate()
        ended.set()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{out}{err}")
    return out


def _by_turns(group: int, share: float, ended: threading.Event) -> None:
    period_s = TURNS_S
    with contextlib.suppress(ProcessLookupError):
        while not ended.is_set():
            os.killpg(group, signal.SIGCONT)
            time.sleep(period_s * share)
            if ended.is_set():
                break
            os.killpg(group, signal.SIGSTOP)
            time.sleep(period_s * (1 - share))
        os.killpg(group, signal.SIGCONT)
