from __future__ import annotations

import json
from pathlib import Path

import anndata
import ionloom
import numpy as np
import pytest


def test_layout_is_that_of_metaspace_converter(result: ionloom.Result) -> None:
    data = result.to_anndata(fdr=0.2)
    table = result.results(fdr=0.2)
    assert data.shape == (24 * 15, len(table))
    assert data.X.dtype == np.float32
    assert data.obs.index.name == "ion_image_pixel" and data.obs.index[1] == "1"
    assert list(data.obs.columns[:4]) == [
        *("ion_image_pixel_x", "ion_image_pixel_y", "ion_image_shape_y", "ion_image_shape_x")
    ]
    assert data.var.index.name == "formula_adduct"
    assert data.var.index[0] == "".join(table.index[0])
    assert json.loads(data.var["moleculeNames"].iloc[0]) == table["moleculeNames"].iloc[0]
    assert data.uns["metaspace"]["image_size"] == {"x": 24, "y": 15}
    # What metaspace-converter's anndata_to_image_array() does.
    size = data.uns["metaspace"]["image_size"]
    images = data.X.T.reshape(data.shape[1], size["y"], size["x"])
    np.testing.assert_array_equal(images, result.images(fdr=0.2))
    x, y = data.obsm["spatial"][30]
    assert images[0, y, x] == data.X[30, 0]


def test_it_is_saved_and_read_again(result: ionloom.Result, tmp_path: Path) -> None:
    data = result.to_anndata(fdr=0.1)
    data.write_h5ad(tmp_path / "a.h5ad")
    again = anndata.read_h5ad(tmp_path / "a.h5ad")
    np.testing.assert_array_equal(again.X, data.X)
    assert again.uns["metaspace"]["name"] == "tissue"
    assert json.loads(again.uns["ionloom"]) == result.run
    assert again.var["msm"].iloc[0] == pytest.approx(data.var["msm"].iloc[0])
