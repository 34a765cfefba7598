"""`make bench`, third part: a WebAssembly program's reads of objects beside memcpy and other hosts.

Writes guest.md and guest.json beside the kernels' table. What is compared runs in turn, so that a
busy machine slows both sides.
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from compare import BUILD, IONLOOM
from report import short
from run import machine, results_folder
from store_exchange import KIB, MIB
from store_servers import S3_KEYS, Servers

GUEST = BUILD / "bin" / "bench_guest"
PROGRAM = BUILD / "bench" / "guest_read.wasm"
ROUNDS = 9
# Readings in one run, by the object's size.
COUNTS = {4 * KIB: 200_000, MIB: 2_000, 64 * MIB: 20}
REMOTE_COUNTS = {4 * KIB: 3_000, MIB: 300, 64 * MIB: 6}
MEMCPY = "memcpy"
WAYS = {
    "stream": "ionloom, unmodified program (fread)",
    "library": "ionloom, guest library (geds_read_at)",
}
OBJECT = "/geds/bench/object"


@dataclass
class Row:
    size_bytes: int
    what: str
    seconds: list[float]
    against: str
    theirs: list[float]
    least_share: float = 0.0  # of their speed; 0: nothing has to be reached
    most_seconds: float = 0.0

    share: float = field(init=False)  # of their speed, median of the rounds' ratios
    met: bool | None = field(init=False)

    def __post_init__(self) -> None:
        self.share = median(t / o for o, t in zip(self.seconds, self.theirs))
        met = []
        if self.least_share:
            met.append(self.share >= self.least_share)
        if self.most_seconds:
            met.append(median(self.seconds) < self.most_seconds)
        self.met = all(met) if met else None

    def line(self) -> str:
        size = (
            f"{self.size_bytes // MIB} MiB"
            if self.size_bytes >= MIB
            else f"{self.size_bytes // KIB} KiB"
        )
        reach = [f"{self.least_share:.0%}"] if self.least_share else []
        reach += [f"under {short(self.most_seconds)}s"] if self.most_seconds else []
        cells = [
            size,
            self.what,
            f"{short(median(self.seconds))}s",
            f"{short(self.size_bytes / median(self.seconds))}B/s",
            f"{self.against}: {short(median(self.theirs))}s",
            f"{self.share:.2f}",
            " and ".join(reach),
            {None: "", True: "met", False: "not met"}[self.met],
        ]
        return "| " + " | ".join(cells) + " |"


def seconds(*words: str | int | Path) -> float:
    command = [str(word) for word in words]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | S3_KEYS, timeout=300
    )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return float(json.loads(done.stdout)["wall_s"])


def rows_of(ways: dict[str, list[Any]]) -> dict[str, list[float]]:
    """Times of commands that are run in turn."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, words in ways.items():
            times[name].append(seconds(*words))
    return times


def local_rows(sizes: list[int], folder: Path, redis: str | None) -> list[Row]:
    """An object in this process's memory."""
    rows = []
    for size in sizes:
        print(f"guest: local reads of {size} bytes ...", flush=True)
        last = [size, COUNTS[size]]
        run = [IONLOOM, "wasm", "run", PROGRAM, "--mount", "/geds/bench=memory::rw", "--"]
        ways: dict[str, list[Any]] = {MEMCPY: [GUEST, "memcpy", *last]}
        for way in (*WAYS, "ranges"):
            ways[way] = [*run, way, OBJECT, *last]
        files = Path(tempfile.mkdtemp(dir=folder))
        ways["tmpfs"] = [GUEST, "wasmtime", PROGRAM, files, *last]
        if redis:
            few = [size, REMOTE_COUNTS[size]]
            ways["redis"] = [GUEST, "place", PROGRAM, files, redis, *few]
        times = rows_of(ways)
        for way, share in (("stream", 0.7), ("library", 0.9)):
            large = size >= MIB
            rows.append(
                Row(
                    size,
                    WAYS[way],
                    times[way],
                    MEMCPY,
                    times[MEMCPY],
                    share if large else 0,
                    0 if large or way == "stream" else 300e-9,
                )
            )
        tmpfs = "a file in a tmpfs, Wasmtime's own WASI"
        rows.append(Row(size, WAYS["stream"], times["stream"], tmpfs, times["tmpfs"]))
        if redis:
            through = "Redis, local socket, through a host function"
            ranges = "ionloom, guest library (geds_read_ranges)"
            rows.append(Row(size, ranges, times["ranges"], through, times["redis"]))
        shutil.rmtree(files)
    return rows


def remote_rows(sizes: list[int], metadata: str, node: str) -> list[Row]:
    """An object on another node, which both sides look up each time."""
    rows = []
    for size in sizes:
        print(f"guest: remote reads of {size} bytes ...", flush=True)
        last = [size, REMOTE_COUNTS[size]]
        run = [IONLOOM, "wasm", "run", PROGRAM, "--geds", metadata, "--node", node]
        run += ["--mount", "/geds/bench:rw", "--"]
        client = f"geds://{metadata}/{node}"
        times = rows_of(
            {
                "client": [GUEST, "client", client, *last],
                "get": [*run, "get", f"{OBJECT}-{size}", *last],
            }
        )
        rows.append(
            Row(
                size,
                "ionloom, another node, guest library (geds_get)",
                times["get"],
                "the native client",
                times["client"],
                1 / 1.2,
            )
        )
    return rows


def markdown(rows: list[Row], about: dict[str, Any], other: str) -> str:
    lines = [
        "# Reads of objects by a WebAssembly program",
        "",
        f"{about['cpu']}, {about['cores']} cores, {about['memory_gb']} GB; {about['compiler']};",
        f"commit {about['commit']}. Medians of {ROUNDS} rounds, all of a size in turn; wall time of one",
        "reading of the whole object into the program's memory, the same buffer each time. Load",
        f"average at the start: {about['load']}. The other node is {other}. Share: of the other",
        "side's speed, the median of the rounds' ratios. Made by `make bench`; see",
        "[bench](../README.md).",
        "",
        "| object | reader | one reading | rate | against | share | reach | |",
        "|" + " --- |" * 8,
        *(row.line() for row in rows),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="without 64 MiB; results in build/")
    quick = options.parse_args().quick
    about = machine()
    sizes = [size for size in COUNTS if not quick or size <= MIB]
    shared = Path(tempfile.mkdtemp(prefix="ionloom-bench-", dir="/dev/shm"))
    servers = Servers(shared)
    try:
        metadata = servers.metadata(on_other=True)
        rows = local_rows(sizes, shared, servers.redis(on_other=False))
        rows += remote_rows(sizes, metadata, servers.node(metadata))
    finally:
        servers.close()
        shutil.rmtree(shared, ignore_errors=True)
    table = markdown(rows, about, servers.other.what)
    print("\n" + table)
    folder = results_folder(quick)
    (folder / "guest.md").write_text(table)
    (folder / "guest.json").write_text(
        json.dumps({"machine": about, "rows": [vars(row) for row in rows]}, indent=1) + "\n"
    )


if __name__ == "__main__":
    main()
