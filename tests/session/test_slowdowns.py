"""What became slower is told by operation, the worst first, with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from redhanded.history.records import Latency, Reading, Record
from redhanded.session.slowdowns import conclusions, sentence, slowdowns
from tests.session.spools import NOON, RUN

LATE = {"one": 0.15}


def readings(
    seconds: Mapping[str, float], *, slow: int = 2, canary: float | None = 0.01
) -> list[Reading]:
    """Forty runs at 100 ms, and then some that took so long, for each operation named."""
    return [
        Reading(f"run{number}", NOON - 100 + number, "a", operation, 3, 1, wait, canary)
        for number in range(40 + slow)
        for operation, late in seconds.items()
        for wait in [0.1 if number < 40 else late]
    ]


def record(seconds: Mapping[str, float], *, canary: float | None = 0.01) -> Record:
    """The run that is judged: one test, whose operations took so long."""
    latencies = [
        Latency(test="a", operation=operation, size=3, samples=1, median=late)
        for operation, late in seconds.items()
    ]
    run = replace(RUN, run_id="now", canary=canary, canaries=1)
    return Record(run=run, latencies=latencies)


def test_the_worst_comes_first_and_many_are_counted() -> None:
    """Three are named, in shares or factors."""
    late = {"one": 0.15, "two": 0.3, "three": 0.16, "four": 0.14, "same": 0.1}

    slower = slowdowns(readings(late), record(late), {})

    assert [one.key.operation for one in slower] == ["two", "three", "one", "four"]
    assert sentence(slower) == (
        "slower than in earlier runs: two 3 times (200 ms), three 60 % (60 ms), one 50 % (50 ms)"
        " and 1 more; see `redhanded slow`"
    )


def test_a_conclusion_explains_itself() -> None:
    """Since when, on what build, in which test, and what could have been seen at all."""
    slower = slowdowns(readings(LATE), record(LATE), {"run40": "7.1"})

    (made,) = conclusions(slower)

    assert made.name == "regressions::one"
    assert made.finding.message == "one: 50 % (50 ms) slower than in 40 earlier runs"
    assert made.finding.evidence[:2] == (
        "seen in 3 runs that follow one another, since run run40, on build 7.1",
        "in a; as a ratio to the canary of each run",
    )
    assert made.finding.evidence[2].startswith("the smallest change that could be seen is ")


@pytest.mark.parametrize(
    "slow, before, now",
    [
        pytest.param(1, 0.01, 0.01, id="two-runs-only"),
        pytest.param(2, 0.01, None, id="no-canary"),
        pytest.param(2, None, 0.01, id="no-baseline"),
    ],
)
def test_nothing_is_claimed_too_early(slow: int, before: float | None, now: float | None) -> None:
    """Three runs, each beside a canary, and a baseline."""
    earlier = readings(LATE, slow=slow, canary=before)

    assert slowdowns(earlier, record(LATE, canary=now), {}) == []


def test_a_run_is_not_compared_with_itself() -> None:
    """It may be in the store already."""
    known = [
        *readings(LATE, slow=1),
        Reading("now", NOON, "a", "one", 3, 1, 0.15, 0.01),
    ]

    assert slowdowns(known, record(LATE), {}) == []
