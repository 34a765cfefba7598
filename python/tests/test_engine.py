from __future__ import annotations

import threading
import time

import ionloom
import ionloom.command
import numpy as np
import pytest
from ionloom import _engine
from ionloom.objects import read_object
from stage_chain import encode

INDEX = """ionloom-task 1
name index
stage index
input x spectra 0 {size}
input y spectra {size} {size}
output pixels pixels
output summary index.summary
memory {memory}
"""


def index_inputs(spectra: int) -> list[bytes]:
    """A row of pixels, from right to left."""
    x = np.arange(spectra, 0, -1, dtype="<u4")
    return [x.tobytes(), np.ones(spectra, "<u4").tobytes()]


def index_task(spectra: int, memory: int = 64 << 20) -> str:
    return INDEX.format(size=4 * spectra, memory=memory)


def test_a_task_is_done_on_bytes() -> None:
    (pixels, summary), said = _engine.run_task(index_task(5), index_inputs(5))
    table = read_object(pixels)
    assert table.counts == (5, 5, 5, 1)
    assert list(table["pixel_of_spectrum"]) == [4, 3, 2, 1, 0]
    assert summary == b"spectra 5\npixels 5\nwidth 5\nheight 1\n"
    assert said == []


def test_its_bound_is_known_before() -> None:
    bound = _engine.memory_bound(index_task(5))
    assert 0 < bound < _engine.memory_bound(index_task(500_000))
    _engine.run_task(index_task(5, bound), index_inputs(5))
    with pytest.raises(ionloom.ResourceError, match="task index") as refused:
        _engine.run_task(index_task(5, bound - 1), index_inputs(5))
    assert refused.value.exit_code == 3


def test_errors_are_exceptions_that_name_the_task() -> None:
    with pytest.raises(ionloom.DataError, match="line 1"):
        _engine.run_task("nonsense", [])
    with pytest.raises(ionloom.UsageError, match="task index: the task has 2 inputs, 1 were given"):
        _engine.run_task(index_task(5), index_inputs(5)[:1])
    with pytest.raises(ionloom.DataError, match="the task says 20 bytes, 16 were given"):
        _engine.run_task(index_task(5), index_inputs(4))
    damaged = encode(b"ILMETRC1", [0, 4], [])[:-1] + b"\1"
    rank = (
        "ionloom-task 1\nname r\nstage rank\nparameter analysis_version 3\nparameter adduct +H\n"
        "parameter decoys 20\nparameter isotope_peaks 4\n"
        f"input metrics m 0 {len(damaged)}\ninput decoys d 0 64\noutput ranking r\n"
        "memory 100000000\n"
    )
    with pytest.raises(ionloom.DataError, match="stage rank, task r"):
        _engine.run_task(rank, [damaged, bytes(64)])


def test_other_threads_go_on_meanwhile() -> None:
    spectra = 2_000_000
    task, inputs = index_task(spectra, 1 << 30), index_inputs(spectra)
    running = threading.Event()
    times: list[tuple[float, float]] = []

    def work() -> None:
        running.set()
        begin = time.perf_counter()
        _engine.run_task(task, inputs)
        times.append((begin, time.perf_counter()))

    worker = threading.Thread(target=work)
    worker.start()
    running.wait()
    ticks = []
    while worker.is_alive():
        ticks.append(time.perf_counter())
        time.sleep(0.0005)
    begin, end = times[0]
    assert sum(begin < tick < end for tick in ticks) >= 3, f"of {end - begin:.3f} s"


def test_versions_agree() -> None:
    assert ionloom.command.run_command(["--version"]).strip().endswith(_engine.version)
