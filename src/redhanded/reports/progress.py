"""How far something is, as a sentence: how many are done, how quickly, and how long it will take.

`120 of 438 tests, 14.2 a second, about 22 s left`
"""

from __future__ import annotations

from typing import Final

_MINUTE: Final = 60.0
_HOUR: Final = 3600.0


def told(done: int, total: int, seconds: float, noun: str) -> str:
    """Where things stand after so many seconds; the pace and what is left where they are known."""
    count = f"{done:,} of {total:,} {noun}" if done <= total else f"{done:,} {noun}"
    left = remaining(done, total, seconds)
    parts = [count, *([_pace(done / seconds)] if done and seconds > 0 else [])]
    return ", ".join([*parts, *([f"about {_time(left)} left"] if left else [])])


def remaining(done: int, total: int, seconds: float) -> float:
    """The seconds that the rest takes at the pace so far; 0 where nobody can say."""
    if done <= 0 or done >= total or seconds <= 0:
        return 0.0
    return (total - done) * seconds / done


def _pace(rate: float) -> str:
    if rate >= 1:
        return f"{rate:,.1f} a second"
    if rate * _MINUTE >= 1:
        return f"{rate * _MINUTE:.1f} a minute"
    return f"{rate * _HOUR:.1f} an hour"


def _time(seconds: float) -> str:
    """A time as people estimate it: 9 s, 4 min, 2 h 10 min."""
    if seconds < _MINUTE:
        return f"{max(seconds, 1):.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    hours, rest = divmod(round(seconds / _MINUTE), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"
