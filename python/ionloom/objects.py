"""Readers of the objects that stages exchange (docs/formats/stage-objects.md) and of runs of peaks
(docs/formats/peak-run.md), as numpy arrays and pandas tables."""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xxhash

from ionloom.errors import DataError

_HEADER_BYTES = 64
_BLOCK_PEAKS = 4096
_PEAK_BYTES = 16

Source = str | os.PathLike[str] | bytes
_Shape = Callable[[tuple[int, int, int, int]], tuple[int, ...]]


def _n(c: tuple[int, int, int, int]) -> tuple[int, ...]:
    return (c[0],)


def _n_k(c: tuple[int, int, int, int]) -> tuple[int, ...]:
    return (c[0], c[1])


_U8, _U32, _U64, _F32, _F64 = "<u1", "<u4", "<u8", "<f4", "<f8"

# Columns of each kind, in order: name, type, shape from the header's counts.
_LAYOUTS: dict[bytes, list[tuple[str, Any, _Shape]]] = {
    b"ILSPECT1": [
        ("mz_offset", _U64, _n),
        ("intensity_offset", _U64, _n),
        ("length", _U64, _n),
        ("x", _U32, _n),
        ("y", _U32, _n),
        ("mz_type", _U8, _n),
        ("intensity_type", _U8, _n),
        ("mz_bytes", _U64, lambda c: (c[1],)),
        ("intensity_bytes", _U64, lambda c: (c[1],)),
    ],
    b"ILPIXEL1": [
        ("positions", _U32, lambda c: (c[1],)),
        ("pixel_of_spectrum", _U32, _n),
    ],
    b"ILIONSE1": [
        ("begins", _U64, lambda c: (c[0] + 1,)),
        ("flags", _U8, _n),
        ("characters", _U8, lambda c: (c[1],)),
    ],
    b"ILDECOY1": [
        ("targets", _U32, _n_k),
        ("decoys", _U32, lambda c: (c[0], c[1], c[2])),
        ("decoy_adducts", _U8, lambda c: (c[0], c[1], c[2])),
    ],
    b"ILIONTB1": [("mz", _F64, _n_k), ("intensity", _F32, _n_k), ("ion", _U32, _n), ("flags", _U8, _n)],
    b"ILMETRC1": [
        ("ion", _U32, _n),
        *((name, _F64, _n) for name in ("spectral", "spatial", "chaos", "msm")),
        *((name, _F64, _n) for name in ("mz_err_abs", "mz_err_rel")),
        ("mz_mean", _F64, _n_k),
        ("mz_stddev", _F64, _n_k),
        ("total", _F32, _n_k),
        ("max", _F32, _n_k),
        ("has_image", _U8, _n_k),
    ],
    b"ILIMAGE1": [
        ("values", np.dtype([("position", _U32), ("intensity", _F32)]), lambda c: (c[2],)),
        ("ends", _U64, _n_k),
        ("ion", _U32, _n),
    ],
    b"ILRANKD1": [
        ("score", _F64, _n),
        ("fdr", _F64, _n),
        ("feature_fdrs", _F64, _n_k),
        *((name, _U32, _n) for name in ("formula", "modifier", "ion")),
    ],
    b"ILDECRK1": [
        ("score", _F64, _n),
        *((name, _U32, _n) for name in ("formula", "modifier", "draw", "ion")),
    ],
}


@dataclass(frozen=True)
class StageObject:
    """An object between stages. columns: read-only views of its bytes, by name."""

    kind: str
    counts: tuple[int, int, int, int]
    columns: dict[str, npt.NDArray[Any]]

    def __getitem__(self, column: str) -> npt.NDArray[Any]:
        return self.columns[column]


