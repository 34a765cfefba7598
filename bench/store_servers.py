"""The servers of the store's benchmark: on this node, and on another one.

The other node is a network namespace at the far end of a veth pair, with its own TCP stack; without
the right to make one it is this node's loopback.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from compare import BUILD, IONLOOM

EXCHANGE = BUILD / "bin" / "bench_exchange"
START_S = 20.0
S3_KEYS = {"AWS_ACCESS_KEY_ID": "benchmark", "AWS_SECRET_ACCESS_KEY": "benchmark-secret"}
S3_BUCKET = "bench"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(ready: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + START_S
    while not ready():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} did not start within {START_S:g} s")
        time.sleep(0.02)


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


class OtherNode:
    """Where servers of the other node listen, and how commands are started there."""

    def __init__(self) -> None:
        name = f"ionloom-{os.getpid()}"
        here, there = f"il{os.getpid()}a"[-15:], f"il{os.getpid()}b"[-15:]
        self.namespace: str | None = None
        self.host, self.what = "127.0.0.1", "loopback, for no network namespace could be made"
        commands = [
            f"ip netns add {name}",
            f"ip link add {here} type veth peer name {there} netns {name}",
            f"ip address add 10.213.77.1/30 dev {here}",
            f"ip link set {here} up",
            f"ip -n {name} address add 10.213.77.2/30 dev {there}",
            f"ip -n {name} link set {there} up",
            f"ip -n {name} link set lo up",
        ]
        if shutil.which("ip") is None:
            return
        for command in commands:
            done = subprocess.run(command.split(), capture_output=True, check=False)
            if command == commands[0] and done.returncode == 0:
                self.namespace = name
            if done.returncode != 0:
                self.close()
                return
        self.host, self.what = "10.213.77.2", "a network namespace behind a veth pair"

    def command(self, *words: str) -> list[str]:
        return ["ip", "netns", "exec", self.namespace, *words] if self.namespace else list(words)

    def close(self) -> None:
        if self.namespace:
            subprocess.run(["ip", "netns", "delete", self.namespace], check=False)
            self.namespace = None


class Servers:
    """Started servers; all end with close()."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.other = OtherNode()
        self._running: list[subprocess.Popen[bytes]] = []

    def close(self) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.wait()
        self.other.close()

    def _start(
        self, command: list[str], name: str, environment: dict[str, str] | None = None
    ) -> Path:
        """What the server writes goes to the file that is returned."""
        log = self.folder / f"{name}.log"
        with log.open("w") as output:
            self._running.append(
                subprocess.Popen(command, stdout=output, stderr=output, env=environment)
            )
        return log

    def raw(self) -> str:
        """A bare socket of the other node."""
        host = self.other.host
        log = self._start(self.other.command(str(EXCHANGE), "serve-raw", host), "raw")
        _wait_for(lambda: log.read_text().endswith("\n"), "the bare socket")
        return f"raw://{host}:{int(log.read_text())}"

    def hold(self, place: str) -> None:
        """A process that has the store open throughout, as a server has what it keeps."""
        self._start([str(EXCHANGE), "hold", place], "hold")

    def metadata(self, on_other: bool, state: Path | None = None) -> str:
        host, port = self.other.host if on_other else "127.0.0.1", _free_port()
        command = [str(IONLOOM), "geds", "serve-metadata", "--listen", f"{host}:{port}"]
        command += ["--http", "off"] + (["--state", str(state)] if state else [])
        self._start(self.other.command(*command) if on_other else command, f"metadata-{port}")
        _wait_for(lambda: _answers(host, port), "the metadata server")
        return f"{host}:{port}"

    def node(self, metadata: str) -> str:
        """A node of the other node."""
        host, port = self.other.host, _free_port()
        command = [str(IONLOOM), "geds", "node", "--metadata", metadata]
        command += ["--listen", f"{host}:{port}", "--http", "off", "--memory", "2G"]
        self._start(self.other.command(*command), "node")
        _wait_for(lambda: _answers(host, port + 1), "the node")
        return f"{host}:{port}"

    def redis(self, on_other: bool) -> str | None:
        """Redis in memory only; on this node it listens on a local socket, which is its fastest."""
        if not shutil.which("redis-server"):
            return None
        options = ["--save", "", "--appendonly", "no", "--protected-mode", "no"]
        if not on_other:
            path = self.folder / "redis.socket"
            self._start(
                ["redis-server", "--port", "0", "--unixsocket", str(path), *options], "redis"
            )
            _wait_for(path.exists, "Redis")
            return f"redis:{path}"
        host, port = self.other.host, _free_port()
        command = ["redis-server", "--port", str(port), "--bind", host, *options]
        self._start(self.other.command(*command), "redis-other")
        _wait_for(lambda: _answers(host, port), "Redis")
        return f"redis://{host}:{port}"

    def s3(self) -> str | None:
        """versitygw over a folder of a tmpfs."""
        found = subprocess.run(["scripts/versitygw"], capture_output=True, text=True, check=False)
        if found.returncode != 0:
            return None
        root, port = self.folder / "s3", _free_port()
        (root / S3_BUCKET).mkdir(parents=True)
        environment = os.environ | {
            "ROOT_ACCESS_KEY": S3_KEYS["AWS_ACCESS_KEY_ID"],
            "ROOT_SECRET_KEY": S3_KEYS["AWS_SECRET_ACCESS_KEY"],
        }
        command = [found.stdout.strip(), "--quiet", "--port", f"127.0.0.1:{port}"]
        self._start([*command, "posix", str(root)], "s3", environment)
        _wait_for(lambda: _answers("127.0.0.1", port), "versitygw")
        return f"s3://127.0.0.1:{port}/{S3_BUCKET}"
