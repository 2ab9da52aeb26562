"""Stalls: for how long this process did not get to run, by a ticker that should come in time."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.core.clock import Clock

TICK = 0.02  # seconds
NOTED = 0.05  # seconds late, from which on a tick is remembered
KEPT = 4096


class Stalls:
    """The times in which ticks came late; times are seconds of the wall clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._late: deque[tuple[float, float]] = deque(maxlen=KEPT)
        self._last: float | None = None

    def tick(self) -> None:
        """Note that the process runs now; it is asked to come every `TICK` seconds."""
        now = self._clock.monotonic()
        if self._last is not None and now - self._last - TICK > NOTED:
            ended = self._clock.wall()
            self._late.append((ended - (now - self._last), ended))
        self._last = now

    def longest(self, began: float, ended: float) -> float:
        """The longest that the process stood still between two moments of wall time, in seconds."""
        shares = (min(end, ended) - max(begin, began) for begin, end in self._late.copy())
        return max((share for share in shares if share > 0), default=0.0)


class Ticker:
    """Ticks in a thread of its own until it is stopped."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="redhanded-ticker", daemon=True)

    def start(self) -> None:
        """Begin to tick."""
        self._thread.start()

    def _run(self) -> None:
        while not self._stopped.wait(TICK):
            self._tick()

    def stop(self) -> None:
        """Tick no more."""
        self._stopped.set()
