"""Times, durations and shares in words."""

from __future__ import annotations

import math
from datetime import UTC, timedelta, timezone

import pytest

from redhanded.cli.quantities import change, day, duration, many, moment, share, timestamp

AT = 1_790_000_000.25  # 2026-09-21 14:13:20.250 UTC
EAST = timezone(timedelta(hours=10))


def test_a_time_is_told_where_the_reader_lives() -> None:
    """People read their own time, to the minute."""
    assert moment(AT, UTC) == "2026-09-21 14:13"
    assert moment(AT, EAST) == "2026-09-22 00:13"
    assert day(AT, EAST) == "2026-09-22"


def test_programs_read_utc() -> None:
    """A program gets ISO 8601, and null where there is no time."""
    assert timestamp(AT) == "2026-09-21T14:13:20.250Z"
    assert timestamp(None) is None


@pytest.mark.parametrize("at", [math.nan, math.inf, 1e18, -1e18], ids=str)
def test_a_time_that_no_calendar_has_is_unknown(at: float) -> None:
    """What a file from elsewhere may hold is no reason to fail."""
    assert moment(at) == day(at) == "unknown"
    assert timestamp(at) is None


@pytest.mark.parametrize(
    "seconds, told",
    [
        pytest.param(0, "0 ms", id="nothing"),
        pytest.param(0.00412, "4.1 ms", id="few-milliseconds"),
        pytest.param(0.0412, "41 ms", id="milliseconds"),
        pytest.param(0.9996, "1.0 s", id="almost-a-second"),
        pytest.param(4.21, "4.2 s", id="seconds"),
        pytest.param(59.97, "1m00s", id="almost-a-minute"),
        pytest.param(220.4, "3m40s", id="minutes"),
        pytest.param(3599.6, "1h00m", id="almost-an-hour"),
        pytest.param(3725, "1h02m", id="hours"),
    ],
)
def test_a_duration_is_told_in_the_unit_that_suits_it(seconds: float, told: str) -> None:
    """Two figures are enough, and no unit overflows into the next."""
    assert duration(seconds) == told


@pytest.mark.parametrize(
    "part, told",
    [
        pytest.param(0, "0 %", id="none"),
        pytest.param(0.0004, "<0.1 %", id="hardly-any"),
        pytest.param(0.0213, "2.1 %", id="few"),
        pytest.param(0.5, "50 %", id="half"),
        pytest.param(0.9876, "98.8 %", id="most"),
        pytest.param(0.9996, ">99.9 %", id="almost-all"),
        pytest.param(1, "100 %", id="all"),
    ],
)
def test_a_share_is_told_in_percent(part: float, told: str) -> None:
    """INVARIANT: hardly any is never called none, and almost all never all."""
    assert share(part) == told


@pytest.mark.parametrize(
    "factor, told",
    [
        pytest.param(1.152, "+15 %", id="more"),
        pytest.param(0.92, "-8 %", id="less"),
        pytest.param(1.004, "as before", id="equal"),
        pytest.param(math.inf, "unknown", id="of-nothing"),
        pytest.param(math.nan, "unknown", id="of-no-number"),
    ],
)
def test_a_change_is_told_in_percent(factor: float, told: str) -> None:
    """A change has a sign; one that cannot be seen has none."""
    assert change(factor) == told


@pytest.mark.parametrize(
    "number, told", [(1, "1 run"), (0, "0 runs"), (1200, "1,200 runs")], ids=["one", "none", "many"]
)
def test_things_are_counted(number: int, told: str) -> None:
    """The noun follows the number."""
    assert many(number, "run") == told
