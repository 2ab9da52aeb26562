"""Times, durations and shares as people read them, and as JSON holds them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, tzinfo

_UNKNOWN = "unknown"


def moment(at: float, zone: tzinfo | None = None) -> str:
    """The minute of a time, such as `2026-11-21 16:55`, where the reader lives."""
    found = _instant(at)
    return found.astimezone(zone).strftime("%Y-%m-%d %H:%M") if found else _UNKNOWN


def day(at: float, zone: tzinfo | None = None) -> str:
    """The day of a time, such as `2026-11-21`, where the reader lives."""
    return moment(at, zone).partition(" ")[0]


def timestamp(at: float | None) -> str | None:
    """The time for programs: ISO 8601, in UTC, to the millisecond; None where there is none."""
    found = None if at is None else _instant(at)
    return found.isoformat(timespec="milliseconds").replace("+00:00", "Z") if found else None


def _instant(at: float) -> datetime | None:
    """The time; None for one that no calendar has, which a file from elsewhere may hold."""
    try:
        return datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def duration(seconds: float) -> str:
    """A duration: `41 ms`, `4.2 s`, `3m40s`, `1h02m`."""
    if seconds < 0.9995:
        return f"{_figures(seconds * 1000)} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02d}m"


def share(part: float) -> str:
    """A share in percent, to two figures: `7.1 %`; one that is hardly any is never called 0."""
    if 0 < part < 0.001:
        return "<0.1 %"
    if 0.999 < part < 1:
        return ">99.9 %"
    return f"{part * 100:.3g} %" if part > 0.9 else f"{_figures(part * 100)} %"


def _figures(number: float) -> str:
    """A number to two figures, or whole where it has more."""
    return f"{number:.0f}" if number >= 9.95 else f"{number:.2g}"


def change(factor: float) -> str:
    """A change by a factor: `+15 %`, `-8 %`, `as before`."""
    if not math.isfinite(factor):
        return _UNKNOWN
    percent = round((factor - 1) * 100)
    return f"{percent:+d} %" if percent else "as before"


def many(number: int, noun: str) -> str:
    """A number of things: `1 run`, `20 runs`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"
