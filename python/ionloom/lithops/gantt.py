"""Draws a run on Lithops from its run.json: which call ran when, and which tasks it did.

    python -m ionloom.lithops.gantt results/run.json > run.svg
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

_COLOURS = {
    "ingest": "#4477aa",
    "patterns": "#228833",
    "annotate": "#ee6677",
    "plan": "#bbbbbb",
    "failed": "#aa3377",
}
_ROW, _LEFT, _RIGHT, _TOP, _WIDTH = 20, 130, 30, 44, 860
_MOST_TICKS = 10


def gantt(run: Mapping[str, Any]) -> str:
    """A picture (SVG) of the calls of run.json's `lithops`. A call is a grey bar; its tasks, one after
    the other from the moment that the engine ran, lie on it in their stage's colour."""
    record = run["lithops"]
    calls = sorted(record["calls"], key=lambda call: (call["began_s"], call["name"]))
    seconds = max(record["seconds"], *(call["ended_s"] for call in calls))
    scale = (_WIDTH - _LEFT - _RIGHT) / seconds
    height = _TOP + _ROW * len(calls) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="11">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        *_legend(),
    ]
    step = _tick_step(seconds)
    for tick in range(int(seconds / step) + 1):
        x = _LEFT + tick * step * scale
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 4}" y2="{height - 22}" stroke="#e0e0e0"/>'
            f'<text x="{x:.1f}" y="{height - 8}" text-anchor="middle">{tick * step:g} s</text>'
        )
    for row, call in enumerate(calls):
        parts += _row(call, _TOP + row * _ROW, scale)
    return "\n".join([*parts, "</svg>", ""])


def _tick_step(seconds: float) -> float:
    """A round number of seconds between two marks: 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(seconds / _MOST_TICKS))
    return next(power * by for by in (1, 2, 5, 10) if power * by * _MOST_TICKS >= seconds)


def _legend() -> list[str]:
    parts = []
    for place, (name, colour) in enumerate(_COLOURS.items()):
        x = _LEFT + place * 95
        label = "failed call" if name == "failed" else "call" if name == "plan" else name
        parts.append(
            f'<rect x="{x}" y="12" width="12" height="12" fill="{colour}"/>'
            f'<text x="{x + 17}" y="22">{label}</text>'
        )
    return parts


def _row(call: Mapping[str, Any], y: int, scale: float) -> list[str]:
    def bar(begin: float, end: float, colour: str, title: str, inset: int) -> str:
        width = max((end - begin) * scale, 0.6)
        return (
            f'<rect x="{_LEFT + begin * scale:.2f}" y="{y + inset}" width="{width:.2f}" '
            f'height="{_ROW - 4 - 2 * inset}" fill="{colour}"><title>{escape(title)}</title></rect>'
        )

    state = "failed" if call["state"] == "failed" else "plan"
    whole = f"{call['name']}, {call['ended_s'] - call['began_s']:.2f} s"
    parts = [
        f'<text x="{_LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(call["name"])}</text>',
        bar(call["began_s"], call["ended_s"], _COLOURS[state], whole, 0),
    ]
    # When the engine began is not told; its tasks end when the call does.
    at = call["ended_s"] - sum(task["seconds"] for task in call["tasks"])
    for task in call["tasks"]:
        end = at + task["seconds"]
        parts.append(bar(at, end, _COLOURS[task["stage"]], f"{task['task']}, {end - at:.2f} s", 3))
        at = end
    return parts


if __name__ == "__main__":
    sys.stdout.write(gantt(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
