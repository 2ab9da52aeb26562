"""How operations stand: against their objectives, and against what they were."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from redhanded.cli.run_page import figures
from redhanded.history.records import State
from redhanded.history.regression import Comparison, Key, Pace, compared, point
from redhanded.history.trend import levels
from redhanded.session.carrying import carried_by
from redhanded.verdict.objectives import CONVICTS, NOTHING, Carried, budget_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from redhanded.core.settings import Objective
    from redhanded.history.records import Operation, Reading, Run, Weighed
    from redhanded.history.store import Store

RUNS = 100  # that are compared at most; a baseline has forty
RECENT = 16  # runs whose pace is shown one by one
_LIKELY = math.log(20)  # evidence above which nothing is called held
_DECISIONS = ("missed", "open", "held")
_PACES = (Pace.REGRESSED, Pace.SUSPECT, Pace.UNKNOWN, Pace.FASTER, Pace.STEADY)


class Place(NamedTuple):
    """The finished runs of one project in one environment, the newest first."""

    project: str
    environment: str
    runs: Sequence[Run]

    @property
    def builds(self) -> dict[str, str]:
        """The build that each run met first, by the run's id."""
        return {run.run_id: run.builds[0] for run in self.runs if run.builds}


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One objective of one operation on its newest build, and what is carried against it.

    `decision` is `missed`, `held` or `open`; without any sample it is open.
    """

    operation: str
    measure: str
    limit: float
    build: str = ""
    decision: str = "open"
    carried: Carried = NOTHING

    @property
    def odds(self) -> float:
        """How much more likely the samples are if the objective is missed; a thousand convicts."""
        return math.exp(min(self.carried.log, 2 * CONVICTS))

    def described(self) -> dict[str, Any]:
        """The objective as JSON values."""
        return {
            "operation": self.operation,
            "measure": self.measure,
            "limit": self.limit,
            "allowed": budget_of(self.measure, self.limit),
            "decision": self.decision,
            "build": self.build,
            "runs": self.carried.runs,
            "samples": self.carried.samples,
            "bad": self.carried.bad,
            "odds": float(f"{self.odds:.3g}"),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One operation: its worst comparison, how many there are, its latest figures, its pace.

    `paces` are the logarithms of its time over the canary's in the latest runs, the oldest first;
    None where a run has none.
    """

    operation: str
    worst: Comparison | None = None
    series: int = 0
    latest: Operation | None = None
    paces: Sequence[float | None] = ()

    @property
    def pace(self) -> Pace:
        """How it does against its baseline."""
        return self.worst.pace if self.worst else Pace.UNKNOWN

    @property
    def reason(self) -> str:
        """Why nothing can be said; empty where something can."""
        return self.worst.reason if self.worst else "no whole answer was timed"

    @property
    def levels(self) -> list[int | None]:
        """Its paces from half to double of what is usual, so that noise looks like noise."""
        middle = median([each for each in self.paces if each is not None] or [0.0])
        return levels(self.paces, low=middle - math.log(2), high=middle + math.log(2))

    def described(self) -> dict[str, Any]:
        """The operation as JSON values."""
        worst, latest = self.worst, self.latest
        return {
            "operation": self.operation,
            "pace": self.pace.value,
            "reason": self.reason,
            "change": worst and _rounded(worst.change),
            "change_seconds": worst and _rounded(worst.seconds),
            "baseline_runs": worst.runs if worst else 0,
            "detectable": worst and _rounded(worst.detectable),
            "since": worst.since if worst else "",
            "build": worst.build if worst else "",
            "windows": worst.windows if worst else 0,
            "test": worst.key.test if worst else "",
            "series": self.series,
            "latest": latest and figures(latest),
        }


def places(runs: Iterable[Run]) -> list[Place]:
    """Where these runs ran, the place of the newest finished one first."""
    found: dict[tuple[str, str], list[Run]] = defaultdict(list)
    for run in runs:
        if run.state is State.FINISHED:
            found[run.project, run.environment].append(run)
    return [Place(*names, members[:RUNS]) for names, members in found.items()]


