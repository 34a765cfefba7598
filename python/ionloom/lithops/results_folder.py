"""A folder of results that appears complete or not at all, as src/report/results_folder.h has it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ionloom.errors import DataError, UsageError
from ionloom.lithops.folder_lock import locked, remove_abandoned


def check_old_results(folder: Path, force: bool) -> None:
    """Refuses a folder that is in use. Raises UsageError."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder}: is a file; the output must be a folder. Choose another name.")
    names = sorted(path.name for path in folder.iterdir())
    if not names:
        return
    if not force:
        raise UsageError(
            f"{folder}: exists already and holds {', '.join(names[:3])}. Choose another output "
            "folder, or add --force to replace results of ionloom."
        )
    try:
        recorded = json.loads((folder / "run.json").read_text())["outputs"]
    except (OSError, ValueError, KeyError):
        recorded = None
    foreign = [n for n in names if n != "run.json" and n not in _tops(recorded or [])]
    if recorded is None or foreign:
        raise UsageError(
            f"{folder}: --force replaces only results of ionloom, and this folder "
            + (f"also holds {', '.join(foreign[:3])}." if recorded is not None else "has no run.json.")
            + " Choose another output folder, or move these files away."
        )


def _tops(outputs: list[str]) -> set[str]:
    return {output.split("/", 1)[0] for output in outputs}


@contextmanager
def new_results(folder: Path, force: bool) -> Iterator[Path]:
    """Gives a hidden folder beside `folder`, which takes its name at the end of the block; an
    exception leaves nothing. What drivers left there that were killed goes. A full disk is for the
    caller to tell."""
    check_old_results(folder, force)
    unfinished = f".{folder.name}.partial-"
    partial = folder.parent / f"{unfinished}{os.getpid()}"
    replaced = folder.parent / f".{folder.name}.replaced-{os.getpid()}"
    made = [p for p in (*reversed(folder.parent.parents), folder.parent) if not p.exists()]
    try:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            remove_abandoned(folder.parent, unfinished)
            partial.mkdir()
        except OSError as error:
            raise DataError(f"{folder}: cannot be created: {error.strerror}") from None
        with locked(partial):
            yield partial
        check_old_results(folder, force)  # a run can take hours
        if folder.exists():
            folder.rename(replaced)
        partial.rename(folder)
        shutil.rmtree(replaced, ignore_errors=True)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        for parent in reversed(made):
            if parent.exists() and not any(parent.iterdir()):
                parent.rmdir()
        raise
