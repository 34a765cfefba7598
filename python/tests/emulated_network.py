"""Hosts on one machine: network namespaces joined by cables, cgroups that bound cores and memory (where none is
permitted: processes are stopped by turns and bounded by setrlimit), a node of GEDS on each."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


_CGROUPS = Path("/sys/fs/cgroup")
_PERIOD_US = 20000
_WEIGHT = 1 << 16  # beside what else runs on this machine: a device has its share for itself
_SCAN_S = 0.2  # for processes that are new
_NODE_PORTS = (4382, 4383)  # of gRPC and of data
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


def may_make_cgroups() -> bool:
    """Whether cgroups (version 1) bound processors and memory here."""
    return all(os.access(_CGROUPS / controller, os.W_OK) for controller in ("cpu", "memory"))


@dataclass
class Device:
    """What a site is, and what its record says."""

    name: str
    kappa: float = 1.0  # of all stages that `kappas` does not name
    kappas: dict[str, float] = field(default_factory=dict)
    cores: int = 1
    memory_bytes: int = 4 << 30  # that its record says
    mbit_s: float = 1000.0  # of its cable, each way
    latency_ms: float = 0.0  # there and back to the hub, of what others read from its node
    cpu_share: float | None = None  # of a core that it really gets
    real_memory_bytes: int | None = None  # that it really has
    cgroups: bool = True  # False: as where none is permitted, stopped by turns and bounded by setrlimit
    price_hour_usd: float = 0.0
    environment: dict[str, str] = field(default_factory=dict)  # of all that runs there


class Host:
    """A namespace with a cable to the hub, and the limits of its device."""

    def __init__(self, network: Network, number: int, device: Device) -> None:
        self.network = network
        self.device = device
        self.number = number
        self.cable_address = f"10.79.{number}.2"
        # Of its node. With latency another one, which is the node's own here, and a relay's at the hub.
        self.address = f"10.80.{number}.1" if device.latency_ms else self.cable_address
        self.holder = network.new_namespace()
        self.node: subprocess.Popen[str] | None = None
        self.dead = network.folder / f"{device.name}.dead"
        self._cgroups: list[Path] = []
        self._rlimits = ""  # shell words that bound the memory, where no cgroup does
        self._ended = threading.Event()
        self._turns: threading.Thread | None = None
        cable, end = f"site{number}", f"site{number}-end"
        network.at_hub("ip", "link", "add", cable, "type", "veth", "peer", "name", end)
        network.at_hub("ip", "link", "set", end, "netns", str(self.holder))
        network.at_hub("ip", "address", "add", f"10.79.{number}.1/24", "dev", cable)
        network.at_hub("ip", "link", "set", cable, "up")
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
            network.at_hub("ip", "address", "add", f"{self.address}/32", "dev", "lo")
            for port in _NODE_PORTS:
                network.start_relay(self.address, self.cable_address, port, device.latency_ms)
        self.set_rate(device.mbit_s)
        self._limit()

    def enter(self) -> list[str]:
        """The words before a command that is to run here."""
        return self.network.enter(self.holder)

    def run(self, *words: str) -> None:
        subprocess.run([*self.enter(), *words], check=True, stdout=subprocess.DEVNULL)

    def set_rate(self, mbit_s: float) -> None:
        burst = max(int(mbit_s * 1e6 / 8000), 32768)
        shape = f"root tbf rate {int(mbit_s * 1e6)}bit burst {burst} latency 50ms".split()
        self.network.at_hub("tc", "qdisc", "replace", "dev", f"site{self.number}", *shape)
        self.run("tc", "qdisc", "replace", "dev", "cable", *shape)

    def cut(self) -> None:
        """Pulls the cable: no packet passes, and nobody is told."""
        drop = "root tbf rate 8bit burst 10 latency 1ms".split()
        self.network.at_hub("tc", "qdisc", "replace", "dev", f"site{self.number}", *drop)
        self.run("tc", "qdisc", "replace", "dev", "cable", *drop)

    def mend(self) -> None:
        self.set_rate(self.device.mbit_s)

    def _limit(self) -> None:
        share, memory = self.device.cpu_share, self.device.real_memory_bytes
        if not self.device.cgroups or not may_make_cgroups():
            if memory is not None:  # a thread's stack counts whole, so they are small
                self._rlimits = f"ulimit -s 1024 && ulimit -d {memory >> 10}"
            if share is not None and share < 1:
                self._turns = threading.Thread(target=self._stop_by_turns, args=(share,), daemon=True)
                self._turns.start()
            return
        if share is not None:
            group = self._new_cgroup("cpu")
            (group / "cpu.cfs_period_us").write_text(str(_PERIOD_US))
            (group / "cpu.cfs_quota_us").write_text(str(int(_PERIOD_US * share)))
            (group / "cpu.shares").write_text(str(_WEIGHT))
        if memory is not None:
            group = self._new_cgroup("memory")
            (group / "memory.limit_in_bytes").write_text(str(memory))

    def _stop_by_turns(self, share: float) -> None:
        """Lets what runs here go on for its share of every period, and stop for the rest."""
        period_s, scanned, pids = _PERIOD_US / 1e6, 0.0, list[int]()
        while not self._ended.is_set():
            if time.monotonic() - scanned > _SCAN_S:
                pids, scanned = self.pids(), time.monotonic()
            for number, wait_s in (
                (signal.SIGSTOP, period_s * (1 - share)), (signal.SIGCONT, period_s * share)
            ):
                for pid in pids:
                    try:
                        os.kill(pid, number)
                    except ProcessLookupError:
                        continue
                time.sleep(wait_s)

    def _new_cgroup(self, controller: str) -> Path:
        group = _CGROUPS / controller / f"ionloom-{os.getpid()}-{self.network.mark}-{self.number}"
        group.mkdir()
        self._cgroups.append(group)
        return group

    def inside(self, *words: str) -> list[str]:
        """A command as it runs here, within the limits of the device."""
        joins = "".join(f"echo $$ >{group}/cgroup.procs && " for group in self._cgroups)
        joins += f"{self._rlimits} && " if self._rlimits else ""
        return ["sh", "-c", f'{joins}exec "$@"', "sh", *self.enter(), *words]

    def python(self) -> Path:
        """A Python of this host, which Lithops starts its functions with."""
        path = self.network.folder / f"{self.device.name}-python"
        joins = "".join(f"echo $$ >{group}/cgroup.procs\n" for group in self._cgroups)
        joins += f"{self._rlimits}\n"
        exports = "".join(f"export {k}='{v}'\n" for k, v in self.device.environment.items())
        path.write_text(
            f"#!/bin/bash\n[[ -e {self.dead} ]] && exit 1\n{joins}{exports}"
            f"exec {' '.join(self.enter())} {sys.executable} \"$@\"\n"
        )
        path.chmod(0o755)
        return path

    def start_node(self, *more: str) -> None:
        listen = [f"--listen={self.address}:4382"]
        if self.device.latency_ms:  # the relay comes over the cable, what runs here does not
            listen = ["--listen=0.0.0.0:4382", f"--host={self.address}"]
        self.node = self.network.start_server(
            self.enter(), "node", f"--metadata={self.network.metadata}", *listen, *more
        )

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

    @contextmanager
    def captured(self) -> Iterator[Path]:
        """A file that gets the content of every packet over the cable, as long as the block lasts."""
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

    def kill(self) -> None:
        """The device dies, its node with it, and starts nothing any more."""
        self.dead.touch()
        for pid in self.pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def end(self) -> None:
        self._ended.set()
        if self._turns is not None:
            self._turns.join()
        self.kill()
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


class Network:
    """A hub with a metadata server, and hosts around it."""

    _made = 0

    def __init__(self, folder: Path) -> None:
        Network._made += 1
        self.mark = Network._made
        self.folder = folder
        self.holders: list[subprocess.Popen[bytes]] = []
        self.servers: list[subprocess.Popen[str]] = []
        self.hosts: list[Host] = []
        self.hub = self._hold([] if os.getuid() == 0 else ["--user", "--map-root-user"])
        self.at_hub("ip", "link", "set", "lo", "up")
        self.at_hub("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward")
        self.metadata = "10.79.0.1:4381"
        self.at_hub("ip", "address", "add", "10.79.0.1/32", "dev", "lo")

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

    def at_hub(self, *words: str) -> None:
        subprocess.run([*self.enter(self.hub), *words], check=True, stdout=subprocess.DEVNULL)

    def start_server(self, inside: Sequence[str], *words: str) -> subprocess.Popen[str]:
        server = subprocess.Popen(
            [*inside, "setpriv", "--pdeathsig", "KILL", os.environ["IONLOOM_COMMAND"], "geds", *words]
            + ["--http=off", "--log=off", "--json"],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.servers.append(server)
        assert server.stdout is not None
        told = server.stdout.readline()
        assert told.startswith("{"), f"{words[0]} did not start: {told}"
        return server

    def start_relay(self, address: str, to: str, port: int, latency_ms: float) -> None:
        """Carries what goes to a port of `address` to the same of `to`, and what comes back, late."""
        relay = subprocess.Popen(
            [*self.enter(self.hub), "setpriv", "--pdeathsig", "KILL"]
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
        host = Host(self, len(self.hosts) + 1, device)
        self.hosts.append(host)
        return host

    def end(self) -> None:
        for host in self.hosts:
            host.end()
        processes: list[subprocess.Popen[Any]] = [*self.servers, *self.holders]
        for process in processes:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
