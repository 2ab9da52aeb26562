"""The slowest operations of a run against what the settings declare for them, as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from redhanded.pipeline.routes import declared
from redhanded.verdict.words import duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redhanded.core.settings import Settings
    from redhanded.history.records import Operation

SHOWN: Final = 5
_WIDEST: Final = 48
_ENOUGH: Final = {"p95": 20, "p99": 100}
"""Samples of which one is above the percentile; of fewer the longest is told."""


class Pace(NamedTuple):
    """One measure of an operation beside its limit; times are seconds of the server's own."""

    operation: str
    measure: str
    seconds: float
    samples: int
    limit: float

    @property
    def is_over(self) -> bool:
        """Whether the measure is above its limit; whether that convicts, objectives say."""
        return self.seconds > self.limit

    def __str__(self) -> str:
        took = f"{self.measure} {duration(self.seconds)} of {self.samples:,}"
        word = "over" if self.is_over else "within"
        return f"{took}, limit {duration(self.limit)}: {word}"


def pace_lines(operations: Sequence[Operation], settings: Settings) -> list[str]:
    """The operations nearest to their limits, or furthest above; nothing where none has any."""
    paces = [pace for one in operations for pace in _paces(one, settings)]
    nearest: dict[str, Pace] = {}
    for pace in sorted(paces, key=lambda pace: pace.limit / pace.seconds):
        nearest.setdefault(pace.operation, pace)
    shown = [*nearest.values()][:SHOWN]
    if not shown:
        return []
    width = min(max(len(pace.operation) for pace in shown), _WIDEST)
    lines = [f"  {_cut(pace.operation):<{width}}  {pace}" for pace in shown]
    more = len(nearest) - len(shown)
    return ["slowest against their limits, by the server's own time:", *lines] + (
        [f"  + {more} more with limits: redhanded slow shows all"] if more else []
    )


def _cut(operation: str) -> str:
    return operation if len(operation) <= _WIDEST else f"{operation[: _WIDEST - 1]}…"


def _paces(one: Operation, settings: Settings) -> Iterator[Pace]:
    below = urlsplit(settings.base_url or "").path
    method, _, path = one.operation.partition(" ")
    objective = declared(settings.objectives, method, path, below=below)
    ceiling = declared(settings.ceilings, method, path, below=below)
    limits = [("ceiling", ceiling)]
    if objective is not None:
        limits += [("p95", objective.p95), ("p99", objective.p99)]
    for measure, limit in limits:
        if limit is not None and one.samples and one.longest > 0:
            yield _pace(one, measure, limit)


def _pace(one: Operation, measure: str, limit: float) -> Pace:
    is_enough = one.samples >= _ENOUGH.get(measure, one.samples + 1)
    seconds = getattr(one, measure) if is_enough else one.longest
    return Pace(one.operation, measure if is_enough else "longest", seconds, one.samples, limit)
