"""Results on their way from the site that made them to the one where they are wanted: all parts as one
object of GEDS."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ionloom.errors import RemoteError
from ionloom.lithops.geds_files import get_folder, put_folder
from ionloom.lithops.geds_place import GedsPlace
from ionloom.lithops.packed_results import copy_object


def offer_results(place: GedsPlace, storage: Any, keys: Sequence[str], name: str) -> None:
    """Has the node of this site keep the results whose parts lie in its Lithops storage."""
    with tempfile.TemporaryDirectory(prefix="ionloom-") as folder:
        for number, key in enumerate(keys):
            with Path(folder, str(number)).open("w+b") as part:
                copy_object(storage, key, part)
        put_folder(place, Path(folder), name)


def take_results(place: GedsPlace, storage: Any, name: str, keys: Sequence[str]) -> None:
    """Copies them into the Lithops storage of this site, where the driver takes them from. Raises
    RemoteError."""
    with tempfile.TemporaryDirectory(prefix="ionloom-") as folder:
        get_folder(place, name, Path(folder))
        if len(list(Path(folder).iterdir())) != len(keys):
            raise RemoteError(f"{name} is of another attempt: expected {len(keys)} parts")
        for number, key in enumerate(keys):
            with Path(folder, str(number)).open("rb") as part:
                storage.put_object(storage.bucket, key, part)
