"""Whole `ionloom` runs: simulating datasets, annotating them."""

import hashlib
import itertools
import json
import os
import re
from pathlib import Path
from statistics import median

from compare import IONLOOM, ROUNDS
from measure import Run, run_command
from report import ENGINE, NATIVE, ONE_THREAD, Growth, Row

CACHE = Path(
    os.environ.get("IONLOOM_CACHE")
    or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ionloom"
)


def simulated(side: int, peaks_per_pixel: int, ions: int, molecules: Path) -> Path:
    """A simulated tissue of side x side pixels in the cache, made when it is missing.

    `ions` of the list are planted; the median pixel has so many peaks, theirs among them.
    """
    header = Path("src/simulate/simulate.h").read_text()
    version = re.search(r"kGeneratorVersion = (\d+)", header)
    assert version is not None
    stem = (
        CACHE
        / "bench-datasets"
        / f"{molecules.stem}-v{version[1]}-{side}px-{peaks_per_pixel}-{ions}"
    )
    dataset = stem.with_name(stem.name + ".imzML")
    if not dataset.exists():
        print(f"Simulating {dataset.name}", flush=True)
        stem.parent.mkdir(parents=True, exist_ok=True)
        run_command(
            [
                str(IONLOOM),
                "simulate",
                "--molecules",
                str(molecules),
                "--output",
                str(stem),
                "--width",
                str(side),
                "--height",
                str(side),
                "--coverage",
                "1",
                "--peaks-per-pixel",
                str(peaks_per_pixel),
                "--ions",
                str(ions),
                "--analyzer",
                "orbitrap",
                "--force",
            ]
        )
    return dataset


FOLDERS = itertools.count()


def fresh_folder(work: Path) -> Path:
    """For results. Never one that is overwritten: for seconds after many files were deleted, ext4
    searches long for the inodes of new ones, and whole runs took a tenth longer."""
    return work / f"results{next(FOLDERS)}"


def results_digest(folder: Path) -> str:
    """Of every result but run.json, which holds times."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "run.json":
            digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return digest.hexdigest()


def annotate(
    dataset: Path, molecules: Path, threads: int, output: Path, runtime: str = "native"
) -> Run:
    return run_command(
        [
            str(IONLOOM),
            "annotate",
            str(dataset),
            "--molecules",
            str(molecules),
            "--output",
            str(output),
            "--threads",
            str(threads),
            "--runtime",
            runtime,
            "--no-pattern-cache",
            "--force",
        ]
    )


def whole_run(dataset: Path, molecules: Path, what: str, engine_s: float, work: Path) -> list[Row]:
    """Whole runs on one and on two threads in turn: against the engine, and against each other."""
    print(f"{what} ...", flush=True)
    one = Row(what, "run", 1, [], ENGINE, [engine_s])
    two = Row(f"{what}, two threads", "run", 1, [], ONE_THREAD)
    digests = set()
    for _ in range(ROUNDS):
        for row, threads in ((one, 1), (two, 2)):
            results = fresh_folder(work)
            run = annotate(dataset, molecules, threads, results)
            row.ours.append(run.seconds)
            row.cpu_seconds.append(run.cpu_seconds)
            row.peak_rss_bytes = max(run.peak_rss_bytes, row.peak_rss_bytes or 0)
            digests.add(results_digest(results))
    two.theirs = one.ours
    two.agrees = "identical bytes" if len(digests) == 1 else "DIFFERS between threads"
    return [one, two]


def stage_seconds(results: Path) -> dict[str, float]:
    """Of the stages of a run, from its record."""
    record = json.loads((results / "run.json").read_text())
    return {stage["name"]: stage["seconds"] for stage in record["stages"]}


def whole_run_in_wasm(
    dataset: Path, molecules: Path, what: str, work: Path
) -> tuple[Row, dict[str, Row]]:
    """Whole runs on one thread in WebAssembly and natively, in turn: a row for all, one a stage."""
    print(f"{what}, in WebAssembly ...", flush=True)
    # The first run compiles the module, which is kept.
    annotate(dataset, molecules, 1, fresh_folder(work), "wasm")
    whole = Row(f"{what}, in WebAssembly", "run", 1, [], NATIVE)
    stages: dict[str, Row] = {}
    digests = set()
    for _ in range(ROUNDS):
        for runtime in ("wasm", "native"):
            results = fresh_folder(work)
            run = annotate(dataset, molecules, 1, results, runtime)
            (whole.ours if runtime == "wasm" else whole.theirs).append(run.seconds)
            if runtime == "wasm":
                whole.cpu_seconds.append(run.cpu_seconds)
                whole.peak_rss_bytes = max(run.peak_rss_bytes, whole.peak_rss_bytes or 0)
            for name, seconds in stage_seconds(results).items():
                row = stages.setdefault(
                    name, Row(f"{what}: {name}, in WebAssembly", "call", 1, [], NATIVE)
                )
                (row.ours if runtime == "wasm" else row.theirs).append(seconds)
            digests.add(results_digest(results))
    whole.agrees = "identical bytes" if len(digests) == 1 else "DIFFERS from native"
    return whole, stages


def annotate_growth(dataset: Path, molecules: Path, work: Path) -> Growth:
    """Patterns, images and metrics of a quarter, a half and the whole of a list."""
    print("annotate by size ...", flush=True)
    header, *lines = molecules.read_text().splitlines()
    sizes, runs = [], []
    for step in (4, 2, 1):
        part = work / f"part{step}{molecules.suffix}"
        part.write_text("\n".join([header, *lines[::step]]) + "\n")
        seconds = []
        for _ in range(ROUNDS):
            results = fresh_folder(work)
            annotate(dataset, part, 1, results)
            stages = stage_seconds(results)
            ions = json.loads((results / "run.json").read_text())["counts"]["ions"]
            seconds.append((stages["patterns"] + stages["annotate"]) / ions)
        sizes.append(float(ions))
        runs.append(median(seconds))
    return Growth("patterns, images and metrics", "ions", sizes, runs)
