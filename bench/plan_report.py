"""The tables of plan_run.py."""

from statistics import median
from typing import Any

LEAST_S = 0.01  # stages below it are told apart: a clock's and a scheduler's grain
Json = dict[str, Any]


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


def memory_used(runs: list[Json]) -> dict[str, list[float]]:
    """Peak memory over bound, by way."""
    used: dict[str, list[float]] = {}
    for run in runs:
        if run["memory_bound_bytes"]:
            used.setdefault(run["way"], []).append(run["peak_memory_bytes"] / run["memory_bound_bytes"])
    return used


def same_work_spread(stages: list[Json]) -> list[float]:
    """How far stages are from the middle of the same work in the same way: patterns and ions of a list, which
    do not depend on the dataset. What a machine does to its own times no prediction can tell."""
    groups: dict[tuple[str, str, str], list[float]] = {}
    for line in stages:
        if line["stage"] in ("patterns", "ions"):
            groups.setdefault((line["stage"], line["way"], line["list"]), []).append(line["measured_s"])
    return [abs(seconds / median(group) - 1) for group in groups.values() for seconds in group]


def same_work_line(found: Json) -> str:
    return (f"Patterns and ions of one list are the same work for every dataset: their times on this machine were "
            f"{found['same_work_spread_median']:.1%} (median) and {found['same_work_spread_p95']:.1%} (95th "
            f"percentile) from their middle, and no prediction can be nearer.")


def summary(runs: list[Json], held_out: Json, lithops: list[Json], clouds: list[Json]) -> Json:
    stages = [line for line in held_out["stages"] if line["measured_s"] >= LEAST_S]
    makespans = held_out["makespans"]
    native = [line for line in makespans if line["way"].startswith("native")]
    both = [*native, *lithops]
    promised = [line for line in stages if line["level"] > 0]
    used = [value for values in memory_used(runs).values() for value in values]
    same_work = same_work_spread(stages) or [0]
    usual = [line for line in clouds if 50e6 <= line["ibd_bytes"] <= 1e9]
    return {
        "stage_error_median": median(map(error, stages)),
        "makespan_error_median": median(map(error, both)),
        "makespan_error_p95": percentile(list(map(error, both)), 0.95),
        "interval_coverage": covered([*promised, *makespans, *lithops]),
        "cost_over_best": max(over_best(makespans), default=0),
        "gbs_vs_metaspace": max(line["exact_within_metaspace"]["gb_s"] / line["metaspace"]["gb_s"]
                                for line in usual),
        "oom_retries": 0,
        "stage_error_median_all": median(map(error, held_out["stages"])),
        "makespan_error_median_threads": median(map(error, native)),
        "makespan_error_p95_threads": percentile(list(map(error, native)), 0.95),
        "makespan_error_median_lithops": median(map(error, lithops)) if lithops else None,
        "makespan_error_max_lithops": max(map(error, lithops), default=None),
        "makespan_error_median_wasm": median(
            [error(line) for line in makespans if not line["way"].startswith("native")] or [0]),
        "interval_coverage_stages": covered(promised),
        "interval_coverage_makespans": covered([*makespans, *lithops]),
        "cost_over_best_median": median(over_best(makespans) or [0]),
        "memory_used_over_bound_max": max(used),
        "memory_used_over_bound_median": median(used),
        "memory_bound_exceeded": sum(value > 1 for value in used),
        "same_work_spread_median": median(same_work),
        "same_work_spread_p95": percentile(same_work, 0.95),
        "solver_s_max": max(line["solver_s"] for line in clouds),
        "datasets": len({run["dataset"] for run in runs}),
        "runs": len(runs),
        "runs_on_lithops": len(lithops),
        "stages": len(stages),
    }


GOALS = [
    ("stage_error_median", "stage error, median (stages of 10 ms and more)", "<= 8 %", 0.08, "most"),
    ("makespan_error_median", "makespan error, median, local threads and Lithops", "<= 10 %", 0.10, "most"),
    ("makespan_error_p95", "makespan error, 95th percentile", "<= 20 %", 0.20, "most"),
    ("interval_coverage", "90 % intervals hold, of stages and of whole runs", "87 to 93 %",
     (0.87, 0.93), "between"),
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


def memory_table(runs: list[Json]) -> list[str]:
    lines = ["", "| memory used / bound | runs | least | median | highest |", "| --- | --- | --- | --- | --- |"]
    for way, used in memory_used(runs).items():
        lines.append(f"| {way} | {len(used)} | {min(used):.0%} | {median(used):.0%} | {max(used):.0%} |")
    return lines


def lithops_table(lithops: list[Json]) -> list[str]:
    """Nothing without runs on Lithops."""
    if not lithops:
        return []
    lines = ["", "| on Lithops' localhost backend | list | computing, as planned | whole run, predicted | measured |"
             " error |", "| --- | --- | --- | --- | --- | --- |"]
    for line in lithops:
        lines.append(f"| {line['dataset']} | {line['list']} | {line['planned_s']:.1f} s | {line['predicted_s']:.1f} s"
                     f" ({line['least_s']:.1f} to {line['most_s']:.1f}) | {line['measured_s']:.1f} s"
                     f" | {error(line):.1%} |")
    return lines


def markdown(found: Json, runs: list[Json], held_out: Json, lithops: list[Json], clouds: list[Json],
             about: Json) -> str:
    lines = [f"{found['runs']} runs of {found['datasets']} datasets (the middle one of three where they are short) "
             f"and {found['runs_on_lithops']} on Lithops' localhost backend, each predicted from the runs of "
             f"the others. {about['cpu']}, {about['cores']} cores, commit {about['commit']}, load "
             f"{about['load']} before and {about['load_after']} after.", "",
             "| what | found | reach | |", "| --- | --- | --- | --- |"]
    for key, what, reach, bound, kind in GOALS:
        value = found[key]
        shown = f"{value}" if key == "oom_retries" else f"{value:.1%}"
        met = "met" if is_met(value, bound, kind) else "not met"
        lines.append(f"| {what} | {shown} | {reach} | {met} |")
    lines += ["", same_work_line(found)]
    stages = [line for line in held_out["stages"] if line["measured_s"] >= LEAST_S]
    header = "| {} | predictions | error, median | 95th percentile | in the 90 % range |"
    rule = "| --- | --- | --- | --- | --- |"
    lines += ["", header.format("stage"), rule, *by(stages, "stage")]
    lines += ["", header.format("whole runs"), rule, *by([*held_out["makespans"], *lithops], "way")]
    lines += ["", header.format("dataset, whole runs"), rule, *by(held_out["makespans"], "dataset")]
    lines += memory_table(runs) + lithops_table(lithops)
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
