"""`make bench-edge`: how well ionloom knows devices and places stages on them.

Run by scripts/bench-python's Python from the repository's folder. Devices are emulated on this machine:
the stages natively, in the compiled module or in the interpreted one, with a share of a processor. Each
gets self-tests (`ionloom calibrate`), every one of which is compared with runs of other sizes; then placements
are drawn up for sites with these devices, each known by one of its self-tests, and what they would take by the
measured times is compared with the best of all placements. Last, the best and the second-best placement of
some emulated sites are run, and compared with what was predicted (edge_runs.py). Writes
bench/results/edge.json and edge.md (QUICK: to build/bench-results/).
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from math import sqrt
from pathlib import Path
from statistics import mean, median
from typing import Any

from calmest import Timed, calmest
from compare import BUILD, IONLOOM
from edge_devices import Device, can_make_groups, run_on
from plan_report import percentile
from plan_run import lists
from run import machine, results_folder
from whole_runs import simulated

BENCH_EDGE = BUILD / "bin/bench_edge"
LEAST_S = 0.02  # on the reference: what kappas of shorter stages are told by is no measurement either
ENVIRONMENTS = 250
Json = dict[str, Any]

REFERENCE = Device("native", "native", 1)
DEVICES = [REFERENCE, Device("native-half", "native", 0.5), Device("native-fifth", "native", 0.2),
           Device("wasm", "wasm", 1), Device("wasm-half", "wasm", 0.5),
           Device("wasm-fifth", "wasm", 0.2), Device("interpreted", "interpreted", 1),
           Device("interpreted-half", "interpreted", 0.5)]
# Pixels to a side, peaks of the median pixel.
SIZES = [(48, 1000), (80, 1000)]
QUICK_SIZES = SIZES[:1]
# Rows; datasets are simulated of the longest, which would keep the interpreter for many minutes.
LISTS = [800, 1900, 12000]
SELF_TESTS = 3  # of each device, quick ones 1
REFERENCE_RUNS = 2  # before and after each run of a device
REPEATS, MOST_S = 3, 25  # of a device's run, unless that takes longer in all
# Of the real runs: pixels to a side and peaks; quick ones have one environment.
RUN_SIZE, QUICK_RUN_SIZE = (96, 1000), (32, 1000)
RUN_ERROR = 0.20


class Bench:
    """Runs whose results and measurements lie in memory (a tmpfs, where there is one): a disk's times
    are not a device's."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.environment = {**os.environ, "TMPDIR": str(work), "IONLOOM_PACE": str(work / "pace")}
        self.runs = 0

    def ionloom(self, device: Device, *arguments: str) -> str:
        return run_on(device, [str(IONLOOM), *arguments],
                      {**self.environment, "IONLOOM_DEVICE": device.name})

    def kappas(self, device: Device) -> dict[str, float]:
        """By one self-test of the device, against the machine of ionloom's defaults, for the usual job."""
        self.runs += 1
        folder = self.work / f"test{self.runs}"
        folder.mkdir()
        self.environment["IONLOOM_MEASUREMENTS"] = str(folder / "edge.sqlite")
        self.ionloom(device, "calibrate", "--device", device.name, "--runtime", device.runtime)
        self.ionloom(device, "devices", "add", device.name, "--device", device.name, "--runtime",
                     device.record_runtime)
        records = json.loads(self.ionloom(device, "devices", "list", "--json", "--filled"))
        return dict(records[0]["kappa"])

    def run(self, device: Device, dataset: Path, molecules: Path) -> Json:
        """Tasks, natively as well: runs over sites are made of them."""
        self.runs += 1
        folder = self.work / f"out{self.runs}"
        self.ionloom(device, "annotate", str(dataset), "-m", str(molecules), "-o", str(folder),
                     "--targeted", "no", "--no-pattern-cache", "--no-measurements", "--threads", "1",
                     "--runtime", device.runtime,
                     *(["--store", "memory:"] if device.runtime == "native" else []))
        record: Json = json.loads((folder / "run.json").read_text())
        record["result_bytes"] = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
        shutil.rmtree(folder)
        return record

    def planned(self, dataset: Path, molecules: Path, record: Json) -> Json:
        """What a placement has to know of a dataset with a list, and what plans multiply kappas of each way
        of running with for it."""
        runtimes = list(dict.fromkeys(device.record_runtime for device in DEVICES))
        stages = ("index", "ions", "patterns", "ingest", "annotate", "rank", "images")
        sites = self.work / "sites.toml"
        text = ""
        for runtime in runtimes:
            (self.work / f"{runtime}.json").write_text(json.dumps({
                "ionloom_device": 1, "name": runtime, "instruction_set": os.uname().machine, "cores": 1,
                "memory_bytes": 1 << 33, "runtime": runtime, "kappa": dict.fromkeys(stages, 1)}))
            text += (f'[[site]]\nname = "{runtime}"\ndevice = "{runtime}.json"\n'
                     "up_mbit_s = 100\ndown_mbit_s = 100\n")
        sites.write_text(text)
        plan = json.loads(self.ionloom(REFERENCE, "plan", str(dataset), "-m", str(molecules),
                                       "--targeted", "no", "--sites", str(sites), "--json"))
        counts = record["counts"]
        sizes = ("raw_bytes", "run_bytes", "packed_share", "window_share", "header_bytes")
        return {**{key: plan[key] for key in sizes},
                "ion_table_bytes": 76 * counts["ions"], "result_bytes": record["result_bytes"],
                "module_s": plan["module_s"],
                "factors": {site["site"]: site["kappa"] for site in plan["plan"]["sites"]}}


