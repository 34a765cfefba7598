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
from report import ENGINE, NATIVE, ONE_THREAD, SAME_TASKS, Growth, Row

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
    dataset: Path, molecules: Path, threads: int, output: Path, options: tuple[str, ...] = ()
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
            *options,
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


# How stages run: options of annotate.
IN_WASM, ON_THREADS, AS_TASKS = ("--runtime", "wasm"), (), ("--store", "memory:")
ALL = "all stages"


def whole_runs_in_wasm(
    dataset: Path, molecules: Path, what: str, work: Path
) -> dict[tuple[str, str], Row]:
    """Whole runs on one thread in WebAssembly, natively, and natively as the same tasks, in turn.

    A row for ALL and one a stage, against NATIVE and against SAME_TASKS: tasks write runs of peaks
    and read them again, which threads need not, so the latter is what WebAssembly itself costs.
    """
    print(f"{what}, in WebAssembly ...", flush=True)
    # The first run compiles the module, which is kept.
    annotate(dataset, molecules, 1, fresh_folder(work), IN_WASM)
    seconds: dict[str, dict[tuple[str, ...], list[float]]] = {}
    runs: dict[tuple[str, ...], list[Run]] = {}
    digests = set()
    for _ in range(ROUNDS):
        for how in (IN_WASM, ON_THREADS, AS_TASKS):
            results = fresh_folder(work)
            runs.setdefault(how, []).append(run := annotate(dataset, molecules, 1, results, how))
            for stage, took in {ALL: run.seconds, **stage_seconds(results)}.items():
                seconds.setdefault(stage, {}).setdefault(how, []).append(took)
            digests.add(results_digest(results))
    rows = {}
    for stage, of in seconds.items():
        name = f"{what}{'' if stage == ALL else f': {stage}'}, in WebAssembly"
        unit = "run" if stage == ALL else "call"
        for against, how in ((NATIVE, ON_THREADS), (SAME_TASKS, AS_TASKS)):
            rows[stage, against] = Row(name, unit, 1, of[IN_WASM], against, of[how])
    whole = rows[ALL, NATIVE]
    whole.agrees = "identical bytes" if len(digests) == 1 else "DIFFERS from native"
    whole.cpu_seconds = [run.cpu_seconds for run in runs[IN_WASM]]
    whole.peak_rss_bytes = max(run.peak_rss_bytes for run in runs[IN_WASM])
    return rows


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
