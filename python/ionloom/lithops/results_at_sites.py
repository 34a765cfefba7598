"""Results on their way from the site that made them to the one where they are wanted: all parts as one
object of GEDS."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ionloom.errors import RemoteError
from ionloom.lithops.geds_files import get_file, put_file
from ionloom.lithops.geds_place import GedsPlace
from ionloom.lithops.packed_results import copy_object, pack_folder, unpack_folder


def offer_results(place: GedsPlace, storage: Any, keys: Sequence[str], name: str) -> None:
    """Has the node of this site keep the results whose parts lie in its Lithops storage."""
    with tempfile.TemporaryDirectory(prefix="ionloom-") as above:
        folder, packed = Path(above, "parts"), Path(above, "packed")
        folder.mkdir()
        for number, key in enumerate(keys):
            with (folder / str(number)).open("w+b") as part:
                copy_object(storage, key, part)
        with packed.open("w+b") as into:
            pack_folder(folder, into)
        put_file(place, packed, name)


def take_results(place: GedsPlace, storage: Any, name: str, keys: Sequence[str]) -> None:
    """Copies them into the Lithops storage of this site, where the driver takes them from. Raises
    RemoteError."""
    with tempfile.TemporaryDirectory(prefix="ionloom-") as above:
        folder, packed = Path(above, "parts"), Path(above, "packed")
        folder.mkdir()
        get_file(place, name, packed)
        try:
            with packed.open("rb") as content:
                unpack_folder(content, folder)
        except ValueError as error:
            raise RemoteError(f"{name} came damaged: {error}") from None
        packed.unlink()
        if len(list(folder.iterdir())) != len(keys):
            raise RemoteError(f"{name} is of another attempt: expected {len(keys)} parts")
        for number, key in enumerate(keys):
            with (folder / str(number)).open("rb") as part:
                storage.put_object(storage.bucket, key, part)
