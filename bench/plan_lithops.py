"""Whole runs on Lithops' localhost backend, predicted as plan_run.py does those on threads.

What a run computes is predicted by `ionloom plan --backend localhost` with the measurements of other datasets;
what Lithops takes beside it (its start, starting calls, waiting between them, fetching results) is learned from
the other runs on Lithops.
"""

import json
import math
import os
import subprocess
from pathlib import Path
from typing import Any

from compare import IONLOOM
from lithops_run import on_lithops
from measurement_rows import write_rows

Json = dict[str, Any]
LEVEL = 0.9
PROCESSES = 2  # that Lithops' localhost backend runs at once here


def lithops_runs(jobs: list[tuple[Path, Path]], work: Path) -> list[Json]:
    """A whole run of each job."""
    runs = []
    for number, (dataset, molecules) in enumerate(jobs):
        folder = work / f"lithops{number}"
        run = on_lithops(dataset.absolute(), molecules.absolute(), work / f"lithops-results{number}", folder)
        runs.append({"dataset": dataset.stem, "list": molecules.stem, "way": "lithops localhost",
                     "measured_s": run.seconds, "stages_s": run.stages_s, "imzml": str(dataset),
                     "molecules": str(molecules)})
        print(f"{dataset.stem}, {molecules.stem}, on Lithops: {run.seconds:.1f} s", flush=True)
    return runs


def planned_s(run: Json, measurements: list[Json], work: Path) -> float:
    """What `ionloom plan` says of the job when it knows these measurements."""
    rows = work / "others.jsonl"
    write_rows(rows, measurements)
    database = work / f"others-{run['dataset']}.sqlite"
    environment = {**os.environ, "IONLOOM_MEASUREMENTS": str(database), "IONLOOM_DEVICE": "bench"}
    if not database.exists():
        subprocess.run([str(IONLOOM), "models", "import", str(rows)], env=environment, check=True,
                       capture_output=True)
    done = subprocess.run([str(IONLOOM), "plan", run["imzml"], "-m", run["molecules"], "--backend", "localhost",
                           "--json"], env=environment, check=True, capture_output=True, text=True)
    choices = json.loads(done.stdout)["choices"]
    return float(next(choice for choice in choices if choice["threads"] == min(PROCESSES, len(choices)))["median_s"])


def overhead_of(runs: list[Json]) -> tuple[float, float]:
    """Seconds a run, and seconds a planned second: the least squares of relative errors, neither below 0."""
    def squares(fixed: float, factor: float) -> float:
        return sum(((fixed + factor * run["planned_s"]) / run["measured_s"] - 1) ** 2 for run in runs)

    ones = [1 / run["measured_s"] for run in runs]
    planned = [run["planned_s"] / run["measured_s"] for run in runs]
    aa = sum(x * x for x in ones)
    bb = sum(x * x for x in planned)
    ab = sum(x * y for x, y in zip(ones, planned, strict=True))
    candidates = [(sum(ones) / aa, 0.0), (0.0, sum(planned) / bb)]
    if (determinant := aa * bb - ab * ab) > 1e-12 * aa * bb:
        both = ((sum(ones) * bb - sum(planned) * ab) / determinant,
                (sum(planned) * aa - sum(ones) * ab) / determinant)
        if min(both) >= 0:
            candidates.append(both)
    return min(candidates, key=lambda pair: squares(*pair))


def predicted(run: Json, others: list[Json]) -> float:
    fixed, factor = overhead_of(others)
    return fixed + factor * float(run["planned_s"])


def predicted_lithops_runs(runs: list[Json], rows: list[tuple[str, list[Json]]], work: Path) -> list[Json]:
    """Each run from the other datasets' measurements (`rows`, by dataset) and the other runs on Lithops; its range
    from how far each of those lies from what the rest say of it (split conformal)."""
    for run in runs:
        measurements = [row for dataset, own in rows if dataset != run["dataset"] for row in own]
        run["planned_s"] = planned_s(run, measurements, work)
    lines = []
    for run in runs:
        others = [other for other in runs if other is not run]
        scores = sorted(abs(math.log(other["measured_s"] / predicted(other, [o for o in others if o is not other])))
                        for other in others)
        rank = min(math.ceil((len(scores) + 1) * LEVEL - 1e-9), len(scores))
        middle, width = predicted(run, others), math.exp(scores[rank - 1])
        lines.append({**{key: run[key] for key in ("dataset", "list", "way", "measured_s", "planned_s", "stages_s")},
                      "predicted_s": middle, "least_s": middle / width, "most_s": middle * width,
                      "level": min(LEVEL, 1 - 1 / (len(scores) + 1))})
    return lines
