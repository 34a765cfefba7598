"""`make bench-any-size`: 400 million peaks against a whole list in 1 GB of memory.

Simulates the dataset (5.5 GB, kept in the cache), annotates it with `--memory 1G`, and keeps what
that took in bench/results/any_size.md. Time, peak resident memory of the process, and how far the
free space of the disk fell meanwhile: the runs of sorted peaks have no name while they are used.
"""

import json
import os
import tempfile
import threading
from pathlib import Path

from compare import IONLOOM
from measure import run_command
from run import RESULTS, SHARED, machine
from whole_runs import simulated

MEMORY = "1G"
SIDE, PEAKS_PER_PIXEL, IONS = 521, 1480, 1000


class FreeSpace:
    """Watches how far the free space under a folder falls."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._done = threading.Event()
        self._before = self._lowest = self._free()
        self._watch = threading.Thread(target=self._follow)

    def _free(self) -> int:
        found = os.statvfs(self._folder)
        return found.f_bavail * found.f_frsize

    def _follow(self) -> None:
        while not self._done.wait(0.25):
            self._lowest = min(self._lowest, self._free())

    def __enter__(self) -> "FreeSpace":
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()

    @property
    def used_bytes(self) -> int:
        return self._before - self._lowest


def main() -> None:
    molecules = SHARED / "data/moldb/lithops_mol_db1.csv"
    if not molecules.exists():
        molecules = Path("data/demo_molecules.tsv")
    dataset = simulated(SIDE, PEAKS_PER_PIXEL, IONS, molecules)
    about = machine()
    print(f"Annotating {dataset.name} with --memory {MEMORY}", flush=True)
    with tempfile.TemporaryDirectory(prefix="ionloom-any-size-", dir=dataset.parent) as work:
        results = Path(work) / "results"
        command = [str(IONLOOM), "annotate", str(dataset), "--molecules", str(molecules)]
        command += ["--output", str(results), "--memory", MEMORY, "--scratch", work]
        with FreeSpace(Path(work)) as space:
            run = run_command([*command, "--no-pattern-cache"])
        record = json.loads((results / "run.json").read_text())
    size_gb = sum(dataset.with_suffix(end).stat().st_size for end in (".imzML", ".ibd")) / 1e9
    counts = record["counts"]
    stages = ", ".join(f"{stage['name']} {stage['seconds']:.0f} s" for stage in record["stages"])
    (found,) = (entry["annotations"] for entry in counts["lists"])
    text = f"""# Any size in any memory

{about['cpu']}, {about['cores']} cores, {about['memory_gb']} GB; commit {about['commit']}; load average at the
start {about['load']}. Made by `make bench-any-size`; see [bench](../README.md).

| | |
| --- | --- |
| dataset | simulated, {counts['spectra']:,} spectra, {counts['peaks']:,} peaks, {size_gb:.1f} GB |
| list | {molecules.stem}, {counts['ions']:,} ions with decoys |
| memory allowed | {MEMORY} |
| bound before the start | {record['memory_bound_bytes'] / 1e6:,.0f} MB |
| peak resident memory | {run.peak_rss_bytes / 1e6:,.0f} MB |
| disk, runs and results | {space.used_bytes / 1e9:.1f} GB |
| time | {run.seconds:.0f} s, CPU {run.cpu_seconds:.0f} s ({stages}) |
| annotations at 5/10/20/50 % FDR | {'/'.join(str(found[f'fdr_{p}']) for p in (5, 10, 20, 50))} |
"""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "any_size.md").write_text(text)
    print("\n" + text)


if __name__ == "__main__":
    main()
