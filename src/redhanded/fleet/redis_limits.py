"""How long a link to Redis waits, and how much of a run's time slow answers may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLimits:
    """How long to wait and how much to keep; times in seconds.

    `slow` is what an answer may take without being held against the server; `patience` is how much
    of each period of `away` seconds slow answers may take together.
    """

    answer: float = 0.25
    away: float = 5.0
    slow: float = 0.05
    patience: float = 1.0
    queue: int = 1000


class Patience:
    """How much of the time slow answers have taken lately; a leaky bucket."""

    def __init__(self, limits: LinkLimits) -> None:
        self._limits = limits
        self._spent = 0.0
        self._at = 0.0

    def is_lost(self, took: float, now: float) -> bool:
        """Whether slow answers, this one included, take too much of the time."""
        limits = self._limits
        drained = (now - self._at) * limits.patience / limits.away
        self._at, self._spent = now, max(0.0, self._spent - drained)
        if took > limits.slow:
            self._spent += took
        return self._spent > limits.patience
