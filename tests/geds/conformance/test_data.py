"""A node's data transport and gRPC service, from a peer that knows the protocol only."""

import socket
import tempfile

from geds_wire import CODE, Metadata, exchange, object_id, response
from processes import WithServers, ionloom


class DataTransport(WithServers):
    def setUp(self):
        self.server = self.start("serve-metadata")
        self.node = self.start("node", "--metadata", self.server.address)
        self.foreign = Metadata(self.node.address)
        self.addCleanup(self.foreign.channel.close)

    def connect(self):
        endpoints = self.foreign.GetAvailEndpoints().endpoint
        named = [each for each in endpoints if each.address == "127.0.0.1"]
        self.assertEqual(len(named), 1)
        self.assertEqual(named[0].type, 0)
        self.assertGreater(named[0].port, int(self.node.address.split(":")[1]))
        connection = socket.create_connection(("127.0.0.1", named[0].port), timeout=5)
        self.addCleanup(connection.close)
        return connection

    def make_file(self, name, content):
        file = tempfile.NamedTemporaryFile()
        self.addCleanup(file.close)
        file.write(content)
        file.flush()
        put = ionloom("put", "--node", self.node.address, file.name, name)
        self.assertEqual(put.returncode, 0, put.stderr)

    def test_ranges_are_served_over_one_connection(self):
        content = bytes(range(256)) * 4096
        self.make_file("bucket/d/x", content)
        connection = self.connect()
        for offset, length in ((0, 10), (255, 70000), (0, len(content)), (5, 0)):
            self.assertEqual(
                exchange(connection, f"GET bucket/d/x\nRANGE {offset} {length}"),
                (0, content[offset : offset + length]),
            )

    def test_a_range_past_the_end_is_shortened_and_an_offset_past_it_gives_nothing(self):
        self.make_file("bucket/a", b"0123456789")
        connection = self.connect()
        self.assertEqual(exchange(connection, "GET bucket/a\nRANGE 8 100"), (0, b"89"))
        self.assertEqual(exchange(connection, "GET bucket/a\nRANGE 10 1"), (0, b""))
        self.assertEqual(exchange(connection, "GET bucket/a\nRANGE 99 1"), (0, b""))

    def test_failures_carry_a_sentence_and_leave_the_connection_usable(self):
        self.make_file("bucket/a", b"0123456789")
        connection = self.connect()
        status, sentence = exchange(connection, "GET bucket/b\nRANGE 0 1")
        self.assertEqual(status, CODE["NOT_FOUND"])
        self.assertIn(b"bucket/b", sentence)
        self.assertEqual(exchange(connection, "what is this?")[0], CODE["INVALID_ARGUMENT"])
        self.assertEqual(exchange(connection, "GET bucket/a\nRANGE 0 2"), (0, b"01"))

    def test_a_request_in_pieces_and_two_in_one_packet_are_both_understood(self):
        self.make_file("bucket/a", b"0123456789")
        connection = self.connect()
        for piece in (b"GET buck", b"et/a\nRAN", b"GE 1 2", b"\0GET bucket/a\nRANGE 3 1\0"):
            connection.sendall(piece)
        self.assertEqual(response(connection), (0, b"12"))
        self.assertEqual(response(connection), (0, b"3"))

    def test_the_metadata_is_what_a_foreign_client_needs(self):
        self.make_file("bucket/a", b"0123456789")
        metadata = Metadata(self.server.address)
        self.addCleanup(metadata.channel.close)
        info = metadata.Lookup(object_id("a")).result.info
        self.assertEqual(info.location, "geds://" + self.node.address)
        self.assertEqual((info.size, info.sealedOffset), (10, 10))

    def test_a_request_without_end_is_refused(self):
        connection = self.connect()
        connection.sendall(b"GET " + b"x" * 100000)
        self.assertEqual(response(connection)[0], CODE["INVALID_ARGUMENT"])
