"""Trends of runs as lines."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from redhanded.cli.sparkline import BLOCKS
from redhanded.cli.trendlines import described, rows
from redhanded.history.records import Run
from tests.cli import histories


def shown(runs: Sequence[Run]) -> dict[str, tuple[str, str]]:
    """The sparkline and the words of each trend, of runs given the oldest first."""
    return {row[0].text: (row[1].text, row[2].text) for row in rows(runs[::-1], BLOCKS)}


def judged(*counts: dict[str, int]) -> list[Run]:
    """Runs with these verdicts."""
    return [histories.run(number, counts=each) for number, each in enumerate(counts)]


def taking(*seconds: float) -> list[Run]:
    """Runs of that length."""
    return [histories.run(number, seconds=each) for number, each in enumerate(seconds)]


def test_shares_go_from_nothing_to_all() -> None:
    """A full block is a green run; one failure among many is seen beside it."""
    runs = judged({"pass": 10}, {"pass": 9, "defect": 1}, {"defect": 10})

    assert shown(runs)["green"][0] == "█▇▁"
    assert shown(runs)["red"] == ("▁▂█", "now 100 %; too few runs for a trend")


def test_a_calm_history_is_flat() -> None:
    """INVARIANT: nothing that never happened is drawn as if it had."""
    runs = judged(*[{"pass": 10}] * 8)

    assert shown(runs)["red"] == ("▁" * 8, "now 0 %; steady about 0 %")
    assert shown(runs)["green"] == ("█" * 8, "now 100 %; steady about 100 %")


def test_a_growing_wall_time_is_told_in_words() -> None:
    """From where to where, by how much, over how many runs."""
    runs = taking(*[192.0] * 10, *[220.0] * 10)

    spark, words = shown(runs)["took"]

    assert spark == "▇" * 10 + "█" * 10
    assert words == "now 3m40s; 3m12s -> 3m40s, +15 % over 20 runs"


def test_a_share_that_falls_is_told_without_a_percentage_of_percents() -> None:
    """From 100 % to 80 % says it all."""
    runs = judged(*[{"pass": 10}] * 5, *[{"pass": 8, "defect": 2}] * 5)

    assert shown(runs)["green"][1] == "now 80 %; 100 % -> 80 % over 10 runs"


@pytest.mark.parametrize(
    "runs, tones",
    [
        pytest.param(taking(*[192.0] * 5, *[300.0] * 5), {"took"}, id="slower"),
        pytest.param(taking(*[300.0] * 5, *[192.0] * 5), set(), id="faster"),
        pytest.param(
            judged(*[{"pass": 9}] * 5, *[{"defect": 9}] * 5), {"green", "red"}, id="worse"
        ),
    ],
)
def test_only_what_becomes_worse_is_coloured(runs: Sequence[Run], tones: set[str]) -> None:
    """The words say the same without colours."""
    assert {row[0].text for row in rows(runs[::-1], BLOCKS) if row[2].style} == tones


def test_what_no_run_has_is_left_out() -> None:
    """Runs that judged nothing have no shares."""
    assert set(shown(judged({}, {}))) == {"took"}


def test_programs_read_the_numbers() -> None:
    """The oldest run first, and null where a run has no number."""
    told = described(judged({"pass": 3, "defect": 1}, {})[::-1])

    assert told["red"] == {
        "values": [0.25, None],
        "direction": "unknown",
        "before": None,
        "after": None,
    }
    assert set(told) == {"green", "red", "inconclusive", "seconds"}
