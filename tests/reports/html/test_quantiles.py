"""Quantiles have intervals that are right as often as they say, and histograms lose nothing."""

from __future__ import annotations

import math
from random import Random

import pytest

from redhanded.reports.html.quantiles import BINS, histogram, quantiles, ranks

SEED = 20_260_101


def covered(count: int, share: float) -> float:
    """How probable it is that a quantile lies between its ranks: a sum over the binomial."""
    low, high = ranks(count, share)
    return sum(
        math.comb(count, below) * share**below * (1 - share) ** (count - below)
        for below in range(count + 1)
        if (low is None or below >= low) and (high is None or below < high)
    )


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99], ids=["p50", "p95", "p99"])
@pytest.mark.parametrize("count", [1, 5, 20, 73, 300, 1_000], ids=str)
def test_an_interval_holds_in_95_of_100_cases(count: int, share: float) -> None:
    """Whatever the values are like, the true quantile lies outside once in twenty runs at most."""
    assert covered(count, share) >= 0.95


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99], ids=["p50", "p95", "p99"])
def test_of_many_samples_the_normal_says_the_same(share: float) -> None:
    """Where the way of computing changes, the ranks do not jump."""
    exact, (low, high) = ranks(1_000, share), ranks(1_001, share)

    assert low == pytest.approx(exact[0], abs=3)
    assert high == pytest.approx(exact[1], abs=3)


@pytest.mark.parametrize("count", [10_000, 80_000], ids=str)
def test_intervals_of_many_samples_hold(count: int) -> None:
    """Seeded draws: p95 of uniform values lies where it says."""
    random = Random(SEED)
    ordered = sorted(random.randrange(1_000_000) for _ in range(count))

    p95 = quantiles(ordered)[1]

    assert p95.low is not None
    assert p95.high is not None
    assert p95.low < 950_000 < p95.high
    assert p95.high - p95.low < 20_000


@pytest.mark.parametrize(
    "count, lacking",
    [(1, "low high"), (50, "high"), (80, "")],
    ids=["one", "a-few", "enough"],
)
def test_too_few_samples_have_no_bound(count: int, lacking: str) -> None:
    """What cannot be judged is told as such: of fifty values no p95 has an upper bound."""
    p95 = quantiles([*range(count)])[1]

    told = {"low": p95.low, "high": p95.high}
    assert [name for name, bound in told.items() if bound is None] == lacking.split()


def test_a_quantile_is_a_value_that_was_met() -> None:
    """Nearest rank: the smallest that so many of all do not exceed."""
    told = {one.name: one.value for one in quantiles([*range(1, 101)])}

    assert told == {"p50": 50, "p95": 95, "p99": 99}
    assert quantiles([]) == []


@pytest.mark.parametrize(
    "ordered",
    [[5], [0, 0, 0], [1, 2, 3], [*range(1, 2_000)], [1, 10**9]],
    ids=["one", "zeros", "small", "many", "far-apart"],
)
def test_a_histogram_counts_each_value_once(ordered: list[int]) -> None:
    """Its edges rise, reach over all values, and number one more than its bins."""
    edges, counts = histogram(ordered)

    assert sum(counts) == len(ordered)
    assert len(edges) == len(counts) + 1 <= BINS + 1
    assert edges == sorted({*edges})
    assert max(edges[0], 1) <= max(ordered[0], 1)
    assert ordered[-1] < edges[-1]
    for low, high, count in zip(edges[1:], edges[2:], counts[1:], strict=False):
        assert count == sum(low <= value < high for value in ordered)


def test_a_histogram_reaches_as_far_as_its_limits() -> None:
    """The line of an objective is drawn in it, however quick all answers were."""
    edges, counts = histogram([10, 11, 12], limits=[5_000])

    assert edges[0] <= 10
    assert edges[-1] > 5_000
    assert sum(counts) == 3
    assert histogram([]) == ([], [])
