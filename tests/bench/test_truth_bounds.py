"""How far a share that was seen may be from the true one."""

from __future__ import annotations

import pytest

from bench.truth.bounds import lower, upper


@pytest.mark.parametrize("n", [1, 10, 299, 2_995, 30_000])
def test_no_event_is_bounded_by_the_rule_of_three(n: int) -> None:
    """For no event in n the bound is 1 - 0.05^(1/n), about 3/n."""
    assert upper(0, n) == pytest.approx(1 - 0.05 ** (1 / n))


@pytest.mark.parametrize(
    "events, n, bound",
    [
        pytest.param(1, 475, 0.01, id="one"),
        pytest.param(2, 630, 0.01, id="two"),
        pytest.param(1, 4_744, 0.001, id="one of many"),
    ],
)
def test_some_events_are_bounded_exactly(events: int, n: int, bound: float) -> None:
    """The published sizes for a claim at 95 % come out again."""
    assert upper(events, n) == pytest.approx(bound, rel=1e-2)


def test_nothing_but_events_is_bounded_by_one() -> None:
    """Where all were events, the true share may be all."""
    assert upper(5, 5) == 1.0


@pytest.mark.parametrize("events", [90, 99, 100])
def test_the_lower_bound_is_the_upper_of_the_others(events: int) -> None:
    """At least so many hits is at most so many misses."""
    assert lower(events, 100) == pytest.approx(1 - upper(100 - events, 100))


def test_a_bound_holds_for_the_share_that_was_seen() -> None:
    """What was seen lies between its bounds."""
    assert lower(97, 100) < 0.97 < upper(97, 100)
