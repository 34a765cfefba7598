"""The servers' /metrics against the tables of docs/formats/geds.md, and what IBM's dashboard asks."""

import pathlib
import re
import tempfile
import urllib.request

from processes import WithServers, ionloom

PAGE = pathlib.Path(__file__).parents[3] / "docs/formats/geds.md"

# Every series of a GEDS server in the queries of IBM's doc/Grafana dashboard, at 200ea22.
DASHBOARD = """
geds__files_created geds__files_opened geds__local_storage_used
geds__tcptransport_recvqueue_length geds__tcptransport_sendqueue_length
gedscachedfilehandle__bytes_read gedscachedfilehandle__count
gedslocalfilehandle__bytes_read gedslocalfilehandle__count
gedsremotefilehandle__bytes_read gedsremotefilehandle__count
gedss3filehandle__bytes_read gedss3filehandle__count
java_gedsfile__open_sum java_gedsfile__open_count java_gedsfile__read_sum java_gedsfile__read_count
java_gedsfile__seal_sum java_gedsfile__seal_count java_gedsfile__write_sum
java_gedsfile__write_count java_gedsfile__bytes_read_sum java_gedsfile__bytes_written_sum
geds_mds_go_mds_create_objects_total geds_mds_go_mds_delete_objects_total
geds_mds_go_mds_list_objects_total geds_mds_go_mds_lookup_objects_total
geds_mds_go_mds_pubsub_matching geds_mds_go_mds_pubsub_send_publication
geds_mds_go_mds_update_objects_total
""".split()


def tables():
    """{"metadata": {name: type}, "node": {name: type}} of the page."""
    section = PAGE.read_text().split("\n## Metrics\n")[1].split("\n## ")[0]
    rows = [
        dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", part, re.MULTILINE))
        for part in section.split("| metric | type |")[1:]
    ]
    return dict(zip(["metadata", "node"], rows, strict=True))


class Metrics(WithServers):
    def setUp(self):
        self.server = self.start("serve-metadata")
        self.node = self.start("node", "--metadata", self.server.address)

    def scrape(self, server):
        """The types by metric, and the values by series without labels."""
        with urllib.request.urlopen(f"http://{server.http}/metrics", timeout=5) as page:
            text = page.read().decode()
        types = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE))
        return types, dict(re.findall(r"^(\w+) (\d+)$", text, re.MULTILINE))

    def test_every_metric_is_documented_and_every_documented_one_is_there(self):
        self.assertEqual(self.scrape(self.server)[0], tables()["metadata"])
        self.assertEqual(self.scrape(self.node)[0], tables()["node"])

    def test_every_series_that_ibms_dashboard_asks_for_is_there(self):
        there = self.scrape(self.server)[1].keys() | self.scrape(self.node)[1].keys()
        self.assertEqual([name for name in DASHBOARD if name not in there], [])

    def test_the_numbers_are_of_what_happened(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"0123456789")
            file.flush()
            put = ionloom("put", "--node", self.node.address, file.name, "bucket/a")
        self.assertEqual(put.returncode, 0, put.stderr)
        at = ["--metadata", self.server.address]
        self.assertEqual(ionloom("get", *at, "bucket/a", "--range", "2:3").stdout, b"234")
        node = self.scrape(self.node)[1]
        for name, value in {
            "geds__files_created": 1,
            "geds__files_opened": 1,
            "geds__tcptransport_sendqueue_length": 0,
            "gedslocalfilehandle__bytes_read": 3,
            "gedslocalfilehandle__bytes_written": 10,
            "java_gedsfile__bytes_read_sum": 3,
            "java_gedsfile__bytes_written_sum": 10,
            "java_gedsfile__read_count": 1,
            "java_gedsfile__seal_count": 1,
            "ionloom_store_memory_hits": 1,
        }.items():
            self.assertEqual(int(node[name]), value, name)
        self.assertGreaterEqual(int(node["geds__local_memory_used"]), 10)
        self.assertGreater(int(node["java_gedsfile__read_sum"]), 0)
        metadata = self.scrape(self.server)[1]
        self.assertEqual(int(metadata["geds_mds_go_mds_create_objects_total"]), 1)
        self.assertEqual(int(metadata["ionloom_geds_create_ns_count"]), 1)
