"""Adds to the models that ship how ways of running compare: tasks natively and interpreted.

Run by scripts/bench-python's Python from the repository's folder, after `plan_run.py --reference` has
measured the reference machine, or on any other machine: every job runs in the compiled module, natively as
the same tasks, interpreted, and in the module again, and of each stage the ratio to the module's time (the mean of
those before and after) is kept, times what the models say that the module takes on the reference machine. Then all
sizes of the self-test are run, and their times are multiplied, stage by stage, with what makes the module here as
fast as there (a median over all jobs). So kappas of a device are told against the same work, run in the same way
(docs/formats/device.md).
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
from plan_lithops import FIRST_LINE
from plan_run import BENCH_PLAN, annotate, devices, lists
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


class Reference:
    """What the models that ship say of the reference machine."""

    def __init__(self, models: Path, work: Path) -> None:
        self._models = models
        self._rows = work / "rows.jsonl"

    def seconds(self, rows: dict[str, Json]) -> dict[str, float]:
        """What each stage's work takes there on one thread, run in the same way; without those of which nobody
        knows."""
        there = [{**row, "device": "reference " + row["device"].split(" ", 1)[1]} for row in rows.values()]
        self._rows.write_text("\n".join([FIRST_LINE, *map(json.dumps, there)]) + "\n")
        told = json.loads(subprocess.run([str(BENCH_PLAN), "predict", str(self._models), str(self._rows)],
                                         capture_output=True, text=True, check=True).stdout)
        return {stage: seconds for stage, seconds in zip(rows, told, strict=True) if seconds is not None}


def calm_s(row: Json) -> float:
    """As long as it would have taken on a core of its own (docs/formats/measurements.md)."""
    return float(row["compute_s"]) * pace(row)


def pace(row: Json) -> float:
    return float(row.get("pace", 1))


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


def measured(dataset: Path, molecules: Path, reference: Reference, work: Path,
             factors: dict[str, list[float]]) -> list[Json]:
    """Rows of the reference machine: tasks of all stages, natively and interpreted. Adds to factors, by stage,
    how much longer the module takes there than here."""
    module = rows_of(dataset, molecules, MODULE, work)  # also the warm-up
    reference_s = reference.seconds(module)
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
            if stage in reference_s:
                factors.setdefault(stage, []).append(reference_s[stage] / calm_s(row))
    found = []
    for key, row in rows.items():
        way, stage = key
        if stage not in reference_s:
            continue
        seconds = reference_s[stage] * geometric_mean(calmest(ratios[key]))
        if seconds >= LEAST_S:
            # Native tasks of all stages: what threads take is measured at other times, with other modules.
            found.append(row_of(row, f"{'native-disk' if way == 'native' else row['device'].split()[-2]} x1",
                                seconds))
    return found


def one_self_test(runtime: str, database: Path) -> list[Json]:
    """Rows of every size of the self-test on one thread."""
    subprocess.run([str(IONLOOM), "calibrate", "--thorough", "--device", "bench", "--runtime", runtime],
                   check=True, env={**os.environ, "IONLOOM_MEASUREMENTS": str(database)})
    return [row for row in devices(database)
            if row["device"].startswith("bench ") and row["device"].endswith(" x1")]


def self_tests(factors: dict[str, list[float]], work: Path) -> list[Json]:
    """Rows of the reference machine for every size of the self-test: the middle of the calmest of some, by turns.
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

    return [row_of(rows[0], device, middle(stage, dataset, rows) * median(factors[stage]))
            for (stage, device, dataset), rows in found.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="with what ships (data/models): both files are made anew")
    options = parser.parse_args()
    file = options.folder / "reference-measurements.jsonl"
    added: list[Json] = []
    factors: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="ionloom-bench-", dir="/dev/shm") as folder:
        os.environ["IONLOOM_PACE"] = str(Path(folder) / "pace")
        reference = Reference(options.folder / "reference-models.json", Path(folder))
        *molecules, longest = lists(Path(folder), LIST_ROWS)
        for side, peaks in SIMULATED:
            dataset = simulated(side, peaks, 200, longest)
            for path in molecules[: 4 if side * side <= FEW_PIXELS else 3]:
                added += measured(dataset, path, reference, Path(folder), factors)
                print(f"{dataset.stem}, {path.stem}: {len(added)} rows", flush=True)
        tests = self_tests(factors, Path(folder))
    tested = {row["dataset"] for row in tests}
    added += tests

    def is_older(row: Json) -> bool:
        return (row["device"].split()[-2] in ("native-disk", "interpreted", "interpreted-disk")
                or row["dataset"] in tested)

    kept = [line for line in file.read_text().splitlines()[1:] if not is_older(json.loads(line))]
    lines = [json.dumps(row, separators=(",", ":")) for row in added]
    file.write_text("\n".join([FIRST_LINE, *kept, *lines]) + "\n")
    (options.folder / "reference-models.json").write_text(
        subprocess.run([str(BENCH_PLAN), "models", str(file)], capture_output=True, text=True,
                       check=True).stdout)


if __name__ == "__main__":
    main()
