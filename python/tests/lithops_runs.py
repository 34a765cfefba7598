"""Runs of `ionloom annotate --executor lithops` in a world of their own: home, temporary files, store."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from conftest import DEMO_LIST
from s3_server import ACCESS, BUCKET, SECRET

RESULTS = ("annotations.csv", "annotations.parquet")


def own_environment(folder: Path) -> dict[str, str]:
    """Of a driver whose home and temporary files are in a folder."""
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "HOME": str(folder),
        "TMPDIR": str(temporary),
        "IONLOOM_PYTHON": sys.executable,
    }
    # Each driver copies Lithops' sources, which every call would compile again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


@dataclass
class World:
    """Where runs of a test find what they need."""

    folder: Path
    config: dict[str, Any]
    environment: dict[str, str] = field(default_factory=dict)

    def env(self) -> dict[str, str]:
        return {**own_environment(self.folder), **self.environment}

    def set(self, **seconds: float) -> None:
        """Sets waits of drivers: MODULE__NAME, of ionloom.lithops. How long they are is nothing that
        every test has to sit through."""
        folder = self.folder / "waits"
        folder.mkdir()
        lines = ["import importlib"]
        for name, value in seconds.items():
            module, _, constant = name.partition("__")
            lines.append(f'importlib.import_module("ionloom.lithops.{module}").{constant} = {value!r}')
        (folder / "sitecustomize.py").write_text("\n".join(lines) + "\n")
        self.environment["PYTHONPATH"] = f"{folder}:{os.environ.get('PYTHONPATH', '')}"

    def config_file(self) -> Path:
        path = self.folder / "lithops.yaml"
        path.write_text(yaml.safe_dump(self.config))
        return path

    def command(self, *words: str | Path) -> list[str]:
        return [os.environ["IONLOOM_COMMAND"], *(str(word) for word in words)]

    def annotation(self, dataset: Path, output: Path, *more: str) -> list[str]:
        return self.command(
            *("annotate", dataset, f"--molecules={DEMO_LIST}", f"--output={output}"),
            *("--executor=lithops", f"--lithops-config={self.config_file()}", *more),
        )

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, check=False, capture_output=True, text=True, env=self.env(), timeout=240
        )

    def annotate(
        self, dataset: Path, output: Path, *more: str
    ) -> subprocess.CompletedProcess[str]:
        return self.run(self.annotation(dataset, output, *more))


def localhost(folder: Path) -> World:
    """Functions are processes of this machine, objects are files."""
    return World(folder, {"lithops": {"backend": "localhost", "storage": "localhost"}})


def images_in(results: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (results / "images").iterdir()}


def assert_same_results(results: Path, expected: Path) -> None:
    for name in RESULTS:
        assert (results / name).read_bytes() == (expected / name).read_bytes(), name
    assert images_in(results) == images_in(expected)


def on_s3(folder: Path, endpoint: str, **changes: str) -> World:
    """Functions are processes of this machine, objects are in S3."""
    section = {
        "endpoint": endpoint,
        "access_key_id": ACCESS,
        "secret_access_key": SECRET,
        "storage_bucket": BUCKET,
        **changes,
    }
    return World(
        folder, {"lithops": {"backend": "localhost", "storage": "minio"}, "minio": section}
    )
