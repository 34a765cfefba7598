"""`make bench-lithops`: whole runs on Lithops beside the same runs on this machine's threads.

Lithops' localhost backend starts the functions, versitygw on the loopback holds the objects. Keeps
lithops.md and lithops.json in bench/results/.
"""

import argparse
import json
import os
import subprocess
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from compare import IONLOOM
from run import SHARED, machine, results_folder
from store_servers import S3_BUCKET, S3_KEYS, Servers
from whole_runs import annotate, results_digest, simulated

SYN_A_S = 25.0  # of a whole run of syn_a, Lithops' start included
MORE_S = 20.0  # that the run of 50 M peaks may take longer than the local engine's
OBJECTS_PER_TASK = 1.0
READ_AGAIN = 1.15  # bytes that annotate reads, of the bytes of all runs of peaks
DRIVER_BYTES = 300e6


@dataclass
class LithopsRun:
    """What a run on Lithops took."""

    seconds: float
    driver_peak_bytes: int
    calls: int
    tasks: int
    objects: int  # of all tasks of ingest, patterns and annotate
    other_objects: int  # that plans made: spectra, ions, the ion table, the ranking
    run_bytes: int  # of all runs of peaks
    annotate_got_bytes: int
    stages_s: dict[str, float]  # from the first call's start to the last one's end


class Peak:
    """Watches the resident memory of a process: VmHWM is of the process alone, without children."""

    def __init__(self, pid: int) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self._done = threading.Event()
        self.bytes = 0
        self._watch = threading.Thread(target=self._follow)

    def _follow(self) -> None:
        while not self._done.wait(0.05):
            try:
                lines = self._status.read_text().splitlines()
            except OSError:
                return
            for line in lines:
                if line.startswith("VmHWM:"):
                    self.bytes = max(self.bytes, int(line.split()[1]) * 1024)

    def __enter__(self) -> "Peak":
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()


def _environment(work: Path) -> dict[str, str]:
    """Of the driver: a Python that has Lithops and this build's package, a home of its own."""
    python = subprocess.run(
        ["scripts/python-env"], check=True, capture_output=True, text=True
    ).stdout.strip()
    (work / "tmp").mkdir()
    package = work / "python" / "ionloom"
    package.mkdir(parents=True)
    for source in (*Path("python/ionloom").iterdir(), *Path("build/python/ionloom").glob("*.so")):
        (package / source.name).symlink_to(source.absolute())
    return {
        **os.environ,
        "HOME": str(work),
        "TMPDIR": str(work / "tmp"),
        "IONLOOM_PYTHON": python,
        "IONLOOM_COMMAND": str(IONLOOM.absolute()),
        "PYTHONPATH": str(work / "python"),
    }


def _configuration(work: Path, endpoint: str) -> Path:
    path = work / "lithops.yaml"
    path.write_text(
        "lithops: {backend: localhost, storage: minio}\n"
        f"minio: {{endpoint: '{endpoint}', storage_bucket: {S3_BUCKET}, "
        f"access_key_id: {S3_KEYS['AWS_ACCESS_KEY_ID']}, "
        f"secret_access_key: {S3_KEYS['AWS_SECRET_ACCESS_KEY']}}}\n"
    )
    return path


def _span(calls: list[dict[str, Any]], stage: str) -> float:
    own = [call for call in calls if call["name"].startswith(stage)]
    return max(call["ended_s"] for call in own) - min(call["began_s"] for call in own)


def on_lithops(dataset: Path, molecules: Path, output: Path, work: Path) -> LithopsRun:
    """A run with a store of its own."""
    work.mkdir()
    servers = Servers(work)
    try:
        url = servers.s3()
        if url is None:
            raise SystemExit("versitygw cannot be built: see scripts/versitygw")
        endpoint = "http://" + url.removeprefix("s3://").partition("/")[0]
        command = [str(IONLOOM), "annotate", str(dataset), "--molecules", str(molecules)]
        command += ["--output", str(output), "--executor", "lithops"]
        command += ["--lithops-config", str(_configuration(work, endpoint))]
        start = time.perf_counter()
        with (
            subprocess.Popen(command, env=_environment(work), stdout=subprocess.DEVNULL) as driver,
            Peak(driver.pid) as peak,
        ):
            if driver.wait() != 0:
                raise SystemExit(f"the run failed with {driver.returncode}")
        seconds = time.perf_counter() - start
        kept = work / "s3" / S3_BUCKET / "ionloom" / "ionloom-stages" / "kept"
        objects = [path for path in kept.rglob("*") if path.is_file()]
    finally:
        servers.close()
    calls = json.loads((output / "run.json").read_text())["lithops"]["calls"]
    tasks = [task for call in calls for task in call["tasks"]]
    of_tasks = [o for o in objects if o.parent.name and _is_of_a_task(o)]
    return LithopsRun(
        seconds=seconds,
        driver_peak_bytes=peak.bytes,
        calls=len(calls),
        tasks=len(tasks),
        objects=len(of_tasks),
        other_objects=len(objects) - len(of_tasks),
        run_bytes=sum(o.stat().st_size for o in objects if o.name == "run"),
        annotate_got_bytes=sum(t["got_bytes"] for t in tasks if t["stage"] == "annotate"),
        stages_s={
            call["name"] if call["name"].startswith("plan") else stage: _span(
                calls, call["name"] if call["name"].startswith("plan") else stage
            )
            for call in calls
            for stage in [call["name"].partition("-")[0]]
        },
    )


