"""The report: what was missed is said, and nothing looks proven that was not run."""

from __future__ import annotations

import pytest

from bench.truth.page import page
from bench.truth.report import Report, is_misjudged
from bench.truth.speed import Round, Spent
from tests.bench.truth import cell, episode, faulty, record, serving, strike, weathered


def line(report: Report, title: str) -> str:
    """The report's first line that speaks of this."""
    return next(found for found in report.lines() if title in found)


def test_a_missed_goal_is_said_in_its_line() -> None:
    """A false red turns the run red."""
    report = Report(records=[record(episode(weathered(), "defect", strikes=(strike(),)))])

    assert "**missed**" in line(report, "false reds on a correct API")
    assert "false_reds" in {figure.name for figure in report.missed}


def test_a_figure_of_nothing_says_that_it_was_not_run() -> None:
    """An empty figure neither shines nor shouts."""
    found = line(Report(records=[record(episode(cell(), "pass"))]), "deterministic defects")

    assert found.split("|")[2:4] == [" not run ", " 0 "]
    assert "missed" not in found


@pytest.mark.parametrize("is_partial, is_missed", [(False, True), (True, False)])
def test_only_a_whole_run_must_have_every_figure(*, is_partial: bool, is_missed: bool) -> None:
    """A look at one weather has no defects to count."""
    report = Report(records=[record(episode(cell(), "pass"))], is_partial=is_partial)

    assert ("masked" in {figure.name for figure in report.missed}) == is_missed


def test_modes_are_compared_on_the_sessions_that_they_share() -> None:
    """What one mode alone has run favours nobody."""
    red = episode(weathered(), "defect", strikes=(strike(),))
    other = record(red, cell="not shared")
    report = Report(
        records=[
            other,
            record(episode(weathered(), "pass", strikes=(strike(),))),
            record(red, mode="plain"),
        ]
    )

    shared = list(report.lines())

    title = "| false reds on a correct API under weather |"
    [whole, compared] = [found for found in shared if found.startswith(title)]
    assert "| 1 | 2 |" in whole
    assert compared == f"{title} 0 of 1 (0.0%) | 1 of 1 (100.0%) |"


def test_each_misjudged_test_is_named_with_what_it_said() -> None:
    """A figure that is missed leads to the session to look at."""
    report = Report(records=[record(episode(faulty(), "drift", servings=(serving(),)))])

    assert (
        line(report, "| cell |")
        == "| cell | `test_data_defects.py::test_it` | defect | drift |  |  |"
    )


def test_a_witness_whose_wrong_answer_may_be_lost_is_not_misjudged() -> None:
    """Nobody knows what it saw."""
    found = episode(
        faulty(family="both"),
        "recovered",
        servings=(serving(),),
        strikes=(strike(episode=serving().episode),),
    )

    assert not is_misjudged(found)


def test_seconds_are_told_as_ratios_taken_in_turn() -> None:
    """Twice as long is +100 %; a system that tells no processor time leaves it open."""
    one, two = Spent(wall=1.0, processor=0.0), Spent(wall=2.0, processor=0.0)
    report = Report(
        records=[record(episode(cell(), "pass"))], speeds=[Round(on=two, off=one, plain=one)]
    )

    assert "+100.0%" in line(report, "with diagnosis, over without")
    assert "nan%" in line(report, "with diagnosis, over without")


def test_the_page_says_what_was_run() -> None:
    """Sessions, verdicts, and the weather that met nobody."""
    text = page(Report(records=[record(episode(weathered(), "pass", strikes=(strike(),)))]))

    assert "1 sessions with 1 verdicts" in text
    assert "1 kinds of weather were served, and 0 defects." in text
    assert "E05" in text
    assert "E12," not in text
