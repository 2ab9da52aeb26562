"""The baseline: the runs that a new one is held against, and the gate that it must be beyond."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

FEWEST = 10  # runs
LONGEST = 40
WINDOWS = 3  # runs in a row that are a change
_MAD = 1.4826  # of median absolute deviations make the standard deviation of a normal spread
_LEAST = 0.02  # the spread of a baseline that happens to lie on one point
_MEDIAN = 1.57  # the variance of a median over that of a mean, pi / 2
# Deviations above the gate at which three runs in a row are beyond it in 9 of 10 cases; 1.82 by
# 0.9 ** (1 / 3) were the spread known, and simulated as it is estimated from ten runs and more.
_POWER = 2.5


class Gate(NamedTuple):
    """What a run must be beyond: robust deviations, a share, and seconds."""

    deviations: float = 4.0
    share: float = 0.10
    seconds: float = 0.020


class Point(NamedTuple):
    """One run of a series: the logarithm of its time over the canary's, and the canary's time."""

    run_id: str
    y: float
    canary: float


@dataclass(slots=True)
class Baseline:
    """The latest runs before a change, by the logarithm of their time over the canary's."""

    _values: deque[float] = field(default_factory=deque)
    _sorted: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._sorted)

    def add(self, y: float) -> None:
        """Take in one more run, and forget the oldest of more than forty."""
        self._values.append(y)
        insort(self._sorted, y)
        if len(self) > LONGEST:
            del self._sorted[bisect_left(self._sorted, self._values.popleft())]

    @property
    def middle(self) -> float:
        """The median."""
        half, is_odd = divmod(len(self), 2)
        return self._sorted[half] if is_odd else sum(self._sorted[half - 1 : half + 1]) / 2

    def spread(self) -> float:
        """The deviation of one run, robustly: a few runs that were inflated leave it as it is.

        Source: Rousseeuw and Croux, Journal of the American Statistical Association 88 (1993).
        """
        middle = self.middle
        return max(_MAD * median(abs(y - middle) for y in self._sorted), _LEAST)

    def expected(self, point: Point) -> float:
        """The seconds that the run would have taken at its canary's pace."""
        return math.exp(self.middle) * point.canary

    def beyond(self, point: Point, gate: Gate) -> int:
        """1 where the run is slower by all of the gate, -1 where it is quicker by it, else 0."""
        away = point.y - self.middle
        change = math.expm1(away)
        is_small = abs(change) < gate.share
        if is_small or abs(change) * self.expected(point) < gate.seconds:
            return 0
        return int(math.copysign(abs(away) > self._deviations(gate), away))

    def detectable(self, point: Point, gate: Gate) -> float:
        """The smallest change, as a share, that three such runs show in 9 of 10 cases."""
        least = max(gate.share, gate.seconds / self.expected(point))
        return math.expm1(max(math.log1p(least), self._deviations(gate)) + _POWER * self.spread())

    def _deviations(self, gate: Gate) -> float:
        """How far a run must be away, with what the median itself may be off."""
        return gate.deviations * self.spread() * math.sqrt(1 + _MEDIAN / len(self))


@dataclass(slots=True)
class Track:
    """One series as it is read, the oldest run first.

    Runs beyond the gate stand apart from the baseline: three in a row are a change, and fewer were
    outliers, which belong to it. A change for the better is the new baseline as soon as there are
    runs enough for one. One for the worse stays a change until it is over.
    """

    gate: Gate
    streak: list[Point] = field(default_factory=list)
    direction: int = 0
    _baseline: Baseline = field(default_factory=Baseline)

    def prepared(self) -> Baseline:
        """What the next run is held against."""
        if self.direction < 0 and len(self.streak) >= FEWEST:
            self._baseline = Baseline()
            self.settle()
        return self._baseline

    def take(self, point: Point) -> None:
        """Take in the next run."""
        baseline = self.prepared()
        beyond = baseline.beyond(point, self.gate) if len(baseline) >= FEWEST else 0
        if beyond != self.direction:
            self._end()
        self.direction = beyond
        if beyond:
            self.streak.append(point)
        else:
            baseline.add(point.y)

    @property
    def is_change(self) -> bool:
        """Whether so many runs in a row are beyond the gate that it is no outlier."""
        return len(self.streak) >= WINDOWS

    def _end(self) -> None:
        if self.is_change:
            self.streak = []
        self.settle()

    def settle(self) -> None:
        """Count the runs that stand apart as outliers, or as the baseline anew."""
        for point in self.streak:
            self._baseline.add(point.y)
        self.streak, self.direction = [], 0
