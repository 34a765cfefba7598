from __future__ import annotations

from pathlib import Path

import ionloom
import pytest
from conftest import DEMO_LIST
from ionloom.command import Progress, progress_of, run_command


def test_writes_what_the_command_writes(
    tissue: Path, result: ionloom.Result, tmp_path: Path
) -> None:
    run_command(
        ["annotate", str(tissue), f"--molecules={DEMO_LIST}", f"--output={tmp_path / 'out'}"]
        + ["--targeted=no", "--all-ions", "--images=npy"]
    )
    for name in ("annotations.csv", "annotations.parquet", "ion_metrics.parquet"):
        assert (tmp_path / "out" / name).read_bytes() == (result.path / name).read_bytes()


def test_every_option_reaches_the_run(tissue: Path) -> None:
    result = ionloom.annotate(
        tissue,
        [DEMO_LIST],
        adducts=["+H"],
        neutral_losses=["-H2O"],
        chem_mods=["+C2H2O"],
        polarity="positive",
        decoys=5,
        targeted=[False],
        analyzer="orbitrap",
        resolving_power=200_000,
        ppm=2.5,
        isotope_peaks=3,
        min_px=2,
        analysis_version=1,
        fixes=True,
        all_metrics=True,
        fdr=0.2,
        images="none",
        threads=1,
        memory="2G",
        pattern_cache=False,
    )
    expected = {
        "adducts": ["+H"],
        "neutral_losses": ["-H2O"],
        "chem_mods": ["+C2H2O"],
        "polarity": "positive",
        "decoys": 5,
        "targeted_lists": [],
        "analyzer": "orbitrap",
        "resolving_power": 200_000,
        "ppm": 2.5,
        "isotope_peaks": 3,
        "min_px": 2,
        "analysis_version": 1,
        "fixes": True,
        "all_metrics": True,
        "fdr": 0.2,
        "images": "none",
        "threads": 1,
        "pattern_cache": False,
    }
    assert {name: result.config[name] for name in expected} == expected
    assert all(result.run["parameters"][name]["origin"] == "option" for name in ("ppm", "decoys"))


def test_a_temporary_folder_goes_with_its_result(tissue: Path) -> None:
    result = ionloom.annotate(tissue, DEMO_LIST, images="none")
    folder = result.path
    assert (folder / "run.json").exists()
    del result
    assert not folder.exists()


def test_failures_are_exceptions_by_kind(tissue: Path, tmp_path: Path) -> None:
    absent = tmp_path / "absent.imzML"
    with pytest.raises(ionloom.DataError, match="absent.imzML") as data:
        ionloom.annotate(absent, DEMO_LIST, tmp_path / "out")
    assert data.value.exit_code == 1
    with pytest.raises(ionloom.UsageError, match="Xx") as usage:
        ionloom.annotate(tissue, DEMO_LIST, tmp_path / "out", adducts=["+Xx"])
    assert usage.value.exit_code == 2
    with pytest.raises(ionloom.ResourceError, match="memory") as resource:
        ionloom.annotate(tissue, DEMO_LIST, tmp_path / "out", memory="1M")
    assert resource.value.exit_code == 3
    assert list(tmp_path.iterdir()) == [], "something was left behind"


def test_warnings_of_a_run_are_warnings(tissue: Path, tmp_path: Path) -> None:
    with pytest.warns(ionloom.IonloomWarning, match="the file says positive"):
        ionloom.annotate(tissue, DEMO_LIST, tmp_path / "out", polarity="negative", images="none")


def test_progress_is_told_stage_by_stage(tissue: Path) -> None:
    seen: list[Progress] = []
    ionloom.annotate(tissue, DEMO_LIST, images="none", progress=seen.append)
    assert [progress.stage for progress in seen] == ["ingest", "patterns", "annotate"]
    assert all(progress.fraction == 1 and progress.total > 0 for progress in seen)


def test_progress_lines_are_understood() -> None:
    assert progress_of("annotate    47 % of 12,480 ions") == Progress(
        "annotate", 0.47, 12480, "ions"
    )
    assert progress_of("ingest    12,900,000 peaks  1.2 s\n") == Progress(
        "ingest", 1.0, 12900000, "peaks"
    )
    assert progress_of("warning: 3 % of 5 peaks are odd") is None


def test_a_run_that_is_interrupted_leaves_nothing(tissue: Path, tmp_path: Path) -> None:
    def interrupt(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ionloom.annotate(tissue, DEMO_LIST, tmp_path / "out", progress=interrupt)
    left = [path for path in tmp_path.iterdir() if path.name != "out"]
    assert left == []
    # The run may have been over when it was told to stop: then its results are whole.
    if (tmp_path / "out").exists():
        assert ionloom.read(tmp_path / "out").status == "FINISHED"


def test_a_command_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IONLOOM_COMMAND", "/nowhere/ionloom")
    with pytest.raises(ionloom.UsageError, match="/nowhere/ionloom"):
        run_command(["--version"])
