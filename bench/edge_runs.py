"""Real runs over emulated sites: the best and the second-best placement of each environment, predicted and
measured. Run by scripts/python-env's Python, from edge_run.py.

Sites are network namespaces of this machine with a rate (tc tbf) and a share of a processor (cgroup quota)
each, and a GEDS node; Lithops' localhost backend starts what runs there. Emulated are distance, speed and
size; processes and packets are real.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path("python/tests").absolute()))
from emulated_sites import Device, EmulatedSites, Host, emulated, why_no_cables  # noqa: E402

Json = dict[str, Any]
CLEAR = 1.25  # times as long as the best: the runner-up where an order can be told
TIMEOUT_S = 300


@dataclass(frozen=True)
class Environment:
    """Shares of a processor at the instrument and far away, and the link between."""

    name: str
    lab_share: float
    cloud_share: float
    mbit_s: float
    latency_ms: float = 0.0
    runtime: str = "native"
    formulas: str = "many"  # or "few"

    def devices(self) -> list[Device]:
        return [Device("lab", cpu_share=self.lab_share, mbit_s=self.mbit_s,
                       latency_ms=self.latency_ms, runtime=self.runtime),
                Device("cloud", cpu_share=self.cloud_share, mbit_s=1000.0, runtime=self.runtime)]


# The interpreter is slow: few formulas are as much work for it as many are for others. In this order, as many
# as are wanted of those whose runner-up should be clearly slower.
ENVIRONMENTS = [Environment("alike", 0.7, 0.7, 100, 5, "interpreted", "few"),
                Environment("slow cloud, fast link", 0.9, 0.2, 400, 0, "interpreted", "few"),
                Environment("slow lab, native", 0.3, 0.9, 100, 5, "native"),
                Environment("slow lab and link, native", 0.2, 0.9, 50, 10, "native"),
                Environment("slow link", 0.5, 0.9, 20, 20, "interpreted", "few"),
                Environment("fast cloud, native", 0.5, 0.9, 100, 5, "native"),
                Environment("alike, native", 0.7, 0.7, 100, 5, "native"),
                Environment("slow cloud and link", 0.9, 0.2, 50, 10, "interpreted", "few")]
WANTED = 4


def tested(sites: EmulatedSites, host: Host, runtime: str) -> None:
    """Gives the host's device the kappas of its self-test."""
    environment = {**sites.environment(), "IONLOOM_MEASUREMENTS": str(sites.folder / f"{host.device.name}.sqlite")}
    name = host.device.name
    for words in (["calibrate", "--device", name, "--runtime", runtime],
                  ["devices", "add", name, "--device", name, "--runtime", runtime,
                   "--json"]):
        done = subprocess.run(host.inside(os.environ["IONLOOM_COMMAND"], *words), env=environment,
                              check=True, capture_output=True, text=True)
    record = json.loads(done.stdout)
    host.device.kappas, host.device.pace = dict(record["kappa"]), record["pace"]


def is_clear(sites: EmulatedSites, dataset: Path, molecules: Path) -> bool:
    """Whether the runner-up is predicted to be so much slower that the order can be told."""
    file = sites.sites_file(bucket="plan")
    words = ["plan", str(dataset), f"--molecules={molecules}", "--targeted=no", f"--sites={file}", "--json"]
    done = subprocess.run([os.environ["IONLOOM_COMMAND"], *words], env=sites.environment(), check=True,
                          capture_output=True, text=True)
    plan = json.loads(done.stdout)
    best_s, other_s = plan["plan"]["time_s"], (plan["runner_up"] or plan["plan"])["time_s"]
    print(f"best {best_s:.1f} s, runner-up {other_s:.1f} s, predicted", file=sys.stderr, flush=True)
    return bool(other_s >= CLEAR * best_s)


def measured(sites: EmulatedSites, dataset: Path, molecules: Path, which: str, runtime: str) -> Json:
    """One run by a placement."""
    output = sites.folder / f"out-{which}"
    file = sites.sites_file(bucket=f"run-{which}")
    command = sites.command(dataset, molecules, output, f"--sites={file}", f"--placement={which}",
                            "--targeted=no", f"--runtime={runtime}")
    begin = time.monotonic()
    said, _ = (process := sites.start(command)).communicate(timeout=TIMEOUT_S)
    seconds = time.monotonic() - begin
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{said}")
    record = json.loads((output / "run.json").read_text())["lithops"]
    plan = record["plan"]
    return {
        "placement": which,
        "predicted_s": plan["time_s"],
        "measured_s": seconds,
        "error": abs(plan["time_s"] - seconds) / seconds,
        "plans": record["plans"],
        "shares": {told["site"]: {key: told[key] for key in ("ingest", "patterns", "annotate", "rank")}
                   for told in plan["sites"]},
        "predicted": {key: plan[key]
                      for key in ("steps_s", "ingest_s", "annotate_s", "rank_s", "images_s")},
        "calls": [{key: call[key] for key in ("site", "name", "began_s", "ended_s")}
                  for call in record["calls"]],
    }


def runs_of(environment: Environment, dataset: Path, molecules: Path, folder: Path) -> Json | None:
    """Nothing where the order cannot be told."""
    with emulated(folder, *environment.devices()) as sites:
        for host in sites.hosts.values():
            tested(sites, host, environment.runtime)
            print(f"{host.device.name}: pace {host.device.pace:.2f},",
                  {k: round(v, 2) for k, v in host.device.kappas.items()}, file=sys.stderr)
        if not is_clear(sites, dataset, molecules):
            return None
        runs = [measured(sites, dataset, molecules, which, environment.runtime)
                for which in ("best", "runner-up")]
    best, other = runs
    return {
        "environment": environment.name,
        "emulated": {"lab_share": environment.lab_share, "cloud_share": environment.cloud_share,
                     "mbit_s": environment.mbit_s, "latency_ms": environment.latency_ms,
                     "runtime": environment.runtime},
        "order_agrees": best["measured_s"] <= other["measured_s"],
        "load": round(os.getloadavg()[0], 2),
        "runs": runs,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("few", type=Path, help="a list of few formulas")
    parser.add_argument("many", type=Path)
    parser.add_argument("--environments", type=int, default=WANTED)
    parser.add_argument("--first", type=int, default=0, help="environment to begin with")
    options = parser.parse_args()
    if why_no_cables():
        raise SystemExit(f"sites cannot be emulated: {why_no_cables()}")
    found: list[Json] = []
    passed_over: list[str] = []
    for environment in ENVIRONMENTS[options.first :]:
        # Lithops' own processes may still write into their folders there.
        with tempfile.TemporaryDirectory(prefix="ionloom-edge-", ignore_cleanup_errors=True) as folder:
            molecules: Path = getattr(options, environment.formulas)
            one = runs_of(environment, options.dataset, molecules, Path(folder))
        if one is None:
            passed_over.append(environment.name)
            print(f"{environment.name}: passed over, the two are too near", file=sys.stderr, flush=True)
            continue
        found.append(one)
        told = ", ".join(f"{run['placement']} {run['measured_s']:.1f} s, predicted {run['predicted_s']:.1f} s"
                         for run in one["runs"])
        print(f"{environment.name}: {told}", file=sys.stderr, flush=True)
        if len(found) == options.environments:
            break
    print(json.dumps({"environments": found, "passed_over": passed_over}))


if __name__ == "__main__":
    main()