def memory_folder() -> str | None:
    folder = Path("/dev/shm")
    return str(folder) if folder.is_dir() and os.access(folder, os.W_OK) else None


def stage_name(name: str) -> str:
    return "images" if name == "write" else name


Times = dict[str, Timed]


def times_of(record: Json) -> Times:
    """What each stage would have taken on a core of its own (docs/formats/run-json.md)."""
    return {stage_name(stage["name"]): Timed(stage["seconds"] * stage.get("pace", 1), stage.get("pace", 1))
            for stage in record["stages"]}


def middles(records: list[Times]) -> dict[str, float]:
    """Medians of the calmest."""
    return {stage: median(calmest([record[stage] for record in records])) for stage in records[0]
            if all(stage in record for record in records)}


def medians(records: list[dict[str, float]]) -> dict[str, float]:
    return {stage: median(record[stage] for record in records) for stage in records[0]
            if all(stage in record for record in records)}


def self_tests(bench: Bench, quick: bool) -> list[Json]:
    """The reference's kappas by its first self-test (`own`), against what ships; the others' kappas against the
    reference, whose own self-tests ran just before and just after: the machine that emulates the devices is not
    always as fast. All devices by turns, so that a slow minute is not always the same one's."""
    own = before = bench.kappas(REFERENCE)
    tests: dict[str, list[dict[str, float]]] = {
        device.name: [] for device in DEVICES[1:]}
    for _ in range(1 if quick else SELF_TESTS):
        for device in DEVICES[1:]:
            kappas, after = bench.kappas(device), bench.kappas(REFERENCE)
            kappas = {stage: kappa / sqrt(before[stage] * after[stage])
                      for stage, kappa in kappas.items() if stage in before and stage in after}
            before = after
            print(f"{device.name}: " + ", ".join(f"{k} {v:.3g}" for k, v in kappas.items()), flush=True)
            tests[device.name].append(kappas)
    bench.environment["IONLOOM_MEASUREMENTS"] = str(bench.work / "test1" / "edge.sqlite")  # the reference's
    tests = {REFERENCE.name: [dict.fromkeys(before, 1.0)], **tests}
    return [{"name": device.name, "runtime": device.record_runtime, "kappas": medians(tests[device.name]),
             "tests": tests[device.name], **({"own": own} if device is REFERENCE else {})} for device in DEVICES]


