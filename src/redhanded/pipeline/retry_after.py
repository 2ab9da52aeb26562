"""How long the server asks us to wait: Retry-After (RFC 9110, 10.2.3) and the RateLimit fields."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import httpx2

_WINDOW = re.compile(r"(?:^|[;,\s])(?:t|reset)=(\d+)")
_EPOCH = 10**9  # a reset above this is a date in seconds, not a pause


class Told(NamedTuple):
    """A pause in seconds, None where the server named none, and what was wrong with its words."""

    seconds: float | None
    complaint: str = ""


def told_pause(headers: httpx2.Headers) -> Told:
    """The pause that the server asks for, by Retry-After first, else by its RateLimit fields."""
    value = headers.get("retry-after")
    if value is not None:
        return _retry_after(value.strip(), headers.get("date"))
    return Told(_rate_limit(headers))


def _retry_after(value: str, date: str | None) -> Told:
    if value.isascii() and value.isdigit():
        return Told(float(value))
    at = _date(value)
    if at is None:
        return Told(None, f"Retry-After is neither seconds nor a date: {value[:40]!r}")
    # The server's own clock, where it shows it: ours may be an hour off.
    now = _date(date or "")
    if now is None:
        return Told(None, "Retry-After is a date, and the answer has no Date to read it against")
    return Told(max(0.0, (at - now).total_seconds()))


def _date(value: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(value)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _rate_limit(headers: httpx2.Headers) -> float | None:
    window = _WINDOW.search(headers.get("ratelimit", ""))
    if window:
        return float(window[1])
    for name in ("ratelimit-reset", "x-ratelimit-reset"):
        value = (headers.get(name) or "").strip()
        if value.isdigit():
            return _reset(int(value), headers.get("date"))
    return None


def _reset(value: int, date: str | None) -> float | None:
    if value < _EPOCH:
        return float(value)
    now = _date(date or "")
    return None if now is None else max(0.0, value - now.timestamp())
