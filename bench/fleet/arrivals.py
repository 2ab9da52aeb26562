"""Arrivals at a server, held against the pace that they were to keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Arrival(NamedTuple):
    """When a request came, in seconds of the server's monotonic clock, and from whom."""

    at: float
    worker: str


def surplus(times: Sequence[float], *, rate: float, burst: float) -> float:
    """How many more came in the worst window than `rate` x its length + `burst` allow.

    Zero or below where none was worse than allowed. Every window is looked at: the worst that
    ends with an arrival begins where arrivals were the furthest behind the rate.
    """
    lead = worst = -float("inf")
    for number, at in enumerate(sorted(times)):
        lead = max(lead, rate * at - number)
        worst = max(worst, number + 1 - rate * at + lead - burst)
    return worst


def used(times: Sequence[float], *, rate: float, seconds: float) -> float:
    """The share of the rate that was used in so many seconds."""
    return len(times) / (rate * seconds)


def unevenness(arrivals: Iterable[Arrival], workers: Sequence[str]) -> float:
    """The largest share of a worker over the smallest; infinite where one had nothing."""
    counts = Counter(arrival.worker for arrival in arrivals)
    least = min(counts[worker] for worker in workers)
    return max(counts.values()) / least if least else float("inf")
