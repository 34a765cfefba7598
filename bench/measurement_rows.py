"""Measurements as text (docs/formats/measurements.md), and the models that are learned from them."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from compare import BUILD

BENCH_PLAN = BUILD / "bin/bench_plan"
Json = dict[str, Any]


def write_rows(file: Path, rows: Iterable[Json]) -> None:
    lines = [{"ionloom_measurements": 1}, *rows]
    file.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))


def learned_text(file: Path) -> str:
    """The models, as they are kept, of a file of rows."""
    return subprocess.run([str(BENCH_PLAN), "models", str(file)], capture_output=True, text=True, check=True).stdout
