"""Files as objects of GEDS, which every site of a run can read: nothing moves before somebody does."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ionloom.errors import RemoteError
from ionloom.lithops.engine_output import engine_output
from ionloom.lithops.geds_place import GedsPlace
from ionloom.lithops.packed_results import pack_folder, unpack_folder


def reading_options(place: GedsPlace) -> list[str]:
    """Options of `ionloom geds get`."""
    rate = [f"--mbit-s={place.mbit_s}"] if place.mbit_s else []
    return [f"--metadata={place.metadata}", *rate]


def put_file(place: GedsPlace, path: Path | str, name: str) -> None:
    """Has the place's node keep a file under a name; one that is there stays."""
    try:
        engine_output(["geds", "put", str(path), name, f"--node={place.node}"])
    except RemoteError as error:
        if "ALREADY_EXISTS" not in str(error):
            raise


def get_file(place: GedsPlace, name: str, path: Path) -> None:
    engine_output(["geds", "get", name, *reading_options(place), f"--output={path}"])


def put_folder(place: GedsPlace, folder: Path, name: str) -> None:
    """Has the place's node keep the files below a folder as one object."""
    with tempfile.TemporaryDirectory(prefix="ionloom-") as above:
        packed = Path(above, "packed")
        with packed.open("w+b") as into:
            pack_folder(folder, into)
        put_file(place, packed, name)


def get_folder(place: GedsPlace, name: str, folder: Path) -> None:
    """Writes them below a folder that is there. Raises RemoteError."""
    with tempfile.TemporaryDirectory(prefix="ionloom-") as above:
        packed = Path(above, "packed")
        get_file(place, name, packed)
        try:
            with packed.open("rb") as content:
                unpack_folder(content, folder)
        except ValueError as error:
            raise RemoteError(f"{name} came damaged: {error}") from None


def remove_file(place: GedsPlace, name: str) -> None:
    engine_output(["geds", "rm", name, f"--metadata={place.metadata}"])
