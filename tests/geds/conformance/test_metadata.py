"""Every call of the metadata service, from a client that knows the tables only."""

import http.server
import subprocess
import tempfile
import threading
import urllib.request

import grpc

from geds_wire import CODE, MESSAGE, Metadata, an_object, object_id
from processes import WithServers, ionloom

TREE = ["a", "d/x", "d/y", "d/e/z", "dd", "f/_$folder$"]


class EmptyS3(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class MetadataServer(WithServers):
    def setUp(self):
        self.server = self.start("serve-metadata")
        self.metadata = Metadata(self.server.address)
        self.addCleanup(self.metadata.channel.close)

    def make_tree(self):
        self.metadata.CreateBucket(bucket="bucket")
        for key in TREE:
            self.assertEqual(self.metadata.Create(an_object(key)).code, CODE["OK"])

    def listing(self, prefix, delimiter=None):
        request = MESSAGE["ObjectListRequest"](prefix=object_id(prefix))
        if delimiter:
            request.delimiter = ord(delimiter)
        response = self.metadata.List(request)
        self.assertFalse(response.HasField("error"))
        return [each.id.key for each in response.results], list(response.commonPrefixes)

    def test_a_success_is_an_empty_message(self):
        answer = self.metadata.CreateBucket(bucket="bucket")
        self.assertEqual(answer.SerializeToString(), b"")

    def test_buckets_exist_once(self):
        metadata = self.metadata
        self.assertEqual(metadata.LookupBucket(bucket="bucket").code, CODE["NOT_FOUND"])
        self.assertEqual(metadata.CreateBucket(bucket="bucket").code, CODE["OK"])
        self.assertEqual(metadata.CreateBucket(bucket="bucket").code, CODE["ALREADY_EXISTS"])
        self.assertEqual(metadata.LookupBucket(bucket="bucket").code, CODE["OK"])
        self.assertEqual(list(metadata.ListBuckets().results), ["bucket"])
        self.assertEqual(metadata.DeleteBucket(bucket="bucket").code, CODE["OK"])
        self.assertEqual(metadata.DeleteBucket(bucket="bucket").code, CODE["NOT_FOUND"])

    def test_objects_are_created_over_updated_and_deleted(self):
        metadata = self.metadata
        self.assertEqual(metadata.Create(an_object("a")).code, CODE["NOT_FOUND"])
        metadata.CreateBucket(bucket="bucket")
        self.assertEqual(metadata.Update(an_object("a")).code, CODE["NOT_FOUND"])
        first = an_object("a")
        first.info.metadata = b"\x00\xff"
        self.assertEqual(metadata.Create(first).code, CODE["OK"])
        self.assertEqual(metadata.Lookup(object_id("a")).result, first)
        self.assertEqual(metadata.Create(an_object("a", size=2)).code, CODE["OK"])
        self.assertEqual(metadata.Update(an_object("a", size=3)).code, CODE["OK"])
        found = metadata.Lookup(object_id("a"))
        self.assertFalse(found.HasField("error"))
        self.assertEqual(found.result.info.size, 3)
        self.assertFalse(found.result.info.HasField("metadata"))
        self.assertEqual(metadata.Delete(object_id("a")).code, CODE["OK"])
        self.assertEqual(metadata.Delete(object_id("a")).code, CODE["NOT_FOUND"])
        self.assertEqual(metadata.Lookup(object_id("a")).error.code, CODE["NOT_FOUND"])

    def test_listings_equal_the_table_of_the_protocol(self):
        self.make_tree()
        self.assertEqual(self.listing("", "/"), (["a", "dd"], ["d/", "f/"]))
        self.assertEqual(self.listing("d/", "/"), (["d/x", "d/y"], ["d/e/"]))
        self.assertEqual(self.listing("d", "/"), (["dd"], ["d/"]))
        self.assertEqual(self.listing("d/"), (["d/e/z", "d/x", "d/y"], []))
        missing = self.metadata.List(prefix=object_id("", "missing"))
        self.assertEqual(missing.error.code, CODE["NOT_FOUND"])

    def test_a_prefix_is_deleted_as_ibms_server_does(self):
        self.make_tree()
        self.assertEqual(self.metadata.DeletePrefix(object_id("d/")).code, CODE["OK"])
        self.assertEqual(self.listing("")[0], ["a", "dd", "f/_$folder$"])
        self.assertEqual(self.metadata.DeletePrefix(object_id("b")).code, CODE["OK"])
        self.assertEqual(self.metadata.DeletePrefix(object_id("z")).code, CODE["NOT_FOUND"])

    def empty_s3(self):
        """The URL of an S3 service whose buckets have nothing in them."""
        server = http.server.HTTPServer(("127.0.0.1", 0), EmptyS3)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}"

    def test_stores_are_told_to_all_when_there_are_no_tokens(self):
        store = MESSAGE["ObjectStoreConfig"](
            bucket="bucket", endpointUrl=self.empty_s3(), accessKey="key", secretKey="secret"
        )
        self.assertEqual(self.metadata.RegisterObjectStore(store).code, CODE["OK"])
        self.assertEqual(list(self.metadata.ListObjectStores().mappings), [store])
        self.assertEqual(self.metadata.LookupBucket(bucket="bucket").code, CODE["OK"])

    def test_the_caller_learns_its_own_address(self):
        self.assertEqual(self.metadata.GetConnectionInformation().remoteAddress, "127.0.0.1")

    def test_subscribers_hear_of_buckets_objects_and_prefixes(self):
        metadata = self.metadata
        metadata.CreateBucket(bucket="bucket")
        for kind, key, subscriber in ((1, "", "all"), (2, "d/x", "one"), (3, "d/", "folder")):
            answer = metadata.Subscribe(
                subscriptionType=kind, subscriberID=subscriber, bucketID="bucket", key=key
            )
            self.assertEqual(answer.code, CODE["OK"])
        heard = {}
        threads = []
        for subscriber, count in (("all", 5), ("one", 3), ("folder", 4)):
            stream = metadata.stream(
                MESSAGE["SubscriptionStreamEvent"](subscriberID=subscriber), timeout=20
            )
            stream.initial_metadata()  # from here on nothing is missed

            def listen(stream=stream, subscriber=subscriber, count=count):
                heard[subscriber] = [next(stream) for _ in range(count)]
                stream.cancel()

            threads.append(threading.Thread(target=listen))
            threads[-1].start()
        metadata.Create(an_object("a"))
        metadata.Create(an_object("d/y"))
        metadata.Create(an_object("d/x"))
        metadata.Update(an_object("d/x", size=2))
        metadata.Delete(object_id("d/x"))
        for thread in threads:
            thread.join()

        def told(subscriber):
            return [(each.publicationType, each.object.id.key) for each in heard[subscriber]]

        changes_of_x = [(1, "d/x"), (2, "d/x"), (3, "d/x")]
        self.assertEqual(told("one"), changes_of_x)
        self.assertEqual(told("folder"), [(1, "d/y")] + changes_of_x)
        self.assertEqual(told("all"), [(1, "a"), (1, "d/y")] + changes_of_x)
        self.assertEqual(heard["one"][1].object.info.size, 2)

        answer = metadata.Unsubscribe(
            subscriptionType=2, subscriberID="one", bucketID="bucket", key="d/x"
        )
        self.assertEqual(answer.code, CODE["OK"])

    def test_reflection_and_health_answer(self):
        from grpc_health.v1 import health_pb2, health_pb2_grpc
        from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
            ProtoReflectionDescriptorDatabase,
        )

        names = ProtoReflectionDescriptorDatabase(self.metadata.channel).get_services()
        self.assertIn("geds.rpc.MetadataService", names)
        health = health_pb2_grpc.HealthStub(self.metadata.channel)
        answer = health.Check(health_pb2.HealthCheckRequest())
        self.assertEqual(answer.status, health_pb2.HealthCheckResponse.SERVING)

    def test_prometheus_reads_ibms_names_and_probes_hear_ok(self):
        self.metadata.CreateBucket(bucket="bucket")
        self.metadata.Create(an_object("a"))
        with urllib.request.urlopen(f"http://{self.server.http}/metrics", timeout=5) as page:
            self.assertIn("\ngeds_mds_go_mds_create_objects_total 1\n", page.read().decode())
        with urllib.request.urlopen(f"http://{self.server.http}/healthz", timeout=5) as page:
            self.assertEqual(page.read(), b"ok\n")

    def test_sigterm_ends_it_with_exit_code_0_even_with_a_stream_open(self):
        stream = self.metadata.stream(MESSAGE["SubscriptionStreamEvent"](subscriberID="me"))
        stream.initial_metadata()
        self.assertEqual(self.server.stop(), 0)
        self.assertEqual(list(stream), [])


