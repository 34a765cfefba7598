"""Results of a run: tables, images and the run's record, from the folder that it wrote."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ionloom.errors import DataError
from ionloom.images import Image, IsotopeImages, Mask, clip_hotspots, read_image, read_mask

if TYPE_CHECKING:
    import anndata

# METASPACE's names (metaspace2020, SMDataset.results) of columns of annotations.parquet.
_METASPACE_NAMES = {
    "formula": "formula",
    "adduct": "adduct",
    "chem_mod": "chemMod",
    "neutral_loss": "neutralLoss",
    "ion_formula": "ionFormula",
    "ion": "ion",
    "mz": "mz",
    "msm": "msm",
    "spatial": "rhoSpatial",
    "spectral": "rhoSpectral",
    "chaos": "moc",
    "fdr": "fdr",
}
_METASPACE_ORDER = [
    *("ionFormula", "ion", "mz", "msm", "rhoSpatial", "rhoSpectral", "moc", "fdr", "offSample"),
    *("isotopeImages", "colocCoeff", "moleculeNames", "moleculeIds", "intensity"),
]


class Result:
    """What a run found. Tables are read when they are first asked for, images each time.

    Methods and columns with METASPACE's names are those of metaspace2020's SMDataset, so that a
    notebook written for it goes on with `ionloom.read(folder)` in place of a dataset.
    """

    def __init__(self, folder: Path, keep: object = None) -> None:
        """folder: of a finished run. keep: lives as long as this (a temporary folder)."""
        self.path = folder
        self._keep = keep
        try:
            self.run: dict[str, Any] = json.loads((folder / "run.json").read_text("utf-8"))
        except FileNotFoundError:
            raise DataError(
                f"{folder}: holds no run.json, so no complete results of ionloom"
            ) from None
        if self.run.get("program") != "ionloom" or self.run.get("schema") != 1:
            raise DataError(f"{folder}/run.json: is no run record of ionloom, or a newer one")

    def __repr__(self) -> str:
        written = self.run["counts"]["annotations_written"]
        return f"Result({self.name}: {written} annotations, {self.path})"

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p>" + str(self.results().head(10).to_html())

    # The run

    @property
    def id(self) -> str:
        """Hash of the parameters that affect results."""
        return str(self.run["parameters_hash"])

    @property
    def name(self) -> str:
        """Of the dataset: its file without ending."""
        return next(Path(i["path"]).stem for i in self.run["inputs"] if i["role"] == "imzml")

    @property
    def status(self) -> str:
        return str(self.run["status"])

    @property
    def config(self) -> dict[str, Any]:
        """Every parameter as it was used."""
        return {name: chosen["value"] for name, chosen in self.run["parameters"].items()}

    @property
    def adducts(self) -> list[str]:
        return list(self.config["adducts"])

    @property
    def polarity(self) -> str:
        return str(self.config["polarity"]).capitalize()

    @property
    def databases(self) -> list[str]:
        """Names of the molecule lists."""
        return list(self.config["molecule_lists"])

    @property
    def image_size(self) -> dict[str, int]:
        return {"x": self.run["counts"]["width"], "y": self.run["counts"]["height"]}

    # Tables

    @cached_property
    def annotations_arrow(self) -> pa.Table:
        """annotations.parquet (docs/formats/annotations-parquet.md), every column."""
        return pq.read_table(self.path / "annotations.parquet")

    @cached_property
    def annotations(self) -> pd.DataFrame:
        """The same with pandas."""
        return pd.DataFrame(self.annotations_arrow.to_pandas())

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """Every kept ion, decoys too; of runs with all_ions."""
        return self._all_ions("ion_metrics.parquet")

    @cached_property
    def rankings(self) -> pd.DataFrame:
        """Targets and decoys as they were ranked; of runs with all_ions."""
        return self._all_ions("ion_rankings.parquet")

    def _all_ions(self, file: str) -> pd.DataFrame:
        if not (self.path / file).exists():
            raise DataError(f"{self.path}: holds no {file}; annotate with all_ions=True")
        return pd.DataFrame(pq.read_table(self.path / file).to_pandas())

    def _rows(
        self,
        database: str | None,
        fdr: float | None,
        include_chem_mods: bool = True,
        include_neutral_losses: bool = True,
    ) -> pd.DataFrame:
        rows = self.annotations
        if database is not None:
            if database not in self.databases:
                raise KeyError(f"no molecule list {database!r}; there are {self.databases}")
            rows = rows[rows["list"] == database]
        if fdr is not None:
            rows = rows[rows["fdr"].isna() | (rows["fdr"] <= fdr)]
        if not include_chem_mods:
            rows = rows[rows["chem_mod"] == ""]
        if not include_neutral_losses:
            rows = rows[rows["neutral_loss"] == ""]
        return rows

    def results(
        self,
        database: str | None = None,
        fdr: float | None = None,
        coloc_with: str | None = None,
        include_chem_mods: bool = False,
        include_neutral_losses: bool = False,
    ) -> pd.DataFrame:
        """Annotations with METASPACE's columns, indexed by formula and adduct (and by chemMod and
        neutralLoss where they are included), best FDR first.

        database    name of a molecule list; None: all, where an ion of two lists has two rows
        fdr         annotations up to this rate, and those of targeted lists that have none
        coloc_with  ion formula text of this table (`ion`) or formula; adds colocCoeff, the cosine
                    of the first images, and sorts by it

        `offSample` is None: off-sample prediction is a service of METASPACE's platform.
        """
        rows = self._rows(database, fdr, include_chem_mods, include_neutral_losses)
        table = rows[list(_METASPACE_NAMES)].rename(columns=_METASPACE_NAMES)
        table["offSample"] = None
        records = [self._image_records(row) for _, row in rows.iterrows()]
        table["isotopeImages"] = pd.Series(records, index=table.index, dtype=object)
        table["moleculeNames"] = [list(names) for names in rows["molecule_names"]]
        table["moleculeIds"] = [list(ids) for ids in rows["molecule_ids"]]
        table["intensity"] = [float(peaks[0]) for peaks in rows["max_intensity"]]
        if coloc_with is not None:
            table["colocCoeff"] = self._colocalisation(rows, coloc_with)
            table = table.sort_values("colocCoeff", ascending=False, kind="stable")
        index = ["formula", "adduct"]
        index += ["chemMod"] if include_chem_mods else []
        index += ["neutralLoss"] if include_neutral_losses else []
        columns = [name for name in _METASPACE_ORDER if name in table.columns]
        return table.set_index(index)[columns]

    def _image_records(self, row: pd.Series[Any]) -> list[dict[str, Any]]:
        files = self._image_files(row)
        return [
            {
                "mz": float(row["theo_mz"][k]),
                "url": None if files[k] is None else str(files[k]),
                "minIntensity": float(row["min_intensity"][k]),
                "maxIntensity": float(row["max_intensity"][k]),
                "totalIntensity": float(row["total_intensity"][k]),
            }
            for k in range(len(files))
        ]

    # Images

    def _image_files(self, row: pd.Series[Any]) -> list[Path | None]:
        """The file of each isotope peak of a row of `annotations`, None without an image."""
        kind = self.config["images"]
        if kind == "none":
            return [None] * len(row["theo_mz"])
        return [
            self.path / "images" / f"{row['image_stem']}_{k}.{kind}" if peak > 0 else None
            for k, peak in enumerate(row["max_intensity"])
        ]

    @cached_property
    def mask(self) -> Mask:
        """Where the dataset has spectra: height x width."""
        return read_mask(self._images_folder())

    def _images_folder(self) -> Path:
        if self.config["images"] == "none":
            raise DataError(f"{self.path}: the run wrote no images; annotate with images='npy'")
        return self.path / "images"

    def isotope_images(
        self,
        sf: str,
        adduct: str,
        only_first_isotope: bool = False,
        scale_intensity: bool | npt.NDArray[Any] = True,
        hotspot_clipping: bool = False,
        neutral_loss: str = "",
        chem_mod: str = "",
    ) -> IsotopeImages:
        """Images of one ion, height x width each. Raises LookupError for an ion that is not among
        the annotations.

        scale_intensity   True: detector units, an absent image is 0; False: each image from 0 to 1,
                          None for an absent one; an array of the image's shape: divided by it
        hotspot_clipping  as METASPACE shows images, see images.clip_hotspots()
        """
        rows = self.annotations
        found = rows[
            (rows["formula"] == sf)
            & (rows["adduct"] == adduct)
            & (rows["neutral_loss"] == neutral_loss)
            & (rows["chem_mod"] == chem_mod)
        ]
        if found.empty:
            ion = f"{sf}{chem_mod}{neutral_loss}{adduct}"
            raise LookupError(f"{self.path}: {ion} is not among the annotations")
        return self._images_of(found.iloc[0], only_first_isotope, scale_intensity, hotspot_clipping)

    def _images_of(
        self,
        row: pd.Series[Any],
        only_first_isotope: bool,
        scale_intensity: bool | npt.NDArray[Any] = True,
        hotspot_clipping: bool = False,
    ) -> IsotopeImages:
        if isinstance(scale_intensity, str):
            raise DataError(
                f"{self.path}: a run keeps no TIC image; give scale_intensity an array of the "
                "image's shape to divide by"
            )
        self._images_folder()
        scaled = scale_intensity is not False
        files = self._image_files(row)[: 1 if only_first_isotope else None]
        images: list[Image | None] = []
        for file in files:
            if file is None:
                shape = (self.image_size["y"], self.image_size["x"])
                images.append(np.zeros(shape, dtype=np.float32) if scaled else None)
                continue
            image = read_image(file)
            if isinstance(scale_intensity, np.ndarray):
                divided = np.zeros_like(image)
                np.divide(image, scale_intensity, out=divided, where=scale_intensity > 0)
                image = divided
            if hotspot_clipping:
                image = clip_hotspots(image)
            if not scaled:
                image = image / (image.max(initial=0) or 1)
            images.append(image)
        return IsotopeImages(
            images,
            row["formula"],
            row["chem_mod"],
            row["neutral_loss"],
            row["adduct"],
            [float(mz) for mz in row["theo_mz"][: len(files)]],
        )

    def all_annotation_images(
        self,
        fdr: float | None = 0.1,
        database: str | None = None,
        only_first_isotope: bool = False,
        scale_intensity: bool | npt.NDArray[Any] = True,
        hotspot_clipping: bool = False,
    ) -> list[IsotopeImages]:
        """Images of all annotations up to an FDR, in the order of the results."""
        return [
            self._images_of(row, only_first_isotope, scale_intensity, hotspot_clipping)
            for _, row in self._rows(database, fdr).iterrows()
        ]

    def images(self, fdr: float | None = 0.1, database: str | None = None) -> Image:
        """First images of the annotations up to an FDR: ions x height x width, detector units."""
        return self._stack(self._rows(database, fdr))

    def _stack(self, rows: pd.DataFrame) -> Image:
        stack = np.zeros((len(rows), self.image_size["y"], self.image_size["x"]), dtype=np.float32)
        for i, (_, row) in enumerate(rows.iterrows()):
            image = self._images_of(row, only_first_isotope=True)[0]
            if image is not None:
                stack[i] = image
        return stack

    def _colocalisation(self, rows: pd.DataFrame, with_ion: str) -> npt.NDArray[np.float64]:
        matches = rows[(rows["ion"] == with_ion) | (rows["formula"] == with_ion)]
        if matches.empty:
            raise LookupError(f"{self.path}: {with_ion} is not among the annotations")
        images = self._stack(rows).reshape(len(rows), -1).astype(np.float64)
        reference = self._stack(matches.iloc[:1]).ravel().astype(np.float64)
        norms = np.linalg.norm(images, axis=1) * np.linalg.norm(reference)
        cosines = np.zeros(len(rows))
        np.divide(images @ reference, norms, out=cosines, where=norms > 0)
        return cosines

    # Other programs' objects

    def to_anndata(
        self, fdr: float | None = 0.1, database: str | None = None
    ) -> anndata.AnnData:
        """Pixels x ions in the layout of metaspace-converter; see anndata_layout.py."""
        from ionloom.anndata_layout import to_anndata

        return to_anndata(self, fdr, database)


def read(folder: str | os.PathLike[str]) -> Result:
    """Results that a run has written to a folder. Raises DataError when they are not complete."""
    return Result(Path(folder))


def fdr_curve(result: Result, levels: Sequence[float] | None = None) -> pd.DataFrame:
    """How many annotations each list has up to each false-discovery rate: a row a level, a column a
    list. Lists that have no rates are left out."""
    levels = list(levels) if levels is not None else [i / 100 for i in range(1, 51)]
    rows = result.annotations.dropna(subset=["fdr"])
    counts: dict[str, list[int]] = {}
    for name, rates in rows.groupby("list")["fdr"]:
        counts[str(name)] = [int((rates <= level).sum()) for level in levels]
    return pd.DataFrame(counts, index=pd.Index(levels, name="fdr"))
