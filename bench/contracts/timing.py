"""Times of several ways to do one thing, measured in turn, so that a slow moment strikes all."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

_ROUND = 0.05  # seconds that one way gets in a round, at the least
_LEAST = 1e-6  # seconds of a call, where the clock shows none


def medians(ways: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, float]:
    """CPU seconds of one call of each, the median of its rounds."""
    calls = {name: _enough(way) for name, way in ways.items()}
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            found[name].append(_seconds(way, calls[name]))
    return {name: statistics.median(times) for name, times in found.items()}


def _enough(way: Callable[[], object]) -> int:
    """How many calls fill a round; the first, which compiles and fills caches, is not counted."""
    way()
    return max(1, round(_ROUND / max(_seconds(way, 1), _LEAST)))


def _seconds(way: Callable[[], object], calls: int) -> float:
    began = time.process_time()
    for _ in range(calls):
        way()
    return (time.process_time() - began) / calls
