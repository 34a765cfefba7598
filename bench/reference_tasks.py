"""Adds to the models that ship how ways of running compare: tasks natively and interpreted.

Run by scripts/bench-python's Python from the repository's folder, after `plan_run.py --reference` has
measured the reference machine, or on any other machine: every job runs in the compiled module, natively as
the same tasks, interpreted, and in the module again. Kept are what the module takes, and the other ways by
their ratio to it (to the mean of those before and after), so that all three are learned from the same work. Then
all sizes of the self-test are run. All times are multiplied, stage by stage, with what makes the module here as fast
as it is on the reference machine (a median over all jobs, by the models of both together). So kappas of a device
are told against the same work, run in the same way (docs/formats/device.md).
"""

import argparse
import itertools
import json
import os
import subprocess
import tempfile
from pathlib import Path
from statistics import geometric_mean, mean, median
from typing import Any

from calmest import Timed, calmest
from compare import IONLOOM
from measurement_rows import BENCH_PLAN, learned_text, write_rows
from plan_run import annotate, devices, lists
from whole_runs import simulated

Json = dict[str, Any]
SIMULATED = [(16, 100), (24, 300), (32, 1000), (40, 300), (48, 400), (48, 1000), (64, 300), (64, 1000), (96, 600)]
LIST_ROWS = [250, 500, 1000, 4000, 12000]  # datasets are simulated of the last
FEW_PIXELS = 1024  # up to which the fourth list is annotated as well: the interpreter takes minutes
MODULE = ["--runtime", "wasm"]
WAYS = {"native": ["--store", "memory:"], "interpreted": ["--runtime", "interpreted"]}
LEAST_S = 0.001
ROUNDS = 2
SELF_TESTS = 4
SCALINGS = 6


def calm_s(row: Json) -> float:
    """As long as it would have taken on a core of its own (docs/formats/measurements.md)."""
    return float(row["compute_s"]) * pace(row)


def pace(row: Json) -> float:
    return float(row.get("pace", 1))


def way_of(row: Json) -> str:
    """"native", "wasm-disk" ...: how its device ran."""
    return str(row["device"]).split()[-2]


def work_of(row: Json) -> str:
    """What was measured, and on which device."""
    return json.dumps([row[key] for key in ("stage", "device", "dataset", "counts")], sort_keys=True)


def row_of(row: Json, device: str, seconds: float) -> Json:
    return {**{key: value for key, value in row.items() if key != "pace"},
            "device": f"reference {device}", "compute_s": seconds}


def rows_of(dataset: Path, molecules: Path, how: list[str], work: Path) -> dict[str, Json]:
    """A run's measurements, by stage."""
    database = work / "tasks.sqlite"
    record = annotate(dataset, molecules, [*how, "--threads", "1"], work, database)
    if record is None:
        raise SystemExit(f"{dataset.name} cannot be annotated")
    return {row["stage"]: row for row in devices(database)[-len(record["stages"]):]}


def measured(dataset: Path, molecules: Path, work: Path) -> list[Json]:
    """Rows of tasks of all stages, in the module, natively and interpreted, as this machine takes; of the module
    the middle, of the others their ratio to it."""
    module = rows_of(dataset, molecules, MODULE, work)  # also the warm-up
    module_s: dict[str, list[Timed]] = {}
    ratios: dict[tuple[str, str], list[Timed]] = {}  # with the least pace of what they compare
    rows: dict[tuple[str, str], Json] = {}
    for _ in range(ROUNDS):
        own = {way: rows_of(dataset, molecules, how, work) for way, how in WAYS.items()}
        after = rows_of(dataset, molecules, MODULE, work)
        for way, stages in own.items():
            for stage, row in stages.items():
                around = [module[stage], after[stage]]
                ratio = Timed(calm_s(row) / mean(map(calm_s, around)), min(map(pace, [row, *around])))
                ratios.setdefault((way, stage), []).append(ratio)
                rows[way, stage] = row
        module = after
        for stage, row in module.items():
            module_s.setdefault(stage, []).append(Timed(calm_s(row), pace(row)))
    found = []
    for stage, times in module_s.items():
        here_s = median(calmest(times))
        of_ways = {"wasm": (module[stage], 1.0)}
        of_ways |= {way: (rows[way, stage], geometric_mean(calmest(ratios[way, stage]))) for way in WAYS}
        for way, (row, ratio) in of_ways.items():
            if here_s * ratio >= LEAST_S:
                # Native tasks of all stages: what threads take is measured at other times, with other modules.
                name = "native-disk" if way == "native" else way_of(row)
                found.append(row_of(row, f"{name} x1", here_s * ratio))
    return found


