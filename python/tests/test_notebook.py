"""The example notebook, executed as it is."""

from __future__ import annotations

import nbformat
import pytest
from conftest import DEMO_LIST, REPOSITORY
from nbclient import NotebookClient

NOTEBOOK = REPOSITORY / "docs" / "examples" / "tissue.ipynb"


def test_the_example_runs_and_shows_its_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IONLOOM_MOLECULES", str(DEMO_LIST))
    notebook = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(pictures) == 2
    assert not [output for output in outputs if output["output_type"] == "error"]


def test_it_is_kept_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None
