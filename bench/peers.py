"""What people use today for the same work, on the inputs that bench_kernels left in a folder.

Each peer is a function of that folder. It loads the inputs, and returns the work to be timed and a
check of its result: "equal", "within ...", or what differs. Every peer runs on one thread, by the
fastest call that its library offers; start-up and loading are not timed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

Work = Callable[[], Any]
Check = Callable[[Any], str]

TOLERANCE_PPM = 3.0
SIGMA_TO_FWHM = 2.3548200450309493


@dataclass(frozen=True)
class Peer:
    packages: str  # the first is what it is named by
    prepare: Callable[[Path, Path], tuple[Work, Check]]  # (inputs, dataset)

    def missing(self) -> str:
        """The packages that are not installed."""
        absent = []
        for package in self.packages.split():
            try:
                version(package)
            except PackageNotFoundError:
                absent.append(package)
        return " ".join(absent)

    def label(self) -> str:
        """The packages with their versions, as far as they are known."""
        if self.missing():
            return self.packages.replace(" ", " + ")
        return " + ".join(f"{p} {version(p)}" for p in self.packages.split())


def read(folder: Path, name: str) -> Any:
    """An array that the exchange holds; the suffix names its type."""
    import numpy as np

    types = {"f64": "<f8", "f32": "<f4", "u32": "<u4"}
    return np.fromfile(folder / name, dtype=types[name.rpartition(".")[2]])


def compared(ours: Any, theirs: Any, tolerance: float) -> str:
    """How two arrays agree, relative to the greater value (to 1 where both are below)."""
    import numpy as np

    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    if ours.shape != theirs.shape:
        return f"DIFFERS: {ours.shape} against {theirs.shape} values"
    if np.array_equal(ours, theirs):
        return "equal"
    scale = np.maximum(np.abs(ours), np.abs(theirs))
    error = np.max(np.abs(ours - theirs) / np.maximum(scale, 1))
    return f"within {tolerance:.0e}" if error <= tolerance else f"DIFFERS: by {error:.1e}"


def patterns(folder: Path, _dataset: Path) -> tuple[Work, Check]:
    """METASPACE's isocalc_wrapper, version 3, less its own sorting."""
    import numpy as np
    from cpyMSpec import InstrumentModel, isotopePattern

    ions = (folder / "patterns_ions.txt").read_text().split()
    sigma_mz = read(folder, "patterns_sigma_mz.f64")[0]
    instrument = InstrumentModel("orbitrap", 200.0 / (sigma_mz * SIGMA_TO_FWHM))

    def centroids(ion: str) -> Any:
        try:
            pattern = isotopePattern(ion)
            pattern.addCharge(1)
            return pattern.centroids(instrument)
        except Exception:  # cpyMSpec raises nothing narrower for an ion without pattern
            return None

    def work() -> Any:
        return [centroids(ion) for ion in ions]

    def check(spectra: Any) -> str:
        mz, intensity = np.zeros((len(ions), 4)), np.zeros((len(ions), 4))
        for i, spectrum in enumerate(spectra):
            if spectrum is None:
                continue
            masses, heights = np.array(spectrum.masses), np.array(spectrum.intensities)
            highest = np.argsort(-heights, kind="stable")[:4]
            highest = highest[np.argsort(masses[highest])]
            mz[i, : len(highest)] = masses[highest]
            intensity[i, : len(highest)] = 100 * heights[highest]
        by_mz = compared(read(folder, "patterns_mz.f64"), mz.ravel(), 1e-7)
        by_intensity = compared(read(folder, "patterns_intensity.f32"), intensity.ravel(), 1e-5)
        return by_intensity if by_mz.startswith("within") or by_mz == "equal" else by_mz

    return work, check


def chaos(name: str) -> Callable[[Path, Path], tuple[Work, Check]]:
    def prepare(folder: Path, _dataset: Path) -> tuple[Work, Check]:
        from cpyImagingMSpec import measure_of_chaos

        image = read(folder, f"{name}_image.f32")
        side = int(name.rpartition("_")[2])
        image = image.reshape(side, side)
        return (
            lambda: measure_of_chaos(image, 30),
            lambda value: compared(read(folder, f"{name}.f64"), [value], 0),
        )

    return prepare


def opening(_folder: Path, dataset: Path) -> tuple[Work, Check]:
    from pyimzml.ImzMLParser import ImzMLParser

    return lambda: ImzMLParser(
        str(dataset)
    ), lambda parser: "equal" if parser.coordinates else "DIFFERS"


def ingest(folder: Path, dataset: Path) -> tuple[Work, Check]:
    """Every spectrum by pyimzML, then one stable sort, as METASPACE's load_ds does."""
    import numpy as np
    from pyimzml.ImzMLParser import ImzMLParser

    parser = ImzMLParser(str(dataset))
    count = len(parser.coordinates)

    def work() -> Any:
        spectra = [parser.getspectrum(i) for i in range(count)]
        mz = np.concatenate([s[0] for s in spectra])
        intensity = np.concatenate([s[1] for s in spectra])
        pixel = np.repeat(np.arange(count, dtype=np.uint32), [len(s[0]) for s in spectra])
        order = np.argsort(mz, kind="stable")
        return mz[order], intensity[order], pixel[order]

    def check(result: Any) -> str:
        mz = compared(read(folder, "ingest_mz.f64"), result[0], 0)
        intensity = compared(read(folder, "ingest_intensity.f32"), result[1], 0)
        return intensity if mz == "equal" else mz

    return work, check


