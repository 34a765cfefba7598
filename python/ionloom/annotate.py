"""ionloom.annotate(): annotates a dataset with the engine of this machine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from ionloom.command import Progress, run_command, show_progress
from ionloom.result import Result

PathLike = str | os.PathLike[str]
Polarity = Literal["positive", "negative"]
Analyzer = Literal["orbitrap", "fticr", "tof"]
ImageFormat = Literal["npy", "png", "none"]


def _as_list(values: PathLike | Sequence[PathLike]) -> list[str]:
    if isinstance(values, str | os.PathLike):
        return [os.fspath(values)]
    return [os.fspath(value) for value in values]


def annotation_arguments(
    dataset: PathLike,
    molecules: PathLike | Sequence[PathLike],
    *,
    adducts: Sequence[str] | None = None,
    neutral_losses: Sequence[str] | None = None,
    chem_mods: Sequence[str] | None = None,
    polarity: Polarity | None = None,
    decoys: int | None = None,
    targeted: bool | Sequence[bool] | None = None,
    analyzer: Analyzer | None = None,
    resolving_power: float | None = None,
    isocalc_sigma: float | None = None,
    ppm: float | None = None,
    isotope_peaks: int | None = None,
    min_px: int | None = None,
    analysis_version: Literal[1, 3] | None = None,
    scoring_model: PathLike | None = None,
    fixes: bool = False,
    all_metrics: bool = False,
    fdr: float | None = None,
    all_ions: bool = False,
    images: ImageFormat = "npy",
    strict: bool = False,
) -> list[str]:
    """The command's arguments for what affects results. What is None is the command's default."""
    arguments = [os.fspath(dataset)]
    for path in _as_list(molecules):
        arguments += ["--molecules", path]
    for name, texts in (
        ("--adducts", adducts),
        ("--neutral-losses", neutral_losses),
        ("--chem-mods", chem_mods),
    ):
        for text in texts or ():
            arguments.append(f"{name}={text}")
    if targeted is not None:
        choices = [targeted] if isinstance(targeted, bool) else targeted
        arguments.append("--targeted=" + ",".join("yes" if one else "no" for one in choices))
    for name, value in (
        ("--polarity", polarity),
        ("--decoys", decoys),
        ("--analyzer", analyzer),
        ("--resolving-power", resolving_power),
        ("--isocalc-sigma", isocalc_sigma),
        ("--ppm", ppm),
        ("--isotope-peaks", isotope_peaks),
        ("--min-px", min_px),
        ("--analysis-version", analysis_version),
        ("--scoring-model", scoring_model),
        ("--fdr", fdr),
        ("--images", images),
    ):
        if value is not None:
            text = value if isinstance(value, str | os.PathLike) else repr(value)
            arguments.append(f"{name}={os.fspath(text)}")
    for name, wanted in (
        ("--fixes", fixes),
        ("--all-metrics", all_metrics),
        ("--all-ions", all_ions),
        ("--strict", strict),
    ):
        if wanted:
            arguments.append(name)
    return arguments


def annotate(
    dataset: PathLike,
    molecules: PathLike | Sequence[PathLike],
    output: PathLike | None = None,
    *,
    adducts: Sequence[str] | None = None,
    neutral_losses: Sequence[str] | None = None,
    chem_mods: Sequence[str] | None = None,
    polarity: Polarity | None = None,
    decoys: int | None = None,
    targeted: bool | Sequence[bool] | None = None,
    analyzer: Analyzer | None = None,
    resolving_power: float | None = None,
    isocalc_sigma: float | None = None,
    ppm: float | None = None,
    isotope_peaks: int | None = None,
    min_px: int | None = None,
    analysis_version: Literal[1, 3] | None = None,
    scoring_model: PathLike | None = None,
    fixes: bool = False,
    all_metrics: bool = False,
    fdr: float | None = None,
    all_ions: bool = False,
    images: ImageFormat = "npy",
    strict: bool = False,
    force: bool = False,
    threads: int | None = None,
    runtime: Literal["native", "wasm"] | None = None,
    memory: int | str | None = None,
    scratch: PathLike | None = None,
    pattern_cache: bool = True,
    progress: bool | Callable[[Progress], None] = False,
) -> Result:
    """Annotates a dataset: which molecules of lists its spectra show, with false-discovery rates.

    The parameters are the options of `ionloom annotate`, and what is left out is the command's
    default; `ionloom annotate --help` tells each.

    dataset    imzML file; its .ibd lies beside it
    molecules  molecule list, or several
    output     folder for the results, made by the run; without one the results lie in a temporary
               folder that goes with the Result
    targeted   measure every ion of the lists fully: for all lists, or one choice a list
    images     "npy": intensities as they are, quick to read; "png": METASPACE's 16-bit pictures
    memory     bytes, or a text such as "4G"
    progress   True: lines on stderr; or a function that is called with each Progress

    Warnings of the run are IonloomWarning. Raises DataError for inputs that cannot be used,
    UsageError for options that cannot, ResourceError when memory or disk do not suffice. Nothing
    is written then. Ctrl-C stops the run.
    """
    arguments = annotation_arguments(
        dataset,
        molecules,
        adducts=adducts,
        neutral_losses=neutral_losses,
        chem_mods=chem_mods,
        polarity=polarity,
        decoys=decoys,
        targeted=targeted,
        analyzer=analyzer,
        resolving_power=resolving_power,
        isocalc_sigma=isocalc_sigma,
        ppm=ppm,
        isotope_peaks=isotope_peaks,
        min_px=min_px,
        analysis_version=analysis_version,
        scoring_model=scoring_model,
        fixes=fixes,
        all_metrics=all_metrics,
        fdr=fdr,
        all_ions=all_ions,
        images=images,
        strict=strict,
    )
    for name, value in (("--threads", threads), ("--runtime", runtime), ("--memory", memory)):
        if value is not None:
            arguments.append(f"{name}={value}")
    if scratch is not None:
        arguments.append(f"--scratch={os.fspath(scratch)}")
    if not pattern_cache:
        arguments.append("--no-pattern-cache")
    if force:
        arguments.append("--force")
    temporary = tempfile.TemporaryDirectory(prefix="ionloom-") if output is None else None
    folder = Path(temporary.name, "results") if temporary else Path(os.fspath(output or ""))
    on_progress = show_progress if progress is True else (progress or None)
    try:
        run_command(["annotate", *arguments, f"--output={folder}"], on_progress)
    except BaseException:
        if temporary:
            temporary.cleanup()
        raise
    return Result(folder, keep=temporary)
