"""Runs on Lithops: the same results as `ionloom annotate`, from the functions of any of its backends.

    import ionloom.lithops
    result = ionloom.lithops.annotate("brain.imzML", "lipids.tsv", config="lithops.yaml")
"""

from __future__ import annotations

from ionloom.lithops.run import annotate as annotate

__all__ = ["annotate"]
