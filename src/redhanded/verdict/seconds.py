"""Durations that an author writes."""

from __future__ import annotations

import math

from redhanded.core.errors import UsageError


def require_seconds(name: str, given: object) -> float:
    """The duration, if it is finite and above 0; UsageError says what to write otherwise."""
    __tracebackhide__ = True
    number = isinstance(given, int | float) and not isinstance(given, bool)
    if number and 0 < given < math.inf:  # type: ignore[operator]
        return float(given)  # type: ignore[arg-type]
    raise UsageError(f"{name}={given!r} must be a number of seconds above 0.")
