"""`make bench`: measures ionloom against its peers, prints the table, and keeps it.

Run by scripts/bench-python's Python from the repository's folder. Both sides of a comparison run in
turn in this one call: ours, peer, ours, peer ...
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from compare import BUILD, ROUNDS, Session, chaos_growth, ingest_growth
from measure import Kernels
from peers import CHAOS
from picture import draw
from report import Growth, Row, changes, markdown, reach
from whole_runs import ALL, annotate_growth, simulated, whole_run, whole_runs_in_wasm

RESULTS = Path("bench") / "results"
SHARED = Path(os.environ.get("IONLOOM_SHARED", "../shared"))
MODEL = SHARED / "models/metaspace-ml-animal-v2.2023-12-14.cbm"

# What the engine takes; the lower end of each range.
ENGINE_ION_S = 0.6e-3  # images and metrics, 0.6 to 0.9 ms an ion
ENGINE_SYN_A_S = 35.0  # 35 to 56 s
ENGINE_HMDB_S = 509.0


def machine() -> dict[str, Any]:
    def output(*command: str) -> str:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    cpu = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    kilobytes = re.search(r"^MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(), re.MULTILINE)
    cache = (BUILD / "CMakeCache.txt").read_text()
    flags = re.search(r"^CMAKE_CXX_FLAGS_RELEASE:\w+=(.*)$", cache, re.MULTILINE)
    changed = output("git", "status", "--porcelain", "--", ".", f":!{RESULTS}")
    return {
        "cpu": cpu[1] if cpu else "unknown processor",
        "cores": os.cpu_count(),
        "memory_gb": round(int(kilobytes[1]) / 1e6) if kilobytes else None,
        "compiler": f"{output('g++', '--version').splitlines()[0]} {flags[1] if flags else ''}",
        "commit": output("git", "rev-parse", "--short", "HEAD")
        + (" with changes" if changed else ""),
        "load": round(os.getloadavg()[0], 2),
        "rounds": ROUNDS,
    }


def kernel_rows(
    session: Session, hmdb: Path, tissue: Path, syn_a_list: Path, syn_a: Path
) -> list[Row]:
    """The kernels in the order data passes through them."""
    kernels, ions = session.kernels(hmdb, tissue), session.kernels(syn_a_list, syn_a)
    rows = session.against_peers(
        kernels, tissue, f"open/{tissue.stem}", "opening an imzML", "spectra", "open"
    )
    rows += [
        reach(row, rate=20e6)
        for row in session.against_peers(
            kernels, tissue, f"ingest/{tissue.stem}", "reading and m/z ordering", "peaks", "ingest"
        )
    ]
    rows.append(session.against_limit(kernels, tissue))
    rows += [
        reach(row, rate=80_000, ratio=20)
        for row in session.against_peers(
            kernels, tissue, "patterns", f"isotopic patterns, {hmdb.stem}", "ions"
        )
    ]
    for kernel in ("images", "spatial", "spectral"):
        what = f"ion {kernel}" if kernel == "images" else f"{kernel} metric"
        rows += session.against_peers(ions, syn_a, kernel, f"{what}, {syn_a.stem}", "ions")
    for kernel in CHAOS:
        side = kernel.rpartition("_")[2]
        what = f"measure of chaos, {side} x {side}{', sparse' if 'sparse' in kernel else ''}"
        rows += [
            reach(row, ratio=10)
            for row in session.against_peers(kernels, tissue, kernel, what, "pixels")
        ]
    rows.append(
        reach(
            session.against_figure(
                ions, "annotate", f"images and metrics, {syn_a.stem}", "ions", ENGINE_ION_S
            ),
            ratio=100,
        )
    )
    if MODEL.exists():
        scorer = Kernels(kernels.program, (f"--model={MODEL}", f"--exchange={session.work}"))
        scored = session.against_peers(scorer, tissue, "scoring", "METASPACE-ML scores", "rows")
        rows += [reach(row, rate=5e6) for row in scored]
    return rows + session.against_peers(kernels, tissue, "ranking", "FDR ranking", "scores")


# What stages may take in WebAssembly, as a multiple of native.
FACTORS = {ALL: 1.5, "ingest": 1.5, "patterns": 1.6, "annotate": 1.6}


def module_rows(session: Session, syn_a_list: Path, syn_a: Path) -> list[Row]:
    """What running in WebAssembly costs beside the work."""
    kernels = session.kernels(syn_a_list, syn_a)
    return [
        reach(session.of_module(kernels, "load", "module from the cache"), seconds=1e-3),
        reach(session.of_module(kernels, "instance", "instance of the module"), seconds=0.2e-3),
        reach(session.of_module(kernels, "task", "task with no work"), seconds=0.5e-3),
    ]


def measure_all(session: Session) -> tuple[list[Row], list[Growth], list[str]]:
    notes: list[str] = []
    hmdb, syn_a = SHARED / "data/moldb/lithops_mol_db1.csv", SHARED / "oracle/syn_a/syn_a.imzML"
    with_reference = hmdb.exists() and syn_a.exists()
    if with_reference:
        syn_a_list = syn_a.with_name("db.csv")
    else:
        notes.append(
            "The reference datasets are absent: the demo list stands in for HMDB, a simulated"
            " dataset for syn_a, and the whole runs are left out."
        )
        hmdb = syn_a_list = Path("data/demo_molecules.tsv")
        syn_a = simulated(32, 1000, 200, hmdb)
    if not shutil.which("valgrind"):
        notes.append("Instructions were not counted: valgrind is missing.")
    tissue = simulated(64, 1000, 200, hmdb)
    rows = kernel_rows(session, hmdb, tissue, syn_a_list, syn_a)
    growths = [
        ingest_growth([simulated(side, 1000, 200, hmdb) for side in (32, 64, 128)]),
        chaos_growth(rows),
    ]
    rows += module_rows(session, syn_a_list, syn_a)
    if with_reference:
        in_wasm = whole_runs_in_wasm(syn_a, syn_a_list, "whole run, syn_a", session.work)
        for (stage, _), row in in_wasm.items():
            factor = FACTORS.get(stage)
            rows.append(reach(row, factor=factor) if factor else row)
        one, two = whole_run(syn_a, syn_a_list, "whole run, syn_a", ENGINE_SYN_A_S, session.work)
        rows += [reach(one, seconds=0.9, rss_bytes=150e6), reach(two, ratio=1.85)]
    if with_reference and not session.quick:
        growths.append(annotate_growth(tissue, hmdb, session.work))
        one, two = whole_run(
            simulated(160, 1970, 1000, hmdb),
            hmdb,
            "whole run, 52.5 M peaks, 265,680 ions",
            ENGINE_HMDB_S,
            session.work,
        )
        rows += [reach(one, seconds=10, rss_bytes=1e9), reach(two, ratio=1.85)]
    return rows, growths, notes


def results_folder(quick: bool) -> Path:
    """Where the results of a run are kept."""
    folder = BUILD / "bench-results" if quick else RESULTS
    folder.mkdir(exist_ok=True)
    return folder


def give_peers_one_thread() -> None:
    """And the kernels that their libraries choose for this processor, before they are loaded."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--quick", action="store_true", help="leave out the largest, keep the rest in build/"
    )
    quick = options.parse_args().quick
    give_peers_one_thread()
    about = machine()
    with tempfile.TemporaryDirectory(prefix="ionloom-bench-") as work:
        rows, growths, notes = measure_all(Session(quick, Path(work)))

    table = markdown(rows, growths, about, notes)
    print("\n" + table)
    stored = RESULTS / "results.json"
    if stored.exists():
        before = json.loads(stored.read_text())
        print(f"Change of each ratio since commit {before['machine']['commit']}:")
        print("\n".join(changes(rows, before)))
    differing = [row.what for row in rows if row.agrees.startswith("DIFFERS")]
    if differing:
        raise SystemExit(f"Not comparable, the results differ: {', '.join(differing)}")
    folder = results_folder(quick)
    (folder / "table.md").write_text(table)
    (folder / "results.json").write_text(
        json.dumps(
            {
                "machine": about,
                "rows": [row.to_json() for row in rows],
                "growth": [vars(growth) for growth in growths],
            },
            indent=1,
        )
        + "\n"
    )
    try:
        draw(rows, growths, about, folder / "table.png")
    except ModuleNotFoundError as missing:
        print(f"No picture: {missing}")


if __name__ == "__main__":
    main()
