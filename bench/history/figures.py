"""A figure: what was aimed at, what was measured, and how far from the true value that may be."""

from __future__ import annotations

from dataclasses import dataclass

from bench.truth import bounds


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


def at_most(name: str, events: int, n: int, goal: float) -> Figure:
    """A share that must not be larger than the goal."""
    return Figure(
        name=name,
        goal=f"<= {percent(goal)}" if goal else "none",
        measured=_share(events, n),
        bound=f"at most {percent(bounds.upper(events, n))}",
        is_met=events <= goal * n,
    )


def at_least(name: str, events: int, n: int, goal: float) -> Figure:
    """A share that must not be smaller than the goal."""
    return Figure(
        name=name,
        goal=f">= {percent(goal)}",
        measured=_share(events, n),
        bound=f"at least {percent(bounds.lower(events, n))}",
        is_met=events >= goal * n,
    )


def told(name: str, events: int, n: int) -> Figure:
    """A share that nothing is asked of."""
    between = f"{percent(bounds.lower(events, n))} to {percent(bounds.upper(events, n))}"
    return Figure(name=name, measured=_share(events, n), bound=between)


def percent(share: float) -> str:
    """A share in percent, with as many digits as tell it from nothing."""
    return f"{100 * share:.4g} %"


def _share(events: int, n: int) -> str:
    return f"{percent(events / n)} ({events:,} of {n:,})"
