"""The engine's command, asked for what it prints."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from ionloom.command import command_path
from ionloom.errors import error_of


def engine_output(arguments: Sequence[str]) -> str:
    """What the command prints. Raises what its exit code stands for."""
    done = subprocess.run([command_path(), *arguments], check=False, capture_output=True, text=True)
    if done.returncode == 0:
        return done.stdout
    _, _, said = done.stderr.rpartition("error: ")
    raise error_of(done.returncode, said.strip() or f"ionloom ended with {done.returncode}")
