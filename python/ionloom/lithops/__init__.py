"""Runs on Lithops: the same results as `ionloom annotate`, from the functions of any of its backends.

    import ionloom.lithops
    result = ionloom.lithops.annotate("brain.imzML", "lipids.tsv", config="lithops.yaml")

The driver's side is imported when it is first used: each call imports this package, and needs little of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ionloom.lithops.run import annotate as annotate

__all__ = ["annotate"]


def __getattr__(name: str) -> Any:
    if name != "annotate":
        raise AttributeError(f"module 'ionloom.lithops' has no attribute {name!r}")
    from ionloom.lithops.run import annotate

    globals()[name] = annotate
    return annotate
