"""The figures of history: when a goal is met, and what is printed of it."""

from __future__ import annotations

import pytest

from bench.figures import Figure, report
from bench.history.figures import at_least, at_most, percent, told
from bench.history.objectives import is_borne_out
from bench.history.regressions import Alarms


@pytest.mark.parametrize(
    "figure, is_met",
    [
        pytest.param(at_most("x", 1, 1_000, 0.001), True, id="at the most"),
        pytest.param(at_most("x", 2, 1_000, 0.001), False, id="above the most"),
        pytest.param(at_most("x", 0, 10, 0.0), True, id="none"),
        pytest.param(at_most("x", 1, 10, 0.0), False, id="one too many"),
        pytest.param(at_least("x", 95, 100, 0.95), True, id="at the least"),
        pytest.param(at_least("x", 94, 100, 0.95), False, id="below the least"),
        pytest.param(told("x", 50, 100), True, id="only told"),
    ],
)
def test_a_goal_is_held_against_what_was_measured(figure: Figure, *, is_met: bool) -> None:
    """A share on the goal meets it, and one without a goal cannot miss."""
    assert figure.is_met is is_met


def test_a_figure_shows_its_bound() -> None:
    """Share, cases and the worst that the truth may be stand beside one another."""
    found = at_most("x", 0, 299, 0.01)

    assert (found.measured, found.bound, found.goal) == (
        "0 % (0 of 299)",
        "at most 0.9969 %",
        "<= 1 %",
    )
    assert told("x", 1, 2).bound == "2.532 % to 97.47 %"


@pytest.mark.parametrize(
    "share, text", [(1.0, "100 %"), (0.5, "50 %"), (0.000_067_45, "0.006745 %")]
)
def test_a_small_share_keeps_its_digits(share: float, text: str) -> None:
    """One in ten thousand does not become nothing."""
    assert percent(share) == text


def test_alarms_that_follow_one_another_are_one() -> None:
    """INVARIANT: a bound counts beginnings; ten runs of one alarm are not ten cases."""
    ten, one = Alarms(10, 10, 10_000).figure("x"), Alarms(10, 1, 10_000).figure("x")

    assert ten.measured == one.measured
    assert float(one.bound.split()[2]) > float(ten.bound.split()[2])
    assert Alarms(0, 0, 10_000).figure("x").is_met


@pytest.mark.parametrize(
    "events, is_borne", [(0, True), (4, True), (40, False)], ids=["none", "some", "far too many"]
)
def test_runs_must_bear_out_a_chance(events: int, *, is_borne: bool) -> None:
    """What is luck at one in a thousand passes, and what contradicts it does not."""
    assert is_borne_out(events, 2_000, 0.0007) is is_borne


def test_a_missed_goal_ends_with_one(capsys: pytest.CaptureFixture[str]) -> None:
    """INVARIANT: the command fails, and names what was missed."""
    good, bad = at_most("good", 0, 10, 0.5), at_most("bad", 9, 10, 0.5)

    assert report([good]) == 0
    assert report([good, bad]) == 1

    out, err = capsys.readouterr()
    assert "MISSED" in out.splitlines()[-1]
    assert err == "missed: bad\n"