def _is_of_a_task(path: Path) -> bool:
    """Of ingest, patterns or annotate; tasks of index, ions and rank are done by plans."""
    kind = path.open("rb").read(8)
    return kind in (b"ILPKRUN1", b"ILMETRC1") or (kind == b"ILIONTB1" and path.name == "ions")


def _row(what: str, value: str, wanted: str, met: bool) -> str:
    return f"| {what} | {value} | {wanted} | {'met' if met else 'not met'} |"


def _lines(name: str, run: LithopsRun, local_s: float, most_s: float, same: bool) -> list[str]:
    per_task = run.objects / run.tasks
    read = run.annotate_got_bytes / run.run_bytes
    spans = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in run.stages_s.items())
    return [
        f"## {name}",
        "",
        f"{run.tasks} tasks in {run.calls} calls, {run.run_bytes / 1e6:,.0f} MB of peaks. "
        f"{run.other_objects} objects are made by plans. Seconds: {spans}; the rest is Lithops' start, "
        "waiting between calls, and fetching the results.",
        "",
        "| | measured | reach | |",
        "| --- | --- | --- | --- |",
        _row(
            f"whole run; the local engine takes {local_s:.1f} s on two threads",
            f"{run.seconds:.1f} s",
            f"{most_s:.1f} s",
            run.seconds <= most_s,
        ),
        _row("results", "the same bytes" if same else "DIFFER", "the same bytes", same),
        _row("objects a task", f"{per_task:.2f}", "1", per_task <= OBJECTS_PER_TASK),
        _row(
            "bytes read by annotate, of the runs'", f"{read:.2f}", f"{READ_AGAIN}", read <= READ_AGAIN
        ),
        _row(
            "driver's peak memory",
            f"{run.driver_peak_bytes / 1e6:.0f} MB",
            "300 MB",
            run.driver_peak_bytes <= DRIVER_BYTES,
        ),
        "",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out the run of 50 M peaks")
    quick = parser.parse_args().quick
    about = machine()
    demo = Path("data/demo_molecules.tsv")
    hmdb, syn_a = SHARED / "data/moldb/lithops_mol_db1.csv", SHARED / "oracle/syn_a/syn_a.imzML"
    small = (syn_a, syn_a.with_name("db.csv")) if syn_a.exists() else (simulated(32, 1000, 200, demo), demo)
    jobs = [("syn_a" if syn_a.exists() else "simulated, 1 M peaks", *small)]
    if not quick:
        large = hmdb if hmdb.exists() else demo
        jobs.append(("simulated, 52.5 M peaks", simulated(160, 1970, 1000, large), large))
    lines = [
        "# Runs on Lithops",
        "",
        f"{about['cpu']}, {about['cores']} cores, {about['memory_gb']} GB; commit {about['commit']}; load average at "
        f"the start {about['load']}.",
        "Functions are processes of this machine (Lithops' localhost backend), objects are in versitygw on the",
        "loopback. One run each, beside the local engine's. Made by `make bench-lithops`; see",
        "[bench](../README.md).",
        "",
    ]
    record: dict[str, Any] = {"about": about, "runs": {}}
    cache = simulated(32, 1000, 200, demo).parent
    for number, (name, dataset, molecules) in enumerate(jobs):
        print(f"{name} ...", flush=True)
        with tempfile.TemporaryDirectory(prefix="ionloom-lithops-", dir=cache) as folder:
            work = Path(folder)
            local = annotate(dataset, molecules, 2, work / "local")
            run = on_lithops(dataset.absolute(), molecules.absolute(), work / "results", work / "run")
            same = results_digest(work / "local") == results_digest(work / "results")
        most_s = SYN_A_S if number == 0 else local.seconds + MORE_S
        lines += _lines(name, run, local.seconds, most_s, same)
        record["runs"][name] = {"local_s": local.seconds, "same_bytes": same, **asdict(run)}
    text = "\n".join(lines)
    print("\n" + text)
    folder = results_folder(quick)
    (folder / "lithops.md").write_text(text)
    (folder / "lithops.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
