"""A folder of results that appears complete, and what drivers leave that are killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from ionloom.errors import DataError
from ionloom.lithops.folder_lock import locked, remove_abandoned
from ionloom.lithops.results_folder import new_results


def test_results_take_their_name_at_the_end(tmp_path: Path) -> None:
    with new_results(tmp_path / "deep" / "out", force=False) as partial:
        (partial / "run.json").write_text("{}")
        assert not (tmp_path / "deep" / "out").exists()
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]
    assert (tmp_path / "deep" / "out" / "run.json").exists()


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError), new_results(tmp_path / "deep" / "out", force=False) as partial:
        (partial / "run.json").write_text("{}")
        raise DataError("no")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_driver_left_goes_and_what_a_living_one_has_stays(tmp_path: Path) -> None:
    program = (
        "import sys, time\nfrom pathlib import Path\n"
        "from ionloom.lithops.results_folder import new_results\n"
        "with new_results(Path(sys.argv[1]), False) as partial:\n"
        "    print(partial, flush=True)\n    time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "out")], stdout=subprocess.PIPE, text=True
    ) as driver:
        assert driver.stdout is not None
        of_other = Path(driver.stdout.readline().strip())
        with new_results(tmp_path / "elsewhere", force=False):
            remove_abandoned(tmp_path, ".out.partial-")
            assert of_other.exists()
        driver.send_signal(signal.SIGKILL)
    assert of_other.exists()
    with new_results(tmp_path / "out", force=False):
        assert not of_other.exists()


def test_a_folder_that_is_held_is_not_abandoned(tmp_path: Path) -> None:
    for name in ("ionloom-results-a", "ionloom-results-b", "other"):
        (tmp_path / name).mkdir()
    with locked(tmp_path / "ionloom-results-a"):
        remove_abandoned(tmp_path, "ionloom-results-")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ionloom-results-a", "other"]
