"""A kernel against its peers, the engine's documented figures, or what the machine can do."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from measure import Kernels, peer_seconds
from peers import PEERS, Work
from report import ENGINE, NO_PEER, Growth, Row

BUILD = Path("build")
IONLOOM = BUILD / "bin" / "ionloom"
MODULE = BUILD / "bin" / "stages.wasm"
ROUNDS = 5


@dataclass(frozen=True)
class Session:
    """One call of `make bench`."""

    quick: bool
    work: Path  # a scratch folder

    def kernels(self, molecules: Path, dataset: Path) -> Kernels:
        inputs = (
            f"--list={molecules}",
            f"--dataset={dataset}",
            f"--exchange={self.work}",
            f"--module={MODULE}",
        )
        return Kernels(BUILD / "bin" / "bench_kernels", inputs)

    def count_instructions(self, kernels: Kernels, kernel: str) -> float | None:
        """For one unit of work; not in a quick run, for callgrind is slow."""
        if self.quick or not shutil.which("valgrind"):
            return None
        return kernels.instructions(kernel, self.work)

    def against_peers(
        self, kernels: Kernels, dataset: Path, kernel: str, what: str, unit: str, key: str = ""
    ) -> list[Row]:
        """A kernel and its peers in turn: a row a peer."""
        print(f"{what} ...", flush=True)
        size = kernels.units(kernel)  # leaves the inputs for the peers
        rows: list[Row] = []
        works: list[Work | None] = []
        for peer in PEERS[key or kernel]:
            row = Row(what, unit, size, [], peer.label())
            rows.append(row)
            if peer.missing():
                row.agrees = f"{peer.missing()} cannot be installed"
                works.append(None)
                continue
            work, check = peer.prepare(self.work, dataset)
            row.agrees = check(work())
            works.append(work)
        for _ in range(ROUNDS):
            seconds = kernels.seconds(kernel) / size
            for row, timed in zip(rows, works):
                row.ours.append(seconds)
                if timed is not None:
                    row.theirs.append(peer_seconds(timed) / size)
        if (instructions := self.count_instructions(kernels, kernel)) is not None:
            for row in rows:
                row.instructions = instructions / size
        return rows

    def against_figure(
        self, kernels: Kernels, kernel: str, what: str, unit: str, engine_s: float
    ) -> Row:
        """A kernel against what the engine is documented to take for a unit."""
        print(f"{what} ...", flush=True)
        size = kernels.units(kernel)
        row = Row(what, unit, size, [], ENGINE, [engine_s])
        row.ours = [kernels.seconds(kernel) / size for _ in range(ROUNDS)]
        if (instructions := self.count_instructions(kernels, kernel)) is not None:
            row.instructions = instructions / size
        return row

    def of_module(self, kernels: Kernels, kernel: str, what: str) -> Row:
        """What running in WebAssembly costs beside the work."""
        print(f"{what} ...", flush=True)
        seconds = [kernels.seconds(f"module/{kernel}") for _ in range(ROUNDS)]
        return Row(what, "call", 1, seconds, NO_PEER)

    def against_limit(self, kernels: Kernels, dataset: Path) -> Row:
        """Ingest against the least that the machine can do for it: read the file once from the page
        cache, write 16 bytes a peak."""
        print("reading and m/z ordering against the machine ...", flush=True)
        kernel = f"ingest/{dataset.stem}"
        size = kernels.units(kernel)
        row = Row("reading and m/z ordering", "peaks", size, [], "limit: file read + table written")
        copied_bytes = kernels.units("memory/copy")
        for _ in range(ROUNDS):
            row.ours.append(kernels.seconds(kernel) / size)
            written_s = kernels.seconds("memory/copy") / copied_bytes * 16 * size
            row.theirs.append((kernels.seconds("memory/read_file") + written_s) / size)
        return row


def ingest_growth(datasets: list[Path]) -> Growth:
    print("ingest by size ...", flush=True)
    kernels = Kernels(BUILD / "bin" / "bench_kernels", tuple(f"--dataset={d}" for d in datasets))
    names = [f"ingest/{d.stem}" for d in datasets]
    sizes = [kernels.units(name) for name in names]
    runs = [
        [kernels.seconds(name) / size for name, size in zip(names, sizes)] for _ in range(ROUNDS)
    ]
    return Growth("reading and m/z ordering", "peaks", sizes, [median(r) for r in zip(*runs)])


def chaos_growth(rows: list[Row]) -> Growth:
    """Of the rows that were measured already, without the sparse image."""
    name = "measure of chaos"
    by_size = [row for row in rows if row.what.startswith(name) and "sparse" not in row.what]
    sizes, seconds = [row.size for row in by_size], [row.seconds for row in by_size]
    return Growth(name, "pixels", sizes, seconds)
