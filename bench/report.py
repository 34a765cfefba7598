"""The rows of the benchmark, as a table and as JSON, and how they changed."""

from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

# METASPACE's engine as it was measured on a machine like this one, one process. It is not run here:
# it needs Python 3.8 and packages of its own.
ENGINE = "METASPACE's engine (documented)"
# What a physical limit is named by.
LIMIT = "limit"
# What two threads are compared with.
ONE_THREAD = "one thread"
# What WebAssembly is compared with.
NATIVE = "native"
SAME_TASKS = "native, the same tasks"
# Of what nobody else does.
NO_PEER = ""
# A ratio that is worse by more than this is flagged.
WORSE = 0.15


@dataclass
class Row:
    """One comparison. Times are seconds for one unit of work, one value a run."""

    what: str
    unit: str  # "ions", "pixels", "peaks" ...; "run": whole runs; "call": times of one call
    size: float  # units in one run
    ours: list[float]
    against: str  # the peer and its version, a documented figure, or a physical limit
    theirs: list[float] = field(default_factory=list)  # empty: the peer is missing
    agrees: str = ""
    reach: str = ""
    met: bool | None = None
    instructions: float | None = None  # for one unit
    cpu_seconds: list[float] = field(default_factory=list)  # of whole runs, all threads together
    peak_rss_bytes: int | None = None  # the highest of the runs

    @property
    def seconds(self) -> float:
        return median(self.ours)

    @property
    def rate(self) -> float:
        return 1 / self.seconds

    @property
    def ratio(self) -> float | None:
        """How many times faster than the other side; below 1: slower."""
        return median(self.theirs) / self.seconds if self.theirs else None

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}


def reach(
    row: Row,
    *,
    rate: float = 0,
    ratio: float = 0,
    factor: float = 0,
    seconds: float = 0,
    rss_bytes: float = 0,
) -> Row:
    """States what a row has to reach, and whether it does."""
    parts: list[tuple[str, bool]] = []
    if rate:
        parts.append((f"{rate:,.0f} {row.unit}/s", row.rate >= rate))
    if ratio:
        parts.append((f"{ratio:g}x", row.ratio is not None and row.ratio >= ratio))
    if factor:
        met = row.ratio is not None and 1 / row.ratio <= factor
        parts.append((f"at most {factor:g} times as long", met))
    if seconds:
        text = f"{short(seconds)}s" if row.unit == "call" else f"{seconds:g} s"
        parts.append((text, row.seconds <= seconds))
    if rss_bytes:
        parts.append((f"under {rss_bytes / 1e6:,.0f} MB", (row.peak_rss_bytes or 0) < rss_bytes))
    row.reach = " and ".join(text for text, _ in parts)
    row.met = all(met for _, met in parts)
    return row


@dataclass
class Growth:
    """Cost of a unit of work for growing sizes; it has to stay the same."""

    what: str
    unit: str
    sizes: list[float]
    seconds: list[float]  # for one unit, the median of the runs

    @property
    def factor(self) -> float:
        return self.seconds[-1] / self.seconds[0]


def short(value: float) -> str:
    """Three digits with a prefix: 12.3 M, 950, 4.1 µ."""
    for factor, prefix in (
        (1e9, " G"),
        (1e6, " M"),
        (1e3, " k"),
        (1, " "),
        (1e-3, " m"),
        (1e-6, " µ"),
        (1e-9, " n"),
    ):
        if value >= factor:
            break
    scaled = value / factor
    return f"{scaled:.{2 if scaled < 10 else 1 if scaled < 100 else 0}f}{prefix}".rstrip()


def speed(unit: str, seconds: float) -> str:
    if unit == "run":
        return f"{seconds:.2f} s"
    if unit == "call":
        return f"{short(seconds)}s"
    return f"{short(1 / seconds)} {unit}/s"


def ratio_text(row: Row) -> str:
    if row.against == NO_PEER:
        return ""
    if row.ratio is None:
        return "not measured"
    if row.against.startswith(LIMIT):
        return f"{row.ratio:.0%} of it"
    if row.against in (NATIVE, SAME_TASKS):
        return f"{1 / row.ratio:.2f} times as long"
    return f"{row.ratio:.2f}x" if row.ratio < 10 else f"{row.ratio:.0f}x"


def _cells(row: Row) -> list[str]:
    theirs = speed(row.unit, median(row.theirs)) if row.theirs else "missing"
    against = "" if row.against == NO_PEER else f"{row.against}: {theirs}"
    detail = (
        [f"{short(row.instructions)} instructions/{row.unit.rstrip('s')}"]
        if row.instructions
        else []
    )
    if row.cpu_seconds:
        detail.append(f"CPU {median(row.cpu_seconds):.2f} s")
    if row.peak_rss_bytes:
        detail.append(f"{row.peak_rss_bytes / 1e6:.0f} MB")
    met = {True: "met", False: "not met", None: ""}[row.met]
    return [
        row.what,
        speed(row.unit, row.seconds),
        against,
        ratio_text(row),
        row.agrees,
        row.reach,
        met,
        ", ".join(detail),
    ]


HEADER = ["what", "ionloom", "against", "ratio", "results", "reach", "", "cost"]


def markdown(
    rows: list[Row], growths: list[Growth], machine: dict[str, Any], notes: list[str]
) -> str:
    where = f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB"
    lines = [
        "# How fast ionloom is",
        "",
        f"{where}; {machine['compiler']}; commit {machine['commit']}.",
        f"Medians of {machine['rounds']} runs, the two sides in turn.",
        f"Load average at the start: {machine['load']}.",
        "Kernels and their peers: CPU time on one thread.",
        "Whole runs: wall time, CPU time and peak resident memory of the process.",
        "Made by `make bench`; see [bench](../README.md).",
        *notes,
        "",
        "| " + " | ".join(HEADER) + " |",
        "|" + " --- |" * len(HEADER),
        *("| " + " | ".join(_cells(row)) + " |" for row in rows),
        "",
        "## Cost against size",
        "A unit of work has to cost the same whatever the size.",
        "The factor is the cost at the largest size over that at the smallest.",
        "",
        "| what | sizes | cost of a unit | factor |",
        "| --- | --- | --- | --- |",
    ]
    for growth in growths:
        sizes = ", ".join(short(size) for size in growth.sizes)
        costs = ", ".join(f"{short(s)}s" for s in growth.seconds)
        lines.append(f"| {growth.what} | {sizes} {growth.unit} | {costs} | {growth.factor:.2f} |")
    return "\n".join(lines) + "\n"


def changes(rows: list[Row], stored: dict[str, Any]) -> list[str]:
    """One line for each row that was measured before."""
    before = {(row["what"], row["against"]): row["ratio"] for row in stored["rows"]}
    lines = []
    for row in rows:
        old = before.get((row.what, row.against))
        if old is None or row.ratio is None:
            continue
        change = row.ratio / old - 1
        flag = "  WORSE" if change < -WORSE else ""
        lines.append(f"{row.what:44} {old:8.2f}x -> {row.ratio:8.2f}x  {change:+6.0%}{flag}")
    return lines
