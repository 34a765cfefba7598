"""A command in the engine's place that does as it is told before the engine runs.

Orders are files of a folder, each used once: KIND-STAGE, with a stage of the call's tasks, or
`plan`, which is `render` once a call has annotated. Kinds: kill-worker, kill-call (its whole process tree on this machine), kill-engine, full-disk,
lose-run (an object of ingest vanishes). `hold-STAGE` stays, and stops the call until it is removed;
`reached-STAGE` tells that it got there.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

_SCRIPT = """#!/bin/bash
faults={faults}
stages=plan
[[ -e $faults/reached-annotate ]] && stages=render
input=/dev/null
if [[ $1 == task ]]; then
  input=$(mktemp)
  cat >"$input"
  stages=$(grep '^stage ' "$input" | cut -d' ' -f2 | sort -u)
fi
for stage in $stages; do
  touch "$faults/reached-$stage"
  while [[ -e $faults/hold-$stage ]]; do sleep 0.05; done
done
ordered() {{ for stage in $stages; do rm "$faults/$1-$stage" 2>/dev/null && return; done; return 1; }}
if ordered kill-call; then kill -9 "$(ps -o ppid= -p $PPID | tr -d ' ')" $PPID; fi
if ordered kill-worker; then kill -9 $PPID; fi
if ordered kill-engine; then kill -9 $$; fi
if ordered lose-run; then rm -f "$(find {store} -path '*kept*' -name run | head -1)"; fi
if ordered full-disk; then ulimit -f 20; fi
exec {engine} "$@" <"$input"
"""


class FaultyEngine:
    """The command, and the orders that it has."""

    def __init__(self, folder: Path, store: Path) -> None:
        self.faults = folder / "faults"
        self.faults.mkdir()
        self.command = folder / "faulty-ionloom"
        self.command.write_text(
            _SCRIPT.format(
                faults=self.faults, store=store, engine=os.environ["IONLOOM_COMMAND"]
            )
        )
        self.command.chmod(self.command.stat().st_mode | stat.S_IXUSR)

    def order(self, *names: str) -> None:
        for name in names:
            (self.faults / name).touch()

    def left(self) -> set[str]:
        """Orders that nobody has followed."""
        return {p.name for p in self.faults.iterdir() if not p.name.startswith("reached-")}

    def release(self, name: str) -> None:
        (self.faults / name).unlink()


_SLOW = """#!{python}
import json, subprocess, sys, time
done = subprocess.run(["{engine}", *sys.argv[1:]], stdout=subprocess.PIPE)
for line in done.stdout.decode().splitlines():
    if sys.argv[1] == "task" and line.startswith("{{"):
        told = json.loads(line)
        if told.get("stage") == "annotate" and "seconds" in told:
            time.sleep({seconds})
            told["seconds"] += {seconds}
        line = json.dumps(told)
    print(line)
sys.exit(done.returncode if done.returncode >= 0 else 1)
"""


def slow_engine(folder: Path, annotate_s: float) -> Path:
    """A command in the engine's place for which each task of annotate takes so much longer, on a machine
    that is busy too."""
    command = folder / "slow-ionloom"
    command.write_text(
        _SLOW.format(python=sys.executable, engine=os.environ["IONLOOM_COMMAND"], seconds=annotate_s)
    )
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    return command
