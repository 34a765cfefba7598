"""What `ionloom geds` commands say to those who use them wrongly."""

import json
import os
import tempfile
from pathlib import Path

from geds_wire import Metadata, an_object
from processes import WithServers, ionloom


class Commands(WithServers):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.metadata = self.start("serve-metadata", "--log", "off").address
        self.node = self.start("node", "--metadata", self.metadata, "--log", "off").address

    def test_only_a_file_whose_size_is_known_can_be_put(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        writer = os.open(pipe, os.O_RDWR)  # so that opening the pipe does not wait
        self.addCleanup(os.close, writer)
        for what in (self.folder, pipe):
            done = ionloom("put", str(what), "bucket/a", "--node", self.node)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(f"{what} is not a file whose size is known".encode(), done.stderr)

    def test_what_is_not_there_and_who_is_no_node_are_told_so(self):
        missing = ionloom("put", str(self.folder / "missing"), "bucket/a", "--node", self.node)
        self.assertEqual(missing.returncode, 1)
        self.assertTrue(missing.stderr.endswith(b"missing: does not exist\n"), missing.stderr)
        no_node = ionloom("put", __file__, "bucket/a", "--node", self.metadata)
        self.assertEqual(no_node.returncode, 4)
        self.assertIn(b"a GEDS server, but no node", no_node.stderr)
        for count in ("-1", "0"):
            watched = ionloom("watch", "bucket", "-n", count, "--metadata", self.metadata)
            self.assertEqual(watched.returncode, 2, watched.stderr)

    def test_a_second_copy_is_shown_where_there_is_one(self):
        careful = self.start("node", "--metadata", self.metadata, "--copies", "2", "--log", "off")
        content = self.folder / "content"
        content.write_text("hello")
        for node in (self.node, careful.address):
            done = ionloom("put", str(content), f"bucket/{node}", "--node", node)
            self.assertEqual(done.returncode, 0, done.stderr)

        def shown(key):
            done = ionloom("stat", f"bucket/{key}", "--metadata", self.metadata, "--json")
            return json.loads(done.stdout)

        self.assertNotIn("copies", shown(self.node))
        self.assertEqual(shown(careful.address)["copies"], [f"geds://{self.node}"])

    def test_names_from_others_cannot_write_to_the_terminal(self):
        careless = self.start("serve-metadata", "--any-names", "--log", "off").address
        metadata = Metadata(careless)
        self.addCleanup(metadata.channel.close)
        metadata.CreateBucket(bucket="bucket")
        location = "s3://bucket/\x1b]0;title\x07"
        metadata.Create(an_object("a\x1b[2Jb\nc\u009b\\", location=location))
        listed = ionloom("ls", "bucket", "--metadata", careless).stdout
        self.assertEqual(
            listed.split(),
            [b"1", rb"a\x1b[2Jb\nc\xc2\x9b\\", rb"s3://bucket/\x1b]0;title\x07"],
        )
        as_json = ionloom("ls", "bucket", "--metadata", careless, "--json").stdout
        self.assertEqual(json.loads(as_json)["objects"][0]["location"], location)

    def test_more_copies_than_two_and_copies_without_leases_are_wrong_use(self):
        for wrong in (["--copies", "3"], ["--copies", "2", "--lease-ms", "0"]):
            done = ionloom(
                "node", "--metadata", self.metadata, "--listen", "127.0.0.1:0", "--http", "off", *wrong
            )
            self.assertEqual(done.returncode, 2, done.stderr)
