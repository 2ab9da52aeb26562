"""Where a drawn value may lie, counted in whole steps: days, seconds, cents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from random import Random

Limits: TypeAlias = Mapping[str, Any]
Steps: TypeAlias = Callable[[Any], Fraction]


@dataclass(frozen=True, slots=True)
class Bounds:
    """The lowest and the highest step allowed; None where that side is open."""

    low: int | None = None
    high: int | None = None

    @classmethod
    def of(cls, limits: Limits, steps: Steps) -> Bounds:
        """Bounds from `ge`, `gt`, `le` and `lt`; `steps` counts how many steps a limit is."""
        lows = [ceil(steps(limits["ge"]))] if "ge" in limits else []
        lows += [floor(steps(limits["gt"])) + 1] if "gt" in limits else []
        highs = [floor(steps(limits["le"]))] if "le" in limits else []
        highs += [ceil(steps(limits["lt"])) - 1] if "lt" in limits else []
        return cls(max(lows, default=None), min(highs, default=None))

    def within(self, size: int) -> Bounds:
        """The same bounds, at most `size` steps away from zero."""
        low = -size if self.low is None else max(self.low, -size)
        high = size if self.high is None else min(self.high, size)
        return Bounds(low, high)

    @property
    def is_empty(self) -> bool:
        """Whether no step fits."""
        return self.low is not None and self.high is not None and self.low > self.high

    def draw(self, rng: Random, *, start: int, span: int) -> int:
        """One step from the usual [start, start + span], or near it where the bounds forbid it."""
        return rng.randint(*self._window(start, start + span))

    def _window(self, start: int, end: int) -> tuple[int, int]:
        low = start if self.low is None else max(self.low, start)
        high = end if self.high is None else min(self.high, end)
        # A single usual value is no choice: 0 to 1 would always give 1.
        if low < high:
            return low, high
        match self.low, self.high:
            case int(low), None:
                return low, low + end - start
            case None, int(high):
                return high - end + start, high
            case _:
                return self.low or 0, self.high or 0
