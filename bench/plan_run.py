"""`make bench-plan`: how well plans predict runs of datasets that nothing was learned from.

Run by scripts/bench-python's Python from the repository's folder. Annotates simulated and real
datasets with lists of four sizes on one thread and on all, and some of them by Lithops' localhost
backend; then predicts every dataset's runs from those of the others, and plans datasets of growing
size for a simulated cloud beside the rules of others. Writes bench/results/plan.json and plan.md
(QUICK: to build/bench-results/).
"""

import argparse
import csv
import itertools
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from compare import BUILD, IONLOOM
from measurement_rows import BENCH_PLAN, learned_text, write_rows
from plan_lithops import lithops_runs, predicted_lithops_runs
from plan_report import markdown, summary
from run import SHARED, machine, results_folder
from whole_runs import fresh_folder, simulated

SHORT_S = 1.2  # runs below it are the middle one of three: what else the machine does shows in them
Json = dict[str, Any]

# Pixels to a side, peaks of the median pixel: 2.5e4 to 1.6e7 peaks.
SIMULATED = [(16, 100), (24, 300), (32, 1000), (48, 400), (48, 1000), (64, 1000), (96, 600),
             (128, 1000)]
LARGE = [(160, 1970), (320, 1970)]  # 5e7 and 2e8
REAL = ["oracle/syn_a/syn_a.imzML", "oracle/syn_c/syn_c.imzML", "oracle/syn_d/syn_d.imzML",
        "oracle/edge/edge.imzML", "oracle/continuous/continuous.imzML",
        "data/untreated_tiny/*.imzML", "data/ms_imaging_example/*.imzML",
        "data/reference_spheroid/*.imzML", "data/reference_molecular/*.imzML",
        "data/pym2aia_tof/*.imzML"]
LIST_ROWS = [250, 1000, 4000, 12000]


