"""Time as an argument: nothing else in the package asks the operating system what time it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar, Protocol, TypeAlias

Read: TypeAlias = Callable[[], float]


class Clock(Protocol):
    """Where a policy reads the time."""

    def monotonic(self) -> float:
        """Seconds that never run backwards, from an arbitrary start."""
        ...

    def wall(self) -> float:
        """Seconds since the Unix epoch, as far as this machine knows."""
        ...


class SystemClock:
    """The machine's own clock."""

    # perf_counter: on Windows time.monotonic() ticks every 16 ms, too coarse for a latency.
    monotonic: ClassVar[Read] = staticmethod(time.perf_counter)
    wall: ClassVar[Read] = staticmethod(time.time)
