"""Objects from one process to another, through our stores and what people use instead."""

import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from store_servers import EXCHANGE, S3_KEYS, Servers

ROUNDS = 5
KIB, MIB = 1 << 10, 1 << 20
# Objects of a round by size; fewer where one takes milliseconds.
COUNTS = {KIB: 1000, 64 * KIB: 400, MIB: 60, 64 * MIB: 4}
S3_COUNTS = {KIB: 20, 64 * KIB: 20, MIB: 10, 64 * MIB: 2}
CONNECTIONS = 8
LONGEST_S = 120  # for one side of a round


@dataclass(frozen=True)
class Where:
    """A place of bench/store/place.h."""

    what: str  # in the table
    kind: str  # "same process", "same node", "other node", "S3": what is compared with what
    address: str
    ours: bool


@dataclass
class Timing:
    """Seconds for one object, one value a round."""

    what: str
    kind: str
    size_bytes: int
    ours: bool
    put_s: list[float] = field(default_factory=list)  # and seal
    open_s: list[float] = field(default_factory=list)  # until the reader can look at the bytes
    pass_s: list[float] = field(default_factory=list)  # to look at all of them

    @property
    def seconds(self) -> float:
        return median(map(sum, zip(self.put_s, self.open_s, self.pass_s)))

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "seconds": self.seconds}


@dataclass
class Reach:
    """What has to be reached, and what was measured: one value a round."""

    what: str
    unit: str
    ours: list[float]
    reach: str
    met: Callable[["Reach"], bool]
    against: str = ""
    theirs: list[float] = field(default_factory=list)

    @property
    def value(self) -> float:
        return median(self.ours)

    @property
    def ratio(self) -> float | None:
        """Ours over theirs, of each round."""
        return median(o / t for o, t in zip(self.ours, self.theirs)) if self.theirs else None

    def to_json(self) -> dict[str, Any]:
        values = {key: value for key, value in vars(self).items() if key != "met"}
        return {**values, "value": self.value, "ratio": self.ratio, "met": self.met(self)}


def run_exchange(*words: str | int) -> dict[str, float]:
    command, environment = [str(EXCHANGE), *map(str, words)], os.environ | S3_KEYS
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, timeout=LONGEST_S
    )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return {key: float(value) for key, value in json.loads(done.stdout).items()}


def places(servers: Servers, node: str, shared: str) -> list[Where]:
    """Those that can be had here."""
    servers.hold(f"shared:{shared}")
    found = [
        Where("ionloom, memory", "same process", "memory:", True),
        Where("ionloom, shared memory", "same node", f"shared:{shared}", True),
        Where("files in a tmpfs", "same node", f"files:{shared}-files", False),
    ]
    if redis := servers.redis(on_other=False):
        found.append(Where("Redis, local socket", "same node", redis, False))
    found.append(Where("ionloom, GEDS", "other node", f"geds://{node}", True))
    if redis := servers.redis(on_other=True):
        found.append(Where("Redis", "other node", redis, False))
    if s3 := servers.s3():
        found.append(Where("versitygw", "S3", s3, False))
    return found


def exchange_all(where: list[Where], sizes: list[int]) -> list[Timing]:
    """Every place in turn, round by round. Writer and reader are processes of their own, but for
    the memory of one process."""
    timings = [Timing(w.what, w.kind, size, w.ours) for size in sizes for w in where]
    for turn in range(ROUNDS):
        print(f"store: round {turn + 1} of {ROUNDS} ...", flush=True)
        for timing, place in zip(timings, where * len(sizes)):
            counts = S3_COUNTS if place.kind == "S3" else COUNTS
            task = (place.address, timing.size_bytes, counts[timing.size_bytes], f"r{turn}")
            if place.kind == "same process":
                put = got = run_exchange("put-get", *task)
            else:
                put, got = run_exchange("put", *task), run_exchange("get", *task)
            timing.put_s.append(put["put_s"])
            timing.open_s.append(got["open_s"])
            timing.pass_s.append(got["pass_s"])
    return timings


def opened_again(address: str, size: int, count: int, turn: int) -> dict[str, float]:
    """Seconds (`wall_s`, `cpu_s`) to open one object that was opened before."""
    run = f"again{turn}"
    if address.startswith("raw:"):
        return run_exchange("again", address, size, count, run)
    run_exchange("put", address, size, 1, run)
    seconds = run_exchange("again", address, size, count, run)
    run_exchange("get", address, size, 1, run)
    return seconds


