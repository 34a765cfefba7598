"""Times that were measured with the pace of the processor (docs/decisions/011)."""

from collections.abc import Sequence
from typing import NamedTuple

NEARLY = 0.1  # of the best pace


class Timed(NamedTuple):
    """What something would have taken on a core of its own, or a multiple of that, and the pace meanwhile."""
    value: float
    pace: float


def calmest(times: Sequence[Timed]) -> list[float]:
    """Values of those that were nearly as calm as the calmest, as plan::calmest() has them."""
    best = max(one.pace for one in times)
    return [one.value for one in times if one.pace >= best - NEARLY]
