"""Several sites on one machine: hosts of emulated_network.py, or of emulated_loopback.py where no network
namespaces are permitted, and the files that a run over them needs. Emulated are distance, speed and size;
processes and packets are real."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from emulated_device import Device
from emulated_host import Host, Network
from emulated_loopback import LoopbackNetwork
from emulated_network import CabledNetwork
from lithops_runs import own_environment

__all__ = ["Device", "EmulatedSites", "Host", "emulated", "why_no_cables", "why_not"]

STAGES = ("index", "ingest", "ions", "patterns", "annotate", "images", "rank")


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
                f"latency_ms = {device.latency_ms}",
                f"price_hour_usd = {device.price_hour_usd}",
                f'executor = "{device.name}.yaml"',
                f'store = "geds://{self.network.metadata}/{bucket}?node={host.address}:4382{host.store_rate()}"',
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
        "runtime": device.runtime,
        "kappa": {stage: device.kappas.get(stage, device.kappa) for stage in STAGES},
        "pace": device.pace,
        "idle_w": 2,
        "active_w": 5,
    }


def why_not() -> str:
    """Why hosts cannot be emulated here at all; empty: they can."""
    return "" if shutil.which("setpriv") else "there is no setpriv"


def why_no_cables() -> str:
    """Why hosts have no networks of their own here, and so no cables; empty: they have."""
    if os.environ.get("IONLOOM_TEST_NO_NAMESPACES"):
        return "IONLOOM_TEST_NO_NAMESPACES says so"
    for tool in ("ip", "tc", "nsenter", "unshare"):
        if shutil.which(tool) is None:
            return f"there is no {tool}"
    words = ["unshare", "--net"] if os.getuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
    probe = [*words, "ip", "link", "add", "probe", "type", "veth", "peer", "name", "probe-end"]
    done = subprocess.run(probe, check=False, capture_output=True, text=True)
    return "" if done.returncode == 0 else f"this system permits no network of ours: {done.stderr}"


@contextmanager
def emulated(folder: Path, *devices: Device) -> Iterator[EmulatedSites]:
    """Hosts around a hub with a metadata server; all of it goes at the end."""
    network: Network = LoopbackNetwork(folder) if why_no_cables() else CabledNetwork(folder)
    try:
        network.start_server(network.at_hub(), "serve-metadata", f"--listen={network.metadata}")
        hosts = {device.name: network.add(device) for device in devices}
        for host in hosts.values():
            host.start_node()
        yield EmulatedSites(folder, network, hosts)
    finally:
        network.end()
