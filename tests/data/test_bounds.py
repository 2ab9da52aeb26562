"""Bounds: a drawn step keeps the limits, and lies where one would expect it."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redhanded.data.bounds import Bounds, Limits


def _cents(limit: float) -> Fraction:
    return Fraction(limit) * 100


@pytest.mark.parametrize(
    "limits, bounds",
    [
        pytest.param({}, Bounds(), id="none"),
        pytest.param({"ge": 1, "le": 2}, Bounds(100, 200), id="both-ends-allowed"),
        pytest.param({"gt": 1, "lt": 2}, Bounds(101, 199), id="both-ends-forbidden"),
        pytest.param({"ge": Fraction(1, 3)}, Bounds(34, None), id="lower-between-two-steps"),
        pytest.param({"gt": Fraction(1, 3)}, Bounds(34, None), id="above-between-two-steps"),
        pytest.param({"le": Fraction(1, 3)}, Bounds(None, 33), id="upper-between-two-steps"),
        pytest.param({"lt": Fraction(1, 3)}, Bounds(None, 33), id="below-between-two-steps"),
        pytest.param({"ge": 1, "gt": 2, "le": 9, "lt": 5}, Bounds(201, 499), id="the-tighter"),
    ],
)
def test_limits_become_whole_steps(limits: Limits, bounds: Bounds) -> None:
    """A limit between two steps allows the nearest one inside."""
    assert Bounds.of(limits, _cents) == bounds


@pytest.mark.parametrize(
    "bounds, is_empty",
    [
        pytest.param(Bounds(1, 1), False, id="one-step"),
        pytest.param(Bounds(2, 1), True, id="none"),
        pytest.param(Bounds(None, 1), False, id="open"),
    ],
)
def test_bounds_know_whether_a_step_fits(bounds: Bounds, is_empty: bool) -> None:
    """Crossed ends leave nothing."""
    assert bounds.is_empty is is_empty


@pytest.mark.parametrize(
    "bounds, low, high",
    [
        pytest.param(Bounds(), 10, 110, id="no-limits"),
        pytest.param(Bounds(20, None), 20, 110, id="cut-below"),
        pytest.param(Bounds(None, 50), 10, 50, id="cut-above"),
        pytest.param(Bounds(0, 10**9), 10, 110, id="far-limits"),
        pytest.param(Bounds(500, None), 500, 600, id="only-above-the-usual"),
        pytest.param(Bounds(None, -5), -105, -5, id="only-below-the-usual"),
        pytest.param(Bounds(0, 10), 0, 10, id="one-usual-step-is-no-choice"),
        pytest.param(Bounds(700, 800), 700, 800, id="closed-and-elsewhere"),
        pytest.param(Bounds(0, 0), 0, 0, id="zero-alone"),
    ],
)
def test_a_step_is_drawn_from_the_usual_as_far_as_allowed(
    bounds: Bounds, low: int, high: int
) -> None:
    """Many draws reach both ends of the expected range, and nothing else."""
    rng = Random(1)

    drawn = {bounds.draw(rng, start=10, span=100) for _ in range(3000)}

    assert (min(drawn), max(drawn)) == (low, high)


@given(
    low=st.none() | st.integers(-(10**6), 10**6),
    width=st.none() | st.integers(0, 10**6),
    start=st.integers(-1000, 1000),
    span=st.integers(0, 1000),
    seed=st.integers(0, 10**6),
)
def test_a_drawn_step_never_breaks_the_bounds(
    low: int | None, width: int | None, start: int, span: int, seed: int
) -> None:
    """INVARIANT: whatever the limits and the usual range are, the step lies inside."""
    high = None if width is None else (low or 0) + width

    step = Bounds(low, high).draw(Random(seed), start=start, span=span)

    assert low is None or step >= low
    assert high is None or step <= high


@given(low=st.none() | st.integers(-(10**4), 10**4), high=st.none() | st.integers(-(10**4), 10**4))
def test_bounds_within_a_size_are_closed(low: int | None, high: int | None) -> None:
    """A size closes both ends and never widens them."""
    bounds = Bounds(low, high).within(99)

    assert bounds.low == max(low if low is not None else -99, -99)
    assert bounds.high == min(high if high is not None else 99, 99)
