"""Hosts on one machine and what joins them, whatever way they are emulated in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from emulated_device import Device, DeviceLimits

NODE_PORTS = (4382, 4383)  # of gRPC and of data


class Host:
    """Processes within the limits of a device, with an address of their own."""

    def __init__(self, network: Network, number: int, device: Device, address: str) -> None:
        self.network = network
        self.device = device
        self.number = number
        self.address = address  # of its node
        self.node: subprocess.Popen[str] | None = None
        self.dead = network.folder / f"{device.name}.dead"
        self._limits = DeviceLimits(device, f"{os.getpid()}-{network.mark}-{number}", self.pids)

    def enter(self) -> list[str]:
        """The words before a command that is to run here."""
        raise NotImplementedError

    def pids(self) -> list[int]:
        """What runs here."""
        raise NotImplementedError

    def store_rate(self) -> str:
        """What a store's URL needs, so that its data keep to the device's link."""
        return ""

    def set_rate(self, mbit_s: float) -> None:
        """Changes what its cable carries."""
        raise NotImplementedError("there are no cables here")

    def cut(self) -> None:
        """Pulls the cable: no packet passes, and nobody is told."""
        raise NotImplementedError("there are no cables here")

    def mend(self) -> None:
        self.set_rate(self.device.mbit_s)

    def captured(self) -> AbstractContextManager[Path]:
        """A file that gets the content of every packet over the cable, as long as the block lasts."""
        raise NotImplementedError("there are no cables here")

    def run(self, *words: str) -> None:
        subprocess.run([*self.enter(), *words], check=True, stdout=subprocess.DEVNULL)

    def inside(self, *words: str) -> list[str]:
        """A command as it runs here, within the limits of the device."""
        joins = "".join(f"{line} && " for line in self._limits.words())
        return ["sh", "-c", f'{joins}exec "$@"', "sh", *self.enter(), *words]

    def python(self) -> Path:
        """A Python of this host, which Lithops starts its functions with."""
        path = self.network.folder / f"{self.device.name}-python"
        joins = "".join(f"{line}\n" for line in self._limits.words())
        exports = "".join(f"export {k}='{v}'\n" for k, v in self.device.environment.items())
        path.write_text(
            f"#!/bin/bash\n[[ -e {self.dead} ]] && exit 1\n{joins}{exports}"
            f"exec {' '.join(self.enter())} {sys.executable} \"$@\"\n"
        )
        path.chmod(0o755)
        return path

    def start_node(self, *more: str) -> None:
        self.node = self.network.start_server(
            self.enter(), "node", f"--metadata={self.network.metadata}", *self._listens(), *more
        )

    def _listens(self) -> list[str]:
        return [f"--listen={self.address}:{NODE_PORTS[0]}"]

    def kill(self) -> None:
        """The device dies, its node with it, and starts nothing any more."""
        self.dead.touch()
        for pid in self.pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def end(self) -> None:
        self._limits.stop_turns()
        self.kill()
        self._limits.remove()


class Network:
    """A metadata server, and hosts around it.

    metadata  HOST:PORT of the server
    """

    made = 0

    def __init__(self, folder: Path, metadata: str) -> None:
        self.mark = self.next_mark()
        self.folder = folder
        self.metadata = metadata
        self.servers: list[subprocess.Popen[str]] = []
        self.hosts: list[Host] = []

    @staticmethod
    def next_mark() -> int:
        Network.made += 1
        return Network.made

    def at_hub(self) -> list[str]:
        """The words before a command that is to run where the metadata server does."""
        return []

    def add(self, device: Device) -> Host:
        raise NotImplementedError

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

    def processes(self) -> list[subprocess.Popen[Any]]:
        """What ends with the network, in this order."""
        return [*self.servers]

    def end(self) -> None:
        for host in self.hosts:
            host.end()
        for process in self.processes():
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()


def running(is_there: bytes, file: str) -> Iterator[int]:
    """Processes of whom a file of /proc holds these bytes."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if is_there in (process / file).read_bytes():
                yield int(process.name)
        except OSError:
            continue