def lists(work: Path, sizes: list[int] = LIST_ROWS) -> list[Path]:
    """Lists of about so many rows: every so manieth of the reference's, or of the demo list without it."""
    source = SHARED / "data/moldb/lithops_mol_db1.csv"
    if not source.exists():
        source = Path("data/demo_molecules.tsv")
    with source.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter="\t" if source.suffix == ".tsv" else ","))
    header, rows = rows[0], rows[1:]
    found = []
    for wanted in sizes:
        step = max(1, len(rows) * max(LIST_ROWS) // wanted // max(LIST_ROWS))
        part = rows[::step]
        path = work / f"list{len(part)}.tsv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, delimiter="\t").writerows([header, *part])
        found.append(path)
    return list(dict.fromkeys(found))


def datasets(molecules: Path, large: bool) -> list[Path]:
    found = [simulated(side, peaks, 200, molecules) for side, peaks in SIMULATED]
    if large:
        found += [simulated(side, peaks, 1000, molecules) for side, peaks in LARGE]
    for pattern in REAL:
        found += sorted(SHARED.glob(pattern))
    return found


def annotate(dataset: Path, molecules: Path, more: list[str], work: Path, database: Path) -> Json | None:
    """run.json of one run; nothing when the dataset and the list do not meet."""
    folder = fresh_folder(work)
    command = [str(IONLOOM), "annotate", str(dataset), "-m", str(molecules), "-o", str(folder),
               "--targeted", "no", "--no-pattern-cache", *more]
    environment = {**os.environ, "IONLOOM_MEASUREMENTS": str(database), "IONLOOM_DEVICE": "bench"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 3:
        raise SystemExit(f"{' '.join(command)}: memory ran out\n{done.stderr}")
    if done.returncode != 0:
        return None
    record: Json = json.loads((folder / "run.json").read_text())
    return record


def with_polarity(dataset: Path, molecules: Path, work: Path, database: Path) -> list[str] | None:
    """What a dataset needs beside the defaults; nothing when it cannot be annotated. Also its
    warm-up: files come into the page cache, and nothing is kept of this run."""
    for more in ([], ["--polarity", "positive"]):
        if annotate(dataset, molecules, [*more, "--no-measurements"], work, database):
            return more
    return None


def devices(database: Path) -> list[Json]:
    text = subprocess.run([str(IONLOOM), "models", "export", "-"], capture_output=True, text=True,
                          check=True, env={**os.environ, "IONLOOM_MEASUREMENTS": str(database)})
    return [json.loads(line) for line in text.stdout.splitlines()[1:]]


def as_run(record: Json, dataset: str, molecules: str, way: str, rows: list[Json]) -> Json:
    """A run for bench_plan: its stages with the device that they were counted to."""
    device = {row["stage"]: row["device"] for row in rows}
    stages = []
    for stage in record["stages"]:
        name = "images" if stage["name"] == "write" else stage["name"]
        if stage["planned"] is None or stage["planned"]["passed_over"]:
            continue
        stages.append({"stage": name, "device": device[name], "seconds": stage["seconds"],
                       "work": stage["planned"]["work"],
                       "known_work": stage["planned"]["known_work"]})
    return {"dataset": dataset, "list": molecules, "way": way, "seconds": record["seconds"],
            "peak_memory_bytes": record["peak_memory_bytes"],
            "memory_bound_bytes": record["memory_bound_bytes"], "stages": stages,
            "peaks": record["counts"]["peaks"], "ions": record["counts"]["ions"]}


def in_turns(dataset: Path, molecules: Path, ways: list[tuple[str, int]], more: list[str], work: Path,
             database: Path) -> list[tuple[str, Json, list[Json]]]:
    """A run of each way with its measurements: of short ones the middle of three, made in turns."""
    made: dict[tuple[str, int], list[tuple[Json, list[Json]]]] = {way: [] for way in ways}
    for turn, way in itertools.product(range(3), ways):
        if turn > 0 and (not made[way] or made[way][0][0]["seconds"] >= SHORT_S):
            continue
        arguments = [*more, "--runtime", way[0], "--threads", str(way[1])]
        record = annotate(dataset, molecules, arguments, work, database)
        if record is not None:
            made[way].append((record, devices(database)[-len(record["stages"]):]))
    middle = {way: sorted(runs, key=lambda run: float(run[0]["seconds"]))[len(runs) // 2]
              for way, runs in made.items() if runs}
    return [(f"{runtime} x{threads}", *run) for (runtime, threads), run in middle.items()]


def measure(options: argparse.Namespace, work: Path) -> tuple[list[Json], list[list[Json]]]:
    """Runs for bench_plan, and the measurements of each."""
    database = work / "bench.sqlite"
    molecules = lists(work)
    cores = os.cpu_count() or 1
    ways = [("native", threads) for threads in sorted({1, cores})]
    if not options.native and (BUILD / "bin/stages.wasm").exists():
        ways += [("wasm", threads) for threads in sorted({1, cores})]
    runs: list[Json] = []
    measurements: list[list[Json]] = []
    for dataset in datasets(molecules[-1], options.large):
        more = with_polarity(dataset, molecules[0], work, database)
        if more is None:
            print(f"left out, cannot be annotated: {dataset.name}")
            continue
        before = len(runs)
        for path in molecules:
            for way, record, rows in in_turns(dataset, path, ways, more, work, database):
                runs.append(as_run(record, dataset.stem, path.stem, way, rows))
                measurements.append(rows)
        done = runs[before:]
        if done:
            print(f"{dataset.stem}: {done[0]['peaks']:,} peaks, {len(done)} runs, "
                  f"{sum(run['seconds'] for run in done):.1f} s", flush=True)
    return runs, measurements


def write_reference(runs: list[Json], measurements: list[list[Json]], folder: Path) -> None:
    """Of each dataset the second and the fourth list's runs; stages of 1 ms and more."""
    kept = []
    names = list(dict.fromkeys(run["list"] for run in runs))
    for run, rows in zip(runs, measurements, strict=True):
        if names.index(run["list"]) % 2 == 0:
            continue
        for row in rows:
            if row["compute_s"] >= 0.001:
                device = "reference " + row["device"].removeprefix("bench ")
                kept.append({**row, "device": device})
    file = folder / "reference-measurements.jsonl"
    write_rows(file, kept)
    (folder / "reference-models.json").write_text(learned_text(file))


def bench_plan(work: Path, *arguments: str) -> Any:
    """What bench_plan prints; it knows nothing of what else was measured on this machine."""
    environment = {**os.environ, "IONLOOM_MEASUREMENTS": str(work / "nothing.sqlite")}
    done = subprocess.run([str(BENCH_PLAN), *arguments], env=environment, capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def with_rows_on_lines(content: Json) -> str:
    """JSON in which every row of a list, of which there are thousands, is one line."""
    parts = []
    for key, value in content.items():
        text = json.dumps(value)
        if isinstance(value, list) and value:
            text = "[\n" + ",\n".join("  " + json.dumps(row) for row in value) + "\n ]"
        parts.append(f" {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def lithops_jobs(molecules: list[Path]) -> list[tuple[Path, Path]]:
    """Datasets of 1 to 17 million peaks, with the second list and the last."""
    sizes = [(32, 1000), (48, 1000), (64, 1000), (96, 600), (128, 1000)]
    simulations = [simulated(side, peaks, 200, molecules[-1]) for side, peaks in sizes]
    return list(itertools.product(simulations, [molecules[1], molecules[-1]]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="keep the results in build/")
    parser.add_argument("--large", action="store_true", help="also 5e7 and 2e8 peaks (3 GB of disk)")
    parser.add_argument("--native", action="store_true", help="leave the module out")
    parser.add_argument("--no-lithops", action="store_true", help="leave runs on Lithops out")
    parser.add_argument("--reference", type=Path,
                        help="a folder (data/models): also write what ships, the measurements as the "
                             "reference machine's and the models learned from them")
    options = parser.parse_args()
    about = machine()
    with tempfile.TemporaryDirectory(prefix="ionloom-bench-") as folder:
        work = Path(folder)
        runs, measurements = measure(options, work)
        (work / "runs.json").write_text(json.dumps(runs))
        held_out = bench_plan(work, "held-out", str(work / "runs.json"))
        rows = [(run["dataset"], own) for run, own in zip(runs, measurements, strict=True)]
        jobs = [] if options.no_lithops else lithops_jobs(lists(work))
        clouds = bench_plan(work, "clouds")
        lithops = predicted_lithops_runs(lithops_runs(jobs, work), rows, work)
        if options.reference:
            write_reference(runs, measurements, options.reference)
    about["load_after"] = round(os.getloadavg()[0], 2)
    found = summary(runs, held_out, lithops, clouds)
    table = markdown(found, runs, held_out, lithops, clouds, about)
    print("\n" + table)
    target = results_folder(options.quick)
    (target / "plan.md").write_text(table)
    (target / "plan.json").write_text(
        with_rows_on_lines({**found, "machine": about, "clouds": clouds, "lithops": lithops, **held_out}))


if __name__ == "__main__":
    main()
