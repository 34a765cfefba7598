"""What a run over sites says of itself: to the user, and in run.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ionloom.lithops.share_out import Work
from ionloom.lithops.site import Site


def work_text(site: Mapping[str, Any]) -> str:
    """What a site is to do: "lab ingests 100 %, annotates 40 %"."""
    parts = [f"{word} {100 * site[stage]:.0f} %"
             for stage, word in (("ingest", "ingests"), ("annotate", "annotates")) if site[stage] > 0]
    if site["patterns"]:
        parts.append("makes patterns")
    if site["rank"]:
        parts.append("ranks")
    return f"{site['site']} {', '.join(parts)}" if parts else ""


def seen_text(seen: Mapping[str, Mapping[str, Any]]) -> str:
    """What a run has seen of sites that are not what was planned with: "lab 2.1 times slower than planned"."""
    parts = []
    for name, site in seen.items():
        if not site["is_there"]:
            parts.append(f"{name} does not answer")
        if "link_bytes_s" in site:
            parts.append(f"the link of {name} carries {site['link_bytes_s'] * 8e-6:.3g} Mb/s")
        if site.get("slowness", 1.0) > 1:
            parts.append(f"{name} is {site['slowness']:.1f} times slower than planned beside the others")
    return ", ".join(parts) or "the sites are as planned again"


def why(works: Sequence[Work], sites: Sequence[Site]) -> tuple[int, str]:
    """An exit code, and a line for each task that could be done nowhere."""
    lines: list[str] = []
    codes: list[int] = []
    for work in works:
        name = work.task["name"]
        codes += sorted(work.exit_codes)
        for site in sites:
            if site.name not in work.sites:
                continue
            if site.name in work.said:
                lines.append(f"{name} at {site.name}: {work.said[site.name]}")
            elif site.silent_since is not None:
                lines.append(f"{name}: {site.name} does not answer")
            elif not site.takes(work):
                needed = int(work.task["memory_bytes"]) >> 20
                lines.append(f"{name}: needs {needed} MiB, more than {site.name} has")
        if len(work.sites) == 1:
            lines.append(f"{name} may be done at {next(iter(work.sites))} alone")
    return (codes[0] if codes else 4), "\n".join(dict.fromkeys(lines))


def recorded(site: Site, version: str, plan: Mapping[str, Any]) -> dict[str, Any]:
    """A site in run.json."""
    return {
        "name": site.name,
        "backend": site.executor.backend,
        "storage": site.storage.backend,
        "store": site.store,
        "version": version,
        "slots": site.slots,
        "planned": next(told for told in plan["sites"] if told["site"] == site.name),
    }
