"""Objectives: whether an operation keeps what it promises over many calls.

Each first answer is a sample, good or bad; the promise is that no more than a share of them, the
budget, is bad. Two tests read the samples as they come. Wald's sequential test looks at one run and
sees what is bad half of the time. An e-process is carried from run to run of one build, and sees in
the end whatever is bad a few times as often as promised. Either says so wrongly at most once in a
thousand.
"""

from __future__ import annotations

import math
from bisect import bisect, insort
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from redhanded.core.verdicts import Finding, Verdict
from redhanded.verdict.words import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from redhanded.core.events import Sampled

Decision: TypeAlias = Literal["open", "held", "missed"]

ERRORS = "errors"
MOST_SAMPLES = 40  # of one run; what is undecided by then stays open
CONVICTS = math.log(1000)  # of the logarithm of the evidence: Ville's inequality
_BUDGETS = {"p95": 0.05, "p99": 0.01}
_ALPHA, _BETA = 0.001, 0.01
_BROKEN = 0.5  # the share of bad samples that one run must see
_MISSED, _HELD = math.log((1 - _BETA) / _ALPHA), math.log(_BETA / (1 - _ALPHA))
_FACTOR = 4  # times the budget; the share of bad samples that the e-process is quickest to see
# Two bad samples above what convicts: an operation that was mended is acquitted by good samples
# in about the number that it takes to see that it is broken, however long it was.
_CAP = CONVICTS + 2 * math.log(_FACTOR)
_TOGETHER = 0.01  # seconds; what ended closer than that ended at the same moment
_NAMED = 3


def budget_of(measure: str, limit: float) -> float:
    """The share of samples that may be bad: of errors the limit itself."""
    return _BUDGETS.get(measure, limit)


@dataclass(slots=True)
class Sprt:
    """The test of one run: whether samples are bad as the budget allows, or half of the time.

    Source: Wald, Sequential Analysis (1947), section 3.
    """

    budget: float
    samples: int = 0
    decision: Decision = "open"
    _log: float = 0.0

    @property
    def is_over(self) -> bool:
        """Whether another sample would change nothing."""
        return self.decision != "open" or self.samples >= MOST_SAMPLES

    def take(self, *, is_bad: bool) -> None:
        """Take in one sample; none after the end."""
        if self.is_over:
            return
        self.samples += 1
        self._log += _step(self.budget, _BROKEN, is_bad=is_bad)
        if self._log >= _MISSED:
            self.decision = "missed"
        elif self._log <= _HELD:
            self.decision = "held"


@dataclass(slots=True)
class EProcess:
    """The evidence against an objective, as a natural logarithm, over any number of runs.

    E *= 1 + lambda (x - b), with lambda = (p - b) / (b (1 - b)) and p = 4 b, at most (1 + b) / 2;
    x is 1 for a bad sample, else 0. Where the objective holds, E ever reaches 1000 with a
    probability of at most 1/1000. Source: Ramdas et al., Game-Theoretic Statistics and Safe
    Anytime-Valid Inference (2023), section 2.
    """

    budget: float
    log: float = 0.0
    _has_risen: bool = False

    @property
    def convicts(self) -> bool:
        """Whether the evidence is enough now, or became so on the way."""
        return self._has_risen or self.log >= CONVICTS

    def take(self, *, is_bad: bool) -> None:
        """Take in one sample."""
        expected = min(_FACTOR * self.budget, (1 + self.budget) / 2)
        before = self.log
        self.log = min(before + _step(self.budget, expected, is_bad=is_bad), _CAP)
        self._has_risen |= before < CONVICTS <= self.log


def _step(budget: float, other: float, *, is_bad: bool) -> float:
    """The logarithm of how much likelier the sample is at the other share than at the budget."""
    return math.log(other / budget) if is_bad else math.log((1 - other) / (1 - budget))


class Carried(NamedTuple):
    """What earlier runs hold against one objective: the evidence, and what it rests on."""

    log: float = 0.0
    runs: int = 0
    samples: int = 0
    bad: int = 0


NOTHING = Carried()


class Weight(NamedTuple):
    """What one run adds: `gain` to the evidence that it was given, and what its own test came to.

    `finding` is there where the objective is missed.
    """

    samples: int
    bad: int
    gain: float
    decision: Decision
    finding: Finding | None = None


