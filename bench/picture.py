"""The picture for README: how many times faster than each peer, and cost against size."""

from pathlib import Path
from typing import Any

from report import ENGINE, LIMIT, NATIVE, ONE_THREAD, SAME_TASKS, Growth, Row, ratio_text

PEER, DOCUMENTED, THREADS = "#1b6ca8", "#8fb8d8", "#c9c9c9"


def colour(row: Row) -> str:
    if row.against == ENGINE:
        return DOCUMENTED
    return THREADS if row.against == ONE_THREAD else PEER


def draw(rows: list[Row], growths: list[Growth], machine: dict[str, Any], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    # What WebAssembly takes longer is in the table alone.
    shown = [
        row
        for row in reversed(rows)
        if row.theirs and not row.against.startswith(LIMIT) and row.against not in (NATIVE, SAME_TASKS)
    ]
    figure, (left, right) = pyplot.subplots(
        1, 2, figsize=(13, 0.32 * len(shown) + 1.6), width_ratios=[2.6, 1], layout="constrained"
    )
    for y, row in enumerate(shown):
        ratio = row.ratio or 1
        left.barh(y, ratio - 1, left=1, color=colour(row), height=0.7)
        met = {True: ", met", False: ", not met", None: ""}[row.met]
        text = ratio_text(row) + (f"   ({row.reach}{met})" if row.reach else "")
        left.text(max(ratio, 1) * 1.06, y, text, va="center", fontsize=7)
    names = [f"{row.what}\nagainst {row.against}" for row in shown]
    left.set_yticks(range(len(shown)), names, fontsize=6.5)
    left.set_xscale("log")
    left.set_xlim(0.5, 12 * max(row.ratio or 1 for row in shown))
    left.axvline(1, color="black", linewidth=0.8)
    left.set_xlabel("times faster")
    left.set_title("Speed against peers, documented figures (light), one thread (grey)", fontsize=9)

    for growth in growths:
        base = growth.seconds[0]
        right.plot(
            [size / growth.sizes[0] for size in growth.sizes],
            [seconds / base for seconds in growth.seconds],
            marker="o",
            label=f"{growth.what}, {growth.unit}",
        )
    right.axhline(1, color="black", linewidth=0.8)
    right.set_xscale("log")
    right.set_ylim(0, 2)
    right.set_xlabel("size, times the smallest")
    right.set_ylabel("cost of a unit, times that at the smallest")
    right.set_title("Cost against size (flat: linear)", fontsize=9)
    right.legend(fontsize=7)
    figure.suptitle(f"ionloom {machine['commit']}, {machine['cpu']}, one thread", fontsize=9)
    figure.savefig(path, dpi=130)
