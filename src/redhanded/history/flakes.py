"""Flake scores: how often a test fails by the environment, by itself, or by the API.

A score orders work; it never changes a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, pvariance
from typing import TYPE_CHECKING, NamedTuple

from redhanded.history.channels import Channel, Series, Weights, series_of
from redhanded.history.quantiles import beta_quantile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from redhanded.history.records import Tally

FLAKY_FROM = 0.01
ENOUGH = 299  # recent runs without a failure show that fewer than one in a hundred fail
_SUITE = 20  # tests of at least so many recent runs each, from which a prior may be taken
_RUNS = 10.0


class Word(StrEnum):
    """What a score amounts to; a fault of the API is called intermittent, never flaky."""

    FLAKY = "flaky"
    INTERMITTENT = "intermittent"
    BROKEN = "broken"
    STABLE = "stable"
    UNKNOWN = "unknown"


class Label(StrEnum):
    """What a test suffers from, over all channels."""

    ENVIRONMENT = "environment"
    TEST = "test"
    API = "API"
    MIXED = "mixed"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How often a test fails in one channel: the mean of what is known, and its 95 % interval.

    `events` of `trials` runs failed so, the first and last of them then. Recent runs weigh more,
    and weather that struck many tests weighs less, so the mean is not their ratio.
    """

    test: str
    channel: Channel
    mean: float
    low: float
    high: float
    events: int
    trials: int
    first: float | None
    last: float | None
    word: Word


class Prior(NamedTuple):
    """What is believed of any test before its own runs: a Beta distribution."""

    failed: float = 0.5
    held: float = 24.5


_TELLING = frozenset({Word.FLAKY, Word.INTERMITTENT, Word.BROKEN})


def scores(tallies: Iterable[Tally], *, now: float) -> list[Score]:
    """The three scores of each test, in the order in which the tests first come."""
    weighed = [(series, series.weights(now)) for series in series_of(tallies)]
    priors = {
        one: prior([weights for series, weights in weighed if series.channel is one])
        for one in Channel
    }
    intervals = _Intervals()
    return [_score(one, weights, priors[one.channel], intervals) for one, weights in weighed]


def label(scores: Iterable[Score]) -> Label:
    """What the scores of one test come to together.

    A test that showed any fault of the API is never labelled environment alone.
    """
    known = list(scores)
    telling = {score.channel for score in known if score.word in _TELLING}
    if telling == {Channel.ENVIRONMENT}:
        telling |= {score.channel for score in known if _is_fault_of_the_api(score)}
    if len(telling) > 1:
        return Label.MIXED
    return Label(telling.pop()) if telling else Label.NONE


def _is_fault_of_the_api(score: Score) -> bool:
    return score.channel is Channel.API and score.events > 0


def prior(weights: Sequence[Weights]) -> Prior:
    """The prior of a suite, by the moments of its tests' rates.

    It weighs as much as one run at least and fifty at most. A suite that is small or new, or whose
    tests are all alike, has the default: two in a hundred, as of 25 runs. Source: the method of
    moments for the Beta distribution.
    """
    rates = [known.failed / known.runs for known in weights if known.runs >= _RUNS]
    mean = fmean(rates) if len(rates) >= _SUITE else 0.0
    spread = pvariance(rates, mean) if mean else 0.0
    if not spread:
        return Prior()
    size = min(50.0, max(1.0, mean * (1 - mean) / spread - 1))
    return Prior(mean * size, (1 - mean) * size)


class _Intervals(dict[tuple[float, float], tuple[float, float]]):
    """Intervals that were computed once: tests without a failure have theirs in common."""

    def __missing__(self, shape: tuple[float, float]) -> tuple[float, float]:
        found = self[shape] = beta_quantile(0.025, *shape), beta_quantile(0.975, *shape)
        return found


def _score(series: Series, weights: Weights, before: Prior, intervals: _Intervals) -> Score:
    failed, held = before.failed + weights.failed, before.held + weights.held
    low, high = intervals[failed, held]
    is_stable = high < FLAKY_FROM and weights.runs >= ENOUGH
    return Score(
        test=series.test,
        channel=series.channel,
        mean=failed / (failed + held),
        low=low,
        high=high,
        events=series.events,
        trials=series.trials,
        first=min((tally.began for tally in series.failed), default=None),
        last=max((tally.ended for tally in series.failed), default=None),
        word=_failing(series, low) or (Word.STABLE if is_stable else Word.UNKNOWN),
    )


def _failing(series: Series, low: float) -> Word | None:
    """The word for a test that fails again and again; None where that cannot be said."""
    if not series.failed:
        return None
    is_api = series.channel is Channel.API
    # A fault of the API was shown each time; of the others it is asked whether they are often.
    is_often = is_api or low > FLAKY_FROM
    is_mixed = series.mixed_builds() >= (1 if is_api else 2) or series.comes_back()
    is_telling = is_often and is_mixed
    if series.is_broken() and (is_telling or series.channel is not Channel.ENVIRONMENT):
        return Word.BROKEN
    if is_telling:
        return Word.INTERMITTENT if is_api else Word.FLAKY
    return None
