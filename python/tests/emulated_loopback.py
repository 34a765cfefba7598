"""Hosts where no network namespace is permitted: each has an address of the loopback, and its stores keep to
the rate of its link themselves. Latency, a cable that is cut, and packets to look at there are not."""

from __future__ import annotations

import os
from pathlib import Path

from emulated_device import Device
from emulated_host import Host, Network, running

_MARK = "IONLOOM_TEST_HOST"  # in the environment of all that runs on a host


class LoopbackHost(Host):
    """Processes that have a mark, and an address."""

    def __init__(self, network: LoopbackNetwork, number: int, device: Device) -> None:
        self._own = f"{_MARK}={os.getpid()}-{network.number}-{number}"
        super().__init__(network, number, device, network.address(number))

    def enter(self) -> list[str]:
        return ["env", self._own]

    def pids(self) -> list[int]:
        return list(running(f"{self._own}\0".encode(), "environ"))

    def store_rate(self) -> str:
        """Of two sites the slower one's link; of more, its own where that is slower than all others'."""
        others = [host.device.mbit_s for host in self.network.hosts if host is not self]
        return f"&mbit_s={min(self.device.mbit_s, max(others, default=self.device.mbit_s)):g}"


class LoopbackNetwork(Network):
    """A metadata server and hosts at addresses that no other test's network has."""

    def __init__(self, folder: Path) -> None:
        self.number = self.next_mark()
        super().__init__(folder, f"{self.address(0)}:4381")

    def address(self, host: int) -> str:
        return f"127.{64 + os.getpid() % 128}.{self.number % 256}.{host + 1}"

    def add(self, device: Device) -> Host:
        host = LoopbackHost(self, len(self.hosts) + 1, device)
        self.hosts.append(host)
        return host
