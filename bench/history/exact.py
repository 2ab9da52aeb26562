"""What sequential tests come to without luck: every way that samples can fall, with its chance.

The tests themselves are walked, not a formula for them; ways that meet in one state go on as one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from copy import copy
from typing import Generic, NamedTuple, TypeVar

from redhanded.verdict.objectives import CONVICTS, MOST_SAMPLES, EProcess, Sprt

T = TypeVar("T")
_NONE = 1e-18  # a chance that is left out


class Way(NamedTuple):
    """The two tests of an objective after some samples, of which so many were bad."""

    alone: Sprt
    evidence: EProcess
    bad: int = 0

    @property
    def is_missed_alone(self) -> bool:
        """Whether the run's own test decided against the objective."""
        return self.alone.decision == "missed"

    @property
    def is_missed(self) -> bool:
        """Whether either test did."""
        return self.is_missed_alone or self.evidence.convicts

    @property
    def state(self) -> Hashable:
        """All that the future depends on, once the number of samples is known."""
        return self.alone.decision, self.bad

    def after(self, is_bad: bool) -> Way:  # noqa: FBT001  a step is taken by its one argument
        """The same after one more sample."""
        alone, evidence = copy(self.alone), copy(self.evidence)
        alone.take(is_bad=is_bad)
        evidence.take(is_bad=is_bad)
        return Way(alone, evidence, self.bad + is_bad)


def missed(budget: float, truth: float, *, samples: int = MOST_SAMPLES) -> float:
    """The chance that a run without a history misses the objective, by either test."""
    start = Way(Sprt(budget), EProcess(budget))
    return walked(start, truth, samples, Steps(Way.after, lambda way: way.is_missed, _state))


def missed_alone(budget: float, truth: float) -> float:
    """The chance that a run misses the objective by its own test."""
    start = Way(Sprt(budget), EProcess(budget))
    steps = Steps(Way.after, lambda way: way.is_missed_alone, _state)
    return walked(start, truth, MOST_SAMPLES, steps)


def _state(way: Way) -> Hashable:
    return way.state


def risen(budget: float, truth: float, samples: int, *, anew: bool = False) -> float:
    """The chance that carried evidence ever convicts; `anew` where no build is named."""

    def after(log: float, is_bad: bool) -> float:  # noqa: FBT001
        test = EProcess(budget, 0.0 if anew and log < -CONVICTS else log)
        test.take(is_bad=is_bad)
        return test.log

    # Ways that begin anew at any time meet nowhere exactly; a hundredth is close enough.
    digits = 2 if anew else 6
    steps = Steps(after, lambda log: log >= CONVICTS, lambda log: round(log, digits))
    return walked(0.0, truth, samples, steps)


class Steps(NamedTuple, Generic[T]):
    """How a way goes on after a sample, whether it convicts, and where it meets others."""

    after: Callable[[T, bool], T]
    convicts: Callable[[T], bool]
    state: Callable[[T], Hashable]


def walked(start: T, truth: float, samples: int, steps: Steps[T]) -> float:
    """The chance that one of so many samples convicts, where a share `truth` of them is bad."""
    ways, convicted = {steps.state(start): (start, 1.0)}, 0.0
    for _ in range(samples):
        further: dict[Hashable, tuple[T, float]] = {}
        for way, chance in ways.values():
            for is_bad, share in ((True, chance * truth), (False, chance * (1 - truth))):
                then = steps.after(way, is_bad)
                if steps.convicts(then):
                    convicted += share
                elif share > _NONE:
                    state = steps.state(then)
                    further[state] = then, share + further.get(state, (then, 0.0))[1]
        ways = further
    return convicted
