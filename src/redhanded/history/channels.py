"""Channels: whom the failures of a test speak of, and the runs that count in each.

Three of them, never one number: weather and faults of the test are flakiness, a wrong answer of
the API that comes and goes is a defect.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from redhanded.core.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from redhanded.history.records import Tally

HALF_LIFE = 14.0  # days
_DAY = 86_400.0
_FOREIGN = "run.foreign_rerun"
# Causes behind which the API, the test or redhanded may be as well as the environment.
UNDECIDED = frozenset(
    {
        _FOREIGN,  # where nobody kept what it was that was run until it held
        "internal",
        "latency.once",
        "route.outage",
        "run.interrupted",
        "run.worker_crashed",
        "test.quarantine_expired",
    }
)


class Channel(StrEnum):
    """Whom a failure speaks of."""

    ENVIRONMENT = "environment"
    TEST = "test"
    API = "API"


_CHANNELS: dict[str, Channel] = {
    Verdict.RECOVERED: Channel.ENVIRONMENT,
    Verdict.INCONCLUSIVE: Channel.ENVIRONMENT,
    Verdict.TEST_BUG: Channel.TEST,
    Verdict.DEFECT: Channel.API,
    Verdict.DRIFT: Channel.API,
    Verdict.SLOW: Channel.API,
}
_UNJUDGED = frozenset({Verdict.INCONCLUSIVE, Verdict.TEST_BUG})


def channel(tally: Tally) -> Channel | None:
    """Whom these outcomes speak against; None where they passed, or where nobody knows."""
    if tally.cause == _FOREIGN:
        return _CHANNELS.get(tally.first)
    return None if tally.cause in UNDECIDED else _CHANNELS.get(tally.verdict)


class Weights(NamedTuple):
    """Runs that failed and runs that did not, as much as they count by now."""

    failed: float
    held: float

    @property
    def runs(self) -> float:
        """All of them."""
        return self.failed + self.held


@dataclass(frozen=True, slots=True)
class Series:
    """The outcomes of one test that count in one channel: those that speak against it, or not."""

    test: str
    channel: Channel
    failed: list[Tally] = field(default_factory=list)
    held: list[Tally] = field(default_factory=list)

    @property
    def events(self) -> int:
        """The number of runs that speak against it."""
        return _runs(self.failed)

    @property
    def trials(self) -> int:
        """The number of runs in all."""
        return _runs(self.failed) + _runs(self.held)

    def weights(self, now: float) -> Weights:
        """What the runs count: half as much for each fourteen days.

        Weather that struck many tests is one event of the suite, shared among them.
        """
        failed = sum(_weight(tally, now) / max(1, tally.spell) for tally in self.failed)
        return Weights(failed, sum(_weight(tally, now) for tally in self.held))

    def is_broken(self) -> bool:
        """Whether the two newest runs both failed."""
        held = max((tally.ended for tally in self.held), default=0.0)
        return _runs(tally for tally in self.failed if tally.began > held) >= 2

    def mixed_builds(self) -> int:
        """The number of builds on which it both failed and did not, in one environment."""
        named = (tally for tally in self.held if tally.build)
        return len({_build(tally) for tally in self.failed} & {_build(tally) for tally in named})

    def comes_back(self) -> bool:
        """Whether it failed, held and failed again, over builds of one run or without a name."""
        alone = self._builds_of_one_run()
        failed = [tally for tally in self.failed if not tally.build or _build(tally) in alone]
        held = [tally for tally in self.held if not tally.build or _build(tally) in alone]
        if min(_runs(failed), _runs(held)) < 2:
            return False
        first, last = min(one.began for one in failed), max(one.ended for one in failed)
        return any(first < at < last for one in held for at in (one.began, one.ended))

    def _builds_of_one_run(self) -> set[tuple[str, str]]:
        runs: Counter[tuple[str, str]] = Counter()
        for tally in (*self.failed, *self.held):
            runs[_build(tally)] += tally.runs
        return {build for build, count in runs.items() if count == 1}


def series_of(tallies: Iterable[Tally]) -> list[Series]:
    """The three series of each test, in the order in which the tests first come."""
    found: dict[str, dict[Channel, Series]] = {}
    for tally in tallies:
        channels = found.get(tally.test)
        if channels is None:
            channels = found[tally.test] = {one: Series(tally.test, one) for one in Channel}
        against = channel(tally)
        if against is not None:
            channels[against].failed.append(tally)
        for one in _held(tally, against):
            channels[one].held.append(tally)
    return [series for channels in found.values() for series in channels.values()]


def _held(tally: Tally, against: Channel | None) -> Iterator[Channel]:
    """The channels in which these outcomes are runs without a failure."""
    if against is None:
        yield from Channel if tally.verdict == Verdict.PASS else ()
    elif tally.verdict not in _UNJUDGED:  # what was not judged shows nothing of anybody else
        yield from (one for one in Channel if one is not against)


def _runs(tallies: Iterable[Tally]) -> int:
    return sum(tally.runs for tally in tallies)


def _weight(tally: Tally, now: float) -> float:
    days = max(0.0, now - tally.ended) / _DAY  # what lies ahead of the clock weighs no more
    return float(tally.runs * 2.0 ** (-days / HALF_LIFE))


def _build(tally: Tally) -> tuple[str, str]:
    return tally.environment, tally.build
