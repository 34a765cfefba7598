"""Runs the `ionloom` command: finds it, follows its progress, turns its failures into exceptions."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ionloom.errors import IonloomWarning, UsageError, error_of

_RUNNING = re.compile(r"^(?P<stage>[a-z]+) +(?P<percent>\d+) % of (?P<total>[\d,]+) (?P<unit>.+)$")
_FINISHED = re.compile(r"^(?P<stage>[a-z]+) +(?P<total>[\d,]+) (?P<unit>.+?)  (?P<seconds>[\d.]+) s$")


@dataclass(frozen=True)
class Progress:
    """How far a stage of a run is."""

    stage: str  # "ingest", "patterns", "annotate", "images"
    fraction: float  # of the stage's work that is done, 0 to 1
    total: int  # units of work
    unit: str  # "peaks", "ions", "annotations"

    def __str__(self) -> str:
        return f"{self.stage}: {self.fraction:.0%} of {self.total:,} {self.unit}"


def progress_of(line: str) -> Progress | None:
    """What a line that the command prints while it works says, or None for another line."""
    for pattern in (_RUNNING, _FINISHED):
        found = pattern.match(line.rstrip())
        if found:
            fields = found.groupdict()
            return Progress(
                stage=fields["stage"],
                fraction=float(fields.get("percent") or 100) / 100,
                total=int(fields["total"].replace(",", "")),
                unit=fields["unit"],
            )
    return None


def command_path() -> str:
    """The command that belongs to this package: what IONLOOM_COMMAND names, the one that was
    installed with the package, or the first one on PATH. Raises UsageError when there is none."""
    named = os.environ.get("IONLOOM_COMMAND")
    if named:
        if os.access(named, os.X_OK):
            return named
        raise UsageError(f"IONLOOM_COMMAND is {named}, which is no program that can be run")
    inside = Path(__file__).parent / "bin" / "ionloom"
    if os.access(inside, os.X_OK):
        return str(inside)
    found = shutil.which("ionloom")
    if found and not Path(found).read_bytes().startswith(b"#!"):  # main() below is no command
        return found
    raise UsageError(
        "the command ionloom was not found: install the package with its command (pip install "
        "ionloom), or name a built one with the environment variable IONLOOM_COMMAND"
    )


def _exit_code(returned: int) -> int:
    return returned if returned >= 0 else 128 - returned


def run_command(
    arguments: Sequence[str], on_progress: Callable[[Progress], None] | None = None
) -> str:
    """Runs the command and gives what it printed on stdout.

    Warnings of the run become IonloomWarning. Raises the exception of errors.py that its exit code
    stands for. Ctrl-C stops the command, which leaves nothing behind, and is raised again.
    """
    process = subprocess.Popen(
        [command_path(), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    assert process.stdout is not None and process.stderr is not None
    printed: list[str] = []
    reader = threading.Thread(target=lambda out: printed.append(out.read()), args=(process.stdout,))
    reader.start()
    said: list[str] = []
    try:
        for line in process.stderr:
            progress = progress_of(line)
            if progress is None:
                said.append(line)
            elif on_progress is not None:
                on_progress(progress)
        returned = process.wait()
    except BaseException:  # Ctrl-C above all: nobody else would stop the command
        process.send_signal(signal.SIGINT)
        process.wait()
        raise
    finally:
        reader.join()
        process.stdout.close()
        process.stderr.close()
    if returned != 0:
        text = "".join(said).strip()
        message = text[text.find("error: ") + 7 :] if "error: " in text else text
        if returned < 0:
            message = f"the command was ended by signal {-returned}" + (
                f"; it said: {message}" if message else ""
            )
        raise error_of(_exit_code(returned), message)
    for line in said:
        if line.startswith("warning: "):
            warnings.warn(line[9:].strip(), IonloomWarning, stacklevel=3)
    return printed[0]


def show_progress(progress: Progress) -> None:
    """Prints a stage's progress on stderr, one line that is rewritten until the stage is over."""
    end = "\n" if progress.fraction >= 1 else ""
    sys.stderr.write(f"\r\033[K{progress}{end}")
    sys.stderr.flush()


def main() -> None:
    """The command `ionloom` of the installed package: the program takes this process's place."""
    arguments = sys.argv[1:]
    path = command_path()
    os.environ.setdefault("IONLOOM_PYTHON", sys.executable)  # for --executor lithops
    os.execv(path, [path, *arguments])