def views(shared: str) -> list[Reach]:
    print("store: views ...", flush=True)
    rows = []
    for size, name in ((KIB, "1 KiB"), (64 * MIB, "64 MiB")):
        rounds = [opened_again(f"shared:{shared}", size, 200_000, t) for t in range(ROUNDS)]
        for key, time in (("wall_s", "wall"), ("cpu_s", "CPU")):
            rows.append(
                Reach(
                    f"view of another process's object, {name}, metadata known, {time} time",
                    "s",
                    [seconds[key] for seconds in rounds],
                    "under 2 µs",
                    lambda row: row.value < 2e-6,
                )
            )
    return rows


def memory_of_views(shared: str) -> list[Reach]:
    """By how much a reader's own memory grows with an object of 64 MiB."""

    def grown(how: str, address: str) -> list[float]:
        return [run_exchange("resident", how, address, 64 * MIB)["own_bytes"] for _ in range(ROUNDS)]

    return [
        Reach(
            "own memory of a reader of 64 MiB (RssAnon)",
            "B",
            grown("view", f"shared:{shared}"),
            "no copy: under 1 MiB",
            lambda row: row.value < MIB,
            "files in a tmpfs, read",
            grown("copy", f"files:{shared}-files"),
        )
    ]


def remote_reads(node: str, raw: str) -> list[Reach]:
    print("store: reads from another node ...", flush=True)
    small = Reach(
        "read 1 KiB from another node, metadata known",
        "s",
        [],
        "under 2x a bare TCP ping-pong",
        lambda row: (row.ratio or 9) < 2,
        "64 B there, 1 KiB back",
    )
    large = Reach(
        "read 64 MiB from another node, metadata known",
        "B/s",
        [],
        "90 % of a bare socket",
        lambda row: (row.ratio or 0) >= 0.9,
        "bare socket",
    )
    middle = Reach(
        "read 1 MiB from another node, metadata known",
        "B/s",
        [],
        "90 % of a bare socket",
        lambda row: (row.ratio or 0) >= 0.9,
        "bare socket",
    )
    for turn in range(2 * ROUNDS):
        for row, size, count in (
            (small, KIB, 5000),
            (middle, MIB, 500),
            (large, 64 * MIB, 8),
        ):
            ours = opened_again(f"geds-known://{node}", size, count, turn)["wall_s"]
            theirs = opened_again(raw, size, count, turn)["wall_s"]
            row.ours.append(ours if row is small else size / ours)
            row.theirs.append(theirs if row is small else size / theirs)
    return [small, middle, large]


def writes_made_durable(disk: Path, seconds: float) -> float:
    """How often a second a bare loop appends a kilobyte to a file and has it on disk."""
    with (disk / "bare").open("wb", buffering=0) as file:
        count, begin = 0, time.monotonic()
        while (elapsed := time.monotonic() - begin) < seconds:
            file.write(bytes(1024))
            os.fdatasync(file.fileno())
            count += 1
    return count / elapsed


def metadata_rates(servers: Servers, disk: Path, seconds: int) -> list[Reach]:
    print("store: metadata ...", flush=True)
    rows = []
    for name, state in (("", None), (", changes on disk", disk)):
        address = servers.metadata(on_other=False, state=state)
        for what in ("create", "lookup"):
            rates: list[float] = []
            bare: list[float] = []
            for _ in range(ROUNDS):
                rates.append(
                    run_exchange(what, address, CONNECTIONS, seconds, "rate")["calls_per_s"]
                )
                if state and what == "create":
                    bare.append(writes_made_durable(disk, 1))
            rows.append(
                Reach(
                    f"metadata {what}, {CONNECTIONS} connections{name}",
                    "calls/s",
                    rates,
                    "over 15,000/s",
                    lambda row: row.value > 15_000,
                    "writes made durable one by one" if bare else "",
                    bare,
                )
            )
    return rows


def against_redis(timings: list[Timing]) -> list[Reach]:
    """How many times faster than Redis an object of 1 MiB or more goes from writer to reader."""
    rows = []
    for kind in ("same node", "other node"):
        for size in sorted({t.size_bytes for t in timings if t.size_bytes >= MIB}):
            chosen = [t for t in timings if t.kind == kind and t.size_bytes == size]
            ours = [t for t in chosen if t.ours]
            redis = [t for t in chosen if t.what.startswith("Redis")]
            if not ours or not redis:
                continue

            def rates(timing: Timing) -> list[float]:
                rounds = zip(timing.put_s, timing.open_s, timing.pass_s)
                return [timing.size_bytes / sum(parts) for parts in rounds]

            rows.append(
                Reach(
                    f"{size // MIB} MiB from writer to reader, {kind}",
                    "B/s",
                    rates(ours[0]),
                    "1.5x Redis",
                    lambda row: (row.ratio or 0) >= 1.5,
                    redis[0].what,
                    rates(redis[0]),
                )
            )
    return rows