def promises(store: Store, place: Place, declared: Mapping[str, Objective]) -> list[Promise]:
    """Every objective that was looked at there or is declared, the worst first."""
    weighed = store.evidence(place.project, place.environment, runs=RUNS)
    carried = carried_by(weighed)
    made = [_promise(each, carried) for each in _newest(weighed)]
    known = {(each.operation, each.measure) for each in made}
    for operation, objective in declared.items():
        for measure, limit in objective:
            if limit is not None and operation != "*" and (operation, measure) not in known:
                made.append(Promise(operation=operation, measure=measure, limit=limit))
    return sorted(made, key=_concern)


def standings(store: Store, place: Place) -> list[Standing]:
    """Every operation that was called there, the worst first."""
    readings = list(store.readings(place.project, place.environment, runs=RUNS))
    series: dict[str, list[Comparison]] = defaultdict(list)
    for each in compared(readings, builds=place.builds):
        series[each.key.operation].append(each)
    worst = {name: min(found, key=_severity) for name, found in series.items()}
    paces = _paces(readings, {one.key for one in worst.values()}, place)
    made = {
        name: Standing(operation=name, worst=one, series=len(series[name]), paces=paces[one.key])
        for name, one in worst.items()
    }
    for _, _, latest in store.operations(place.project, place.environment, runs=RECENT):
        known = made.get(latest.operation) or Standing(operation=latest.operation)
        made[latest.operation] = replace(known, latest=latest)
    return sorted(made.values(), key=_urgency)


def _newest(weighed: Iterable[Weighed]) -> Iterator[Weighed]:
    """The newest evidence on each objective; one whose limit was changed is another one."""
    found = {(each.evidence.operation, each.evidence.measure): each for each in weighed}
    yield from found.values()


def _promise(newest: Weighed, carried: Callable[[str, str, float, str], Carried]) -> Promise:
    one = newest.evidence
    held_against = carried(one.operation, one.measure, one.limit, one.build)
    return Promise(
        operation=one.operation,
        measure=one.measure,
        limit=one.limit,
        build=one.build,
        decision=_decision(one.decision, held_against.log),
        carried=held_against,
    )


def _decision(of_run: str, log: float) -> str:
    """What the newest run came to, together with what is carried."""
    if of_run == "missed" or log >= CONVICTS:
        return "missed"
    return "held" if of_run == "held" and log < _LIKELY else "open"


def _concern(one: Promise) -> tuple[int, float, str, str]:
    return _DECISIONS.index(one.decision), -one.carried.log, one.operation, one.measure


def _severity(one: Comparison) -> tuple[int, float]:
    return _PACES.index(one.pace), -(one.change or 0.0)


def _urgency(one: Standing) -> tuple[int, float, float, str]:
    """What became slower comes first; of what is alike, what takes longest."""
    change = (one.worst.change if one.worst else None) or 0.0
    rank = _PACES.index(one.pace)
    return (
        rank,
        -change if rank < 2 else 0.0,
        -(one.latest.median if one.latest else 0),
        one.operation,
    )


def _paces(
    readings: Iterable[Reading], keys: Collection[Key], place: Place
) -> dict[Key, list[float | None]]:
    """The paces of these series in the latest runs, the oldest first; None for a gap."""
    recent = [run.run_id for run in reversed(place.runs[:RECENT])]
    found: dict[Key, dict[str, float]] = {key: {} for key in keys}
    for each in readings:
        known = found.get(Key(each.test, each.operation, each.size))
        at = point(each) if known is not None and each.run_id in recent else None
        if known is not None and at is not None:
            known[each.run_id] = at.y
    return {key: [known.get(run_id) for run_id in recent] for key, known in found.items()}


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 6)
