"""A rate limiter for one origin: GCRA, the leaky bucket of ITU-T I.371 kept as one timestamp.

`tat`, the theoretical arrival time, is when the next request would be due at a steady rate. A
request may come earlier by at most the burst; otherwise it is told how long to wait. Places are
handed out in the order of asking.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SLOWER = 0.7
_FASTER = 1.05
_SLOWEST = 0.1  # many calls in flight hear the same 429; they must not stop the pace altogether
_RECOVERY_SECONDS = 60.0


@dataclass(slots=True)
class Limiter:
    """Requests a second towards one origin; no limit where `rate` is None."""

    rate: float | None
    burst: float
    now: Callable[[], float]
    _tat: float = 0.0
    _paused_until: float = 0.0
    _share: float = 1.0
    _changed_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_idle(self) -> bool:
        """Whether there is neither a rate nor a pause to keep to."""
        return self.rate is None and not self._paused_until

    @property
    def is_paused(self) -> bool:
        """Whether a 429 has asked for a pause that is not over yet."""
        return self._paused_until > self.now()

    def reserve(self, within: float, share: float | None = 1.0) -> float | None:
        """Seconds to wait for the next place, taken; None where the wait would exceed `within`.

        `share` is the part of the pace that is ours, where other processes keep to the rest; None
        where the place is taken elsewhere and only the pauses of a 429 hold.
        """
        with self._lock:
            now = self.now()
            if self._paused_until <= now:
                self._paused_until = 0.0
            start = max(now, self._paused_until)
            if self.rate is None or share is None:
                return start - now if start - now <= within else None
            due = max(start, self._tat - self._tolerance(self.rate * share, self.burst * share))
            if due - now > within:
                return None
            self._tat = max(start, self._tat) + 1 / (self.rate * share * self._recovered(now))
            return due - now

    @staticmethod
    def _tolerance(rate: float, burst: float) -> float:
        return max(0.0, burst - 1) / rate

    def _recovered(self, now: float) -> float:
        """The share of the rate that is in force: 5 % faster for each whole minute since a 429."""
        minutes = int((now - self._changed_at) // _RECOVERY_SECONDS)
        if minutes and self._share < 1:
            self._share = min(1.0, self._share * _FASTER**minutes)
            self._changed_at += minutes * _RECOVERY_SECONDS
        return self._share

    def slow_down(self, pause: float | None) -> None:
        """Heed a 429: keep still for `pause` seconds, and go at 0.7 of the pace from then on.

        The pace recovers by 5 % a minute, never above the configured rate.
        """
        with self._lock:
            now = self.now()
            self._share = max(_SLOWEST, self._recovered(now) * _SLOWER)
            self._changed_at = now
            if pause:
                self._paused_until = max(self._paused_until, now + pause)
