"""Trends: verdicts and wall time over runs, as numbers, as words, and as levels of a sparkline."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from redhanded.core.verdicts import Verdict
from redhanded.history.records import State

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from redhanded.history.records import Run

TOP = 7  # of eight levels
_FEWEST = 3  # runs of each half
_POINTS = 0.01  # of a share
_SHARE = 0.10  # of a wall time
_SURE = 3.0  # deviations
_MAD = 1.4826
_MEDIAN = 1.57  # the variance of a median over that of a mean, pi / 2
_GREEN = (Verdict.PASS, Verdict.RECOVERED)
_RED = tuple(verdict for verdict in Verdict if verdict.is_red)


class Direction(StrEnum):
    """Where a number goes, from the older half of the runs to the newer one."""

    RISING = "rising"
    FALLING = "falling"
    STEADY = "steady"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Trend:
    """A number over runs, the oldest first, None where a run has none.

    `before` and `after` are the medians of the older and of the newer half; None of too few runs.
    """

    values: Sequence[float | None]
    direction: Direction = Direction.UNKNOWN
    before: float | None = None
    after: float | None = None

    @property
    def change(self) -> float | None:
        """What the newer half has on top of the older, as a share of it; None without an older."""
        if not self.before or self.after is None:
            return None
        return self.after / self.before - 1

    @property
    def runs(self) -> int:
        """The number of runs that have this number."""
        return sum(value is not None for value in self.values)


class Trends(NamedTuple):
    """Shares of the tests that were judged, and seconds of the runs."""

    green: Trend
    red: Trend
    inconclusive: Trend
    wall: Trend


def trends(runs: Sequence[Run]) -> Trends:
    """How runs went, given the newest first.

    Wall times are those of finished runs where the newest ran; a run of less than half as many
    tests as most was a selection, and its time is left out.
    """
    return Trends(
        green=_shares(runs, _GREEN),
        red=_shares(runs, _RED),
        inconclusive=_shares(runs, (Verdict.INCONCLUSIVE,)),
        wall=trend(_walls(runs)[::-1], share=_SHARE),
    )


def trend(values: Sequence[float | None], *, least: float = 0.0, share: float = 0.0) -> Trend:
    """Where the numbers go: beyond their own noise, and beyond what is worth a word.

    That is `least`, or a share of the older half. Noise is three deviations of a difference of
    medians, from the median absolute deviation within each half.
    """
    known = [value for value in values if value is not None]
    half = len(known) // 2
    if half < _FEWEST:
        return Trend(values)
    older, newer = known[:half], known[-half:]
    before, after = median(older), median(newer)
    apart = [abs(v - before) for v in older] + [abs(v - after) for v in newer]
    noise = _SURE * _MAD * median(apart) * math.sqrt(2 * _MEDIAN / half)
    if abs(after - before) <= max(least, share * abs(before), noise):
        return Trend(values, Direction.STEADY, before, after)
    way = Direction.RISING if after > before else Direction.FALLING
    return Trend(values, way, before, after)


def levels(
    values: Sequence[float | None], *, low: float | None = None, high: float | None = None
) -> list[int | None]:
    """The numbers as levels 0 to 7 between the bounds, by default the least and the largest.

    Only what lies on a bound has its level, so that one failure among a thousand is seen. Numbers
    that are all alike lie in the middle; None is a gap.
    """
    known = [value for value in values if value is not None and math.isfinite(value)]
    bottom = min(known, default=0.0) if low is None else low
    top = max(known, default=0.0) if high is None else high
    return [_level(value, bottom, top) for value in values]


def _level(value: float | None, bottom: float, top: float) -> int | None:
    if value is None or not math.isfinite(value):
        return None
    if bottom >= top:
        return TOP // 2
    if value <= bottom or value >= top:
        return TOP if value >= top else 0
    span = top / 2 - bottom / 2  # halves, lest the whole is more than a float can hold
    return 1 + int((value / 2 - bottom / 2) / span * (TOP - 1))


def _shares(runs: Sequence[Run], verdicts: Collection[str]) -> Trend:
    return trend([_share(run, verdicts) for run in reversed(runs)], least=_POINTS)


def _share(run: Run, verdicts: Collection[str]) -> float | None:
    """The share of the tests that were judged which ended so; None where none was.

    The tests of a run that was cut short are those that came first: they are no share of all.
    """
    if run.state is not State.FINISHED:
        return None
    judged = sum(run.counts.get(verdict, 0) for verdict in Verdict)
    return sum(run.counts.get(verdict, 0) for verdict in verdicts) / judged if judged else None


def _walls(runs: Sequence[Run]) -> list[float | None]:
    alike = [run.environment == runs[0].environment and _is_over(run) for run in runs]
    sizes = [_tests(run) for run, is_alike in zip(runs, alike, strict=True) if is_alike]
    most = median(sizes) if sizes else 0
    return [
        run.seconds if is_alike and 2 * _tests(run) >= most else None
        for run, is_alike in zip(runs, alike, strict=True)
    ]


def _is_over(run: Run) -> bool:
    return run.state is State.FINISHED and math.isfinite(run.seconds)


def _tests(run: Run) -> int:
    return sum(run.counts.values())
