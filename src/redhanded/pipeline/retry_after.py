"""How long the server asks us to wait: Retry-After (RFC 9110, 10.2.3) and the RateLimit fields."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import httpx2

_NUMBER = re.compile(r"[0-9]{1,18}")
_PARAMETER = re.compile(r"(?:^|[;,\s])(r|remaining|t|reset)=([0-9]{1,18})", re.IGNORECASE)
_EPOCH = 10**9  # a reset above this is a date in seconds, not a pause


class Told(NamedTuple):
    """A pause in seconds, None where the server named none, and what was wrong with its words."""

    seconds: float | None
    complaint: str = ""


def told_pause(headers: httpx2.Headers) -> Told:
    """The pause that the server asks for, by Retry-After first, else by its RateLimit fields."""
    value = headers.get("retry-after")
    told = Told(None) if value is None else _retry_after(value.strip(), headers.get("date"))
    return told if told.seconds is not None else told._replace(seconds=_rate_limit(headers))


def _retry_after(value: str, date: str | None) -> Told:
    if _NUMBER.fullmatch(value):
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
    """The moment that one of the three forms of RFC 9110, section 5.6.7, names."""
    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _rate_limit(headers: httpx2.Headers) -> float | None:
    field = headers.get("ratelimit", "")
    # Of old the commas stood between the facts of one policy, not between policies.
    policies = [field] if "remaining=" in field.lower() else field.split(",")
    pauses = [_policy(policy) for policy in policies]
    told = [pause for pause in pauses if pause is not None]
    if told:
        return max(told)
    for name in ("ratelimit-reset", "x-ratelimit-reset"):
        value = headers.get(name, "").strip()
        if _NUMBER.fullmatch(value):
            return _reset(int(value), headers.get("date"))
    return None


def _policy(policy: str) -> float | None:
    """The time to the reset of one policy; None where some of its quota is left."""
    found = {name.lower(): float(value) for name, value in _PARAMETER.findall(policy)}
    left = found.get("r", found.get("remaining", 0.0))
    return None if left else found.get("t", found.get("reset"))


def _reset(value: int, date: str | None) -> float | None:
    if value < _EPOCH:
        return float(value)
    now = _date(date or "")
    return None if now is None else max(0.0, value - now.timestamp())
