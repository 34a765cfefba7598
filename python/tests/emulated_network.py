"""Hosts that are network namespaces, joined by cables to a hub: rates by tc tbf, latency by a relay."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from emulated_device import Device
from emulated_host import NODE_PORTS, Host, Network

_HUB = "10.79.0.1"
_CAPTURE = """
import signal, socket, sys
packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3))
packets.setsockopt(socket.SOL_SOCKET, 33, 1 << 28)  # SO_RCVBUFFORCE
packets.bind(("cable", 0))
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
with open(sys.argv[1], "wb") as file:
    print("ready", flush=True)
    while True:
        frame = packets.recv(1 << 17)
        words = 14 + 4 * (frame[14] & 15)
        file.write(frame[words + 4 * (frame[words + 12] >> 4):] if frame[23] == 6 else frame)
        file.flush()
"""


class CabledHost(Host):
    """A namespace with a cable to the hub."""

    def __init__(self, network: CabledNetwork, number: int, device: Device) -> None:
        self._hub = network
        self.holder = network.new_namespace()
        self.cable_address = f"10.79.{number}.2"
        # With latency the node's address is its own here, and a relay's at the hub.
        address = f"10.80.{number}.1" if device.latency_ms else self.cable_address
        super().__init__(network, number, device, address)
        cable, end = f"site{number}", f"site{number}-end"
        network.run_at_hub("ip", "link", "add", cable, "type", "veth", "peer", "name", end)
        network.run_at_hub("ip", "link", "set", end, "netns", str(self.holder))
        network.run_at_hub("ip", "address", "add", f"10.79.{number}.1/24", "dev", cable)
        network.run_at_hub("ip", "link", "set", cable, "up")
        for words in (
            "ip link set lo up",
            f"ip link set {end} name cable",
            f"ip address add {self.cable_address}/24 dev cable",
            "ip link set cable up",
            f"ip route add default via 10.79.{number}.1",
        ):
            self.run(*words.split())
        if device.latency_ms:
            self.run("ip", "address", "add", f"{self.address}/32", "dev", "lo")
            network.run_at_hub("ip", "address", "add", f"{self.address}/32", "dev", "lo")
            for port in NODE_PORTS:
                network.start_relay(self.address, self.cable_address, port, device.latency_ms)
        self.set_rate(device.mbit_s)

    def enter(self) -> list[str]:
        return self._hub.enter(self.holder)

    def pids(self) -> list[int]:
        """Processes whose network this is, but for the one that holds it."""
        own = os.readlink(f"/proc/{self.holder}/ns/net")
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if os.readlink(process / "ns/net") == own and int(process.name) != self.holder:
                    found.append(int(process.name))
            except OSError:
                continue
        return found

    def set_rate(self, mbit_s: float) -> None:
        burst = max(int(mbit_s * 1e6 / 8000), 32768)
        self._shape(f"root tbf rate {int(mbit_s * 1e6)}bit burst {burst} latency 50ms")

    def cut(self) -> None:
        self._shape("root tbf rate 8bit burst 10 latency 1ms")

    def _shape(self, words: str) -> None:
        shape = words.split()
        self._hub.run_at_hub("tc", "qdisc", "replace", "dev", f"site{self.number}", *shape)
        self.run("tc", "qdisc", "replace", "dev", "cable", *shape)

    def _listens(self) -> list[str]:
        if not self.device.latency_ms:
            return super()._listens()
        # The relay comes over the cable, what runs here does not.
        return [f"--listen=0.0.0.0:{NODE_PORTS[0]}", f"--host={self.address}"]

    @contextmanager
    def captured(self) -> Iterator[Path]:
        path = self.network.folder / f"{self.device.name}.packets"
        capture = subprocess.Popen(
            [*self.enter(), sys.executable, "-c", _CAPTURE, str(path)], stdout=subprocess.PIPE
        )
        assert capture.stdout is not None
        assert capture.stdout.readline() == b"ready\n"
        try:
            yield path
        finally:
            capture.terminate()
            capture.wait()
            capture.stdout.close()


class CabledNetwork(Network):
    """A hub with a metadata server, and hosts around it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, f"{_HUB}:4381")
        self.holders: list[subprocess.Popen[bytes]] = []
        self.hub = self._hold([] if os.getuid() == 0 else ["--user", "--map-root-user"])
        self.run_at_hub("ip", "link", "set", "lo", "up")
        self.run_at_hub("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward")
        self.run_at_hub("ip", "address", "add", f"{_HUB}/32", "dev", "lo")

    def _hold(self, more: Sequence[str], inside: Sequence[str] = ()) -> int:
        """A process that keeps a namespace alive as long as it lives."""
        ready = "echo ready; exec sleep infinity"
        holder = subprocess.Popen(
            [*inside, "setpriv", "--pdeathsig", "KILL", "unshare", "--net", *more, "sh", "-c", ready],
            stdout=subprocess.PIPE,
        )
        self.holders.append(holder)
        assert holder.stdout is not None
        if holder.stdout.readline() != b"ready\n":
            raise PermissionError("this system permits no network namespaces")
        return holder.pid

    def new_namespace(self) -> int:
        return self._hold([], self.enter(self.hub))

    def enter(self, holder: int) -> list[str]:
        user = [] if os.getuid() == 0 else ["--user", "--preserve-credentials"]
        return ["nsenter", f"--target={holder}", "--net", *user]

    def at_hub(self) -> list[str]:
        return self.enter(self.hub)

    def run_at_hub(self, *words: str) -> None:
        subprocess.run([*self.at_hub(), *words], check=True, stdout=subprocess.DEVNULL)

    def start_relay(self, address: str, to: str, port: int, latency_ms: float) -> None:
        """Carries what goes to a port of `address` to the same of `to`, and what comes back, late."""
        relay = subprocess.Popen(
            [*self.at_hub(), "setpriv", "--pdeathsig", "KILL"]
            + [f"{os.environ['IONLOOM_BUILD']}/bin/relay", address, str(port), to, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.servers.append(relay)
        assert relay.stdin is not None and relay.stdout is not None
        assert relay.stdout.readline().strip() == str(port)
        relay.stdin.write(f"delay {latency_ms / 2}\n")
        relay.stdin.flush()
        assert relay.stdout.readline() == "ok\n"

    def add(self, device: Device) -> Host:
        host = CabledHost(self, len(self.hosts) + 1, device)
        self.hosts.append(host)
        return host

    def processes(self) -> list[subprocess.Popen[Any]]:
        return [*self.servers, *self.holders]