def measure_job(bench: Bench, devices: list[Json], dataset: Path, molecules: Path, quick: bool) -> Json:
    """Each device's runs in turn with the reference's, of which every stage is a multiple. `repeats` has the
    multiples one by one: how far they are apart is what measuring comes to. `kappas` are what each self-test
    says of this job, `predicted` what plans over sites have the reference take."""
    records = [bench.run(REFERENCE, dataset, molecules)]
    job: Json = {"name": f"{dataset.stem} {molecules.stem}",
                 **bench.planned(dataset, molecules, records[0])}
    usual = job["factors"][REFERENCE.record_runtime]
    job["predicted"] = {stage: job["module_s"][stage] * kappa * usual[stage]
                        for stage, kappa in devices[0]["own"].items()}
    job["kappas"] = {
        device["name"]: [{stage: kappa * job["factors"][device["runtime"]][stage] / usual[stage]
                          for stage, kappa in test.items()} for test in device["tests"]]
        for device in devices}

    def some_references() -> list[Times]:
        return [times_of(bench.run(REFERENCE, dataset, molecules)) for _ in range(REFERENCE_RUNS)]

    before = references = some_references()
    kappas: dict[str, list[Times]] = {}
    for device in DEVICES[1:]:
        own = kappas.setdefault(device.name, [])
        spent_s = 0.0
        while not own or (not quick and len(own) < REPEATS and spent_s * (len(own) + 1) / len(own) < MOST_S):
            took = times_of(bench.run(device, dataset, molecules))
            spent_s += sum(one.value for one in took.values())
            after = some_references()
            around = middles(before + after)
            own.append({stage: Timed(one.value / around[stage], one.pace) for stage, one in took.items()})
            before = after
            references = references + after
    reference = middles(references)
    job["repeats"] = {name: [{stage: one.value for stage, one in times.items()} for times in repeats]
                      for name, repeats in kappas.items()}
    job["seconds"] = {REFERENCE.name: reference}
    for name, all_kappas in kappas.items():
        job["seconds"][name] = {stage: kappa * reference[stage]
                                for stage, kappa in middles(all_kappas).items()}
    return job


def measure(bench: Bench, quick: bool) -> Json:
    devices = self_tests(bench, quick)
    *molecules, longest = lists(bench.work, LISTS)
    jobs = []
    for side, peaks in QUICK_SIZES if quick else SIZES:
        dataset = simulated(side, peaks, 200, longest)
        for path in molecules:
            job = measure_job(bench, devices, dataset, path, quick)
            jobs.append(job)
            took = {name: sum(s.values()) for name, s in job["seconds"].items()}
            print(f"{job['name']}: " + ", ".join(f"{k} {v:.2f} s" for k, v in took.items()), flush=True)
    return {"devices": devices, "jobs": jobs}


