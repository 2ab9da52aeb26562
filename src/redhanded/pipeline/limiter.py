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

    def reserve(self, within: float) -> float | None:
        """Seconds to wait for the next place, taken; None where the wait would exceed `within`."""
        with self._lock:
            now = self.now()
            tat = max(now, self._tat)
            wait = max(0.0, self._paused_until - now, tat - self._tolerance() - now)
            if wait > within:
                return None
            if self.rate is not None:
                self._tat = tat + 1 / self._pace(now)
            if wait == 0:
                self._paused_until = 0.0
            return wait

    def _tolerance(self) -> float:
        return (self.burst - 1) / self.rate if self.rate else 0.0

    def _pace(self, now: float) -> float:
        minutes = int((now - self._changed_at) // _RECOVERY_SECONDS)
        if minutes and self._share < 1:
            self._share = min(1.0, self._share * _FASTER**minutes)
            self._changed_at = now
        return (self.rate or 0.0) * self._share

    def slow_down(self, pause: float | None) -> None:
        """Heed a 429: keep still for `pause` seconds, and go at 0.7 of the pace from then on.

        The pace recovers by 5 % a minute, never above the configured rate.
        """
        with self._lock:
            now = self.now()
            self._share *= _SLOWER
            self._changed_at = now
            self._paused_until = max(self._paused_until, now + (pause or 0.0))
