"""How far a share that was seen may be from the true one: exact bounds at 95 %."""

from __future__ import annotations

import math
from collections.abc import Callable

_SURE = 0.95
_STEPS = 60  # halvings: far below any digit that is shown


def upper(events: int, n: int) -> float:
    """The largest true share with which so few events are still to be expected.

    One-sided; for no event 1 - 0.05^(1/n). Source: Clopper and Pearson, Biometrika 26 (1934).
    """
    if events >= n:
        return 1.0
    return _root(lambda share: _at_most(events, n, share) - (1 - _SURE))


def lower(events: int, n: int) -> float:
    """The smallest true share with which so many events are still to be expected."""
    return 1 - upper(n - events, n) if n else 0.0


def _root(falling: Callable[[float], float]) -> float:
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2


def _at_most(events: int, n: int, share: float) -> float:
    """The chance of at most so many events in n."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return 0.0
    return math.fsum(math.exp(_log_chance(k, n, share)) for k in range(events + 1))


def _log_chance(k: int, n: int, share: float) -> float:
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return ways + k * math.log(share) + (n - k) * math.log1p(-share)
