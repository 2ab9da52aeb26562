"""Pace and retry budget against models that are told otherwise than the code."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from redhanded.pipeline.bucket import Bucket
from redhanded.pipeline.limiter import Limiter
from tests.pipeline.driving import FakeClock

EXACT = 1e-6  # what adding up floats may cost
QUARTERS = st.integers(0, 480).map(lambda quarters: quarters / 4)


@dataclass(slots=True)
class Vessel:
    """A leaky vessel: each request pours one in, it runs out at the rate, and holds a burst.

    Where a 429 has slowed the pace down to a share, a request pours in as much more.
    """

    rate: float | None
    burst: float
    level: float = 0.0
    filled_at: float = 0.0
    paused_until: float = 0.0
    slowed_at: float = 0.0
    slowed_to: float = 1.0
    places: list[float] = field(default_factory=list)

    def share(self, now: float) -> float:
        """The share of the pace: 0.7 for each 429, and 5 % more for each whole minute since."""
        minutes = math.floor((now - self.slowed_at) / 60.0)
        return min(1.0, self.slowed_to * 1.05**minutes)

    def slow_down(self, now: float, pause: float | None) -> None:
        self.slowed_to = max(0.1, 0.7 * self.share(now))
        self.slowed_at = now
        self.paused_until = max(self.paused_until, now + (pause or 0.0))

    def due(self, now: float) -> float:
        """The first moment at which the vessel has room for one more."""
        start = max(now, self.paused_until)
        if self.rate is None:
            return start
        over = self.level - (self.burst - 1.0)
        return max(start, self.filled_at + over / self.rate)

    def pour(self, now: float, due: float) -> None:
        self.places.append(due)
        if self.rate is not None:
            left = max(0.0, self.level - (due - self.filled_at) * self.rate)
            self.level, self.filled_at = left + 1.0 / self.share(now), due


class LimiterMachine(RuleBasedStateMachine):
    """Callers ask for places, some of them impatient, while 429s come and time goes on."""

    @initialize(rate=st.sampled_from([None, 0.5, 1.0, 4.0]), burst=st.integers(1, 5))
    def begin(self, rate: float | None, burst: int) -> None:
        self.clock = FakeClock()
        self.limiter = Limiter(rate, float(burst), self.clock.monotonic)
        self.model = Vessel(rate, float(burst))

    @property
    def now(self) -> float:
        return self.clock.monotonic()

    @rule(seconds=QUARTERS)
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(within=QUARTERS | st.just(math.inf) | st.just(0.0))
    def ask(self, within: float) -> None:
        wait = self.model.due(self.now) - self.now

        answer = self.limiter.reserve(within)

        if answer is None:
            assert wait > within - EXACT
            return
        assert answer == pytest.approx(wait, abs=EXACT)
        assert answer <= within
        self.model.pour(self.now, self.now + answer)

    @rule(pause=st.none() | QUARTERS)
    def be_throttled(self, pause: float | None) -> None:
        self.limiter.slow_down(pause)

        self.model.slow_down(self.now, pause)

    @invariant()
    def a_pause_is_over_when_the_model_says_so(self) -> None:
        if self.model.paused_until > self.now:
            assert self.limiter.is_paused
            assert not self.limiter.is_idle
        else:
            assert not self.limiter.is_paused

    @invariant()
    def places_are_given_in_the_order_of_asking(self) -> None:
        places = self.model.places
        assert all(second >= first - EXACT for first, second in pairwise(places))

    @invariant()
    def no_stretch_of_time_holds_more_than_rate_and_burst(self) -> None:
        rate, burst, places = self.model.rate, self.model.burst, self.model.places
        if rate is None or not places:
            return
        last = places[-1]  # all the others were looked at when they were given
        for count, first in enumerate(reversed(places), start=1):
            assert count <= burst + (last - first) * rate + EXACT


class BucketMachine(RuleBasedStateMachine):
    """Retries take tokens and bring them back, more often than they took them."""

    @initialize(capacity=st.integers(0, 60))
    def begin(self, capacity: int) -> None:
        self.capacity = self.tokens = capacity
        self.bucket = Bucket(float(capacity))

    @rule(cost=st.integers(1, 20))
    def take(self, cost: int) -> None:
        is_there = cost <= self.tokens

        assert self.bucket.take(cost) is is_there

        self.tokens -= cost * is_there

    @rule(cost=st.integers(1, 20))
    def bring_back(self, cost: int) -> None:
        self.bucket.refund(cost)

        self.tokens = min(self.capacity, self.tokens + cost)

    @rule()
    def spend_all(self) -> None:
        while self.bucket.take(1.0):
            self.tokens -= 1

        assert self.tokens == 0

    @invariant()
    def the_tokens_are_those_of_the_model(self) -> None:
        assert self.bucket.tokens == self.tokens
        assert self.bucket.is_full is (self.tokens == self.capacity)
        assert 0.0 <= self.bucket.tokens <= self.bucket.capacity


def test_the_limiter_does_what_a_leaky_vessel_does() -> None:
    """INVARIANT: whatever is asked and throttled, places are those of a leaky vessel."""
    run_state_machine_as_test(
        LimiterMachine, settings=settings(max_examples=100, stateful_step_count=30)
    )


def test_the_budget_does_what_the_model_says() -> None:
    """INVARIANT: whatever retries take and bring back, the tokens are those of the model."""
    run_state_machine_as_test(
        BucketMachine, settings=settings(max_examples=50, stateful_step_count=30)
    )
