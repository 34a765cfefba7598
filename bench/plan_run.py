"""`make bench-plan`: how well plans predict runs of datasets that nothing was learned from.

Run by scripts/bench-python's Python from the repository's folder. Annotates simulated and real
datasets with lists of four sizes on one thread and on all, then predicts every dataset's runs from
those of the others, and plans datasets of growing size for a simulated cloud beside the rules of
others. Writes bench/results/plan.json and plan.md (QUICK: to build/bench-results/).
"""

import argparse
import csv
import itertools
import json
import os
import subprocess
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from compare import BUILD, IONLOOM
from run import SHARED, machine, results_folder
from whole_runs import fresh_folder, simulated

BENCH_PLAN = BUILD / "bin/bench_plan"
LEAST_S = 0.01  # stages below it are told apart: a clock's and a scheduler's grain
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
    """What a dataset needs beside the defaults; nothing when it cannot be annotated."""
    for more in ([], ["--polarity", "positive"]):
        if annotate(dataset, molecules, [*more, "--threads", "1"], work, database):
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


def measure(options: argparse.Namespace, work: Path) -> list[Json]:
    database = work / "bench.sqlite"
    molecules = lists(work)
    cores = os.cpu_count() or 1
    ways = [("native", threads) for threads in sorted({1, cores})]
    if not options.native and (BUILD / "bin/stages.wasm").exists():
        ways += [("wasm", threads) for threads in sorted({1, cores})]
    runs: list[Json] = []
    for dataset in datasets(molecules[-1], options.large):
        more = with_polarity(dataset, molecules[0], work, database)
        if more is None:
            print(f"left out, cannot be annotated: {dataset.name}")
            continue
        for path, (runtime, threads), _ in itertools.product(molecules, ways, range(options.rounds)):
            arguments = [*more, "--runtime", runtime, "--threads", str(threads)]
            record = annotate(dataset, path, arguments, work, database)
            if record is None:
                continue
            rows = devices(database)[-len(record["stages"]):]
            runs.append(as_run(record, dataset.stem, path.stem, f"{runtime} x{threads}", rows))
        done = [run for run in runs if run["dataset"] == dataset.stem]
        if done:
            print(f"{dataset.stem}: {done[0]['peaks']:,} peaks, {len(done)} runs, "
                  f"{sum(run['seconds'] for run in done):.1f} s", flush=True)
    return runs


def write_reference(text: str, folder: Path) -> None:
    """Of each dataset the second and the fourth list's runs, without the very first, which opens it;
    stages of 1 ms and more."""
    first, *lines = text.splitlines()
    runs: dict[str, list[list[str]]] = {}
    for line in lines:
        row = json.loads(line)
        of_dataset = runs.setdefault(row["dataset"], [])
        if row["stage"] == "index":
            of_dataset.append([])
        if row["compute_s"] >= 0.001:
            of_dataset[-1].append(line)
    kept = [first]
    for of_dataset in runs.values():
        runs_a_list = len(of_dataset) // len(LIST_ROWS)
        for number, run in enumerate(of_dataset[1:]):
            if number // runs_a_list % 2 == 1:
                kept += run
    measurements = folder / "reference-measurements.jsonl"
    measurements.write_text("\n".join(kept) + "\n")
    (folder / "reference-models.json").write_text(
        subprocess.run([str(BENCH_PLAN), "models", str(measurements)], capture_output=True, text=True,
                       check=True).stdout)


