"""Runs over several sites: emulated hosts with cables of their own, real processes and packets."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import DEMO_LIST
from emulated_sites import Device, EmulatedSites, emulated, why_not
from faulty_engine import FaultyEngine
from ionloom.command import run_command
from lithops_runs import assert_same_results

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "hosts can be emulated")

# Hours off, in all that Python asks for the time of day.
_WRONG_CLOCK = "import time\n_right = time.time\ntime.time = lambda: _right() - 100_000\n"


@pytest.fixture(scope="module")
def expected(tissue: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("expected") / "out"
    run_command(["annotate", str(tissue), f"--molecules={DEMO_LIST}", f"--output={output}"])
    return output


class Run:
    """What a run left."""

    def __init__(self, output: Path, process: subprocess.Popen[str], timeout: float = 180) -> None:
        self.output = output
        self.said, _ = process.communicate(timeout=timeout)
        self.exit_code = process.returncode

    @property
    def record(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.output / "run.json").read_text())["lithops"]
        return content

    def tasks(self, stage: str) -> dict[str, int]:
        """By site, how many tasks of a stage it has done."""
        counts: dict[str, int] = {}
        for call in self.record["calls"]:
            for task in call["tasks"]:
                if task["stage"] == stage:
                    counts[call["site"]] = counts.get(call["site"], 0) + 1
        return counts


def start(
    sites: EmulatedSites, dataset: Path, output: Path, *more: str, **top: str
) -> subprocess.Popen[str]:
    file = sites.sites_file(bucket=f"run-{output.name}", **top)
    return sites.start(sites.command(dataset, DEMO_LIST, output, f"--sites={file}", *more))


def wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def some_peaks(dataset: Path) -> list[bytes]:
    """The m/z of some hundred peaks, as they lie in the .ibd and in runs: f64, hardly two alike."""
    xml = dataset.read_text()
    offsets = [int(n) for n in re.findall(r'IMS:1000102"[^>]*value="(\d+)"', xml)][::2]
    lengths = [int(n) for n in re.findall(r'IMS:1000103"[^>]*value="(\d+)"', xml)][::2]
    ibd = dataset.with_suffix(".ibd").read_bytes()
    places = [offset + 8 * (length // 2) for offset, length in zip(offsets, lengths) if length > 1]
    assert len(places) > 100
    return [ibd[at : at + 8] for at in places]


def share_seen(packets: Path, peaks: list[bytes]) -> float:
    """Which part of the peaks went over the cable."""
    content = packets.read_bytes()
    return sum(peak in content for peak in peaks) / len(peaks)


def asked_for_packed(packets: Path) -> bool:
    """Whether somebody read packed runs over the cable, in which no m/z can be recognised."""
    return re.search(rb"GET [^\n]*/run\.packed\n", packets.read_bytes()) is not None


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatedSites]:
    """A lab and a cloud, equal but for the cloud's clock."""
    folder = tmp_path_factory.mktemp("pair")
    (folder / "wrong").mkdir()
    (folder / "wrong" / "sitecustomize.py").write_text(_WRONG_CLOCK)
    path = f"{folder / 'wrong'}:{os.environ.get('PYTHONPATH', '')}"
    with emulated(
        folder,
        Device("lab", mbit_s=100),
        Device("cloud", mbit_s=1000, environment={"PYTHONPATH": path}),
    ) as sites:
        yield sites


def planned(sites: EmulatedSites, lab: dict[str, float], cloud: dict[str, float]) -> None:
    """Has the records say how slow each stage is at each site, which decides the placement."""
    for name, kappas in (("lab", lab), ("cloud", cloud)):
        device = sites.hosts[name].device
        device.kappa, device.kappas = kappas.pop("all", 1.0), kappas


