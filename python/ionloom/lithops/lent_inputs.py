"""What the source of a run over sites lends to the site that ranks and makes images, where that is another:
the dataset's header, its lists and model, and of the .ibd what every step reads (docs/formats/ibd-record.md)."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ionloom.lithops.geds_files import get_folder, put_folder
from ionloom.lithops.geds_place import GedsPlace

_RECORD, _PARTS = "ibd-record.json", "ibd-parts"


def lend(place: GedsPlace, lent: Mapping[str, str], ibd: str, record: bytes, name: str) -> None:
    """Puts it all into one object.

    lent    paths of files here, and what they are called in the object
    record  of the .ibd
    """
    with tempfile.TemporaryDirectory(prefix="ionloom-") as folder:
        files = Path(folder)
        for path, called in lent.items():
            (files / called).parent.mkdir(parents=True, exist_ok=True)
            (files / called).symlink_to(path)
        (files / _RECORD).write_bytes(record)
        with open(ibd, "rb") as source, (files / _PARTS).open("wb") as parts:
            for offset, length in json.loads(record)["parts"]:
                source.seek(offset)
                parts.write(source.read(length))
        put_folder(place, files, name)


@dataclass(frozen=True)
class LocalInputs:
    """The lent files, as this site has them for a while."""

    folder: Path
    lent: Mapping[str, str]

    @property
    def options(self) -> list[str]:
        return [f"--ibd-record={self.folder / _RECORD}"]

    def argument(self, argument: str) -> str:
        """One of the engine's arguments, with the path of a lent file replaced."""
        option, equals, path = argument.rpartition("=")
        return f"{option}{equals}{self.folder / self.lent[path]}" if path in self.lent else argument


@contextmanager
def on_lent_inputs(
    place: GedsPlace, lent: Mapping[str, str], ibd: str, name: str
) -> Iterator[LocalInputs]:
    """Fetches them into a folder that goes away at the end. Raises RemoteError."""
    with tempfile.TemporaryDirectory(prefix="ionloom-") as above:
        folder = Path(above, "files")
        folder.mkdir()
        get_folder(place, name, folder)
        record = json.loads((folder / _RECORD).read_bytes())
        dataset = next(iter(lent.values()))
        with (folder / dataset).with_name(Path(ibd).name).open("wb") as whole:
            whole.truncate(record["size_bytes"])
            parts = (folder / _PARTS).read_bytes()
            begin = 0
            for offset, length in record["parts"]:
                whole.seek(offset)
                whole.write(parts[begin : begin + length])
                begin += length
        yield LocalInputs(folder, lent)