class DurableMetadataServer(WithServers):
    def test_kill_9_during_a_burst_of_creates_loses_nothing_that_was_acknowledged(self):
        with tempfile.TemporaryDirectory() as folder:
            server = self.start("serve-metadata", "--state", folder)
            metadata = Metadata(server.address)
            metadata.CreateBucket(bucket="bucket")
            acknowledged = []
            enough = threading.Event()

            def create(thread):
                try:
                    for number in range(100000):
                        key = f"{thread}/{number}"
                        if metadata.Create(an_object(key)).code == CODE["OK"]:
                            acknowledged.append(key)
                        if len(acknowledged) > 200:
                            enough.set()
                except grpc.RpcError:
                    return  # the server was killed

            threads = [threading.Thread(target=create, args=(each,)) for each in range(4)]
            for thread in threads:
                thread.start()
            self.assertTrue(enough.wait(timeout=60))
            server.kill()
            for thread in threads:
                thread.join()
            metadata.channel.close()

            again = Metadata(self.start("serve-metadata", "--state", folder).address)
            kept = {each.id.key for each in again.List(prefix=object_id("")).results}
            again.channel.close()
            self.assertGreater(len(acknowledged), 200)
            self.assertEqual(set(acknowledged) - kept, set())


class MetadataServerWithTls(WithServers):
    def test_tls_is_spoken_to_those_who_trust_the_certificate_and_to_nobody_else(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = f"{folder}/cert.pem", f"{folder}/key.pem"
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                 "-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
                 "-days", "2", "-keyout", key, "-out", certificate],
                check=True, capture_output=True,
            )
            server = self.start("serve-metadata", "--tls-cert", certificate, "--tls-key", key)
            at = ("--metadata", server.address, "--json")
            trusted = ionloom("ls", *at, "--tls-ca", certificate)
            self.assertEqual((trusted.returncode, trusted.stdout), (0, b'{"buckets":[]}\n'))
            self.assertEqual(ionloom("ls", *at).returncode, 4)
