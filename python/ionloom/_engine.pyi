"""The engine's stages as functions of bytes (python/engine/engine_module.cpp)."""

from collections.abc import Sequence

version: str

def run_task(text: str, inputs: Sequence[bytes]) -> tuple[list[bytes], list[str]]:
    """Does a task (docs/formats/task.md) and gives its outputs, in the order of its text, and the
    sentences that it had to say. inputs: the bytes of each of its ranges, in order.

    The GIL is free meanwhile. Raises DataError for a damaged input, UsageError for a task that asks
    for what does not exist, ResourceError for one whose memory is less than its bound."""

def memory_bound(text: str) -> int:
    """Bytes that a task needs at most inside, beside inputs and outputs that Python holds."""
