"""Our client against nodes that are not ours: a scripted peer plays them."""

import concurrent.futures
import socket
import struct
import tempfile
import threading
import time

import grpc

from geds_wire import CODE, MESSAGE, PACKAGE, Metadata, an_object, object_id
from processes import WithServers, ionloom


class ForeignNode:
    """gRPC and data socket of a node as IBM's: it names no 127.0.0.1, and answers by script.

    `answer(bucket_and_key, offset, length)` gives the bytes to send, head included; None closes.
    """

    def __init__(self, answer, address="10.99.99.99"):
        self.answer = answer
        self.data = socket.create_server(("127.0.0.1", 0))
        endpoints = MESSAGE["AvailTransportEndpoints"]()
        endpoints.endpoint.add(type=0, address=address, port=self.data.getsockname()[1])
        handler = grpc.method_handlers_generic_handler(
            f"{PACKAGE}.GEDSService",
            {
                "GetAvailEndpoints": grpc.unary_unary_rpc_method_handler(
                    lambda request, context: endpoints,
                    request_deserializer=MESSAGE["EmptyParams"].FromString,
                    response_serializer=MESSAGE["AvailTransportEndpoints"].SerializeToString,
                )
            },
        )
        self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
        self.server.add_generic_rpc_handlers((handler,))
        self.location = f"geds://127.0.0.1:{self.server.add_insecure_port('127.0.0.1:0')}"
        self.server.start()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.data.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        text = b""
        with connection:
            while True:
                while b"\0" not in text:
                    piece = connection.recv(4096)
                    if not piece:
                        return
                    text += piece
                line, text = text.split(b"\0", 1)
                if not line.startswith(b"GET "):
                    connection.sendall(failure(CODE["INVALID_ARGUMENT"], b"Unable to parse"))
                    continue
                name, span = line[4:].split(b"\nRANGE ")
                sent = self.answer(name.decode(), *map(int, span.split()))
                if sent is None:
                    return
                connection.sendall(sent)

    def stop(self):
        self.data.close()
        self.server.stop(None)


def success(content):
    return struct.pack("<i4xQ", 0, len(content)) + content


def failure(code, sentence):
    return struct.pack("<i4xQ", code, len(sentence)) + sentence


CONTENT = bytes(range(251)) * 100000  # 25 MB: more than one piece


class OurClient(WithServers):
    def setUp(self):
        self.server = self.start("serve-metadata")
        self.metadata = Metadata(self.server.address)
        self.addCleanup(self.metadata.channel.close)
        self.metadata.CreateBucket(bucket="bucket")

    def get(self, *arguments):
        return ionloom("get", "--metadata", self.server.address, "bucket/a", *arguments)

    def node(self, answer, size=len(CONTENT)):
        node = ForeignNode(answer)
        self.addCleanup(node.stop)
        self.metadata.Create(an_object("a", location=node.location, size=size))
        return node

    def test_a_whole_object_and_a_range_are_read_from_a_node_of_ibms_kind(self):
        asked = []

        def answer(name, offset, length):
            asked.append((name, offset, length))
            return success(CONTENT[offset : offset + length])

        self.node(answer)
        self.assertEqual(self.get().stdout, CONTENT)
        asked.clear()
        self.assertEqual(self.get("--range", "1000:5").stdout, CONTENT[1000:1005])
        self.assertEqual(asked, [("bucket/a", 1000, 5)])

    def test_short_answers_are_gone_on_from(self):
        self.node(lambda name, offset, length: success(CONTENT[offset : offset + 100000][:length]))
        self.assertEqual(self.get().stdout, CONTENT)

    def test_a_failure_is_told_with_its_code_and_sentence(self):
        self.node(lambda *_: failure(CODE["DATA_LOSS"], b"the disk is gone"))
        got = self.get()
        self.assertEqual(got.returncode, 1)
        self.assertIn(b"DATA_LOSS", got.stderr)
        self.assertIn(b"the disk is gone", got.stderr)

    def test_an_object_shorter_than_its_metadata_says_is_no_success(self):
        self.node(lambda name, offset, length: success(b"0123456789"[offset : offset + length]), 20)
        got = self.get("-o", "/dev/null/never")
        self.assertNotEqual(got.returncode, 0)
        got = self.get()
        self.assertEqual(got.returncode, 1)
        self.assertIn(b"ends at byte 10", got.stderr)

    def test_more_bytes_than_asked_for_are_refused(self):
        self.node(lambda name, offset, length: success(b"x" * (length + 1)), 10)
        got = self.get()
        self.assertEqual((got.returncode, got.stdout), (1, b""))
        self.assertIn(b"11 bytes", got.stderr)

    def test_a_node_that_closes_is_asked_once_more_and_then_unavailable(self):
        asked = []
        self.node(lambda *request: asked.append(request))
        got = self.get()
        self.assertEqual(got.returncode, 4)
        self.assertIn(b"UNAVAILABLE", got.stderr)
        self.assertEqual(len(asked), 2)

    def test_a_node_that_falls_silent_is_unavailable_after_the_patience(self):
        waiting = threading.Event()
        self.addCleanup(waiting.set)
        self.node(lambda *_: waiting.wait(timeout=30) and None)
        begin = time.monotonic()
        got = self.get()
        self.assertEqual(got.returncode, 4)
        self.assertLess(time.monotonic() - begin, 6)  # two attempts of two seconds

    def test_a_node_of_ibms_kind_takes_no_objects_and_says_so(self):
        node = self.node(lambda *_: None)
        put = ionloom("put", "--node", node.location[len("geds://") :], __file__, "bucket/b")
        self.assertEqual(put.returncode, 2)
        self.assertIn(b"takes no objects from others", put.stderr)


