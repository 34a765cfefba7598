"""Ion images: files of docs/formats/ion-images.md as arrays, and METASPACE's way of showing them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ionloom.errors import DataError

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class IsotopeImages:
    """The images of one ion, one an isotope peak; as metaspace2020's class of this name.

    images[i]: height x width, or None for a peak without an image when intensities are not scaled.
    """

    def __init__(
        self,
        images: Sequence[Image | None],
        formula: str,
        chem_mod: str,
        neutral_loss: str,
        adduct: str,
        centroids: Sequence[float],
    ) -> None:
        self._images = list(images)
        self.formula = formula
        self.chem_mod = chem_mod
        self.neutral_loss = neutral_loss
        self.adduct = adduct
        self._centroids = list(centroids)

    def __getitem__(self, index: int) -> Image | None:
        return self._images[index]

    def __iter__(self) -> Iterator[Image | None]:
        return iter(self._images)

    def __len__(self) -> int:
        return len(self._images)

    def __bool__(self) -> bool:
        return len(self._images) > 0

    def __repr__(self) -> str:
        return f"IsotopeImages({self.formula}{self.chem_mod}{self.neutral_loss}{self.adduct})"

    def peak(self, index: int) -> float:
        """Theoretical m/z of an isotope peak."""
        return self._centroids[index]

    def plot(self, n_images: int = -1) -> None:
        """Draws the images side by side with matplotlib; n_images > 0: the first so many."""
        import matplotlib.pyplot as plt

        shown = min(n_images, len(self)) if n_images > 0 else len(self)
        for i in range(shown):
            plt.subplot(1, shown, i + 1)
            plt.title(f"{self.peak(i):.4f}")
            plt.axis("off")
            image = self._images[i]
            if image is not None:
                plt.imshow(image, interpolation="none", cmap="viridis")


def clip_hotspots(image: Image) -> Image:
    """An image as METASPACE shows it: no value above the 99 % quantile of those that can be seen
    (more than 1/256 of the highest)."""
    visible = image[image > image.max(initial=0) / 256]
    if visible.size == 0:
        return image
    return np.minimum(image, np.float32(np.quantile(visible, 0.99)))


def read_image(path: Path) -> Image:
    """Intensities of an image file, .npy or .png, in detector units; 0 where there is no spectrum.
    Raises DataError for a file that is no ion image of ionloom."""
    if path.suffix == ".npy":
        return np.asarray(np.load(path, allow_pickle=False), dtype=np.float32)
    grey, _, text = _read_png(path)
    low, high = float(text[b"min"]), float(text[b"max"])
    return (low + grey.astype(np.float64) / 65535 * (high - low)).astype(np.float32)


def read_mask(folder: Path) -> Mask:
    """Where a dataset has spectra, from a folder of images: height x width."""
    mask = folder / "mask.npy"
    if mask.exists():
        return np.asarray(np.load(mask, allow_pickle=False), dtype=np.bool_)
    for path in sorted(folder.glob("*.png")):
        return _read_png(path)[1] > 0
    raise DataError(f"{folder}: no image in it tells where the dataset has spectra")


def _read_png(
    path: Path,
) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16], dict[bytes, bytes]]:
    """Grey, alpha and text chunks of a PNG as ionloom writes it: 16 bits, no filters."""
    data = path.read_bytes()
    if not data.startswith(_SIGNATURE):
        raise DataError(f"{path}: is no PNG")
    header, packed, text, at = b"", b"", {}, len(_SIGNATURE)
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            header = body
        elif kind == b"IDAT":
            packed += body
        elif kind == b"tEXt":
            key, _, value = body.partition(b"\0")
            text[key] = value
        at += 12 + length
    if len(header) != 13 or header[8:] != b"\x10\x04\x00\x00\x00" or b"max" not in text:
        raise DataError(f"{path}: is no ion image of ionloom (16-bit grey with alpha, min and max)")
    width, height = struct.unpack_from(">II", header)
    rows = np.frombuffer(zlib.decompress(packed), dtype=np.uint8)
    if rows.size != height * (1 + 4 * width) or rows[:: 1 + 4 * width].any():
        raise DataError(f"{path}: has {rows.size} bytes of pixels, or rows that are filtered")
    pixels = rows.reshape(height, 1 + 4 * width)[:, 1:].copy().view(">u2")
    values = pixels.reshape(height, width, 2).astype(np.uint16)
    return values[..., 0], values[..., 1], text
