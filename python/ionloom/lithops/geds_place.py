"""A store in GEDS, taken apart: geds://HOST:PORT/BUCKET[/PREFIX][?node=HOST:PORT][&mbit_s=RATE]"""

from __future__ import annotations

from dataclasses import dataclass

_SCHEME = "geds://"


@dataclass(frozen=True)
class GedsPlace:
    """Where objects lie in GEDS."""

    metadata: str  # HOST:PORT
    root: str  # BUCKET or BUCKET/PREFIX
    node: str | None  # HOST:PORT of the node that keeps new objects
    mbit_s: str | None = None  # that data of other nodes keep to

    def name(self, key: str) -> str:
        """An object's name, for `ionloom geds`."""
        return f"{self.root}/{key}"


def geds_place(url: str) -> GedsPlace | None:
    """None for a store that is not in GEDS, or has no bucket."""
    if not url.startswith(_SCHEME):
        return None
    place, _, query = url.removeprefix(_SCHEME).partition("?")
    metadata, _, root = place.partition("/")
    if not root.strip("/"):
        return None
    said = dict(parameter.partition("=")[::2] for parameter in query.split("&"))
    return GedsPlace(metadata, root.rstrip("/"), said.get("node"), said.get("mbit_s"))