def of_samples(samples: Iterable[Sampled], carried: Carried = NOTHING) -> Weight:
    """What the samples of one objective on one build mean, with what earlier runs carried.

    There is one sample at least.
    """
    counted = apart(samples)
    first, bad = counted[0], sum(one.is_bad for one in counted)
    known = carried_on(carried, first.build)
    budget = budget_of(first.measure, first.limit)
    sprt, evidence = Sprt(budget), EProcess(budget, known.log)
    for one in counted:
        sprt.take(is_bad=one.is_bad)
        evidence.take(is_bad=one.is_bad)
    weight = Weight(len(counted), bad, evidence.log - known.log, sprt.decision)
    if sprt.decision == "missed":
        return weight._replace(finding=_finding(counted, NOTHING))
    return weight._replace(finding=_finding(counted, known)) if evidence.convicts else weight


def carried_on(carried: Carried, build: str) -> Carried:
    """The evidence with which a run begins: where nobody names the build, below 1/1000 none.

    The API may be another one by then, which what acquitted the earlier one must not shield.
    """
    return NOTHING if not build and carried.log < -CONVICTS else carried


def apart(samples: Iterable[Sampled]) -> list[Sampled]:
    """The samples in the order of time, without those that say again what another one said.

    Of what one test awaited at once only the first counts: others may have waited for each other.
    Of bad samples that were awaited at once, and ended at the same moment, only one: a pause of the
    server delays all whom it is answering.
    """
    counted: list[Sampled] = []
    until: dict[str, float] = {}
    ends: list[float] = []
    for one in sorted(samples, key=lambda sample: sample.at):
        end = one.at + one.seconds
        if one.at < until.get(one.test_id, one.at) or (one.is_bad and _is_one(one, ends)):
            continue
        counted.append(one)
        until[one.test_id] = end
        if one.is_bad:
            insort(ends, end)
    return counted


def _is_one(sample: Sampled, ends: Sequence[float]) -> bool:
    """Whether the sample ended when another one did whose end, of these in order, it awaited."""
    end = sample.at + sample.seconds
    place = bisect(ends, end)
    nearest = ends[max(place - 1, 0) : place + 1]
    return any(abs(end - other) <= _TOGETHER and sample.at < other for other in nearest)


class _Words(NamedTuple):
    """How a kind of objective is told: its code, what may be bad, and what is counted at all."""

    code: str
    promise: str
    counted: str


_SLOW = _Words(
    "objective.latency",
    "answers may take longer",
    "first attempts, the server's own time; a canary was quick after each slow one",
)
_FAILED = _Words(
    "objective.errors",
    "answers may be server errors",
    "first attempts; only whole answers of the API's own count as errors",
)
_CONFIDENCE = "high: where an objective holds, chance misses it in about 1 of 1000 cases at most"


def _finding(counted: Sequence[Sampled], carried: Carried) -> Finding:
    """That the objective is missed, told so that it explains itself."""
    words = _FAILED if counted[0].measure == ERRORS else _SLOW
    return Finding(
        Verdict.SLOW,
        words.code,
        _message(counted, carried),
        evidence=tuple(_facts(counted, carried, words)),
        confidence=_CONFIDENCE,
    )


def _message(counted: Sequence[Sampled], carried: Carried) -> str:
    first, bad = counted[0], [one.seconds for one in counted if one.is_bad]
    times = f"{carried.bad + len(bad)} of {carried.samples + len(counted)}"
    where = f" in {carried.runs + 1} runs" if carried.runs else ""
    if first.measure == ERRORS:
        return f"{first.operation}: errors are above {100 * first.limit:g} %: {times}{where}"
    took = f" (median {duration(median(bad))})" if bad else ""
    above = f"{first.measure} is above {duration(first.limit)}"
    return f"{first.operation}: {above}: {times} took longer{where}{took}"


def _facts(counted: Sequence[Sampled], carried: Carried, words: _Words) -> Iterator[str]:
    first, bad = counted[0], [one for one in counted if one.is_bad]
    budget = budget_of(first.measure, first.limit)
    yield f"promised: at most {100 * budget:g} of 100 {words.promise}"
    on = f"build {first.build}" if first.build else "a build that no answer names"
    here = f"{len(bad)} of {len(counted)} samples, on {on}"
    yield f"this run: {here}" if carried.runs else f"this run alone shows it: {here}"
    if carried.runs:
        runs = f"{carried.runs} earlier run{'s' * (carried.runs > 1)}"
        yield f"carried over from {runs} of it: {carried.bad} of {carried.samples} samples"
    for one in sorted(bad, key=lambda sample: (-sample.seconds, sample.at))[:_NAMED]:
        at = datetime.fromtimestamp(one.at, UTC)
        yield f"{at:%H:%M:%S} UTC: {duration(one.seconds)} in {one.test_id}"
    yield words.counted
