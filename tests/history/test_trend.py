"""Trends: what is worth a word over runs, and what is only noise."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redhanded.history.records import Run, State
from redhanded.history.trend import TOP, Direction, levels, trend, trends


def run(
    number: int = 0,
    *,
    seconds: float = 60.0,
    state: State = State.FINISHED,
    counts: dict[str, int] | None = None,
) -> Run:
    """One run that took so long and ended with so many tests of each verdict."""
    return Run(
        run_id=f"run-{number}",
        project="shop",
        environment="ci",
        started_at=3_600.0 * number,
        state=state,
        seconds=seconds,
        counts={"pass": 100} if counts is None else counts,
    )


def newest_first(*runs: Run) -> list[Run]:
    """The runs as a store gives them."""
    return list(reversed(runs))


@pytest.mark.parametrize(
    "values, direction",
    [
        pytest.param([1.0] * 6, Direction.STEADY, id="the same"),
        pytest.param([1.0, 1.1, 0.9, 1.3, 1.4, 1.5], Direction.STEADY, id="within the noise"),
        pytest.param([1.0, 1.01, 0.99, 1.3, 1.31, 1.29], Direction.RISING, id="up"),
        pytest.param([1.3, 1.31, 1.29, 1.0, 1.01, 0.99], Direction.FALLING, id="down"),
        pytest.param([1.0, 1.0, 1.0, 1.05, 1.05, 1.05], Direction.STEADY, id="too little"),
        pytest.param([1.0, 1.0, 1.0, 9.0, 1.0, 1.0], Direction.STEADY, id="one outlier"),
        pytest.param([1.0, 2.0, 3.0, 4.0, 5.0], Direction.UNKNOWN, id="too few"),
        pytest.param([None, 1.0, None, 1.0, 1.0, 2.0, 2.0, None, 2.0], Direction.RISING, id="gaps"),
        pytest.param([], Direction.UNKNOWN, id="none"),
    ],
)
def test_a_trend_is_beyond_noise_and_worth_a_word(
    values: list[float | None], direction: Direction
) -> None:
    """The newer half is held against the older, by medians."""
    assert trend(values, share=0.1).direction is direction


def test_a_trend_says_from_what_to_what() -> None:
    """Medians of both halves, their change, and of how many runs."""
    found = trend([200.0, 192.0, 190.0, None, 220.0, 224.0, 221.0], share=0.1)

    assert (found.before, found.after, found.runs) == (192.0, 221.0, 6)
    assert found.change == pytest.approx(0.151, abs=0.001)


@pytest.mark.parametrize("values", [[1.0], [0.0] * 6], ids=["too few", "from nothing"])
def test_a_change_needs_something_to_compare_with(values: list[float]) -> None:
    """No share of nothing is told."""
    assert trend(values).change is None


def test_shares_are_of_the_tests_that_were_judged() -> None:
    """What was skipped or never ended is in no share; the oldest run stands first."""
    found = trends(
        newest_first(
            run(counts={"pass": 6, "recovered": 2, "defect": 1, "inconclusive": 1, "skipped": 90}),
            run(1, counts={"skipped": 5, "unfinished": 1}),
            run(2, counts={"drift": 1, "slow": 1, "test_bug": 2}),
        )
    )

    assert found.green.values == [0.8, None, 0.0]
    assert found.red.values == [0.1, None, 1.0]
    assert found.inconclusive.values == [0.1, None, 0.0]


def test_one_red_in_a_hundred_is_no_trend_and_five_are() -> None:
    """A share must move by more than a point in a hundred."""
    calm = [run(number) for number in range(6)]
    one = [run(number, counts={"defect": 1, "pass": 99}) for number in range(6, 12)]
    five = [run(number, counts={"defect": 5, "pass": 95}) for number in range(6, 12)]

    assert trends(newest_first(*calm, *one)).red.direction is Direction.STEADY
    assert trends(newest_first(*calm, *five)).red.direction is Direction.RISING
    assert trends(newest_first(*calm, *five)).green.direction is Direction.FALLING


@pytest.mark.parametrize("state", [State.KILLED, State.INTERRUPTED, State.RUNNING])
def test_a_run_that_was_cut_short_has_no_shares(state: State) -> None:
    """INVARIANT: ten tests that held before the rest could run are no green run."""
    found = trends(newest_first(run(0), run(1, state=state, counts={"pass": 10})))

    assert found.green.values == [1.0, None]
    assert found.red.values == [0.0, None]


def test_wall_time_is_that_of_comparable_runs() -> None:
    """INVARIANT: another place, a selection of tests or a run that was killed makes no trend."""
    elsewhere = Run(
        run_id="far", project="shop", environment="laptop", started_at=0.0,
        state=State.FINISHED, seconds=5.0, counts={"pass": 100},
    )  # fmt: skip
    found = trends(
        newest_first(
            elsewhere,
            run(1, seconds=60.0),
            run(2, seconds=1.0, counts={"pass": 3}),
            run(3, seconds=2.0, state=State.KILLED),
            run(4, seconds=math.nan),
            run(5, seconds=61.0),
        )
    )

    assert found.wall.values == [None, 60.0, None, None, None, 61.0]


def test_no_run_has_no_trend() -> None:
    """An empty history says nothing, and breaks nothing."""
    assert {found.direction for found in trends([])} == {Direction.UNKNOWN}
    assert levels([]) == []


@pytest.mark.parametrize(
    "values, found",
    [
        pytest.param([0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3, 4, 5, 6, 7], id="each its own"),
        pytest.param([5.0, 5.0], [3, 3], id="all alike"),
        pytest.param([1.0, None, 2.0], [0, None, 7], id="a gap"),
        pytest.param([1.0, math.nan, math.inf, 2.0], [0, None, None, 7], id="no numbers"),
        pytest.param([None, None], [None, None], id="nothing known"),
    ],
)
def test_levels_lie_between_the_least_and_the_largest(
    values: list[float | None], found: list[int | None]
) -> None:
    """Eight levels, and a gap where nothing is known."""
    assert levels(values) == found


def test_a_bound_is_reached_only_by_what_lies_on_it() -> None:
    """One failure in a thousand is seen, and so is one pass in a thousand."""
    assert levels([0.0, 0.001, 0.5, 0.999, 1.0], low=0.0, high=1.0) == [0, 1, 4, 6, 7]
    assert levels([-1.0, 2.0], low=0.0, high=1.0) == [0, 7]


def test_numbers_as_far_apart_as_can_be_have_levels() -> None:
    """Their difference is more than a float can hold."""
    assert levels([-1.7e308, 0.0, 1.7e308]) == [0, 4, 7]


@given(st.lists(st.none() | st.floats(allow_nan=True, allow_infinity=True), max_size=40))
def test_every_number_has_a_level_or_is_a_gap(values: list[float | None]) -> None:
    """Whatever the numbers, a sparkline can be drawn, and it rises where they rise."""
    found = levels(values)

    pairs = [(v, n) for v, n in zip(values, found, strict=True) if v is not None and n is not None]
    assert all(0 <= level <= TOP for _, level in pairs)
    assert [level for _, level in sorted(pairs)] == sorted(level for _, level in pairs)
