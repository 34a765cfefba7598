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
CLEAR = 1.3  # times as long as the best: the runner-up of a clear environment
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


# The interpreter is slow: few formulas are as much work for it as many are for others.
ENVIRONMENTS = [Environment("slow lab, fast link", 0.5, 0.9, 400, 0, "interpreted", "few"),
                Environment("alike, slow link", 0.7, 0.7, 20, 20, "interpreted", "few"),
                Environment("slow cloud", 0.9, 0.3, 100, 5, "interpreted", "few"),
                Environment("slow lab, native", 0.2, 0.9, 400, 0, "native")]


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


def runs_of(environment: Environment, dataset: Path, molecules: Path, folder: Path) -> Json:
    with emulated(folder, *environment.devices()) as sites:
        for host in sites.hosts.values():
            tested(sites, host, environment.runtime)
            print(f"{host.device.name}: pace {host.device.pace:.2f},",
                  {k: round(v, 2) for k, v in host.device.kappas.items()}, file=sys.stderr)
        runs = [measured(sites, dataset, molecules, which, environment.runtime)
                for which in ("best", "runner-up")]
    best, other = runs
    return {
        "environment": environment.name,
        "emulated": {"lab_share": environment.lab_share, "cloud_share": environment.cloud_share,
                     "mbit_s": environment.mbit_s, "latency_ms": environment.latency_ms,
                     "runtime": environment.runtime},
        "is_clear": other["predicted_s"] >= CLEAR * best["predicted_s"],
        "order_agrees": best["measured_s"] <= other["measured_s"],
        "load": round(os.getloadavg()[0], 2),
        "runs": runs,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("few", type=Path, help="a list of few formulas")
    parser.add_argument("many", type=Path)
    parser.add_argument("--environments", type=int, default=len(ENVIRONMENTS))
    parser.add_argument("--first", type=int, default=0, help="environment to begin with")
    options = parser.parse_args()
    if why_no_cables():
        raise SystemExit(f"sites cannot be emulated: {why_no_cables()}")
    found = []
    for environment in ENVIRONMENTS[options.first : options.environments]:
        # Lithops' own processes may still write into their folders there.
        with tempfile.TemporaryDirectory(prefix="ionloom-edge-", ignore_cleanup_errors=True) as folder:
            molecules: Path = getattr(options, environment.formulas)
            found.append(runs_of(environment, options.dataset, molecules, Path(folder)))
        told = ", ".join(f"{run['placement']} {run['measured_s']:.1f} s, predicted {run['predicted_s']:.1f} s"
                         for run in found[-1]["runs"])
        print(f"{environment.name}: {told}", file=sys.stderr, flush=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
