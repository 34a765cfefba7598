"""A lock on a folder says that a process is at work in it, and goes with that process however it ends
(flock(2)), as src/report/folder_lock.h has it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _try_lock(folder: Path) -> int | None:
    """A descriptor that holds the lock; None when another process has it, or there are no locks."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps a folder from being removed as abandoned."""
    descriptor = _try_lock(folder)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def remove_abandoned(parent: Path, prefix: str) -> None:
    """Removes folders whose names begin so and that nobody holds: what killed processes left."""
    for path in [path for path in parent.iterdir() if path.name.startswith(prefix)]:
        descriptor = _try_lock(path)
        if descriptor is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(descriptor)
