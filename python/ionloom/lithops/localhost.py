"""What makes calls begin sooner where Lithops' functions are processes of this machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any


_MEMORY_FOLDER = "/dev/shm"
_ROOM_BYTES = 1 << 30


def memory_folder() -> str:
    """Where a call makes results, which are packed into objects and go: on ext4 without a journal
    the driver's own files, made within seconds after so many were removed, took ten times as long. Empty
    without such a folder, or with little room in it."""
    try:
        is_usable = os.access(_MEMORY_FOLDER, os.W_OK) and shutil.disk_usage(_MEMORY_FOLDER).free >= _ROOM_BYTES
    except OSError:
        return ""
    return _MEMORY_FOLDER if is_usable else ""


def prepare(executor: Any) -> None:
    """Spares a new executor's calls what this process knows. What Lithops does not have any more in
    another version is left to it."""
    try:
        _tell_runtime(executor)
    except AttributeError:
        pass
    _share_bytecode()


def _tell_runtime(executor: Any) -> None:
    """Before its first call Lithops starts a Python to ask what that has: this one is the same."""
    import sys

    from lithops.version import __version__
    from lithops.worker.utils import get_runtime_metadata

    handler, storage = executor.compute_handler, executor.internal_storage
    info = handler.get_runtime_info()
    if info["runtime_name"] != sys.executable:
        return
    key = handler.get_runtime_key(info["runtime_name"], info["runtime_memory"], __version__)
    if storage.get_runtime_meta(key) is None:
        about = {**get_runtime_metadata(), "runtime_timeout": info["runtime_timeout"]}
        storage.put_runtime_meta(key, about)


def _share_bytecode() -> None:
    """Calls import a copy of Lithops that is made without its bytecode: each would compile it again
    where nothing may be written beside sources (PYTHONDONTWRITEBYTECODE), and the first elsewhere."""
    import lithops
    from lithops.constants import LITHOPS_TEMP_DIR

    source, copy = Path(lithops.__file__).parent, Path(LITHOPS_TEMP_DIR, "lithops")
    for compiled in source.rglob("__pycache__"):
        try:
            shutil.copytree(compiled, copy / compiled.relative_to(source), dirs_exist_ok=True)
        except OSError:  # another driver replaces the copy at this moment, or the disk is full
            return
