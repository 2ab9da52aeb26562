"""Shares of cases as figures, with what the true share is at worst."""

from __future__ import annotations

from bench.figures import Figure
from bench.truth import bounds


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
