"""ionloom.annotate(): annotates a dataset with the engine of this machine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack

from ionloom.command import Progress, run_command, show_progress

if TYPE_CHECKING:
    from ionloom.result import Result

PathLike = str | os.PathLike[str]


class AnnotationOptions(TypedDict, total=False):
    """Options of `ionloom annotate` that affect results; what is left out is the command's default.
    `ionloom annotate --help` tells each."""

    adducts: Sequence[str]
    neutral_losses: Sequence[str]
    chem_mods: Sequence[str]
    polarity: Literal["positive", "negative"]
    decoys: int
    targeted: bool | Sequence[bool]  # for all lists, or one choice a list
    analyzer: Literal["orbitrap", "fticr", "tof"]
    resolving_power: float  # m / FWHM at m/z 200
    isocalc_sigma: float  # m/z units at m/z 200
    ppm: float
    isotope_peaks: int
    min_px: int
    analysis_version: Literal[1, 3]
    fixes: bool
    all_metrics: bool
    fdr: float  # a fraction
    all_ions: bool
    images: Literal["npy", "png", "none"]
    strict: bool


def as_list(values: PathLike | Sequence[PathLike]) -> list[str]:
    if isinstance(values, str | os.PathLike):
        return [os.fspath(values)]
    return [os.fspath(value) for value in values]


def _option_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return ",".join(_option_text(one) for one in value)
    return repr(value)


def annotation_options(**options: Unpack[AnnotationOptions]) -> list[str]:
    """The options as the command's arguments. Raises TypeError for one that it does not have."""
    arguments: list[str] = []
    for name, value in {"images": "npy", **options}.items():
        if name not in AnnotationOptions.__annotations__:
            raise TypeError(f"annotate() has no option {name!r}")
        flag = "--" + name.replace("_", "-")
        if value is None:
            continue
        if name in ("fixes", "all_metrics", "all_ions", "strict"):
            arguments += [flag] if value else []
        else:
            arguments.append(f"{flag}={_option_text(value)}")
    return arguments


def annotate(
    dataset: PathLike,
    molecules: PathLike | Sequence[PathLike],
    output: PathLike | None = None,
    *,
    scoring_model: PathLike | None = None,
    force: bool = False,
    threads: int | None = None,
    runtime: Literal["native", "wasm"] | None = None,
    memory: int | str | None = None,
    scratch: PathLike | None = None,
    pattern_cache: bool = True,
    progress: bool | Callable[[Progress], None] = False,
    **options: Unpack[AnnotationOptions],
) -> Result:
    """Annotates a dataset: which molecules of lists its spectra show, with false-discovery rates.

    dataset    imzML file; its .ibd lies beside it
    molecules  molecule list, or several
    output     folder for the results, made by the run; without one the results lie in a temporary
               folder that goes with the Result
    memory     that the run may take: bytes, or a text such as "4G"
    progress   True: lines on stderr; or a function that is called with each Progress
    options    see AnnotationOptions. images is "npy" unless given: intensities as they are, quick to
               read; "png" gives METASPACE's 16-bit pictures

    Warnings of the run are IonloomWarning. Raises DataError for inputs that cannot be used,
    UsageError for options that cannot, ResourceError when memory or disk do not suffice. Nothing
    is written then. Ctrl-C stops the run.
    """
    arguments = [os.fspath(dataset), *(f"--molecules={path}" for path in as_list(molecules))]
    arguments += annotation_options(**options)
    for name, value in (
        ("--scoring-model", scoring_model),
        ("--threads", threads),
        ("--runtime", runtime),
        ("--memory", memory),
        ("--scratch", scratch),
    ):
        if value is not None:
            text = os.fspath(value) if isinstance(value, os.PathLike) else str(value)
            arguments.append(f"{name}={text}")
    arguments += [] if pattern_cache else ["--no-pattern-cache"]
    arguments += ["--force"] if force else []
    temporary = tempfile.TemporaryDirectory(prefix="ionloom-") if output is None else None
    folder = Path(temporary.name, "results") if temporary else Path(os.fspath(output or ""))
    on_progress = show_progress if progress is True else (progress or None)
    try:
        run_command(["annotate", *arguments, f"--output={folder}"], on_progress)
    except BaseException:
        if temporary:
            temporary.cleanup()
        raise
    from ionloom.result import Result  # with libraries that a run on Lithops does without

    return Result(folder, keep=temporary)
