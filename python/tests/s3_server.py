"""versitygw on a port of this machine."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conftest import REPOSITORY

ACCESS, SECRET, BUCKET = "test-access", "test-secret-key", "runs"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """A server with an empty bucket: gives its URL. Objects are files below folder/BUCKET."""
    program = subprocess.run(
        [REPOSITORY / "scripts" / "versitygw"], check=True, capture_output=True, text=True
    ).stdout.strip()
    (folder / BUCKET).mkdir(parents=True)
    port = free_port()
    gateway = subprocess.Popen(
        [program, "--quiet", "--port", f"127.0.0.1:{port}", "--access", ACCESS, "--secret", SECRET]
        + ["posix", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert time.monotonic() < end and gateway.poll() is None
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        gateway.kill()
        gateway.wait()
