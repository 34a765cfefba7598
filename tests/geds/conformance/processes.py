"""The servers under test, as processes on free ports of the loopback."""

import json
import os
import subprocess
import unittest

IONLOOM = os.environ["IONLOOM"]


class Server:
    """`ionloom geds serve-metadata` or `node`; ready once it has told where it listens."""

    def __init__(self, command, *arguments, listen="127.0.0.1:0"):
        self.process = subprocess.Popen(
            [IONLOOM, "geds", command, "--listen", listen, "--http", "127.0.0.1:0", "--json"]
            + list(arguments),
            stdout=subprocess.PIPE,
            text=True,
        )
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{command} did not start: exit {self.process.wait()}")
        told = json.loads(line)
        self.address = told["address"]
        self.http = told["http"]

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """SIGTERM; returns the exit code."""
        self.process.terminate()
        return self.process.wait(timeout=10)


def ionloom(*arguments, **options):
    """Runs `ionloom geds ...` to its end."""
    return subprocess.run(
        [IONLOOM, "geds", *arguments], capture_output=True, timeout=60, check=False, **options
    )


class WithServers(unittest.TestCase):
    """Ends what a test has started."""

    def start(self, command, *arguments, **options):
        server = Server(command, *arguments, **options)
        self.addCleanup(self.end, server)
        return server

    @staticmethod
    def end(server):
        if server.process.poll() is None:
            server.kill()
        server.process.stdout.close()
