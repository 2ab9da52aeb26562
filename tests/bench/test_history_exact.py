"""Exact chances of sequential tests, and what they say about objectives."""

from __future__ import annotations

import random

import pytest

from bench.history import exact
from bench.history.objectives import BUDGET, ONE_IN_FIVE, WITHIN, is_convicted
from redhanded.verdict.objectives import EProcess


def test_every_way_is_walked() -> None:
    """The chance to meet one bad sample in ten is one less the chance to meet none."""
    steps = exact.Steps[int](
        lambda bad, is_bad: bad + is_bad, lambda bad: bad >= 1, lambda bad: bad
    )

    assert exact.walked(0, 0.3, 10, steps) == pytest.approx(1 - 0.7**10)


def test_ways_that_meet_go_on_as_one() -> None:
    """Three bad samples or more in twelve: a binomial sum, whatever their order."""
    steps = exact.Steps[int](
        lambda bad, is_bad: bad + is_bad, lambda bad: bad >= 3, lambda bad: bad
    )

    below = sum(w * 0.2**k * 0.8 ** (12 - k) for k, w in ((0, 1), (1, 12), (2, 66)))
    assert exact.walked(0, 0.2, 12, steps) == pytest.approx(1 - below)


@pytest.mark.parametrize(
    "truth, chance",
    [
        pytest.param(0.05, 0.000494, id="as promised"),
        pytest.param(0.20, 0.225, id="one in five"),
        pytest.param(0.50, 0.9927, id="every other"),
    ],
)
def test_the_test_of_one_run_is_as_published(truth: float, chance: float) -> None:
    """0.05 %, 22 % and 99.3 %: one in five slow is not for one run to see."""
    assert exact.missed_alone(BUDGET, truth) == pytest.approx(chance, rel=0.01)


@pytest.mark.parametrize("truth", [0.02, 0.05])
def test_a_kept_promise_is_convicted_less_than_once_in_a_thousand(truth: float) -> None:
    """INVARIANT: by both tests of a run together, and by evidence however long it is carried."""
    assert exact.missed_alone(BUDGET, truth) <= exact.missed(BUDGET, truth) <= 0.001
    assert exact.risen(BUDGET, truth, 500) <= 0.001


def test_carried_evidence_sees_what_one_run_does_not() -> None:
    """One in five slow: nine of ten streams within 110 samples."""
    assert exact.risen(BUDGET, ONE_IN_FIVE, WITHIN) >= 0.9


def test_evidence_that_begins_anew_raises_more_alarms() -> None:
    """Where no build is named the bound holds only from one beginning to the next."""
    assert exact.risen(BUDGET, BUDGET, 300, anew=True) > exact.risen(BUDGET, BUDGET, 300)


def test_streams_bear_out_the_exact_chance() -> None:
    """What is computed of the test is what happens to samples that are drawn."""
    chance, n = random.Random(5), 400

    drawn = sum(_rises(chance) for _ in range(n))

    assert drawn / n == pytest.approx(exact.risen(BUDGET, ONE_IN_FIVE, 40), abs=0.08)


def _rises(chance: random.Random) -> bool:
    test = EProcess(BUDGET)
    for _ in range(40):
        test.take(is_bad=chance.random() < ONE_IN_FIVE)
    return test.convicts


def test_a_stream_of_nothing_but_slow_samples_is_convicted_at_once() -> None:
    """The simulation of runs uses the judge itself."""
    assert is_convicted(1.0, 10, random.Random(0))
    assert not is_convicted(0.0, WITHIN, random.Random(0))
