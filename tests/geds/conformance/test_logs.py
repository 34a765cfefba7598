"""What the servers tell on stderr."""

import json
import subprocess

from processes import IONLOOM, WithServers


class Logs(WithServers):
    def run_and_stop(self, *arguments):
        """Starts a metadata server, stops it by SIGTERM, and returns what it told on stderr."""
        server = subprocess.Popen(
            [IONLOOM, "geds", "serve-metadata", "--listen", "127.0.0.1:0", "--http", "off"]
            + list(arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(server.kill)
        self.assertIn("listening", server.stdout.readline())
        server.terminate()
        _, told = server.communicate(timeout=10)
        self.assertEqual(server.returncode, 0)
        return told.splitlines()

    def test_a_line_an_event_as_text(self):
        lines = [line.split(" ") for line in self.run_and_stop()]
        events = [dict(field.split("=", 1) for field in line) for line in lines]
        self.assertEqual(
            [event["event"] for event in events], ["listening", "stopping", "stopped"]
        )
        self.assertEqual(events[1]["signal"], "SIGTERM")
        self.assertEqual({event["server"] for event in events}, {"metadata"})
        self.assertEqual({event["level"] for event in events}, {"info"})

    def test_a_line_an_event_as_json(self):
        events = [json.loads(line) for line in self.run_and_stop("--log", "json")]
        self.assertEqual(
            [event["event"] for event in events], ["listening", "stopping", "stopped"]
        )
        self.assertRegex(events[0]["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertRegex(events[0]["address"], r"^127\.0\.0\.1:\d+$")

    def test_nothing_when_it_is_switched_off_or_of_too_low_a_level(self):
        self.assertEqual(self.run_and_stop("--log", "off"), [])
        self.assertEqual(self.run_and_stop("--log-level", "warning"), [])
