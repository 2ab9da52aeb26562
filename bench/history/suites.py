"""A suite with faults planted in it, and weather over all of it, run many times."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from redhanded.history.flakes import Label
from redhanded.history.records import Tally

TESTS, RUNS = 200, 40
HOURS = 3.0  # between runs
PLANTED = (Label.ENVIRONMENT, Label.TEST, Label.API, Label.MIXED, Label.NONE)
_HOUR = 3_600.0
_FAULTS = (Label.ENVIRONMENT, Label.TEST, Label.API)
_API = (("defect", "status"), ("drift", "body.schema"), ("slow", "latency.ceiling"))
_WEATHER = (
    ("recovered", "net.reset"),
    ("recovered", "http.gateway"),
    ("inconclusive", "http.unavailable"),
    ("inconclusive", "net.refused"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate:
    """The weather that strikes any test, for no fault of its own.

    In a share of runs (`spells`) a stretch of the suite is struck at once, in a few (`outages`)
    all that is left of it, and each test alone in a share of its runs (`lone`).
    """

    spells: float = 0.15
    longest: int = 60
    outages: float = 0.02
    lone: float = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Tests of which a fifth each has one kind of fault, with the chance of it in a run.

    `runs_a_build` runs meet the same build; none means that no build is named. A part of the
    API's faults (`veiled`) shows only as a failure that nobody could attribute, or as weather.
    """

    chance: random.Random
    rates: tuple[float, float]
    runs_a_build: int = 4
    climate: Climate = field(default_factory=Climate)
    veiled: float = 0.1
    runs: int = RUNS

    @property
    def now(self) -> float:
        """The time after the last run."""
        return self.runs * HOURS * _HOUR

    def faults(self) -> list[dict[Label, float]]:
        """Of each test, the kinds of fault that it has and how often each shows."""
        return [self._fault(planted(test)) for test in range(TESTS)]

    def _fault(self, label: Label) -> dict[Label, float]:
        kinds = [label] if label in _FAULTS else []
        if label is Label.MIXED:
            kinds = self.chance.sample(_FAULTS, 2)
        return {kind: self.chance.uniform(*self.rates) for kind in kinds}

    def tallies(self) -> Iterator[Tally]:
        """The outcomes of all runs, the oldest first."""
        faults = self.faults()
        for run in range(self.runs):
            struck = self._struck()
            for test, known in enumerate(faults):
                verdict, cause, spell = self._outcome(known, struck.get(test, 0))
                at = run * HOURS * _HOUR + test
                build = f"b{run // self.runs_a_build}" if self.runs_a_build else ""
                yield Tally(f"t{test}", "ci", build, verdict, cause, "", spell, 1, at, at)

    def _struck(self) -> dict[int, int]:
        """The tests that this run's weather strikes, and how many it strikes with each."""
        first = self.chance.randrange(TESTS)
        if self.chance.random() < self.climate.outages:
            return dict.fromkeys(range(first, TESTS), TESTS - first)
        found = {t: 1 for t in range(TESTS) if self.chance.random() < self.climate.lone}
        if self.chance.random() < self.climate.spells:
            struck = range(first, min(TESTS, first + self.chance.randint(2, self.climate.longest)))
            found |= dict.fromkeys(struck, len(struck))
        return found

    def _outcome(self, known: dict[Label, float], spell: int) -> tuple[str, str, int]:
        """Verdict, cause and size of the spell: the worst that was met, as in a real run."""
        met = {kind for kind, rate in known.items() if self.chance.random() < rate}
        weather = (*self.chance.choice(_WEATHER), spell or 1)
        is_lost = spell and weather[0] == "inconclusive"  # no answer came that could be judged
        if Label.API in met and not is_lost:
            if self.chance.random() >= self.veiled:
                return (*self.chance.choice(_API), 1)
            return self.chance.choice(
                (("inconclusive", "latency.once", 1), ("recovered", "http.gateway", 1))
            )
        if Label.TEST in met and not is_lost:
            return "test_bug", "test.exception", 1
        return weather if spell or Label.ENVIRONMENT in met else ("pass", "", 1)


def planted(test: int) -> Label:
    """The fault that was planted in a test."""
    return PLANTED[test % len(PLANTED)]
