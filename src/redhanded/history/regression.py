"""Regressions: whether an operation is slower than it was, as a ratio to the canary of its run.

The unit is the run, never the sample: runs differ more from one another than the samples of one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from redhanded.history.baseline import FEWEST, Gate, Point, Track

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from redhanded.history.records import Reading

# A canary on the same machine takes a tenth of a millisecond or several, by chance: as a ratio that
# would hide every change. What is below this tells of the clock and the runner, not of the server.
_GRAIN = 0.005  # seconds
_NO_CANARY = "no canary was asked in the newest run, so there is nothing to compare with"


class Pace(StrEnum):
    """How an operation does against its baseline."""

    UNKNOWN = "unknown"
    STEADY = "steady"
    SUSPECT = "suspect"
    REGRESSED = "regressed"
    FASTER = "faster"


class Key(NamedTuple):
    """What is compared with itself only: one operation in one test, by the size of its answers."""

    test: str
    operation: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How one operation did in its newest run, `run_id`, against the runs before.

    `change` is a share, 0.5 for half as long again, and `seconds` the same in this run's time; over
    several windows it is that of the middle one. `runs` is the size of the baseline. `detectable`
    is the smallest change that three runs show in 9 of 10 cases. `since`, `build` and `windows`
    tell in which run a change began, on what build, and how many runs have shown it. `reason` says
    why nothing is known.
    """

    key: Key
    run_id: str
    pace: Pace
    reason: str = ""
    change: float | None = None
    seconds: float | None = None
    runs: int = 0
    detectable: float | None = None
    since: str = ""
    build: str = ""
    windows: int = 0


def compared(
    readings: Iterable[Reading],
    *,
    accepted: Mapping[Key, float] | None = None,
    builds: Mapping[str, str] | None = None,
    gate: Gate | None = None,
) -> list[Comparison]:
    """Each operation of each test against its baseline, in the order in which they first come.

    The readings are of one environment, the oldest first; each series is judged by its newest. A
    change that was `accepted` begins its baseline at that time. `builds` are those of the runs.
    """
    series: dict[Key, list[Reading]] = {}
    since = accepted or {}
    for reading in readings:
        key = Key(reading.test, reading.operation, reading.size)
        if reading.started_at >= since.get(key, -math.inf):
            series.setdefault(key, []).append(reading)
    return [_compared(key, found, builds or {}, gate or Gate()) for key, found in series.items()]


def point(reading: Reading) -> Point | None:
    """The reading as a baseline takes it; None where there is no canary to compare with."""
    if reading.canary is None:
        return None
    seconds, canary = _plausible(reading.median), max(_plausible(reading.canary), _GRAIN)
    return Point(reading.run_id, math.log(seconds / canary), canary)


def _plausible(seconds: float) -> float:
    """The seconds within what an answer can take: an imported file may say anything, or NaN."""
    return min(1e6, max(1e-6, seconds))


def _compared(
    key: Key, readings: Sequence[Reading], builds: Mapping[str, str], gate: Gate
) -> Comparison:
    track, newest = Track(gate), point(readings[-1])
    for known in map(point, readings[:-1]):
        if known is not None:
            track.take(known)
    unknown = Comparison(key=key, run_id=readings[-1].run_id, pace=Pace.UNKNOWN)
    if newest is None:
        return replace(unknown, reason=_NO_CANARY)
    if (runs := len(track.prepared())) < FEWEST:
        return replace(unknown, reason=f"{runs} earlier runs with a canary, {FEWEST} needed")
    return _judged(track, newest, unknown, builds)


def _judged(
    track: Track, newest: Point, unknown: Comparison, builds: Mapping[str, str]
) -> Comparison:
    """What the newest run shows; the track takes it in."""
    before = track.prepared()
    runs, middle = len(before), before.middle
    expected, detectable = before.expected(newest), before.detectable(newest, track.gate)
    track.take(newest)
    change = math.expm1(median(one.y for one in track.streak or [newest]) - middle)
    first = track.streak[0].run_id if track.streak else ""
    return replace(
        unknown,
        pace=_pace(track),
        change=change,
        seconds=change * expected,
        runs=runs,
        detectable=detectable,
        since=first,
        build=builds.get(first, ""),
        windows=len(track.streak),
    )


def _pace(track: Track) -> Pace:
    if track.direction > 0:
        return Pace.REGRESSED if track.is_change else Pace.SUSPECT
    return Pace.FASTER if track.is_change else Pace.STEADY
