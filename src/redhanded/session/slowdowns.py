"""Slowdowns: the operations that became slower than their baseline, told or held against a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.core.verdicts import Finding, Verdict
from redhanded.history.records import Reading, Record
from redhanded.history.regression import Comparison, Pace, compared
from redhanded.session.conclusion import Conclusion
from redhanded.verdict.words import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CODE = "history.regression"
_TOLD = 3


def slowdowns(
    readings: Iterable[Reading], record: Record, builds: Mapping[str, str]
) -> list[Comparison]:
    """The worst slowdown of each operation in the run whose record that is, the worst first.

    `readings` are those of earlier runs there, the oldest first; `builds` names theirs.
    """
    run = record.run
    now = [
        Reading(
            run_id=run.run_id,
            started_at=run.started_at,
            test=one.test,
            operation=one.operation,
            size=one.size,
            samples=one.samples,
            median=one.median,
            canary=run.canary,
        )
        for one in record.latencies
    ]
    before = [one for one in readings if one.run_id != run.run_id]
    worst: dict[str, Comparison] = {}
    for one in compared([*before, *now], builds=builds):
        if one.pace is Pace.REGRESSED and one.run_id == run.run_id:
            known = worst.setdefault(one.key.operation, one)
            worst[one.key.operation] = max(known, one, key=_change)
    return sorted(worst.values(), key=_change, reverse=True)


def _change(one: Comparison) -> float:
    return one.change or 0.0


def sentence(slower: list[Comparison]) -> str:
    """What became slower, in a sentence."""
    told = ", ".join(f"{one.key.operation} {_amount(one)}" for one in slower[:_TOLD])
    more = f" and {len(slower) - _TOLD} more" if len(slower) > _TOLD else ""
    return f"slower than in earlier runs: {told}{more}; see `redhanded slow`"


def conclusions(slower: Iterable[Comparison]) -> list[Conclusion]:
    """The slowdowns as findings on the run."""
    return [
        Conclusion(f"regressions::{one.key.operation}", _finding(one), one.key.operation)
        for one in slower
    ]


def _amount(one: Comparison) -> str:
    """By how much: a share, or from twice as long on a factor; and in this run's time."""
    change = one.change or 0.0
    told = f"{1 + change:.3g} times" if change >= 1 else f"{100 * change:.0f} %"
    return f"{told} ({duration(one.seconds or 0.0)})"


def _finding(one: Comparison) -> Finding:
    on = f", on build {one.build}" if one.build else ""
    return Finding(
        Verdict.SLOW,
        CODE,
        f"{one.key.operation}: {_amount(one)} slower than in {one.runs} earlier runs",
        evidence=(
            f"seen in {one.windows} runs that follow one another, since run {one.since}{on}",
            f"in {one.key.test}; as a ratio to the canary of each run",
            f"the smallest change that could be seen is {100 * (one.detectable or 0.0):.0f} %",
        ),
    )
