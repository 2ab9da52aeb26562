"""Objectives in a run: which answers are samples of what, and what all of them come to."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from redhanded.core.events import Sampled
from redhanded.history.records import Evidence
from redhanded.reports.spool import read_spool
from redhanded.session.conclusion import Conclusion
from redhanded.verdict.objectives import NOTHING, Carried, of_samples
from redhanded.verdict.words import duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from redhanded.verdict.objectives import Weight

Judged: TypeAlias = "tuple[list[Conclusion], list[Evidence]]"
_Key: TypeAlias = tuple[str, str, float, str]

_SAMPLED: Final = b'"event":"sampled"'


def nothing_carried(_operation: str, _measure: str, _limit: float, _build: str) -> Carried:
    """No evidence of earlier runs."""
    return NOTHING


def judged(
    samples: Iterable[Sampled],
    carried: Callable[[str, str, float, str], Carried] = nothing_carried,
) -> Judged:
    """The objectives that a run missed, and what it adds to the evidence against each.

    `carried` gives what earlier runs hold against (operation, measure, limit, build).
    """
    together: defaultdict[_Key, list[Sampled]] = defaultdict(list)
    for one in samples:
        together[one.operation, one.measure, one.limit, one.build].append(one)
    weighed = [(key, of_samples(together[key], carried(*key))) for key in sorted(together)]
    missed = [(key, weight) for key, weight in weighed if weight.finding is not None]
    return _concluded(missed), [_evidence(key, weight) for key, weight in weighed]


def _evidence(key: _Key, weight: Weight) -> Evidence:
    operation, measure, limit, build = key
    return Evidence(
        operation=operation,
        measure=measure,
        limit=limit,
        build=build,
        samples=weight.samples,
        bad=weight.bad,
        gain=weight.gain,
        decision=weight.decision,
    )


def _concluded(missed: Sequence[tuple[_Key, Weight]]) -> list[Conclusion]:
    """The findings with names: what tells two of one operation and measure apart is named too."""
    times = Counter((operation, measure) for (operation, measure, _, _), _ in missed)
    return [
        Conclusion(_name(key, is_one=times[key[:2]] == 1), weight.finding, key[0])
        for key, weight in missed
        if weight.finding is not None
    ]


def _name(key: _Key, *, is_one: bool) -> str:
    operation, measure, limit, build = key
    name = f"objectives::{operation} {measure}"
    if is_one:
        return name
    told = f"{100 * limit:g} %" if measure == "errors" else duration(limit)
    return f"{name} ({told}, build {build or 'unknown'})"


def read_samples(spools: Iterable[Path]) -> Iterator[Sampled]:
    """The samples that the processes of a run wrote down."""
    for spool in spools:
        for event in read_spool(spool, holding=_SAMPLED):
            if event.get("event") == "sampled":
                yield sample_of(event)


def sample_of(event: Mapping[str, Any]) -> Sampled:
    """The sample that a line of a spool tells."""
    return Sampled(**{name: event[name] for name in Sampled.__slots__})
