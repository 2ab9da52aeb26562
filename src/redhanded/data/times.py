"""Dates and moments, counted from a day that is given, never from the machine's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from fractions import Fraction
from typing import TYPE_CHECKING

from redhanded.data.bounds import Bounds, Limits

if TYPE_CHECKING:
    from random import Random

_YEAR = 365
_DAY = 86_400
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Times:
    """Draws dates in the year after `today`, as far as the limits allow it."""

    rng: Random
    today: date

    def day(self, limits: Limits) -> date:
        """A day; ValueError where the limits leave none."""
        bounds = _checked(Bounds.of(limits, lambda limit: Fraction(limit.toordinal())))
        start = self.today.toordinal() + 1
        return date.fromordinal(bounds.draw(self.rng, start=start, span=_YEAR))

    def moment(self, limits: Limits, zone: tzinfo | None = UTC) -> datetime:
        """A moment of whole seconds, in the zone of the limits where they have one."""
        given = [limit for limit in limits.values() if isinstance(limit, datetime)]
        zone = given[0].tzinfo if given else zone
        origin = datetime.combine(self.today, time(), zone)
        bounds = _checked(Bounds.of(limits, lambda limit: _seconds(limit - origin)))
        seconds = bounds.draw(self.rng, start=_DAY, span=_YEAR * _DAY)
        return origin + timedelta(seconds=seconds)

    def past(self) -> date:
        """A day of the year before yesterday: past in every time zone."""
        return self.day({"lt": self.today - timedelta(days=1)})

    def future(self) -> date:
        """A day of the year after tomorrow: future in every time zone."""
        return self.day({"gt": self.today + timedelta(days=1)})

    def past_moment(self) -> datetime:
        """A moment of the year before yesterday."""
        return datetime.combine(self.past(), self.hour(), UTC)

    def future_moment(self) -> datetime:
        """A moment of the year after tomorrow."""
        return datetime.combine(self.future(), self.hour(), UTC)

    def hour(self) -> time:
        """A time of day in whole minutes."""
        return time(self.rng.randrange(24), self.rng.randrange(60))

    def length(self, limits: Limits) -> timedelta:
        """A length of time in whole seconds, from a second to a day where the limits allow it."""
        bounds = _checked(Bounds.of(limits, _seconds))
        return timedelta(seconds=bounds.draw(self.rng, start=1, span=_DAY))


def _seconds(length: timedelta) -> Fraction:
    return Fraction(length // _MICROSECOND, 1_000_000)


def _checked(bounds: Bounds) -> Bounds:
    if bounds.is_empty:
        raise ValueError("its limits leave no date")
    return bounds
