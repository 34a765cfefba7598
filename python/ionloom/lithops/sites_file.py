"""A sites file as a run needs it: names, executors and stores (docs/formats/sites.md). What is planned
with is read by `ionloom plan`."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ionloom.command import run_command
from ionloom.errors import DataError, UsageError
from ionloom.lithops.geds_place import geds_place
from ionloom.lithops.places import read_config

_DEVICE_LINE = re.compile(r"""^([ \t]*device[ \t]*=[ \t]*)("[^"\n]*"|'[^'\n]*')""", re.MULTILINE)


@dataclass(frozen=True)
class SiteEntry:
    """A site of the file."""

    name: str
    config: dict[str, Any]  # Lithops'
    store: str | None  # the engine's store there; None: Lithops' storage


@dataclass(frozen=True)
class SitesFile:
    """What a run takes from the file."""

    path: Path
    text: str
    sites: list[SiteEntry]
    source: str  # name of the site where the dataset lies
    results: str  # of the one where results are wanted
    devices: list[str]  # as the sites name them

    def files(self) -> dict[str, str]:
        """The file and the records of its devices, as texts that stand for themselves anywhere."""
        known: dict[str, str] = {}
        texts: dict[str, str] = {}

        def renamed(found: re.Match[str]) -> str:
            name = f"site-{len(known)}.json"
            known[name] = found.group(2)[1:-1]
            return f'{found.group(1)}"{name}"'

        texts["sites.toml"] = _DEVICE_LINE.sub(renamed, self.text)
        if list(known.values()) != self.devices:
            raise UsageError(f'{self.path}: write device = "NAME" on a line of its own for each site')
        for name, device in known.items():
            texts[name] = self._record(device)
        return texts

    def _record(self, device: str) -> str:
        if not device.endswith(".json"):
            return json.dumps(_known_device(device))
        path = self.path.parent / device
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: cannot be read: {error}") from None


def _known_device(name: str) -> dict[str, Any]:
    records: list[dict[str, Any]] = json.loads(run_command(["devices", "list", "--json"]))
    for record in records:
        if record["name"] == name:
            return record
    raise UsageError(
        f'there is no device "{name}"; ionloom devices list tells which there are '
        f"({', '.join(record['name'] for record in records) or 'none'})"
    )


def read_sites_file(path: Path, default_config: Any, default_store: str | None) -> SitesFile:
    """Reads a file. Raises UsageError where a run cannot be made of it, DataError where it is no TOML.

    default_config  Lithops' configuration of sites that name none; default_store: their store
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: is no TOML: {error}") from None
    tables = content.get("site")
    if not isinstance(tables, list) or not tables or not all(isinstance(t, dict) for t in tables):
        raise DataError(f"{path}: has no [[site]] tables")
    sites = [_entry(path, table, default_config, default_store) for table in tables]
    _check_stores(path, sites)
    source = content.get("source", sites[0].name)
    if source not in [site.name for site in sites]:
        raise DataError(f'{path}: source is "{source}", which is no site')
    results = content.get("results", source)
    if results not in [site.name for site in sites]:
        raise DataError(f'{path}: results is "{results}", which is no site')
    devices = [str(table.get("device")) for table in tables]
    return SitesFile(path, text, sites, source, results, devices)


def _entry(path: Path, table: Mapping[str, Any], config: Any, store: str | None) -> SiteEntry:
    for key in ("name", "device"):
        if not isinstance(table.get(key), str):
            raise DataError(f'{path}: a site has no "{key}"')
    name = table["name"]
    executor = table.get("executor")
    if executor is not None:
        config = path.parent / executor
    if config is None:
        raise UsageError(
            f'{path}: site "{name}" has no executor: name a configuration of Lithops, executor = '
            '"FILE.yaml", or one for all sites with --lithops-config'
        )
    settings = read_config(config)
    assert settings is not None
    return SiteEntry(name, settings, table.get("store", store))


def _check_stores(path: Path, sites: list[SiteEntry]) -> None:
    """All sites must see the same objects."""
    roots = {}
    for site in sites:
        if site.store is None:
            raise UsageError(
                f'{path}: site "{site.name}" has no store: give store = '
                '"geds://HOST:PORT/BUCKET?node=HOST:PORT" with the site\'s own node, or one store for all '
                "with --store"
            )
        place = geds_place(site.store)
        roots[site.name] = f"geds {place.root}" if place else site.store
    for name, root in roots.items():
        if root != roots[sites[0].name]:
            raise UsageError(
                f'{path}: the stores of "{sites[0].name}" and "{name}" are not one: expected the same '
                "bucket and prefix of GEDS, or the same URL"
            )


def check_kept_raw(file: SitesFile, site: str) -> None:
    """Refuses a store that might take peaks away from the site. Raises UsageError."""
    (entry,) = [entry for entry in file.sites if entry.name == site]
    place = geds_place(entry.store or "")
    if place is None or place.node is None:
        raise UsageError(
            f"--keep-raw-at {site}: its store {entry.store} may lie elsewhere; name the site's own node, "
            "geds://HOST:PORT/BUCKET?node=HOST:PORT"
        )
