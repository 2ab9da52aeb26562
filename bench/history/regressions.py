"""How often a slower operation is told where nothing changed, and where something did."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from bench.figures import Figure
from bench.history.figures import at_least, at_most, percent, told
from bench.truth import bounds
from redhanded.history.baseline import FEWEST, LONGEST, WINDOWS, Baseline, Gate, Point, Track

TESTS, RUNS = 500, 60
SECONDS, CANARY = 0.200, 0.010
INFLATED = 0.05  # of runs take 1.2 to 2 times as long, their canaries do not
GOAL = 0.0005  # of a test and run
_GATE = Gate()

Change: TypeAlias = Callable[[Baseline, Point], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """How runs differ: by a deviation, and by spells in which one takes up to twice as long.

    A spell ends after each run with the chance `ends`. Whether it strikes one test or all of a run
    makes no difference to the share of alarms, so each test has its own.
    """

    deviation: float
    ends: float = 1.0

    def factors(self, chance: random.Random, runs: int = RUNS) -> list[float]:
        """How much longer each run takes for its spell."""
        found, factor = [], 1.0
        begins = INFLATED * self.ends / (1 - INFLATED * (1 - self.ends))
        for _ in range(runs):
            if factor > 1 and chance.random() >= self.ends:
                found.append(factor)
                continue
            factor = chance.uniform(1.2, 2.0) if chance.random() < begins else 1.0
            found.append(factor)
        return found

    def points(self, factors: list[float], chance: random.Random) -> Iterator[Point]:
        """The runs of one test."""
        start = math.log(SECONDS / CANARY)
        for run, factor in enumerate(factors):
            y = start + math.log(factor) + chance.gauss(0, self.deviation)
            yield Point(str(run), y, CANARY)


class Alarms(NamedTuple):
    """Runs of tests that were said to be slower, how often that began, and all that were judged."""

    false: int
    begun: int
    judged: int

    def figure(self, name: str) -> Figure:
        """The share of false alarms; only beginnings are held to be independent of one another."""
        length = self.false / self.begun if self.begun else 1.0
        bound = length * bounds.upper(self.begun, self.judged)
        found = at_most(name, self.false, self.judged, GOAL)
        return replace(found, bound=f"at most {percent(bound)}")


def figures(*, short: bool, seed: int) -> Iterator[Figure]:
    """Suites in which nothing changes, and tests that become slower."""
    chance = random.Random(seed)
    suites, tests = (6, 1_000) if short else (60, 10_000)
    for deviation in (0.05, 0.10):
        found = alarms(Noise(deviation=deviation), chance, suites)
        yield found.figure(f"no change, {percent(deviation)} noise, 5 % of runs inflated: alarms")
    found = alarms(Noise(deviation=0.05, ends=0.5), chance, suites)
    told_only = found.figure("the same, 5 % noise, inflated for two runs on average")
    yield replace(told_only, goal="", is_met=True)
    yield from finds(Noise(deviation=0.05), chance, tests)


def finds(noise: Noise, chance: random.Random, tests: int) -> Iterator[Figure]:
    """How many of so many tests that became slower are found."""

    def found(change: Change, runs: int = LONGEST) -> int:
        return sum(is_found(noise, chance, change, runs=runs) for _ in range(tests))

    half = found(half_as_long_again)
    yield at_least("x1.5 at 5 % noise: found within 3 runs", half, tests, 0.95)
    half = found(half_as_long_again, FEWEST)
    yield told("the same, with 10 earlier runs instead of 40", half, tests)
    yield at_least(
        "a change as large as is printed: found within 3 runs", found(printed), tests, 0.90
    )
    yield told("one that a comparison of means would find: likewise", found(of_means), tests)


def half_as_long_again(_: Baseline, __: Point) -> float:
    """A change that users notice."""
    return 0.5


def printed(baseline: Baseline, point: Point) -> float:
    """The smallest change that is said to be found."""
    return baseline.detectable(point, _GATE)


def of_means(baseline: Baseline, _: Point) -> float:
    """The smallest change that a test of the means of three runs and of the baseline's finds.

    At alpha 0.001 with a power of 90 %: e ** (4.37 s sqrt(1 / W + 1 / 3)) - 1.
    """
    return math.expm1(4.37 * baseline.spread() * math.sqrt(1 / len(baseline) + 1 / WINDOWS))


def alarms(noise: Noise, chance: random.Random, suites: int) -> Alarms:
    """What is said of suites in which nothing changes, run by run."""
    false = begun = judged = 0
    for _ in range(suites * TESTS):
        track = Track(_GATE)
        for point in noise.points(noise.factors(chance), chance):
            judged += len(track.prepared()) >= FEWEST
            track.take(point)
            false += track.direction > 0 and track.is_change
            begun += track.direction > 0 and len(track.streak) == WINDOWS
    return Alarms(false, begun, judged)


def is_found(noise: Noise, chance: random.Random, change: Change, *, runs: int = LONGEST) -> bool:
    """Whether a test that became slower by so much is said to be, three runs on."""
    track = Track(_GATE)
    points = list(noise.points(noise.factors(chance, runs + WINDOWS), chance))
    for point in points[:runs]:
        track.take(point)
    track.settle()
    more = math.log1p(change(track.prepared(), points[runs]))
    for point in points[runs:]:
        track.take(point._replace(y=point.y + more))
    return track.direction > 0 and track.is_change
