"""Figures: what was aimed at, what was measured, how far from the true value that may be."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass

_WIDTHS = (66, 28, 30, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table; without a goal it is told, and cannot be missed.

    `bound` is what the true value is at worst, at 95 %, where it is a share of cases.
    """

    name: str
    measured: str
    goal: str = ""
    bound: str = ""
    is_met: bool = True


def report(found: Iterable[Figure]) -> int:
    """1 where one of these figures, which are printed as they come, misses its goal, else 0."""
    print(_row("figure", "measured", "at 95 %", "goal"))
    missed = []
    for figure in found:
        print(line(figure), flush=True)
        missed += [] if figure.is_met else [figure]
    for figure in missed:
        print(f"missed: {figure.name}", file=sys.stderr)
    return int(bool(missed))


def line(figure: Figure) -> str:
    """The figure as a row of the table."""
    goal = f"{figure.goal}{'' if figure.is_met else '  MISSED'}"
    return _row(figure.name, figure.measured, figure.bound, goal)


def _row(*cells: str) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip()