@pytest.mark.parametrize(
    ("name", "lab", "cloud", "ingests", "annotates"),
    [
        ("raw-upload", {"all": 1000.0}, {"all": 0.001}, {"cloud"}, {"cloud"}),
        ("after-ingest", {"ingest": 0.001, "annotate": 1e6}, {"ingest": 1e6, "annotate": 0.001},
         {"lab"}, {"cloud"}),
    ],
)
def test_every_placement_gives_the_same_annotations(
    pair: EmulatedSites,
    tissue: Path,
    expected: Path,
    tmp_path: Path,
    name: str,
    lab: dict[str, float],
    cloud: dict[str, float],
    ingests: set[str],
    annotates: set[str],
) -> None:
    planned(pair, lab, cloud)
    with pair.hosts["lab"].captured() as packets:
        run = Run(tmp_path / name, start(pair, tissue, tmp_path / name))
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    for stage, where in (("ingest", ingests), ("annotate", annotates)):
        told = run.record["sites"]
        assert {site["name"] for site in told if site["planned"][stage] > 0.1} == where
        # On a machine that is busy others may have thought them late, and helped.
        assert where <= set(run.tasks(stage)), run.said
    assert share_seen(packets, some_peaks(tissue)) > 0.3 or asked_for_packed(packets), "see below"
    # The cloud's clock is a day off: what is told of calls is told by this one's.
    for call in run.record["calls"]:
        assert 0 <= call["began_s"] <= call["ended_s"] <= run.record["seconds"] + 1, call


