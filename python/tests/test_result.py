from __future__ import annotations

import json
from pathlib import Path

import ionloom
import numpy as np
import pyarrow as pa
import pytest
from conftest import DEMO_LIST
from ionloom.images import clip_hotspots, read_image
from ionloom.result import fdr_curve

# Columns of SMDataset.results() of metaspace2020 2.1.0.
METASPACE_COLUMNS = [
    *("ionFormula", "ion", "mz", "msm", "rhoSpatial", "rhoSpectral", "moc", "fdr", "offSample"),
    *("isotopeImages", "moleculeNames", "moleculeIds", "intensity"),
]


def test_results_are_metaspaces_table(result: ionloom.Result) -> None:
    table = result.results()
    assert list(table.columns) == METASPACE_COLUMNS
    assert table.index.names == ["formula", "adduct"]
    csv = (result.path / "annotations.csv").read_text("utf-8").splitlines()
    assert len(table) == len(csv) - 3 > 10
    first = table.iloc[0]
    assert first["ion"].startswith(table.index[0][0])
    assert first["msm"] == pytest.approx(first["moc"] * first["rhoSpatial"] * first["rhoSpectral"])
    assert isinstance(first["moleculeNames"], list) and first["moleculeNames"]
    image = result.isotope_images(*table.index[0])[0]
    assert image is not None and first["intensity"] == pytest.approx(image.max())


def test_results_are_filtered_by_rate_and_list(result: ionloom.Result) -> None:
    rates = result.results()["fdr"]
    assert 0 < len(result.results(fdr=0.004)) == (rates <= 0.004).sum() < len(rates)
    assert len(result.results(database="demo_molecules")) == len(rates)
    with pytest.raises(KeyError, match="demo_molecules"):
        result.results(database="HMDB")


def test_modified_ions_are_left_out_unless_asked_for(tissue: Path) -> None:
    result = ionloom.annotate(
        tissue, DEMO_LIST, neutral_losses=["-H2O"], targeted=True, images="none"
    )
    plain = result.results()
    everything = result.results(include_neutral_losses=True, include_chem_mods=True)
    assert everything.index.names == ["formula", "adduct", "chemMod", "neutralLoss"]
    losses = everything.index.get_level_values("neutralLoss")
    assert set(losses) == {"", "-H2O"}
    assert len(plain) == (losses == "").sum()


def test_arrow_and_pandas_hold_every_column(result: ionloom.Result) -> None:
    assert isinstance(result.annotations_arrow, pa.Table)
    assert result.annotations_arrow.column_names == list(result.annotations.columns)
    assert {"theo_mz", "image_stem"} <= set(result.annotations.columns)


def test_metrics_and_rankings_hold_decoys(result: ionloom.Result, tissue: Path) -> None:
    assert set(result.metrics["is_target"]) == {True, False}
    assert result.rankings["is_decoy"].any()
    without = ionloom.annotate(tissue, DEMO_LIST, images="none")
    with pytest.raises(ionloom.DataError, match="all_ions=True"):
        _ = without.metrics


def test_isotope_images_are_in_detector_units(result: ionloom.Result) -> None:
    row = result.annotations.iloc[0]
    images = result.isotope_images(row["formula"], row["adduct"])
    assert len(images) == 4
    assert images.peak(0) == row["theo_mz"][0]
    for k, image in enumerate(images):
        assert image is not None
        assert image.shape == (15, 24) and image.dtype == np.float32
        assert image.sum(dtype=np.float64) == pytest.approx(row["total_intensity"][k], rel=1e-6)
    assert len(result.isotope_images(row["formula"], row["adduct"], only_first_isotope=True)) == 1
    with pytest.raises(LookupError, match="C99"):
        result.isotope_images("C99", "+H")


def test_images_are_scaled_and_clipped_as_metaspace_does(result: ionloom.Result) -> None:
    formula, adduct = result.results().index[0]
    raw = result.isotope_images(formula, adduct)[0]
    unit = result.isotope_images(formula, adduct, scale_intensity=False)[0]
    assert raw is not None and unit is not None
    np.testing.assert_allclose(unit, raw / raw.max(), rtol=1e-6)
    tic = np.full(raw.shape, 2.0, np.float32)
    tic[0, 0] = 0
    halved = result.isotope_images(formula, adduct, scale_intensity=tic)[0]
    assert halved is not None and halved[0, 0] == 0
    np.testing.assert_array_equal(halved.ravel()[1:], raw.ravel()[1:] / 2)
    spot = np.zeros((10, 30), np.float32)
    spot.ravel()[:200] = np.arange(1, 201)
    # 199 values are more than 200 / 256 ... the lowest, 1, is too: 0.99 x 199 + 1 of 1 to 200.
    assert clip_hotspots(spot).max() == pytest.approx(198.01)
    clipped = result.isotope_images(formula, adduct, hotspot_clipping=True)[0]
    np.testing.assert_array_equal(clipped, clip_hotspots(raw))


def test_pictures_give_the_same_intensities(tissue: Path, result: ionloom.Result) -> None:
    pictures = ionloom.annotate(tissue, DEMO_LIST, targeted=False, images="png")
    np.testing.assert_array_equal(pictures.mask, result.mask)
    exact, drawn = result.images(fdr=0.2), pictures.images(fdr=0.2)
    assert exact.shape == drawn.shape and len(exact) > 5
    steps = exact.reshape(len(exact), -1).max(axis=1)[:, None, None] / 65535
    assert (np.abs(exact - drawn) <= 1.01 * steps).all()


def test_a_file_that_is_no_image_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"nothing")
    with pytest.raises(ionloom.DataError, match="a.png"):
        read_image(tmp_path / "a.png")


def test_colocalised_ions_come_first(result: ionloom.Result) -> None:
    ion = result.results(fdr=0.1).iloc[3]["ion"]
    table = result.results(fdr=0.1, coloc_with=ion)
    assert table.iloc[0]["ion"] == ion
    assert table.iloc[0]["colocCoeff"] == pytest.approx(1)
    assert table["colocCoeff"].is_monotonic_decreasing
    assert table["colocCoeff"].iloc[-1] < 0.9


def test_the_run_is_known(result: ionloom.Result) -> None:
    assert result.name == "tissue" and result.status == "FINISHED"
    assert result.polarity == "Positive"
    assert result.image_size == {"x": 24, "y": 15}
    assert result.databases == ["demo_molecules"]
    assert "annotations" in repr(result)


def test_the_fdr_curve_counts_annotations(result: ionloom.Result) -> None:
    curve = fdr_curve(result)["demo_molecules"]
    counts = result.run["counts"]["lists"][0]["annotations"]
    assert curve.loc[0.1] == counts["fdr_10"]
    assert curve.loc[0.5] == counts["fdr_50"]


def test_a_folder_without_complete_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ionloom.DataError, match="no run.json"):
        ionloom.read(tmp_path)
    (tmp_path / "run.json").write_text(json.dumps({"program": "other"}))
    with pytest.raises(ionloom.DataError, match="no run record"):
        ionloom.read(tmp_path)
