"""How long a link to Redis waits, and how much of a run's time slow answers may take."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLimits:
    """How long to wait and how much to keep; times in seconds.

    `slow` is what an answer may take without being held against the server; `patience` is how much
    of each period of `away` seconds slow answers may take together.
    """

    answer: float = 0.24  # and a little for all around it: a quarter of a second in all
    away: float = 5.0
    slow: float = 0.05
    patience: float = 1.0
    queue: int = 1000


class Patience:
    """How much of the last seconds slow answers took; it never lets them take more than allowed."""

    def __init__(self, limits: LinkLimits) -> None:
        self._limits = limits
        self._slow: deque[tuple[float, float]] = deque()

    def is_lost(self, took: float, now: float) -> bool:
        """Whether one more slow answer, after this one, could take too much."""
        limits = self._limits
        if took <= limits.slow:
            return False
        self._slow.append((now, took))
        while self._slow[0][0] <= now - limits.away:
            self._slow.popleft()
        return sum(took for _, took in self._slow) > limits.patience - limits.answer
