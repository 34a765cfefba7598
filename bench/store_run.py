"""`make bench`, second part: the store beside Redis, files in a tmpfs, S3 and bare sockets.

Writes store.md and store.json beside the kernels' table.
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from compare import BUILD
from report import short
from run import machine, results_folder
from store_exchange import (
    COUNTS,
    KIB,
    MIB,
    ROUNDS,
    Reach,
    Timing,
    against_redis,
    exchange_all,
    memory_of_views,
    metadata_rates,
    places,
    remote_reads,
    views,
)
from store_servers import Servers


def size_text(size: int) -> str:
    return f"{size // MIB} MiB" if size >= MIB else f"{size // KIB} KiB"


def _ours_of_kind(timing: Timing, timings: list[Timing]) -> Timing | None:
    """What of ours a place stands beside; S3 is behind the other nodes."""
    kind = "other node" if timing.kind == "S3" else timing.kind
    for candidate in timings:
        if candidate.ours and (candidate.kind, candidate.size_bytes) == (kind, timing.size_bytes):
            return candidate
    return None


def _timing_line(timing: Timing, timings: list[Timing]) -> str:
    parts = [f"{short(median(part))}s" for part in (timing.put_s, timing.open_s, timing.pass_s)]
    ours = _ours_of_kind(timing, timings)
    ratio = "" if timing.ours or ours is None else f"{timing.seconds / ours.seconds:.2f}x"
    rate = f"{short(timing.size_bytes / timing.seconds)}B/s"
    cells = [size_text(timing.size_bytes), timing.kind, timing.what, *parts]
    return "| " + " | ".join([*cells, f"{short(timing.seconds)}s", rate, ratio]) + " |"


def _value(row: Reach, value: float) -> str:
    return f"{short(value) if abs(value) >= 1e-12 else '0 '}{row.unit}"


def _reach_line(row: Reach) -> str:
    theirs = f"{row.against}: {_value(row, median(row.theirs))}" if row.theirs else ""
    ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
    met = "met" if row.met(row) else "not met"
    return f"| {row.what} | {_value(row, row.value)} | {theirs} | {ratio} | {row.reach} | {met} |"


def markdown(
    timings: list[Timing], reaches: list[Reach], about: dict[str, Any], other: str
) -> str:
    where = f"{about['cpu']}, {about['cores']} cores, {about['memory_gb']} GB"
    lines = [
        "# The store beside what people use instead",
        "",
        f"{where}; {about['compiler']}; commit {about['commit']}.",
        f"Medians of {ROUNDS} rounds (reads from another node: {2 * ROUNDS}), all places in turn;",
        f"wall time. Load average at the start: {about['load']}. The other node is {other}.",
        "Writer and reader are two processes. Put: until others can read the object (sealed, checksummed",
        "and registered with the metadata server, where it is ours). Open: until the reader can look at",
        "the bytes. Read through: a pass over all of them. Made by `make bench`; see [bench](../README.md).",
        "",
        "| object | reader | through | put | open | read through | all | rate | ionloom is |",
        "|" + " --- |" * 9,
        *(_timing_line(timing, timings) for timing in timings),
        "",
        "| what | ionloom | against | ratio | reach | |",
        "|" + " --- |" * 6,
        *(_reach_line(row) for row in reaches),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="without 64 MiB; results in build/")
    quick = options.parse_args().quick
    about = machine()
    sizes = [size for size in COUNTS if not quick or size <= MIB]
    shared = tempfile.mkdtemp(prefix="ionloom-bench-", dir="/dev/shm")
    servers = Servers(Path(tempfile.mkdtemp(prefix="servers-", dir=shared)))
    disk = Path(tempfile.mkdtemp(prefix="bench-state-", dir=BUILD))
    try:
        metadata = servers.metadata(on_other=True)
        node = f"{metadata}/{servers.node(metadata)}"
        objects = f"{shared}/objects"
        timings = exchange_all(places(servers, node, objects), sizes)
        reaches = views(objects) + memory_of_views(objects)
        reaches += remote_reads(node, servers.raw())
        reaches += against_redis(timings)
        reaches += metadata_rates(servers, disk, 1 if quick else 3)
    finally:
        servers.close()
        for folder in (shared, disk):
            shutil.rmtree(folder, ignore_errors=True)
    table = markdown(timings, reaches, about, servers.other.what)
    print("\n" + table)
    folder = results_folder(quick)
    (folder / "store.md").write_text(table)
    rows = {"timings": [t.to_json() for t in timings], "reaches": [r.to_json() for r in reaches]}
    (folder / "store.json").write_text(json.dumps({"machine": about, **rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
