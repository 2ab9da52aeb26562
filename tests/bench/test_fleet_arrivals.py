"""What a server's log says of the pace that its callers kept."""

from __future__ import annotations

import math
import random

import pytest

from bench.fleet.arrivals import Arrival, surplus, unevenness, used

STEADY = [number / 10 for number in range(50)]


@pytest.mark.parametrize(
    "times, over",
    [
        pytest.param([5.0], 0.0, id="one alone"),
        pytest.param(STEADY, 0.0, id="at the rate"),
        pytest.param([0.0, 0.0, 0.0], 2.0, id="three at once"),
        pytest.param([*STEADY, 4.95], 0.5, id="one between two, half a place too early"),
        pytest.param([0.0, 100.0, 100.01], 0.9, id="a pause earns nothing above the burst"),
    ],
)
def test_the_worst_window_counts(times: list[float], over: float) -> None:
    """INVARIANT: at 10 a second and a burst of 1, this is how many came too many."""
    assert surplus(times, rate=10, burst=1) == pytest.approx(over)


def test_a_burst_is_allowed() -> None:
    """What may go at once is not held against anybody, and one more is."""
    assert surplus([0.0] * 5, rate=10, burst=5) == 0
    assert surplus([0.0] * 6, rate=10, burst=5) == 1


def test_no_window_is_overlooked() -> None:
    """INVARIANT: the quick way finds what looking at all the windows finds."""
    chance = random.Random(7)
    times = sorted(chance.random() * 3 for _ in range(60))

    every = max(
        last - first + 1 - 10 * (times[last] - times[first]) - 4
        for first in range(60)
        for last in range(first, 60)
    )

    assert surplus(times, rate=10, burst=4) == pytest.approx(every)


def test_what_was_used_is_a_share_of_the_rate() -> None:
    """Fifty in five seconds at ten a second are all of it."""
    assert used(STEADY, rate=10, seconds=5) == 1


def test_shares_are_compared_over_all_workers() -> None:
    """INVARIANT: a worker that had nothing is not left out."""
    seen = [Arrival(0.0, name) for name in "aaabb"]

    assert unevenness(seen, ["a", "b"]) == 1.5
    assert unevenness(seen, ["a", "b", "c"]) == math.inf
