"""Dates and moments: counted from the given day, inside of the limits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from random import Random

import pytest

from redhanded.data.times import Times

TODAY = date(2024, 2, 28)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)
EAST = timezone(timedelta(hours=5, minutes=30))


@pytest.fixture
def times() -> Times:
    """Seeded draws around a day of a leap year."""
    return Times(Random(3), TODAY)


def test_dates_lie_in_the_year_after_today(times: Times) -> None:
    """Most of what is made in a test lies ahead: bookings, payments, deliveries."""
    drawn = {times.day({}) for _ in range(5000)}

    assert min(drawn) == TODAY + DAY
    assert max(drawn) == TODAY + DAY + YEAR


def test_a_date_keeps_its_limits(times: Times) -> None:
    """A limit of the field goes before the usual year."""
    drawn = {times.day({"ge": date(1999, 12, 31), "lt": date(2000, 1, 3)}) for _ in range(100)}

    assert drawn == {date(1999, 12, 31), date(2000, 1, 1), date(2000, 1, 2)}


def test_moments_are_whole_seconds_in_utc(times: Times) -> None:
    """A moment survives a store that keeps no fractions and no foreign zones."""
    drawn = [times.moment({}) for _ in range(500)]

    start = datetime(2024, 2, 29, tzinfo=UTC)
    assert all(start <= each <= start + YEAR for each in drawn)
    assert all(each.tzinfo is UTC and each.microsecond == 0 for each in drawn)


@pytest.mark.parametrize(
    "low, high",
    [
        pytest.param(
            datetime(2020, 1, 1, 12, tzinfo=EAST), datetime(2020, 1, 1, 13, tzinfo=EAST), id="zone"
        ),
        pytest.param(
            datetime(2020, 1, 1, 12),  # noqa: DTZ001  a model may hold moments without a zone
            datetime(2020, 1, 1, 13),  # noqa: DTZ001
            id="no-zone",
        ),
        pytest.param(
            datetime(2024, 2, 28, 23, 59, 58, 1, tzinfo=UTC),
            datetime(2024, 2, 29, 0, 0, 0, 1, tzinfo=UTC),
            id="fractions",
        ),
    ],
)
def test_a_moment_keeps_limits_and_their_zone(times: Times, low: datetime, high: datetime) -> None:
    """Moments of other zones, or of none, are compared as the model compares them."""
    for _ in range(200):
        drawn = times.moment({"gt": low, "le": high})

        assert low < drawn <= high
        assert drawn.tzinfo is low.tzinfo


def test_the_past_is_past_in_every_zone(times: Times) -> None:
    """Yesterday here may be today elsewhere, so it is left out."""
    assert max(times.past() for _ in range(3000)) == TODAY - 2 * DAY
    assert max(times.past_moment() for _ in range(500)).date() < TODAY - DAY


def test_the_future_is_future_in_every_zone(times: Times) -> None:
    """Tomorrow here may be today elsewhere, so it is left out."""
    assert min(times.future() for _ in range(3000)) == TODAY + 2 * DAY
    assert min(times.future_moment() for _ in range(500)).date() > TODAY + DAY


def test_a_length_of_time_keeps_its_limits(times: Times) -> None:
    """Up to a day, in whole seconds, or what the field allows."""
    plain = [times.length({}) for _ in range(200)]
    short = {times.length({"gt": timedelta(0), "le": timedelta(seconds=2)}) for _ in range(50)}

    assert all(timedelta(seconds=1) <= each <= DAY + timedelta(seconds=1) for each in plain)
    assert short == {timedelta(seconds=1), timedelta(seconds=2)}


def test_limits_that_leave_no_date_are_told(times: Times) -> None:
    """Nothing is invented outside of the limits."""
    with pytest.raises(ValueError, match="its limits leave no date"):
        times.day({"gt": TODAY, "lt": TODAY + DAY})