def _view(source: Source) -> tuple[str, memoryview]:
    """What messages call it, and its bytes; files are mapped."""
    if isinstance(source, bytes):
        return "these bytes", memoryview(source)
    path = Path(source)
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < _HEADER_BYTES:
            raise DataError(f"{path}: is shorter than a header, {_HEADER_BYTES} bytes")
        return str(path), memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def read_object(source: Source) -> StageObject:
    """Any object between stages, from a file or from bytes. Raises DataError when it is no such
    object, was cut, or differs from its checksum."""
    where, data = _view(source)
    if len(data) < _HEADER_BYTES:
        raise DataError(f"{where}: are {len(data)} bytes; a header has {_HEADER_BYTES}")
    kind = bytes(data[:8])
    layout = _LAYOUTS.get(kind)
    if layout is None:
        raise DataError(f"{where}: is no object between stages; it begins with {kind!r}")
    fields = struct.unpack_from("<7Q", data, 8)
    counts, size, body, header = fields[:4], fields[4], fields[5], fields[6]
    if xxhash.xxh3_64_intdigest(data[:56]) != header:
        raise DataError(f"{where}: its header was changed after it was written")
    if size != len(data):
        raise DataError(f"{where}: has {len(data)} bytes; its header says {size}")
    if xxhash.xxh3_64_intdigest(data[_HEADER_BYTES:]) != body:
        raise DataError(f"{where}: was changed after it was written")
    columns: dict[str, npt.NDArray[Any]] = {}
    at = _HEADER_BYTES
    for name, kind_of_value, shape_of in layout:
        dtype, shape = np.dtype(kind_of_value), shape_of(counts)
        values = int(np.prod(shape, dtype=np.int64))
        columns[name] = np.frombuffer(data, dtype, values, at).reshape(shape)
        at += (values * dtype.itemsize + 63) // 64 * 64
    return StageObject(kind.decode(), counts, columns)


def _table(source: Source, kind: str) -> pd.DataFrame:
    found = read_object(source)
    if found.kind != kind:
        where = "these bytes" if isinstance(source, bytes) else os.fspath(source)
        raise DataError(f"{where}: is a {found.kind}; expected a {kind}")
    return pd.DataFrame(
        {name: column if column.ndim == 1 else list(column) for name, column in found.columns.items()}
    )


def read_ion_table(source: Source) -> pd.DataFrame:
    """An ion table: a row an ion with a pattern; mz and intensity are arrays of isotope peaks."""
    return _table(source, "ILIONTB1")


def read_metrics(source: Source) -> pd.DataFrame:
    """Metrics of an annotate task: a row a kept ion; values of isotope peaks are arrays."""
    return _table(source, "ILMETRC1")


def read_ion_texts(source: Source) -> list[str]:
    """The ion formulas of an ion set; `ion` columns are places in this list."""
    found = read_object(source)
    begins, text = found["begins"], found["characters"].tobytes().decode()
    return [text[begins[i] : begins[i + 1]] for i in range(len(begins) - 1)]


def read_run(source: Source) -> pd.DataFrame:
    """A run of peaks: mz (float64), intensity (float32, detector units) and pixel (uint32, number
    among the pixels with a spectrum), in order of m/z. Raises DataError when it is no run, was cut,
    or a block differs from its checksum."""
    where, data = _view(source)
    if bytes(data[:8]) != b"ILPKRUN1":
        raise DataError(f"{where}: is no run of peaks; it begins with {bytes(data[:8])!r}")
    peaks, _, _, checksum = struct.unpack_from("<4Q", data, 8)
    blocks = -(-peaks // _BLOCK_PEAKS)
    index_at = _HEADER_BYTES + _PEAK_BYTES * peaks
    if len(data) != index_at + 16 * blocks:
        raise DataError(f"{where}: has {len(data)} bytes, which is no run of {peaks} peaks")
    index = data[index_at:]
    if xxhash.xxh3_64_intdigest(index) != checksum:
        raise DataError(f"{where}: its index was changed after it was written")
    mz = np.empty(peaks, np.float64)
    intensity = np.empty(peaks, np.float32)
    pixel = np.empty(peaks, np.uint32)
    for block in range(blocks):
        first = block * _BLOCK_PEAKS
        count = min(_BLOCK_PEAKS, peaks - first)
        begin = _HEADER_BYTES + _PEAK_BYTES * first
        body = data[begin : begin + _PEAK_BYTES * count]
        (expected,) = struct.unpack_from("<Q", index, 16 * block + 8)
        if xxhash.xxh3_64_intdigest(body) != expected:
            raise DataError(f"{where}: block {block} was changed after it was written")
        rows = slice(first, first + count)
        mz[rows] = np.frombuffer(body, "<f8", count, 0)
        intensity[rows] = np.frombuffer(body, "<f4", count, 8 * count)
        pixel[rows] = np.frombuffer(body, "<u4", count, 12 * count)
    return pd.DataFrame({"mz": mz, "intensity": intensity, "pixel": pixel})
