"""Regressions: a change is told only where three runs in a row show it, beside their canaries."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redhanded.history.baseline import Gate
from redhanded.history.records import Reading
from redhanded.history.regression import Comparison, Key, Pace, compared
from tests.history.series import CANARY, OPERATION, SIZE, TEST, reading, steady, then

KEY = Key(TEST, OPERATION, SIZE)
BEFORE = steady(40)


def judged(readings: list[Reading], **said: object) -> Comparison:
    """The comparison of the one series that these readings are."""
    [found] = compared(readings, **said)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    "seconds, pace",
    [
        pytest.param([0.300], Pace.SUSPECT, id="one"),
        pytest.param([0.300, 0.310], Pace.SUSPECT, id="two"),
        pytest.param([0.300, 0.310, 0.290], Pace.REGRESSED, id="three"),
        pytest.param([0.300, 0.310, 0.290, 0.305], Pace.REGRESSED, id="more"),
        pytest.param([0.300, 0.310, 0.200], Pace.STEADY, id="two, then none"),
        pytest.param([0.300, 0.200, 0.310, 0.290], Pace.SUSPECT, id="three, not in a row"),
        pytest.param([0.300, 0.300, 0.300, 0.200], Pace.STEADY, id="over again"),
        pytest.param([0.120, 0.130], Pace.STEADY, id="quicker twice"),
        pytest.param([0.120, 0.130, 0.125], Pace.FASTER, id="quicker three times"),
    ],
)
def test_three_runs_in_a_row_are_a_change(seconds: list[float], pace: Pace) -> None:
    """INVARIANT: one slow run, or two, are never a regression."""
    assert judged(then(BEFORE, *seconds)).pace is pace


def test_a_change_says_how_large_it_is_and_where_it_began() -> None:
    """Share, seconds, baseline, the first run of the change and its build are told."""
    found = judged(then(BEFORE, 0.300, 0.310, 0.290), builds={"run-40": "b7", "run-41": "b8"})

    assert found.change == pytest.approx(0.5, abs=0.03)
    assert found.seconds == pytest.approx(0.100, abs=0.005)
    assert (found.run_id, found.runs, found.windows) == ("run-42", 40, 3)
    assert (found.since, found.build) == ("run-40", "b7")


@pytest.mark.parametrize(
    "seconds, after, is_slow",
    [
        pytest.param(0.200, 0.300, True, id="all three"),
        pytest.param(0.015, 0.030, False, id="twice as slow, by 15 ms"),
        pytest.param(1.000, 1.090, False, id="90 ms more, by nine percent"),
    ],
)
def test_a_change_must_be_a_share_and_a_time(
    seconds: float, after: float, *, is_slow: bool
) -> None:
    """Beyond the noise is not enough: a tenth and 20 ms are asked for as well."""
    before = steady(40, seconds=seconds, noise=0.001)

    found = judged(then(before, after, after, after))

    assert (found.pace is Pace.REGRESSED) is is_slow


def test_a_change_must_be_beyond_the_noise() -> None:
    """Half as long again means nothing where runs differ by a quarter anyway."""
    noisy = steady(40, noise=0.25)

    assert judged(then(noisy, 0.300, 0.300, 0.300)).pace is Pace.STEADY


def test_a_slow_environment_is_no_change() -> None:
    """INVARIANT: what slows the canary as much slows no operation."""
    found = judged(then(BEFORE, 0.600, 0.610, 0.590, canary=3 * CANARY))

    assert found.pace is Pace.STEADY


def test_a_change_that_a_quick_environment_hides_is_found() -> None:
    """The ratio counts: twice the canary's pace and the old time are a change."""
    assert judged(then(BEFORE, 0.2, 0.2, 0.2, canary=CANARY / 2)).pace is Pace.REGRESSED


@pytest.mark.parametrize(
    "runs, reason",
    [
        pytest.param(1, "0 earlier runs with a canary, 10 needed", id="first"),
        pytest.param(10, "9 earlier runs with a canary, 10 needed", id="tenth"),
    ],
)
def test_a_short_series_has_no_baseline(runs: int, reason: str) -> None:
    """Fewer than ten runs before this one say nothing, and it is said why."""
    found = judged(steady(runs))

    assert (found.pace, found.reason) == (Pace.UNKNOWN, reason)
    assert found.change is found.detectable is None


def test_eleven_runs_are_enough() -> None:
    """Ten runs before are a baseline."""
    assert judged(steady(11)).pace is Pace.STEADY


def test_a_canary_below_the_grain_of_the_clock_hides_no_change() -> None:
    """On one machine a canary of 0.1 ms is no fiftieth of one of 5 ms: both are none."""
    before = [reading(run, 0.030, canary=(0.0001, 0.004)[run % 2]) for run in range(15)]

    assert judged(then(before, *[0.080] * 3, canary=0.0001)).pace is Pace.REGRESSED
    assert judged(then(before, *[0.030] * 3, canary=0.0001)).pace is Pace.STEADY


