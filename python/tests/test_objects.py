from __future__ import annotations

from pathlib import Path

import ionloom
import numpy as np
import pytest
from ionloom.objects import (
    read_ion_table,
    read_ion_texts,
    read_metrics,
    read_object,
    read_run,
)
from stage_chain import ION_TEXTS, PEAKS_MZ, SPECTRA, columns, run_task, write_dataset, write_ions


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every stage up to annotate, done by `ionloom task run` from texts."""
    folder = tmp_path_factory.mktemp("objects")
    write_dataset(folder)
    write_ions(folder)
    each = 8 * SPECTRA
    positions = columns("spectra", 64, {"mz": each, "i": each, "n": each, "x": 16, "y": 16})[3:]
    run_task(folder, "index", "index", [*positions, "output pixels pixels"])
    spectra = columns("spectra", 64, {"mz_offset": each, "intensity_offset": each, "length": each})
    types = columns("spectra", 64 + 5 * 64, {"mz_type": SPECTRA, "intensity_type": SPECTRA})
    run_task(
        folder,
        "ingest",
        "ingest",
        ["parameter first_spectrum 0", f"parameter declared_peaks {2 * SPECTRA}"]
        + ["parameter longest_spectrum 2", *spectra, *types]
        + [f"input pixel_of_spectrum pixels 128 {4 * SPECTRA}"]
        + [f"input ibd ibd 16 {24 * SPECTRA}", "output run run-0"],
    )
    letters = sum(len(text) for text in ION_TEXTS)
    run_task(
        folder,
        "patterns",
        "patterns",
        ["parameter analysis_version 3", "parameter analyzer orbitrap"]
        + ["parameter sigma_mz 0.000619", "parameter charge 1", "parameter isotope_peaks 4"]
        + ["parameter first_ion 0", "input begins ions 64 24"]
        + [f"input characters ions 192 {letters}", "input flags ions 128 2"]
        + ["output ions ion-table"],
    )
    table = columns("ion-table", 64, {"mz": 64, "intensity": 32, "ion": 8, "flags": 2})
    run_task(
        folder,
        "annotate",
        "annotate",
        ["parameter tolerance_ppm 3", "parameter min_px 1", "parameter spatial double"]
        + ["parameter chaos reference", "parameter all_metrics yes", "parameter isotope_peaks 4"]
        + [f"parameter width {SPECTRA}", "parameter height 1"]
        + [f"parameter first_mz {PEAKS_MZ[0]}", f"parameter last_mz 204"]
        + [f"input positions pixels 64 {4 * SPECTRA}", *table]
        + [f"input peaks run-0 64 {32 * SPECTRA}", f"input index run-0 {64 + 32 * SPECTRA} 16"]
        + ["output metrics metrics-0"],
    )
    return folder


def test_a_run_gives_its_peaks_in_order(objects: Path) -> None:
    peaks = read_run(objects / "run-0")
    assert list(peaks["mz"]) == [PEAKS_MZ[0]] * SPECTRA + [PEAKS_MZ[1]] * SPECTRA
    assert list(peaks["intensity"]) == [10, 11, 12, 13, 20, 21, 22, 23]
    assert list(peaks["pixel"]) == [0, 1, 2, 3] * 2


def test_ions_and_their_patterns_are_read(objects: Path) -> None:
    texts = read_ion_texts(objects / "ions")
    assert texts == sorted(ION_TEXTS)
    table = read_ion_table(objects / "ion-table")
    assert [texts[ion] for ion in table["ion"]] == ["C6H13O6", "C6H12O6Na"]
    np.testing.assert_allclose([mz[0] for mz in table["mz"]], PEAKS_MZ, atol=2e-4)
    assert all(intensity[0] == 100 for intensity in table["intensity"])


def test_metrics_say_what_was_measured(objects: Path) -> None:
    metrics = read_metrics(objects / "metrics-0").sort_values("ion")
    texts = read_ion_texts(objects / "ions")
    totals = {texts[ion]: total[0] for ion, total in zip(metrics["ion"], metrics["total"])}
    assert totals == {"C6H13O6": 10 + 11 + 12 + 13, "C6H12O6Na": 20 + 21 + 22 + 23}
    assert read_object((objects / "metrics-0").read_bytes()).counts[:2] == (2, 4)


def test_damage_is_named(objects: Path, tmp_path: Path) -> None:
    def damaged(name: str, at: int) -> Path:
        data = bytearray((objects / name).read_bytes())
        data[at] ^= 1
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    with pytest.raises(ionloom.DataError, match="run-0: block 0"):
        read_run(damaged("run-0", 70))
    with pytest.raises(ionloom.DataError, match="metrics-0: was changed"):
        read_metrics(damaged("metrics-0", 70))
    with pytest.raises(ionloom.DataError, match="its header was changed"):
        read_metrics(damaged("metrics-0", 9))
    with pytest.raises(ionloom.DataError, match="expected a ILIONTB1"):
        read_ion_table(objects / "metrics-0")
    whole = (objects / "metrics-0").read_bytes()
    with pytest.raises(ionloom.DataError, match="its header says"):
        read_object(whole[:-64])
    with pytest.raises(ionloom.DataError, match="no object between stages"):
        read_object(objects / "ibd")