def one_self_test(runtime: str, database: Path) -> list[Json]:
    """Rows of every size of the self-test on one thread."""
    subprocess.run([str(IONLOOM), "calibrate", "--thorough", "--device", "bench", "--runtime", runtime],
                   check=True, env={**os.environ, "IONLOOM_MEASUREMENTS": str(database)})
    return [row for row in devices(database)
            if row["device"].startswith("bench ") and row["device"].endswith(" x1")]


def self_tests(work: Path) -> list[Json]:
    """Rows of every size of the self-test as this machine takes: the middle of the calmest of some, by turns.
    Reading the imzML is the same code in every way of running, of which all count."""
    found: dict[tuple[str, str, str], list[Json]] = {}
    for turn, runtime in itertools.product(range(SELF_TESTS), ("native", "wasm", "interpreted")):
        if turn > 0 and runtime == "interpreted":
            continue  # takes minutes
        for row in one_self_test(runtime, work / f"{runtime}{turn}.sqlite"):
            found.setdefault((row["stage"], row["device"].removeprefix("bench "), row["dataset"]), []).append(row)

    def middle(stage: str, dataset: str, rows: list[Json]) -> float:
        alike = [row for (other, _, where), all_rows in found.items() for row in all_rows
                 if (other, where) == (stage, dataset)] if stage == "index" else rows
        return median(calmest([Timed(calm_s(row), pace(row)) for row in alike]))

    return [row_of(rows[0], device, middle(stage, dataset, rows))
            for (stage, device, dataset), rows in found.items()]


def predicted(rows: list[Json], models: str, work: Path) -> list[float | None]:
    """What models say that each row's work takes on its device, seconds."""
    asked, told_by = work / "asked.jsonl", work / "models.json"
    write_rows(asked, rows)
    told_by.write_text(models)
    told: list[float | None] = json.loads(subprocess.run(
        [str(BENCH_PLAN), "predict", str(told_by), str(asked)], capture_output=True, text=True, check=True).stdout)
    return told


def scaled(added: list[Json], kept: list[Json], work: Path) -> tuple[list[Json], str]:
    """Added rows as long as they would take where the kept ones were measured, and the models of both: so that of
    each stage the module takes what it should by these. They change with what is added, a little."""
    def learned(rows: list[Json]) -> str:
        write_rows(work / "rows.jsonl", rows)
        return learned_text(work / "rows.jsonl")

    rows, models = added, learned(kept)
    for _ in range(SCALINGS):
        factors: dict[str, list[float]] = {}
        module = [row for row in rows if way_of(row) in ("wasm", "wasm-disk")]
        for row, told in zip(module, predicted(module, models, work), strict=True):
            if told is not None:
                factors.setdefault(row["stage"], []).append(told / row["compute_s"])
        rows = [{**row, "compute_s": row["compute_s"] * median(factors[row["stage"]])}
                for row in rows if row["stage"] in factors]
        models = learned(kept + rows)
    return rows, models


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="with what ships (data/models): both files are made anew")
    options = parser.parse_args()
    file = options.folder / "reference-measurements.jsonl"
    added: list[Json] = []
    with tempfile.TemporaryDirectory(prefix="ionloom-bench-", dir="/dev/shm") as folder:
        work = Path(folder)
        os.environ["IONLOOM_PACE"] = str(work / "pace")
        *molecules, longest = lists(work, LIST_ROWS)
        for side, peaks in SIMULATED:
            dataset = simulated(side, peaks, 200, longest)
            for path in molecules[: 4 if side * side <= FEW_PIXELS else 3]:
                added += measured(dataset, path, work)
                print(f"{dataset.stem}, {path.stem}: {len(added)} rows", flush=True)
        added += self_tests(work)
        works = {work_of(row) for row in added}

        def is_older(row: Json) -> bool:
            return way_of(row) in ("native-disk", "interpreted", "interpreted-disk") or work_of(row) in works

        kept = [row for row in map(json.loads, file.read_text().splitlines()[1:]) if not is_older(row)]
        rows, models = scaled(added, kept, work)
    write_rows(file, kept + rows)
    (options.folder / "reference-models.json").write_text(models)


if __name__ == "__main__":
    main()