def test_a_run_without_a_canary_is_not_judged() -> None:
    """Nothing is said of a run that nothing can be compared with."""
    found = judged(then(BEFORE, 0.900, canary=None))

    assert found.pace is Pace.UNKNOWN
    assert "no canary" in found.reason


def test_runs_without_a_canary_are_left_out_of_the_baseline() -> None:
    """They neither fill the baseline nor break a row of windows."""
    holes = [one._replace(canary=None, median=9.0) for one in BEFORE[:35]] + BEFORE[35:]
    change = [reading(40, 0.3), reading(41, 0.3, canary=None), reading(42, 0.3), reading(43, 0.3)]

    assert judged(holes).reason == "4 earlier runs with a canary, 10 needed"
    assert judged(BEFORE + change).pace is Pace.REGRESSED


def test_an_accepted_change_begins_a_new_baseline() -> None:
    """What was before it does not count; after ten runs the new pace is the measure."""
    slow = then(BEFORE, *(one.median * 1.5 for one in steady(13, seed=2)))
    accepted = {KEY: slow[40].started_at}

    assert judged(slow).pace is Pace.REGRESSED
    assert judged(slow[:45], accepted=accepted).pace is Pace.UNKNOWN
    assert judged(slow, accepted=accepted).pace is Pace.STEADY
    assert judged(then(slow, 0.45, 0.46, 0.45), accepted=accepted).pace is Pace.REGRESSED


def test_a_regression_does_not_become_a_habit() -> None:
    """INVARIANT: until it is accepted or over it is told, however many runs it has lasted."""
    found = judged(then(BEFORE, *[0.300] * 60))

    assert (found.pace, found.windows, found.since) == (Pace.REGRESSED, 60, "run-40")


def test_an_operation_that_became_quicker_is_held_to_it() -> None:
    """After ten runs the better pace is the baseline, and the old one a regression."""
    quicker = then(BEFORE, *(one.median / 2 for one in steady(11, seed=3)))

    assert judged(quicker[:49]).pace is Pace.FASTER
    assert judged(quicker).pace is Pace.STEADY
    assert judged(then(quicker, 0.2, 0.2, 0.2)).pace is Pace.REGRESSED


def test_outliers_stay_part_of_the_noise() -> None:
    """Single runs that were slow belong to the baseline, else its spread would be too small."""
    spiked = [one._replace(median=0.4) if i % 9 == 8 else one for i, one in enumerate(BEFORE)]

    found = judged(spiked)

    assert (found.pace, found.runs) == (Pace.STEADY, 39)


def test_each_operation_has_a_baseline_of_its_own() -> None:
    """Tests, operations and sizes of answers are never mixed."""
    other = [one._replace(test="other", median=one.median * 3) for one in BEFORE]
    large = [one._replace(size=6, median=one.median * 2) for one in BEFORE]

    found = compared([*BEFORE, *other, *large])

    assert [one.key for one in found] == [KEY, Key("other", OPERATION, 4), KEY._replace(size=6)]
    assert {one.pace for one in found} == {Pace.STEADY}


def test_the_detectable_change_is_found_and_half_of_it_is_not() -> None:
    """INVARIANT: of changes as large as what is printed, three runs find 9 in 10."""
    chance = random.Random(4)

    def shows(seed: int, part: float) -> bool:
        before = steady(40, noise=0.05, seed=seed)
        least = judged(before).detectable or math.nan
        times = [0.2 * (1 + part * least) * math.exp(chance.gauss(0, 0.05)) for _ in range(3)]
        return judged(then(before, *times)).pace is Pace.REGRESSED

    assert sum(shows(seed, 1.0) for seed in range(200)) >= 180
    assert sum(shows(seed, 0.5) for seed in range(200)) <= 60


def test_a_small_operation_says_that_only_large_changes_show() -> None:
    """20 ms are twice what an answer of 10 ms takes, so less than that cannot be seen."""
    assert (judged(steady(40, seconds=0.010)).detectable or 0) > 2


def test_a_gate_of_its_own_is_kept() -> None:
    """On shared machines a quarter may be asked for."""
    slow = then(BEFORE, 0.240, 0.240, 0.240)

    assert judged(slow).pace is Pace.REGRESSED
    assert judged(slow, gate=Gate(share=0.25)).pace is Pace.STEADY


@given(
    st.lists(st.tuples(st.floats(), st.none() | st.floats()), min_size=1, max_size=60),
)
def test_no_number_breaks_a_comparison(values: list[tuple[float, float | None]]) -> None:
    """A file that was imported may hold any number; each series still gets its word."""
    found = judged([reading(run, one, canary=canary) for run, (one, canary) in enumerate(values)])

    assert found.pace in Pace
    assert found.change is None or math.isfinite(found.change)