def bench_plan(*arguments: str) -> Any:
    done = subprocess.run([str(BENCH_PLAN), *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def error(line: Json) -> float:
    return abs(line["predicted_s"] / line["measured_s"] - 1)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def covered(lines: list[Json]) -> float:
    inside = [line["least_s"] <= line["measured_s"] <= line["most_s"] for line in lines]
    return sum(inside) / len(inside)


def over_best(makespans: list[Json]) -> list[float]:
    """How much longer than the best measured way the way takes that was predicted to be fastest."""
    groups: dict[tuple[str, str], dict[str, list[Json]]] = {}
    for line in makespans:
        if line["way"].startswith("native"):
            group = groups.setdefault((line["dataset"], line["list"]), {})
            group.setdefault(line["way"], []).append(line)
    found = []
    for ways in groups.values():
        if len(ways) < 2:
            continue
        chosen = min(ways, key=lambda way: ways[way][0]["predicted_s"])
        took = {way: median(line["measured_s"] for line in ways[way]) for way in ways}
        found.append(took[chosen] / min(took.values()) - 1)
    return found


def summary(runs: list[Json], held_out: Json, clouds: list[Json]) -> Json:
    stages = [line for line in held_out["stages"] if line["measured_s"] >= LEAST_S]
    makespans = held_out["makespans"]
    native = [line for line in makespans if line["way"].startswith("native")]
    promised = [line for line in stages if line["level"] > 0]
    used = [run["peak_memory_bytes"] / run["memory_bound_bytes"] for run in runs
            if run["memory_bound_bytes"]]
    usual = [line for line in clouds if 50e6 <= line["ibd_bytes"] <= 1e9]
    return {
        "stage_error_median": median(map(error, stages)),
        "makespan_error_median": median(map(error, native)),
        "makespan_error_p95": percentile(list(map(error, native)), 0.95),
        "interval_coverage": covered(promised),
        "cost_over_best": max(over_best(makespans), default=0),
        "gbs_vs_metaspace": max(line["exact_within_metaspace"]["gb_s"] / line["metaspace"]["gb_s"]
                                for line in usual),
        "oom_retries": 0,
        "stage_error_median_all": median(map(error, held_out["stages"])),
        "makespan_error_median_wasm": median(
            [error(line) for line in makespans if not line["way"].startswith("native")] or [0]),
        "cost_over_best_median": median(over_best(makespans) or [0]),
        "memory_used_over_bound_max": max(used),
        "memory_used_over_bound_median": median(used),
        "memory_bound_exceeded": sum(value > 1 for value in used),
        "solver_s_max": max(line["solver_s"] for line in clouds),
        "datasets": len({run["dataset"] for run in runs}),
        "runs": len(runs),
        "stages": len(stages),
    }


GOALS = [
    ("stage_error_median", "stage error, median (stages of 10 ms and more)", "<= 8 %", 0.08, "most"),
    ("makespan_error_median", "makespan error, median, local threads", "<= 10 %", 0.10, "most"),
    ("makespan_error_p95", "makespan error, 95th percentile", "<= 20 %", 0.20, "most"),
    ("interval_coverage", "90 % intervals hold", "87 to 93 %", (0.87, 0.93), "between"),
    ("cost_over_best", "chosen way against the best measured one, worst case", "<= 10 %", 0.10,
     "most"),
    ("gbs_vs_metaspace", "GB-seconds against METASPACE's rules, 50 MB to 1 GB, worst case",
     "<= 50 %", 0.5, "most"),
    ("oom_retries", "runs that ran out of memory", "0", 0, "most"),
    ("memory_used_over_bound_max", "memory used / bound, highest", "<= 100 %", 1.0, "most"),
    ("memory_used_over_bound_median", "memory used / bound, median", ">= 70 %", 0.7, "least"),
]


def is_met(value: float, bound: Any, kind: str) -> bool:
    if kind == "between":
        return bool(bound[0] <= value <= bound[1])
    return bool(value <= bound if kind == "most" else value >= bound)


def by(lines: list[Json], key: str) -> list[str]:
    rows = []
    for name in dict.fromkeys(line[key] for line in lines):
        own = [line for line in lines if line[key] == name]
        errors = list(map(error, own))
        rows.append(f"| {name} | {len(own)} | {median(errors):.1%} | "
                    f"{percentile(errors, 0.95):.1%} | {covered(own):.0%} |")
    return rows


def markdown(found: Json, held_out: Json, clouds: list[Json], about: Json) -> str:
    lines = [f"{found['runs']} runs of {found['datasets']} datasets, each predicted from the runs of "
             f"the others. {about['cpu']}, {about['cores']} cores, commit {about['commit']}, load "
             f"{about['load']} before and {about['load_after']} after.", "",
             "| what | found | reach | |", "| --- | --- | --- | --- |"]
    for key, what, reach, bound, kind in GOALS:
        value = found[key]
        shown = f"{value}" if key == "oom_retries" else f"{value:.1%}"
        met = "met" if is_met(value, bound, kind) else "not met"
        lines.append(f"| {what} | {shown} | {reach} | {met} |")
    stages = [line for line in held_out["stages"] if line["measured_s"] >= LEAST_S]
    header = "| {} | predictions | error, median | 95th percentile | in the 90 % range |"
    rule = "| --- | --- | --- | --- | --- |"
    lines += ["", header.format("stage"), rule, *by(stages, "stage")]
    lines += ["", header.format("whole runs"), rule, *by(held_out["makespans"], "way")]
    lines += ["", header.format("dataset, whole runs"), rule, *by(held_out["makespans"], "dataset")]
    lines += ["", "AWS Lambda and EC2, **simulated**: 265,680 ions; our plan with the least cost that"
              " is no slower than the rule's.", "",
              "| .ibd | METASPACE's rules | ours | GB-s | the note's search | ours | cost |"
              " solver |", "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for line in clouds:
        rule_, ours = line["metaspace"], line["exact_within_metaspace"]
        note, ours_note = line["note"], line["exact_within_note"]
        lines.append(
            f"| {line['ibd_bytes'] / 1e6:,.0f} MB | " + (
                f"{rule_['time_s']:.1f} s, {rule_['gb_s']:,.0f} GB-s | {ours['time_s']:.1f} s, "
                f"{ours['gb_s']:,.0f} GB-s | {ours['gb_s'] / rule_['gb_s']:.0%} | "
                if rule_ and ours else "not possible | | | ") + (
                f"{note['time_s']:.1f} s, ${note['cost_usd']:.4f} | {ours_note['time_s']:.1f} s, "
                f"${ours_note['cost_usd']:.4f} | {ours_note['cost_usd'] / note['cost_usd']:.0%} | "
                if note and ours_note else "not possible | | | ")
            + f"{line['solver_s']:.2f} s |")
    return "\n".join(lines) + "\n"


def with_rows_on_lines(content: Json) -> str:
    """JSON in which every row of a list, of which there are thousands, is one line."""
    parts = []
    for key, value in content.items():
        text = json.dumps(value)
        if isinstance(value, list) and value:
            text = "[\n" + ",\n".join("  " + json.dumps(row) for row in value) + "\n ]"
        parts.append(f" {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="keep the results in build/")
    parser.add_argument("--large", action="store_true", help="also 5e7 and 2e8 peaks (3 GB of disk)")
    parser.add_argument("--native", action="store_true", help="leave the module out")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--reference", type=Path,
                        help="a folder (data/models): also write what ships, the measurements as the "
                             "reference machine's and the models learned from them")
    options = parser.parse_args()
    about = machine()
    with tempfile.TemporaryDirectory(prefix="ionloom-bench-") as folder:
        work = Path(folder)
        runs = measure(options, work)
        (work / "runs.json").write_text(json.dumps(runs))
        held_out = bench_plan("held-out", str(work / "runs.json"))
        if options.reference:
            text = subprocess.run(
                [str(IONLOOM), "models", "export", "-"], capture_output=True, text=True, check=True,
                env={**os.environ, "IONLOOM_MEASUREMENTS": str(work / "bench.sqlite")})
            write_reference(text.stdout.replace('"device":"bench ', '"device":"reference '),
                            options.reference)
    clouds = bench_plan("clouds")
    about["load_after"] = round(os.getloadavg()[0], 2)
    found = summary(runs, held_out, clouds)
    table = markdown(found, held_out, clouds, about)
    print("\n" + table)
    target = results_folder(options.quick)
    (target / "plan.md").write_text(table)
    (target / "plan.json").write_text(
        with_rows_on_lines({**found, "machine": about, "clouds": clouds, **held_out}))


if __name__ == "__main__":
    main()
