"""Times as the formats of others want them."""

from __future__ import annotations

from datetime import UTC, datetime
from math import isfinite


def milliseconds(seconds: float) -> int:
    """The time in whole milliseconds; 0 where it is none."""
    return round(seconds * 1000) if isfinite(seconds) else 0


def iso(at: float) -> str:
    """A moment in UTC as RFC 3339 has it, to the millisecond; the epoch where it is none."""
    try:
        moment = datetime.fromtimestamp(at, UTC)
    except (OSError, OverflowError, ValueError):
        moment = datetime.fromtimestamp(0, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
