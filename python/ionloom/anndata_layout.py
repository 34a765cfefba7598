"""A result as AnnData, laid out as metaspace-converter lays out a METASPACE dataset."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import anndata

    from ionloom.result import Result


def to_anndata(
    result: Result, fdr: float | None = 0.1, database: str | None = None
) -> anndata.AnnData:
    """Pixels x ions.

    X                 float32, detector units; every pixel of the box in raster order, 0 where there
                      is no spectrum (obs["in_mask"] tells which)
    obs               ion_image_pixel_x, ion_image_pixel_y, ion_image_shape_y, ion_image_shape_x
    var               columns of Result.results(), lists as JSON; index formula + adduct +
                      modification + loss
    obsm["spatial"]   (x, y)
    uns["metaspace"]  what metaspace-converter's functions look at, image_size above all
    uns["ionloom"]    run.json, as JSON

    Needs the package anndata. An ion that two lists hold is there twice: name a `database` then.
    """
    import anndata

    table = result.results(
        database, fdr, include_chem_mods=True, include_neutral_losses=True
    ).reset_index()
    names = table["formula"] + table["adduct"] + table["chemMod"] + table["neutralLoss"]
    for column in ("isotopeImages", "moleculeNames", "moleculeIds"):
        table[column] = [json.dumps(value) for value in table[column]]
    table["offSample"] = np.nan  # a column of nothing but None cannot be saved
    table.index = pd.Index(names, name="formula_adduct", dtype=object)

    height, width = result.image_size["y"], result.image_size["x"]
    ys, xs = (axis.ravel() for axis in np.indices((height, width)))
    obs = pd.DataFrame(
        {
            "ion_image_pixel_x": xs,
            "ion_image_pixel_y": ys,
            "ion_image_shape_y": height,
            "ion_image_shape_x": width,
            "in_mask": result.mask.ravel(),
        },
        index=pd.RangeIndex(height * width, name="ion_image_pixel").astype(str),
    )
    images = result.images(fdr, database)
    data = anndata.AnnData(
        X=np.ascontiguousarray(images.reshape(len(table), -1).T), obs=obs, var=table
    )
    data.obsm["spatial"] = np.column_stack([xs, ys])
    config = {name: value for name, value in result.config.items() if value is not None}
    data.uns["metaspace"] = {
        "id": result.id,
        "name": result.name,
        "status": result.status,
        "polarity": result.polarity,
        "adducts": result.adducts,
        "databases": result.databases,
        "image_size": result.image_size,
        "config": config,
        "metadata": {},
    }
    data.uns["ionloom"] = json.dumps(result.run)
    return data
