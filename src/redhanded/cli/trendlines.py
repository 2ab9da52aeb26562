"""Trends of runs as lines: a sparkline, what the newest run has, and where it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from redhanded.cli.output import Cell
from redhanded.cli.quantities import change, duration, many, share
from redhanded.cli.sparkline import sparkline
from redhanded.history.trend import Direction, Trend, levels, trends

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from redhanded.history.records import Run


class Line(NamedTuple):
    """One trend: its name for people and for programs, its unit, and whether more is worse."""

    name: str
    key: str
    trend: Trend
    told: Callable[[float], str]
    is_bad: Direction


def lines(runs: Sequence[Run]) -> list[Line]:
    """The trends of these runs, given the newest first."""
    found = trends(runs)
    rising, falling = Direction.RISING, Direction.FALLING
    return [
        Line("green", "green", found.green, share, falling),
        Line("red", "red", found.red, share, rising),
        Line("not judged", "inconclusive", found.inconclusive, share, rising),
        Line("took", "seconds", found.wall, duration, rising),
    ]


def rows(runs: Sequence[Run], alphabet: str) -> Iterator[list[Cell]]:
    """A row a trend, from the oldest run to the newest; one without any number is left out."""
    for line in lines(runs):
        if line.trend.runs:
            drawn = levels(line.trend.values, low=0.0, high=_top(line))
            tone = "yellow" if line.trend.direction is line.is_bad else ""
            yield [
                Cell(line.name),
                Cell(sparkline(drawn, alphabet), is_whole=True),
                Cell(_words(line), tone),
            ]


def _top(line: Line) -> float:
    """What fills the line: of green tests all, of everything else the most that was seen."""
    known = [value for value in line.trend.values if value is not None]
    return 1.0 if line.key == "green" else max(known) or 1.0


def described(runs: Sequence[Run]) -> dict[str, Any]:
    """The trends as JSON values."""
    return {
        line.key: {
            "values": [None if value is None else round(value, 5) for value in line.trend.values],
            "direction": line.trend.direction.value,
            "before": line.trend.before,
            "after": line.trend.after,
        }
        for line in lines(runs)
    }


def _words(line: Line) -> str:
    trend = line.trend
    newest = "now " + line.told([value for value in trend.values if value is not None][-1])
    if trend.before is None or trend.after is None:
        return f"{newest}; too few runs for a trend"
    if trend.direction is Direction.STEADY:
        return f"{newest}; steady about {line.told(trend.after)}"
    grown = f", {change(1 + trend.change)}" if line.told is duration and trend.change else ""
    span = f"{line.told(trend.before)} -> {line.told(trend.after)}"
    return f"{newest}; {span}{grown} over {many(trend.runs, 'run')}"
