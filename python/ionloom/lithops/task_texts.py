"""The texts of a run's tasks in the storages of several sites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ionloom.lithops.site import Site


def spread_texts(source: Site, sites: Sequence[Site], texts: str) -> None:
    """Puts the tasks' texts into the storages of sites that do not share that of the source.

    texts  the object's key
    """
    own = source.storage
    content: bytes | None = None
    seen = [_identity(own)]
    for site in sites:
        if _identity(site.storage) in seen:
            continue
        seen.append(_identity(site.storage))
        content = content or own.get_object(own.bucket, texts)
        site.storage.put_object(site.storage.bucket, texts, content)


def _identity(storage: Any) -> tuple[Any, ...]:
    section = storage.get_storage_config().get(storage.backend) or {}
    return (storage.backend, storage.bucket, section.get("endpoint"), section.get("region"))