def test_raw_data_that_must_stay_never_crosses_the_cable(
    pair: EmulatedSites, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    planned(pair, {"all": 1000.0}, {"all": 0.001})
    with pair.hosts["lab"].captured() as packets:
        run = Run(tmp_path / "kept", start(pair, tissue, tmp_path / "kept", "--keep-raw-at=lab"))
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    assert set(run.tasks("ingest")) == set(run.tasks("annotate")) == {"lab"}
    assert packets.stat().st_size > 10_000, "patterns come from the cloud"
    assert share_seen(packets, some_peaks(tissue)) == 0
    assert not asked_for_packed(packets)
    assert run.record["keep_raw_at"] == "lab"


def test_a_store_that_may_lie_elsewhere_is_refused_for_raw_data_that_must_stay(
    pair: EmulatedSites, tissue: Path, tmp_path: Path
) -> None:
    file = pair.sites_file(bucket="nowhere")
    node = f"?node={pair.hosts['lab'].address}:4382"
    file.write_text(file.read_text().replace(node, ""))
    run = Run(
        tmp_path / "out",
        pair.start(pair.command(tissue, DEMO_LIST, tmp_path / "out", f"--sites={file}", "--keep-raw-at=lab")),
    )
    assert run.exit_code == 2 and "name the site's own node" in run.said, run.said


def test_a_node_that_copies_elsewhere_is_refused_for_raw_data_that_must_stay(
    tissue: Path, tmp_path: Path
) -> None:
    with emulated(tmp_path, Device("lab"), Device("cloud")) as sites:
        lab = sites.hosts["lab"]
        assert lab.node is not None
        lab.node.kill()
        lab.node.wait()
        lab.start_node("--copies=2")
        run = Run(tmp_path / "out", start(sites, tissue, tmp_path / "out", "--keep-raw-at=lab"))
    assert run.exit_code == 2 and "start it without --copies" in run.said, run.said


def test_everything_stays_at_the_edge_when_that_is_soonest(
    pair: EmulatedSites, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    planned(pair, {"all": 0.001}, {"all": 1000.0})
    with pair.hosts["lab"].captured() as packets:
        run = Run(tmp_path / "edge", start(pair, tissue, tmp_path / "edge"))
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    assert set(run.tasks("ingest")) == set(run.tasks("annotate")) == {"lab"}, run.said
    assert share_seen(packets, some_peaks(tissue)) == 0 and not asked_for_packed(packets)


def test_a_placement_that_is_asked_for_is_gone_by(
    pair: EmulatedSites, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    planned(pair, {"all": 0.001}, {"all": 1000.0})  # all at the lab, if ionloom had its way
    mine = tmp_path / "mine.json"
    mine.write_text(json.dumps({"sites": [
        {"site": "lab", "ingest": 1, "patterns": True}, {"site": "cloud", "annotate": 1},
    ]}))
    output = tmp_path / "asked"
    run = Run(output, start(pair, tissue, output, f"--placement={mine}"))
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    assert set(run.tasks("ingest")) == {"lab"} and "cloud" in run.tasks("annotate"), run.said
    shares = {site["site"]: site["annotate"] for site in run.record["plan"]["sites"]}
    assert shares == {"lab": 0, "cloud": 1}
    output = tmp_path / "wrong"
    mine.write_text('{"sites": []}')
    run = Run(output, start(pair, tissue, output, f"--placement={mine}"))
    assert run.exit_code == 1 and "mine.json" in run.said and not output.exists(), run.said


def test_a_targeted_list_reads_only_blocks_that_its_windows_touch(
    pair: EmulatedSites, simulated: Callable[..., Path], tmp_path: Path
) -> None:
    planned(pair, {"all": 1.0}, {"all": 1.0})
    dataset = simulated(32, 32)  # 50 blocks of 4096 peaks
    header, first, *_ = DEMO_LIST.read_text().splitlines()
    one = tmp_path / "one.tsv"
    one.write_text(f"{header}\n{first}\n")
    file = pair.sites_file(bucket="run-windows")
    output = tmp_path / "windows"
    run = Run(output, pair.start(pair.command(
        dataset, one, output, f"--sites={file}", "--adducts=+H", "--decoys=1", "--targeted=yes")))
    assert run.exit_code == 0, run.said
    read, made = (
        sum(task[bytes_] for call in run.record["calls"] for task in call["tasks"]
            if task["stage"] == stage)
        for stage, bytes_ in (("annotate", "got_bytes"), ("ingest", "put_bytes"))
    )
    assert 0 < read < 0.5 * made


def test_latency_through_the_relay_costs_time_alone(
    tissue: Path, expected: Path, tmp_path: Path
) -> None:
    near, far = Device("lab", kappa=50, latency_ms=100), Device("cloud", kappa=50)
    with emulated(tmp_path, near, far) as sites:
        small = tmp_path / "small"
        small.write_bytes(b"a few bytes" * 1_000_000)
        lab, metadata = sites.hosts["lab"], f"--metadata={sites.network.metadata}"
        command = os.environ["IONLOOM_COMMAND"]
        lab.run(command, "geds", "put", str(small), "probe/small", f"--node={lab.address}:4382")
        took = {}
        for host in sites.hosts.values():
            begin = time.monotonic()
            host.run(command, "geds", "get", "probe/small", metadata, "--range=0:11")
            took[host.device.name] = time.monotonic() - begin
        assert took["cloud"] > took["lab"] + 0.08, "the node is 100 ms away from all but its own host"
        run = Run(tmp_path / "late", start(sites, tissue, tmp_path / "late"))
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)


@pytest.mark.parametrize("cgroups", [True, False], ids=["quota", "by-turns"])
def test_a_share_of_a_processor_makes_a_device_slow(tmp_path: Path, cgroups: bool) -> None:
    # Half a second of a processor's time.
    words = "import time\nwhile time.process_time() < 0.5: pass\n"
    with emulated(tmp_path, Device("lab", cpu_share=0.25, cgroups=cgroups)) as sites:
        begin = time.monotonic()
        subprocess.run(sites.hosts["lab"].inside(sys.executable, "-c", words), check=True)
        assert time.monotonic() - begin > 1.2


def test_an_old_module_at_a_site_leaves_that_site_out(
    pair: EmulatedSites, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    module = Path(os.environ["IONLOOM_COMMAND"]).resolve().parent / "stages.wasm"
    if not module.exists():
        pytest.skip("this build has no module of the stages")
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "stages.wasm").write_bytes(module.read_bytes()[:-1])
    (folder / "ionloom").write_text(f'#!/bin/bash\nexec {os.environ["IONLOOM_COMMAND"]} "$@"\n')
    (folder / "ionloom").chmod(0o755)
    planned(pair, {"all": 50.0}, {"all": 50.0})
    environment = pair.hosts["cloud"].device.environment
    environment["IONLOOM_COMMAND"] = str(folder / "ionloom")
    try:
        run = Run(tmp_path / "module", start(pair, tissue, tmp_path / "module", "--runtime=wasm"))
    finally:
        del environment["IONLOOM_COMMAND"]
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    assert "goes on without cloud" in run.said and "stages" in run.said, run.said
    assert set(run.tasks("annotate")) == {"lab"}


def test_a_site_with_another_version_is_left_out_naming_both(
    pair: EmulatedSites, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    planned(pair, {"all": 50.0}, {"all": 50.0})
    old = tmp_path / "ionloom"
    old.write_text(f'#!/bin/bash\n[[ $1 == --version ]] && echo 0.0.1 && exit\nexec '
                   f'{os.environ["IONLOOM_COMMAND"]} "$@"\n')
    old.chmod(0o755)
    cloud = pair.hosts["cloud"].device
    cloud.environment["IONLOOM_COMMAND"] = str(old)
    try:
        run = Run(tmp_path / "version", start(pair, tissue, tmp_path / "version"))
    finally:
        del cloud.environment["IONLOOM_COMMAND"]
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    own = run_command(["--version"]).strip()
    assert "goes on without cloud: it has ionloom 0.0.1" in run.said and own in run.said, run.said
    assert set(run.tasks("annotate")) == {"lab"}


def test_tasks_of_a_site_that_got_slow_are_done_by_the_other(
    pair: EmulatedSites, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    planned(pair, {"all": 50.0}, {"all": 50.0})
    engine = FaultyEngine(tmp_path, tmp_path)
    engine.order("hold-annotate")  # slower cannot be
    environment = pair.hosts["cloud"].device.environment
    environment["IONLOOM_COMMAND"] = str(engine.command)
    try:
        run = Run(tmp_path / "slow", start(pair, tissue, tmp_path / "slow"))
    finally:
        del environment["IONLOOM_COMMAND"]
        engine.release("hold-annotate")
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    assert (engine.faults / "reached-annotate").exists(), "it had its share"
    assert set(run.tasks("annotate")) == {"lab"}, run.said


def test_a_link_that_is_cut_for_a_while_costs_time_alone(
    pair: EmulatedSites, tissue: Path, expected: Path, tmp_path: Path
) -> None:
    planned(pair, {"all": 50.0}, {"all": 50.0})  # annotate is divided
    cloud = pair.hosts["cloud"]
    driver = start(pair, tissue, tmp_path / "cut")
    assert driver.stdout is not None
    line = "?"
    while line and not line.startswith("ingest"):  # the sites were found, work begins
        line = driver.stdout.readline()
    cloud.cut()
    time.sleep(10)
    cloud.mend()
    run = Run(tmp_path / "cut", driver)
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)


def test_a_device_that_dies_costs_its_tasks_and_its_objects_alone(
    tissue: Path, expected: Path, tmp_path: Path
) -> None:
    engine = FaultyEngine(tmp_path, tmp_path)
    engine.order("hold-annotate")
    edge = Device("edge", kappa=50, mbit_s=100, environment={"IONLOOM_COMMAND": str(engine.command)})
    with emulated(tmp_path, Device("lab", kappa=50), edge) as sites:
        driver = start(sites, tissue, tmp_path / "killed")
        wait_until(lambda: (engine.faults / "reached-annotate").exists())
        sites.hosts["edge"].kill()
        run = Run(tmp_path / "killed", driver)
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    assert "edge" not in run.tasks("annotate")
    assert "edge does not answer" in run.said or "planning anew" in run.said, run.said


@pytest.mark.parametrize("cgroups", [True, False], ids=["cgroup", "setrlimit"])
def test_a_device_with_less_memory_than_its_record_says_costs_its_tasks_alone(
    tissue: Path, expected: Path, tmp_path: Path, cgroups: bool
) -> None:
    # The engine at the edge takes 400 MB for every call, of the 250 MB that there are.
    greedy = tmp_path / "greedy-ionloom"
    greedy.write_text(
        "#!/bin/bash\nif [[ $1 == task ]]; then\n"
        f"  {sys.executable} -c 'x = bytearray(400 << 20)' || kill -9 $$\nfi\n"
        f'exec {os.environ["IONLOOM_COMMAND"]} "$@"\n'
    )
    greedy.chmod(0o755)
    edge = Device("edge", kappa=50, mbit_s=100, environment={"IONLOOM_COMMAND": str(greedy)})
    edge.real_memory_bytes, edge.cgroups = 250 << 20, cgroups
    with emulated(tmp_path, Device("lab", kappa=50), edge) as sites:
        run = Run(tmp_path / "small", start(sites, tissue, tmp_path / "small"))
    assert run.exit_code == 0, run.said
    assert_same_results(run.output, expected)
    failed = [call for call in run.record["calls"] if call["state"] == "failed"]
    assert failed and {call["site"] for call in failed} == {"edge"}
    assert set(run.tasks("annotate")) == {"lab"}


def test_what_only_a_dead_site_may_have_is_told(tissue: Path, tmp_path: Path) -> None:
    with emulated(tmp_path, Device("lab"), Device("cloud")) as sites:
        file = sites.sites_file(bucket="dead")
        sites.hosts["lab"].dead.touch()
        run = Run(
            tmp_path / "out",
            sites.start(sites.command(tissue, DEMO_LIST, tmp_path / "out", f"--sites={file}")),
        )
    assert run.exit_code == 4 and 'site "lab"' in run.said and "Traceback" not in run.said, run.said
    assert not (tmp_path / "out").exists()
