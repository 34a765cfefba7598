"""Several hosts on one machine: network namespaces joined by cables, cgroups that bound cores and memory,
a node of GEDS on each. Emulated are distance, speed and size; processes and packets are real."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from lithops_runs import own_environment

STAGES = ("index", "ingest", "ions", "patterns", "annotate", "images", "rank")
_CGROUPS = Path("/sys/fs/cgroup")
_PERIOD_US = 20000
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


@dataclass
class Device:
    """What a site is, and what its record says."""

    name: str
    kappa: float = 1.0  # of all stages that `kappas` does not name
    kappas: dict[str, float] = field(default_factory=dict)
    cores: int = 1
    memory_bytes: int = 4 << 30  # that its record says
    mbit_s: float = 1000.0  # of its cable, each way
    cpu_share: float | None = None  # of a core that it really gets
    real_memory_bytes: int | None = None  # that it really has
    price_hour_usd: float = 0.0
    environment: dict[str, str] = field(default_factory=dict)  # of all that runs there


class Host:
    """A namespace with a cable to the hub, and the limits of its device."""

    def __init__(self, network: Network, number: int, device: Device) -> None:
        self.network = network
        self.device = device
        self.number = number
        self.address = f"10.79.{number}.2"
        self.holder = network.new_namespace()
        self.node: subprocess.Popen[str] | None = None
        self.dead = network.folder / f"{device.name}.dead"
        self._cgroups: list[Path] = []
        cable, end = f"site{number}", f"site{number}-end"
        network.at_hub("ip", "link", "add", cable, "type", "veth", "peer", "name", end)
        network.at_hub("ip", "link", "set", end, "netns", str(self.holder))
        network.at_hub("ip", "address", "add", f"10.79.{number}.1/24", "dev", cable)
        network.at_hub("ip", "link", "set", cable, "up")
        for words in (
            "ip link set lo up",
            f"ip link set {end} name cable",
            f"ip address add {self.address}/24 dev cable",
            "ip link set cable up",
            f"ip route add default via 10.79.{number}.1",
        ):
            self.run(*words.split())
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
        if share is not None:
            group = self._new_cgroup("cpu")
            (group / "cpu.cfs_period_us").write_text(str(_PERIOD_US))
            (group / "cpu.cfs_quota_us").write_text(str(int(_PERIOD_US * share)))
        if memory is not None:
            group = self._new_cgroup("memory")
            (group / "memory.limit_in_bytes").write_text(str(memory))

    def _new_cgroup(self, controller: str) -> Path:
        group = _CGROUPS / controller / f"ionloom-{os.getpid()}-{self.network.mark}-{self.number}"
        group.mkdir()
        self._cgroups.append(group)
        return group

    def python(self) -> Path:
        """A Python of this host, which Lithops starts its functions with."""
        path = self.network.folder / f"{self.device.name}-python"
        joins = "".join(f"echo $$ >{group}/cgroup.procs\n" for group in self._cgroups)
        exports = "".join(f"export {k}='{v}'\n" for k, v in self.device.environment.items())
        path.write_text(
            f"#!/bin/bash\n[[ -e {self.dead} ]] && exit 1\n{joins}{exports}"
            f"exec {' '.join(self.enter())} {sys.executable} \"$@\"\n"
        )
        path.chmod(0o755)
        return path

    def start_node(self, *more: str) -> None:
        self.node = self.network.start_server(
            self.enter(),
            *("node", f"--metadata={self.network.metadata}", f"--listen={self.address}:4382"),
            *more,
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
            if process.stdout is not None:
                process.stdout.close()


@dataclass
class EmulatedSites:
    """Sites, the file that names them, and how to run the command there."""

    folder: Path
    network: Network
    hosts: dict[str, Host]

    def sites_file(self, bucket: str, **top: str) -> Path:
        """Writes the file with records and Lithops' configurations beside it.

        bucket  of GEDS, where the sites' stores are
        """
        lines = [f'{key} = "{value}"' for key, value in top.items()]
        for host in self.hosts.values():
            device = host.device
            (self.folder / f"{device.name}.json").write_text(json.dumps(record_of(device)))
            config: dict[str, Any] = {
                "lithops": {"backend": "localhost", "storage": "localhost", "monitoring_interval": 0.2},
                "localhost": {"runtime": str(host.python()), "worker_processes": device.cores},
            }
            (self.folder / f"{device.name}.yaml").write_text(yaml.safe_dump(config))
            lines += [
                "[[site]]",
                f'name = "{device.name}"',
                f'device = "{device.name}.json"',
                f"up_mbit_s = {device.mbit_s}",
                f"down_mbit_s = {device.mbit_s}",
                f"price_hour_usd = {device.price_hour_usd}",
                f'executor = "{device.name}.yaml"',
                f'store = "geds://{self.network.metadata}/{bucket}?node={host.address}:4382"',
            ]
        path = self.folder / "sites.toml"
        path.write_text("\n".join(lines) + "\n")
        return path

    def environment(self) -> dict[str, str]:
        return own_environment(self.folder)

    def command(self, dataset: Path, molecules: Path, output: Path, *more: str) -> list[str]:
        return [
            *(os.environ["IONLOOM_COMMAND"], "annotate", str(dataset)),
            *(f"--molecules={molecules}", f"--output={output}", *more),
        ]

    def start(self, command: list[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def record_of(device: Device) -> dict[str, Any]:
    return {
        "ionloom_device": 1,
        "name": device.name,
        "instruction_set": "x86_64",
        "cores": device.cores,
        "memory_bytes": device.memory_bytes,
        "runtime": "native",
        "kappa": {stage: device.kappas.get(stage, device.kappa) for stage in STAGES},
        "idle_w": 2,
        "active_w": 5,
    }


def why_not() -> str:
    """Why hosts cannot be emulated here; empty: they can."""
    for tool in ("ip", "tc", "nsenter", "unshare", "setpriv"):
        if shutil.which(tool) is None:
            return f"there is no {tool}"
    words = ["unshare", "--net"] if os.getuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
    probe = [*words, "ip", "link", "add", "probe", "type", "veth", "peer", "name", "probe-end"]
    done = subprocess.run(probe, check=False, capture_output=True, text=True)
    return "" if done.returncode == 0 else f"this system permits no network of ours: {done.stderr}"


@contextmanager
def emulated(folder: Path, *devices: Device) -> Iterator[EmulatedSites]:
    """Hosts around a hub with a metadata server; all of it goes at the end."""
    network = Network(folder)
    try:
        network.start_server(
            network.enter(network.hub), "serve-metadata", f"--listen={network.metadata}"
        )
        hosts = {device.name: network.add(device) for device in devices}
        for host in hosts.values():
            host.start_node()
        yield EmulatedSites(folder, network, hosts)
    finally:
        network.end()