class SecondCopies(WithServers):
    """`node --copies 2` where others are IBM's, which keep no copies."""

    def setUp(self):
        self.server = self.start("serve-metadata")
        self.metadata = Metadata(self.server.address)
        self.addCleanup(self.metadata.channel.close)
        self.careful = self.start("node", "--metadata", self.server.address, "--copies", "2")
        self.foreign = ForeignNode(lambda name, offset, length: success(b"theirs"[offset:][:length]))
        self.addCleanup(self.foreign.stop)

    def put(self, key):
        return ionloom("put", "--node", self.careful.address, __file__, f"bucket/{key}")

    def lend_a_lease(self, location):
        """As if it had asked for one: LeaseRequest, location (1) and duration_ms (2)."""
        text = location.encode()
        renew = self.metadata.channel.unary_unary("/ionloom.geds.rpc.NodeLeases/Renew")
        renew(b"\x0a" + bytes([len(text)]) + text + b"\x10\xe0\xd4\x03", timeout=5)  # 60 s

    def test_a_node_without_a_lease_is_not_asked_and_nothing_is_kept_without_a_copy(self):
        done = self.put("a")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn(b"no other node is alive to keep a copy of bucket/a", done.stderr)
        self.assertEqual(
            self.metadata.Lookup(object_id("a")).error.code, CODE["NOT_FOUND"]
        )

    def test_one_that_has_a_lease_is_passed_over_and_told_of_when_there_is_no_other(self):
        self.lend_a_lease(self.foreign.location)
        time.sleep(1.1)  # the node asks for the list of nodes once a second
        done = self.put("a")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(b"takes no objects from others", done.stderr)
        other = self.start("node", "--metadata", self.server.address)
        time.sleep(1.1)
        for key in range(4):  # whichever of the two the name chooses first
            done = self.put(key)
            self.assertEqual(done.returncode, 0, done.stderr)
            stat = ionloom("stat", "--metadata", self.server.address, f"bucket/{key}")
            self.assertIn(f"copy      geds://{other.address}\n".encode(), stat.stdout)

    def test_objects_of_both_kinds_are_read_side_by_side(self):
        self.start("node", "--metadata", self.server.address)
        time.sleep(1.1)
        self.assertEqual(self.put("ours").returncode, 0)
        self.metadata.Create(an_object("theirs", location=self.foreign.location, size=6))
        got = ionloom("get", "--metadata", self.server.address, "bucket/theirs")
        self.assertEqual(got.stdout, b"theirs")
        self.careful.kill()
        got = ionloom("get", "--metadata", self.server.address, "bucket/ours")
        with open(__file__, "rb") as file:
            self.assertEqual(got.stdout, file.read())

    def test_a_metadata_server_of_ibms_kind_is_refused_for_it_knows_no_copies(self):
        information = MESSAGE["ConnectionInformation"](remoteAddress="127.0.0.1")
        handler = grpc.method_handlers_generic_handler(
            f"{PACKAGE}.MetadataService",
            {
                "GetConnectionInformation": grpc.unary_unary_rpc_method_handler(
                    lambda request, context: information,
                    request_deserializer=MESSAGE["EmptyParams"].FromString,
                    response_serializer=MESSAGE["ConnectionInformation"].SerializeToString,
                )
            },
        )
        server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
        server.add_generic_rpc_handlers((handler,))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        self.addCleanup(server.stop, None)
        options = ["--metadata", f"127.0.0.1:{port}", "--listen", "127.0.0.1:0", "--http", "off"]
        done = ionloom("node", *options, "--copies", "2")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(b"knows neither living nodes nor copies", done.stderr)


class DyingNode(WithServers):
    def test_kill_9_during_reads_gives_no_wrong_byte_and_unavailable_within_2_seconds(self):
        server = self.start("serve-metadata")
        node = self.start("node", "--metadata", server.address)
        content = bytes(range(253)) * 200000
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            put = ionloom("put", "--node", node.address, file.name, "bucket/a")
        self.assertEqual(put.returncode, 0, put.stderr)
        read = threading.Event()
        results = []

        def reader():
            while True:
                got = ionloom("get", "--metadata", server.address, "bucket/a")
                results.append((got.returncode, content.startswith(got.stdout), len(got.stdout)))
                read.set()
                if got.returncode != 0:
                    return

        threads = [threading.Thread(target=reader) for _ in range(3)]
        for thread in threads:
            thread.start()
        self.assertTrue(read.wait(timeout=30))
        node.kill()
        killed = time.monotonic()
        for thread in threads:
            thread.join()
        self.assertTrue(all(prefix for _, prefix, _ in results), "only right bytes")
        self.assertTrue(all(size == len(content) for code, _, size in results if code == 0))
        self.assertEqual([code for code, _, _ in results if code != 0], [4, 4, 4])
        self.assertLess(time.monotonic() - killed, 8)

        metadata = Metadata(server.address)
        self.addCleanup(metadata.channel.close)
        while metadata.Lookup(object_id("a")).error.code != CODE["UNAVAILABLE"]:
            self.assertLess(time.monotonic() - killed, 8)