def real_runs(work: Path, quick: bool, environments: int | None) -> Json:
    """Of each environment of emulated sites its best and second-best placement, predicted and measured; and
    which environments were passed over, because these are predicted to be too near for an order."""
    python = subprocess.run(["scripts/python-env"], check=True, capture_output=True, text=True).stdout.strip()
    package = work / "python" / "ionloom"
    package.mkdir(parents=True)
    for source in (*Path("python/ionloom").iterdir(), *(BUILD / "python/ionloom").glob("*.so")):
        (package / source.name).symlink_to(source.absolute())
    few, _, many = lists(work, LISTS)
    side, peaks = QUICK_RUN_SIZE if quick else RUN_SIZE
    environment = {**os.environ, "PYTHONPATH": str(work / "python"), "PYTHONDONTWRITEBYTECODE": "1",
                   "IONLOOM_COMMAND": str(IONLOOM.absolute()), "IONLOOM_BUILD": str(BUILD.absolute())}
    done = subprocess.run(
        [python, "bench/edge_runs.py", str(simulated(side, peaks, 200, many).absolute()),
         str(few), str(many)] + ([f"--environments={environments}"] if environments else []),
        env=environment, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit(f"bench/edge_runs.py ended with {done.returncode}")
    runs: Json = json.loads(done.stdout)
    return runs


def runs_table(environments: list[Json]) -> list[str]:
    lines = ["| environment | placement | predicted | measured | error | order |",
             "| --- | --- | --- | --- | --- | --- |"]
    for one in environments:
        what = one["emulated"]
        about = (f"{one['environment']} ({what['lab_share']:g} and {what['cloud_share']:g} of a core, "
                 f"{what['runtime']}, {what['mbit_s']:g} Mb/s, {what['latency_ms']:g} ms)")
        order = "as predicted" if one["order_agrees"] else "the other way round"
        for run in one["runs"]:
            lines.append(f"| {about} | {run['placement']} | {run['predicted_s']:.1f} s | "
                         f"{run['measured_s']:.1f} s | {run['error']:.0%} | {order} |")
            about = order = ""
    return lines


def transfer(measured: Json) -> list[Json]:
    """Kappas of every self-test, and of the middle of a device's, against those of every job."""
    lines = []
    for device in measured["devices"][1:]:
        for job in measured["jobs"]:
            here, there = job["seconds"][REFERENCE.name], job["seconds"][device["name"]]
            tests = job["kappas"][device["name"]]
            for stage, middle in medians(tests).items():
                if here.get(stage, 0) < LEAST_S or stage not in there:
                    continue
                true = there[stage] / here[stage]
                repeats = [one[stage] for one in job["repeats"][device["name"]]]
                lines.append({"device": device["name"], "job": job["name"], "stage": stage,
                              "kappas": [test[stage] for test in tests], "true": true,
                              "errors": [abs(test[stage] / true - 1) for test in tests],
                              "middle_error": abs(middle / true - 1),
                              "spread": [abs(one / true - 1) for one in repeats if len(repeats) > 1]})
    return lines


def transfer_table(lines: list[Json], key: str) -> list[str]:
    """Errors of one self-test each, of the middle of a device's, and how far repeats of the same run are from
    their median."""
    rows = [f"| {key} | cases | one self-test, mean error | 95 % below | middle of {SELF_TESTS} | repeats of a run |",
            "| --- | --- | --- | --- | --- | --- |"]
    for name in dict.fromkeys(line[key] for line in lines):
        own = [line for line in lines if line[key] == name]
        errors = [error for line in own for error in line["errors"]]
        apart = [one for line in own for one in line["spread"]]
        rows.append(f"| {name} | {len(errors)} | {mean(errors):.1%} | {percentile(errors, 0.95):.1%} | "
                    f"{mean(line['middle_error'] for line in own):.1%} | "
                    + (f"{mean(apart):.1%} |" if apart else " |"))
    return rows


def table(lines: list[Json], key: str) -> list[str]:
    rows = [f"| {key} | cases | error, mean | 95 % below |", "| --- | --- | --- | --- |"]
    for name in dict.fromkeys(line[key] for line in lines):
        errors = [line["error"] for line in lines if line[key] == name]
        rows.append(f"| {name} | {len(errors)} | {mean(errors):.1%} | {percentile(errors, 0.95):.1%} |")
    return rows


def markdown(found: Json, about: Json, details: Json) -> str:
    regret = details["regret"]
    cells = [
        ("kappa after one self-test, worst stage's mean error", found["kappa_transfer_error"], 0.10),
        ("kappa after three self-tests, worst stage's mean error", found["kappa_transfer_error_of_three"], 0.10),
        ("kappa filled from other devices, mean error", found["leave_one_device_out_error"], 0.20),
        ("regret of the placement, median", found["regret_median"], 0.05),
        ("regret of the placement, 95 % below", found["regret_p95"], 0.15),
        ("against the best rule in each environment, worst", regret["over_best_rule"]["most"], 0.15),
    ]
    lines = [f"Devices are **emulated** on {about['cpu']}, {about['cores']} cores, commit "
             f"{about['commit']}: the stages natively, in the compiled module or interpreted, with a share "
             f"of a processor ({'cgroup quota' if can_make_groups() else 'stopped by turns'}). Load "
             f"{about['load']} before and {about['load_after']} after. Stages' times but those of the real runs are "
             "as on a core that no other guest shares (docs/decisions/011).", "",
             "| what | found | reach | |", "| --- | --- | --- | --- |"]
    lines += [f"| {what} | {value:.1%} | <= {bound:.0%} | {'met' if value <= bound else 'not met'} |"
              for what, value, bound in cells]
    if found["real_runs"]:
        errors = [run["error"] for one in details["runs"] for run in one["runs"]]
        within = sum(error <= RUN_ERROR for error in errors)
        agree = sum(one["order_agrees"] for one in details["runs"])
        lines += ["", f"{len(errors)} real runs over emulated sites (network namespaces, tc tbf, cgroup quota, "
                  f"latency by a relay): {within} within {RUN_ERROR:.0%} of the predicted time, "
                  f"{agree} of {len(details['runs'])} environments in the predicted order. Times are of the "
                  "whole command, Lithops' start included. Passed over, because best and runner-up are predicted "
                  f"too near for an order: {', '.join(details['passed_over']) or 'none'}.", "",
                  *runs_table(details["runs"])]
    lines += ["", f"{found['environments']} drawn environments of two or three of these devices, links of "
              "1 Mb/s to 1 Gb/s; what a placement takes is computed from the measured times of the stages.",
              "", "| placement | regret, mean | median | 95 % below |", "| --- | --- | --- | --- |"]
    for name, what in (("ours", "ionloom"), ("edge", "always edge"), ("cloud", "always cloud"),
                       ("heft", "HEFT"), ("greedy", "stage by stage, as the note")):
        one = regret[name]
        lines.append(f"| {what} | {one['mean']:.1%} | {one['median']:.1%} | {one['p95']:.1%} |")
    lines += ["", "Kappa after a self-test of under 10 s, against runs of other sizes:", "",
              *transfer_table(details["transfer"], "stage"), "", *transfer_table(details["transfer"], "device")]
    lines += ["", "Kappa of which one stage was measured, the others filled:", "",
              *table(details["left_out"], "stage"), "", *table(details["left_out"], "device")]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one size; keep the results in build/")
    parser.add_argument("--measured", type=Path, help="take measurements of an earlier call")
    parser.add_argument("--environments", type=int, help="of real runs over sites (four, quick ones one)")
    parser.add_argument("--no-runs", action="store_true", help="leave out the real runs over sites")
    options = parser.parse_args()
    about = machine()
    target = results_folder(options.quick)
    with tempfile.TemporaryDirectory(prefix="ionloom-bench-", dir=memory_folder()) as folder:
        work = Path(folder)
        measured: Json
        if options.measured:
            measured = json.loads(options.measured.read_text())
        else:
            measured = measure(Bench(work), options.quick)
        (work / "measured.json").write_text(json.dumps(measured))
        (BUILD / "edge-measured.json").write_text(json.dumps(measured))
        done = subprocess.run([str(BENCH_EDGE), str(work / "measured.json"), str(ENVIRONMENTS)],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(done.stderr or f"bench_edge ended with {done.returncode}")
        wanted = options.environments or (1 if options.quick else None)
        ran = {} if options.no_runs else real_runs(work, options.quick, wanted)
    runs = ran.get("environments", [])
    details = {**json.loads(done.stdout), "transfer": transfer(measured), "runs": runs,
               "passed_over": ran.get("passed_over", [])}
    by_stage: dict[str, list[Json]] = {}
    for line in details["transfer"]:
        by_stage.setdefault(line["stage"], []).append(line)
    found = {
        "kappa_transfer_error": max(mean(mean(line["errors"]) for line in lines) for lines in by_stage.values()),
        "kappa_transfer_error_of_three": max(
            mean(line["middle_error"] for line in lines) for lines in by_stage.values()),
        "leave_one_device_out_error": mean(line["error"] for line in details["left_out"]),
        "regret_median": details["regret"]["ours"]["median"],
        "regret_p95": details["regret"]["ours"]["p95"],
        "environments": details["regret"]["environments"],
        "real_runs": sum(len(one["runs"]) for one in runs),
        "real_runs_within_20_percent": sum(run["error"] <= RUN_ERROR for one in runs for run in one["runs"]),
        "real_run_orders_as_predicted": sum(one["order_agrees"] for one in runs),
    }
    about["load_after"] = round(os.getloadavg()[0], 2)
    text = markdown(found, about, details)
    print("\n" + text)
    (target / "edge.md").write_text(text)
    (target / "edge.json").write_text(
        json.dumps({**found, "machine": about, **details, **measured}, indent=1) + "\n")


if __name__ == "__main__":
    main()
