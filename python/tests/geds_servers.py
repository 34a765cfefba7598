"""GEDS's metadata server and a node on ports of this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from s3_server import free_port


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < end and process.poll() is None, "a server did not start"
            time.sleep(0.05)


@contextmanager
def _server(log: Path, port: int, *words: str) -> Iterator[str]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [os.environ["IONLOOM_COMMAND"], "geds", *words, "--http", "off"],
            stdout=output,
            stderr=output,
        )
    try:
        _wait_for(process, port)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@contextmanager
def geds_servers(folder: Path) -> Iterator[str]:
    """Gives the URL of a store of their own: geds://HOST:PORT/BUCKET."""
    metadata_port, node_port = free_port(), free_port()
    with ExitStack() as stack:
        metadata = stack.enter_context(
            _server(
                folder / "metadata.log",
                metadata_port,
                *("serve-metadata", "--listen", f"127.0.0.1:{metadata_port}"),
            )
        )
        stack.enter_context(
            _server(
                folder / "node.log",
                node_port,
                *("node", "--metadata", metadata, "--listen", f"127.0.0.1:{node_port}"),
            )
        )
        yield f"geds://{metadata}/runs"