def images(folder: Path, _dataset: Path) -> tuple[Work, Check]:
    """Windows by binary search, a histogram over pixels each; m/z statistics are left out."""
    import numpy as np

    peak_mz, pixel = read(folder, "images_peak_mz.f64"), read(folder, "images_peak_pixel.u32")
    intensity = read(folder, "images_peak_intensity.f32").astype(float)
    pixel = pixel.astype(np.intp)
    mz, pixels = read(folder, "images_theory_mz.f64"), int(pixel.max()) + 1

    def work() -> Any:
        half = mz * TOLERANCE_PPM * 1e-6
        first = np.searchsorted(peak_mz, mz - half, "left")
        last = np.searchsorted(peak_mz, mz + half, "right")
        return [
            np.bincount(pixel[a:b], intensity[a:b], pixels) if b > a else None
            for a, b in zip(first.tolist(), last.tolist())
        ]

    def check(cut: Any) -> str:
        totals = [0.0 if image is None else image.sum() for image in cut]
        return compared(read(folder, "images_totals.f64"), totals, 1e-6)

    return work, check


def metric_inputs(folder: Path) -> tuple[Any, Any]:
    """Dense images [ion, peak, pixel] and theoretical intensities [ion, peak]."""
    theory = read(folder, "metric_theory.f32").reshape(-1, 4)
    return read(folder, "metric_images.f32").reshape(len(theory), 4, -1), theory


def spatial_numpy(folder: Path, _dataset: Path) -> tuple[Work, Check]:
    import numpy as np

    stored, theory = metric_inputs(folder)
    stored, theory = stored.astype(float), theory.astype(float)

    def work() -> Any:
        return [
            np.average(np.corrcoef(ion)[0, 1:], weights=weights[1:])
            for ion, weights in zip(stored, theory)
        ]

    return work, lambda values: compared(read(folder, "spatial.f64"), np.clip(values, 0, 1), 1e-9)


def spatial_cpp(folder: Path, _dataset: Path) -> tuple[Work, Check]:
    from cpyImagingMSpec import isotope_image_correlation

    stored, theory = metric_inputs(folder)
    ions = [(list(ion), weights[1:]) for ion, weights in zip(stored, theory)]

    def check(values: Any) -> str:
        return compared(read(folder, "spatial.f64"), [max(v, 0.0) for v in values], 1e-4)

    return lambda: [isotope_image_correlation(ion, weights) for ion, weights in ions], check


def spectral_cpp(folder: Path, _dataset: Path) -> tuple[Work, Check]:
    from cpyImagingMSpec import isotope_pattern_match

    stored, theory = metric_inputs(folder)
    ions = [(list(ion), intensities) for ion, intensities in zip(stored, theory)]
    return (
        lambda: [isotope_pattern_match(ion, intensities) for ion, intensities in ions],
        lambda values: compared(read(folder, "spectral.f64"), values, 1e-5),
    )


def ranking(folder: Path, _dataset: Path) -> tuple[Work, Check]:
    """Version 3's FDR: cumulative decoys / 20 / cumulative targets, +1 each, made monotonic."""
    import numpy as np

    targets, decoys = read(folder, "ranking_targets.f64"), read(folder, "ranking_decoys.f64")

    def work() -> Any:
        scores = np.sort(targets)
        above = len(decoys) - np.searchsorted(np.sort(decoys), scores, "left")
        at_or_above = len(scores) - np.searchsorted(scores, scores, "left")
        rates = np.minimum.accumulate((above + 1) / 20 / (at_or_above + 1))
        return rates[np.searchsorted(scores, targets, "left")]

    return work, lambda rates: compared(read(folder, "ranking_rates.f64"), rates, 1e-9)


def scoring(folder: Path, _dataset: Path) -> tuple[Work, Check]:
    from catboost import CatBoost, Pool

    model = CatBoost()
    model.load_model((folder / "scoring_model.txt").read_text().strip())
    columns = read(folder, "scoring_columns.f32").reshape(len(model.feature_names_), -1)
    rows = Pool(columns.T.copy(), feature_names=model.feature_names_)

    def check(scores: Any) -> str:
        return compared(read(folder, "scoring.f64"), scores, 1e-6)

    return lambda: model.predict(rows, thread_count=1), check


CHAOS = ("chaos_64", "chaos_128", "chaos_256", "chaos_512", "chaos_1000", "chaos_sparse_1000")

PEERS: dict[str, list[Peer]] = {
    "patterns": [Peer("cpyMSpec", patterns)],
    **{name: [Peer("cpyImagingMSpec", chaos(name))] for name in CHAOS},
    "open": [Peer("pyimzML", opening)],
    "ingest": [Peer("pyimzML numpy", ingest)],
    "images": [Peer("numpy", images)],
    "spatial": [Peer("numpy", spatial_numpy), Peer("cpyImagingMSpec", spatial_cpp)],
    "spectral": [Peer("cpyImagingMSpec", spectral_cpp)],
    "scoring": [Peer("catboost", scoring)],
    "ranking": [Peer("numpy", ranking)],
}
