"""What a device is, and what bounds its processor and memory: cgroups, or, where none is permitted, processes
that are stopped by turns and setrlimit."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_CGROUPS = Path("/sys/fs/cgroup")
# As short as a kernel permits, for which a quota is 1 ms at least: what takes less than a quota runs at full
# speed, which no slow processor does.
_LEAST_PERIOD_US, _LEAST_QUOTA_US = 5_000, 1_000
_TURNS_S = 0.02  # of processes that are stopped by turns
_WEIGHT = 1 << 16  # beside what else runs on this machine: a device has its share for itself
_SCAN_S = 0.2  # for processes that are new


@dataclass
class Device:
    """What a site is, and what its record says."""

    name: str
    runtime: str = "native"  # of its record
    kappa: float = 1.0  # of all stages that `kappas` does not name
    kappas: dict[str, float] = field(default_factory=dict)
    pace: float = 1.0  # of its record
    cores: int = 1
    memory_bytes: int = 4 << 30  # that its record says
    mbit_s: float = 1000.0  # of its cable, each way
    latency_ms: float = 0.0  # there and back to the hub, of what others read from its node
    cpu_share: float | None = None  # of a core that it really gets
    real_memory_bytes: int | None = None  # that it really has
    cgroups: bool = True  # False: as where none is permitted, stopped by turns and bounded by setrlimit
    price_hour_usd: float = 0.0
    environment: dict[str, str] = field(default_factory=dict)  # of all that runs there


def may_make_cgroups() -> bool:
    """Whether cgroups (version 1) bound processors and memory here."""
    return all(os.access(_CGROUPS / controller, os.W_OK) for controller in ("cpu", "memory"))


class DeviceLimits:
    """Holds what runs on a device to its share of a processor and its memory.

    name   of its cgroups, nobody else's
    pids   what runs there
    """

    def __init__(self, device: Device, name: str, pids: Callable[[], Sequence[int]]) -> None:
        self._name = name
        self._pids = pids
        self._cgroups: list[Path] = []
        self._rlimits = ""
        self._ended = threading.Event()
        self._turns: threading.Thread | None = None
        share, memory = device.cpu_share, device.real_memory_bytes
        if device.cgroups and may_make_cgroups():
            self._make_cgroups(share, memory)
            return
        if memory is not None:  # a thread's stack counts whole, so they are small
            self._rlimits = f"ulimit -s 1024 && ulimit -d {memory >> 10}"
        if share is not None and share < 1:
            self._turns = threading.Thread(target=self._stop_by_turns, args=(share,), daemon=True)
            self._turns.start()

    def words(self) -> list[str]:
        """Lines of a shell that put what follows within the limits."""
        joins = [f"echo $$ >{group}/cgroup.procs" for group in self._cgroups]
        return [*joins, self._rlimits] if self._rlimits else joins

    def _make_cgroups(self, share: float | None, memory: int | None) -> None:
        if share is not None:
            group = self._new_cgroup("cpu")
            period_us = max(_LEAST_PERIOD_US, round(_LEAST_QUOTA_US / share))
            (group / "cpu.cfs_period_us").write_text(str(period_us))
            (group / "cpu.cfs_quota_us").write_text(str(round(period_us * share)))
            (group / "cpu.shares").write_text(str(_WEIGHT))
        if memory is not None:
            group = self._new_cgroup("memory")
            (group / "memory.limit_in_bytes").write_text(str(memory))

    def _new_cgroup(self, controller: str) -> Path:
        group = _CGROUPS / controller / f"ionloom-{self._name}"
        group.mkdir()
        self._cgroups.append(group)
        return group

    def _stop_by_turns(self, share: float) -> None:
        """Lets what runs here go on for its share of every period, and stop for the rest."""
        period_s, scanned, pids = _TURNS_S, 0.0, list[int]()
        while not self._ended.is_set():
            if time.monotonic() - scanned > _SCAN_S:
                pids, scanned = list(self._pids()), time.monotonic()
            for number, wait_s in (
                (signal.SIGSTOP, period_s * (1 - share)), (signal.SIGCONT, period_s * share)
            ):
                for pid in pids:
                    try:
                        os.kill(pid, number)
                    except ProcessLookupError:
                        continue
                time.sleep(wait_s)

    def stop_turns(self) -> None:
        """What runs there goes on as it likes."""
        self._ended.set()
        if self._turns is not None:
            self._turns.join()

    def remove(self) -> None:
        """Nothing runs there any more."""
        end = time.monotonic() + 10
        for group in self._cgroups:
            while True:
                try:
                    group.rmdir()
                    break
                except OSError:
                    if time.monotonic() > end:
                        raise
                    time.sleep(0.05)
