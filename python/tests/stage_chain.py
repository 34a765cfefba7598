"""A tiny dataset as objects and tasks, written by hand from docs/formats: what any other engine that
drives the stages has to write."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import xxhash
from ionloom.command import run_command

SPECTRA = 4
ION_TEXTS = ["C6H13O6", "C6H12O6Na"]  # glucose with H and Na
PEAKS_MZ = [181.0707, 203.0526]
MEMORY = 64 << 20


def encode(kind: bytes, counts: list[int], columns: list[np.ndarray]) -> bytes:
    body = b""
    for column in columns:
        data = column.tobytes()
        body += data + bytes(-len(data) % 64)
    head = struct.pack(
        "<8s6Q", kind, *(counts + [0] * 4)[:4], 64 + len(body), xxhash.xxh3_64_intdigest(body)
    )
    return head + struct.pack("<Q", xxhash.xxh3_64_intdigest(head)) + body


def write_dataset(folder: Path) -> None:
    """`ibd` and its spectra table: 4 spectra of two peaks in one row."""
    ibd = bytearray(16)
    mz_at, intensity_at = [], []
    for i in range(SPECTRA):
        mz_at.append(len(ibd))
        ibd += np.array(PEAKS_MZ, "<f8").tobytes()
        intensity_at.append(len(ibd))
        ibd += np.array([10 + i, 20 + i], "<f4").tobytes()
    (folder / "ibd").write_bytes(ibd)
    ones = np.ones(SPECTRA, "<u4")
    columns = [
        *(np.array(mz_at, "<u8"), np.array(intensity_at, "<u8"), np.full(SPECTRA, 2, "<u8")),
        *(np.arange(1, SPECTRA + 1, dtype="<u4"), ones),
        *(np.full(SPECTRA, 1, "u1"), np.zeros(SPECTRA, "u1")),
    ]
    (folder / "spectra").write_bytes(encode(b"ILSPECT1", [SPECTRA], columns))


def write_ions(folder: Path) -> None:
    texts = sorted(ION_TEXTS)
    begins = np.cumsum([0] + [len(text) for text in texts]).astype("<u8")
    letters = np.frombuffer("".join(texts).encode(), "u1")
    columns = [begins, np.ones(len(texts), "u1"), letters]
    (folder / "ions").write_bytes(encode(b"ILIONSE1", [len(texts), len(letters)], columns))


def run_task(folder: Path, name: str, stage: str, lines: list[str]) -> None:
    """Does a task in a folder of objects. lines: its parameters, inputs and outputs."""
    text = "\n".join(
        ["ionloom-task 1", f"name {name}", f"stage {stage}", *lines, f"memory {MEMORY}", ""]
    )
    (folder / f"{name}.task").write_text(text)
    run_command(["task", "run", str(folder / f"{name}.task"), f"--store={folder}"])


def columns(object_name: str, first: int, widths: dict[str, int]) -> list[str]:
    """Inputs for whole columns that follow each other, filled up to 64 bytes each."""
    lines, at = [], first
    for name, size in widths.items():
        lines.append(f"input {name} {object_name} {at} {size}")
        at += -(-size // 64) * 64
    return lines
