"""The retry budget of one origin: a bucket of tokens, so that retries never become a storm."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass(slots=True)
class Bucket:
    """Tokens for retries: taken before a retry, given back when it succeeded.

    A call that needed no retry gives back one, so that an outage does not empty it for good.
    """

    capacity: float = 100.0
    tokens: float = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.tokens = self.capacity

    @property
    def is_full(self) -> bool:
        """Whether there is nothing to give back."""
        return self.tokens >= self.capacity

    def take(self, cost: float) -> bool:
        """Whether the tokens were there, and are taken now."""
        with self._lock:
            if self.tokens < cost:
                return False
            self.tokens -= cost
            return True

    def refund(self, cost: float) -> None:
        """Give tokens back, never above the capacity."""
        with self._lock:
            self.tokens = min(self.capacity, self.tokens + cost)
