"""Quantiles of times with their intervals, and histograms: how long answers took."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import NormalDist
from typing import TYPE_CHECKING, Final, NamedTuple

from redhanded.reports.html.payload import Quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.reports.html.payload import Ticks

SHARES: Final = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
BINS: Final = 32
_OUTSIDE: Final = 0.025  # of the chance, on either side of an interval
_EXACT: Final = 1_000  # samples up to which the binomial is summed; beyond, the normal is as good
_NORMAL: Final = NormalDist()


def quantiles(ordered: Sequence[Ticks]) -> list[Quantile]:
    """The quantiles of times in order, each the smallest that so many of all do not exceed."""
    return [_quantile(name, share, ordered) for name, share in SHARES.items() if ordered]


def _quantile(name: str, share: float, ordered: Sequence[Ticks]) -> Quantile:
    count = len(ordered)
    low, high = ranks(count, share)
    return Quantile(
        name,
        ordered[math.ceil(share * count) - 1],
        ordered[low - 1] if low else None,
        ordered[high - 1] if high else None,
    )


def ranks(count: int, share: float) -> tuple[int | None, int | None]:
    """Between which of so many values in order, from 1, a quantile lies in 95 of 100 cases.

    None where they are too few for that side. Nothing is assumed of how the values are spread.
    Source: Conover, Practical Nonparametric Statistics, section 3.2.
    """
    low, high = (_normal if count > _EXACT else _binomial)(count, share)
    return (low if low >= 1 else None), (high if high <= count else None)


def _binomial(count: int, share: float) -> tuple[int, int]:
    """The ranks by the number of values below the quantile, of which each is so with one chance."""
    low, below = 0, 0.0
    chance = count * math.log(1 - share)  # as a logarithm: of 500 values it is less than a float
    for number in range(count):
        below += math.exp(chance)
        if below <= _OUTSIDE:
            low = number + 1
        if below >= 1 - _OUTSIDE:
            return low, number + 1
        chance += math.log((count - number) / (number + 1) * share / (1 - share))
    return low, count + 1


def _normal(count: int, share: float) -> tuple[int, int]:
    apart = _NORMAL.inv_cdf(1 - _OUTSIDE) * math.sqrt(count * share * (1 - share))
    return math.floor(count * share - apart), math.ceil(count * share + apart) + 1


class Histogram(NamedTuple):
    """How many values lie from each edge up to the next; `edges` are one more than `counts`."""

    edges: list[Ticks]
    counts: list[int]


def histogram(ordered: Sequence[Ticks], *, limits: Sequence[Ticks] = ()) -> Histogram:
    """The histogram of times in order, its bins wider by a constant factor.

    It reaches as far as the limits, so that they can be drawn in it. Times spread over factors: in
    bins of one width, most would lie in the first.
    """
    known = [*ordered[:1], *ordered[-1:], *limits]
    if not known:
        return Histogram([], [])
    edges = _edges(max(min(known), 1), max(*known, 1))
    counts, place = [0] * (len(edges) - 1), 0
    for value in ordered:
        while place < len(counts) - 1 and value >= edges[place + 1]:
            place += 1
        counts[place] += 1
    return Histogram(edges, counts)


def _edges(low: Ticks, high: Ticks) -> list[Ticks]:
    factor = ((high + 1) / low) ** (1 / BINS)
    edges = [math.floor(low * factor**number) for number in range(BINS)]
    kept = [edges[0], *(later for earlier, later in pairwise(edges) if later > earlier)]
    return [*kept, high + 1]
