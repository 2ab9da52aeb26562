"""The breaker against a model that keeps every result and counts anew each time."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from redhanded.pipeline.breaker import (
    LOOK_AGAIN,
    Breaker,
    BreakerLimits,
    Denied,
    Outcome,
    Permit,
    State,
)
from tests.pipeline.driving import FakeClock

LIMITS = BreakerLimits(window=4.0, minimum=4, consecutive=3, open=1.0, longest=4.0)
LEASE = 2.0
OUTCOMES: tuple[Outcome, ...] = ("success", "fail", "slow", "hang", "none")


@dataclass(slots=True)
class Model:
    """What the breaker should be, told as plainly as possible."""

    state: State = State.CLOSED
    epoch: int = 0
    reopens_at: float = 0.0
    pause: float = 0.0
    down_since: float = 0.0
    has_answered: bool = False
    good_probes: int = 0
    results: list[tuple[float, Outcome]] = field(default_factory=list)
    leases: dict[int, float] = field(default_factory=dict)

    def change(self, state: State) -> None:
        self.state, self.epoch, self.good_probes = state, self.epoch + 1, 0
        self.results, self.leases = [], {}

    def live(self, now: float) -> int:
        return sum(end > now for end in self.leases.values())

    def width(self) -> int:
        return {0: 1, 1: 2}.get(self.good_probes, 4)

    def open(self, now: float, pause: float) -> None:
        if self.state is State.CLOSED:
            self.down_since = now
        self.pause, self.reopens_at = pause, now + pause
        self.change(State.OPEN)

    def count(self, now: float, outcome: Outcome) -> None:
        if outcome == "none":
            return
        self.results.append((now, outcome))
        if outcome == "success":
            return
        last = [outcome for _, outcome in self.results[-3:]]
        recent = [outcome for at, outcome in self.results if at > now - LIMITS.window]
        bad = sum(outcome in ("fail", "hang") for outcome in recent)
        slow = sum(outcome in ("slow", "hang") for outcome in recent)
        if (
            (len(last) == 3 and set(last) <= {"fail", "hang"})
            or (len(recent) >= 4 and bad >= 0.5 * len(recent))
            or (len(recent) >= 4 and slow >= 0.8 * len(recent))
        ):
            self.open(now, LIMITS.open)

    def judge(self, now: float, lease: int, outcome: Outcome) -> None:
        end = self.leases.pop(lease, now)
        if end <= now or outcome == "none":
            return
        if outcome != "success":
            self.open(now, min(LIMITS.longest, 2 * self.pause))
        elif self.good_probes == 2:
            self.change(State.CLOSED)
        else:
            self.good_probes += 1


class BreakerMachine(RuleBasedStateMachine):
    """Callers ask, come back late or never, while time goes on in exact quarters of a second."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.breaker = Breaker(LIMITS, self.clock.monotonic)
        self.model = Model()
        self.out: list[Permit] = []

    @property
    def now(self) -> float:
        return self.clock.monotonic()

    @rule(quarters=st.integers(1, 12))
    def time_passes(self, quarters: int) -> None:
        self.clock.advance(quarters / 4)

    @rule(may_probe=st.booleans())
    def ask(self, may_probe: bool) -> None:
        model, now = self.model, self.now
        if model.state is State.OPEN and now >= model.reopens_at:
            model.change(State.HALF_OPEN)

        answer = self.breaker.acquire(may_probe=may_probe, lease_seconds=LEASE)

        if model.state is State.CLOSED:
            assert answer == Permit(model.epoch)
        elif model.state is State.OPEN:
            assert answer == Denied(model.reopens_at - now)
        elif model.live(now) >= model.width():
            assert isinstance(answer, Denied)
            assert not answer.probe
            assert answer.retry_after <= LOOK_AGAIN
        elif not may_probe:
            assert isinstance(answer, Denied)
            assert answer.probe
        else:
            assert isinstance(answer, Permit)
            assert answer.lease not in {permit.lease for permit in self.out}
            model.leases[answer.lease] = now + LEASE
        if isinstance(answer, Permit):
            assert answer.epoch == model.epoch
            self.out.append(answer)
        else:
            assert answer.retry_after > 0

    @precondition(lambda self: self.out)
    @rule(data=st.data(), outcome=st.sampled_from(OUTCOMES))
    def come_back(self, data: st.DataObject, outcome: Outcome) -> None:
        permit = self.out.pop(data.draw(st.integers(0, len(self.out) - 1)))
        model = self.model

        self.breaker.record(permit, outcome)

        model.has_answered |= outcome == "success"
        if permit.epoch != model.epoch:
            return  # the model stays as it is, and so must the breaker
        if model.state is State.CLOSED:
            model.count(self.now, outcome)
        elif permit.lease:
            model.judge(self.now, permit.lease, outcome)

    @precondition(lambda self: self.out)
    @rule()
    def never_come_back(self) -> None:
        self.out.pop()

    @invariant()
    def the_breaker_stands_where_the_model_does(self) -> None:
        assert (self.breaker.state, self.breaker.epoch) == (self.model.state, self.model.epoch)
        assert self.breaker.permit == Permit(self.model.epoch)

    @invariant()
    def no_more_probes_are_out_than_the_ramp_permits(self) -> None:
        assert self.model.live(self.now) <= self.model.width() <= 4

    @invariant()
    def it_is_down_since_it_opened_and_not_since_it_opened_again(self) -> None:
        is_up = self.model.state is State.CLOSED
        seconds = 0.0 if is_up else self.now - self.model.down_since
        assert self.breaker.seconds_down == seconds

    @invariant()
    def any_answer_at_all_shows_that_the_origin_is_there(self) -> None:
        assert self.breaker.has_answered is self.model.has_answered

    @invariant()
    def it_is_never_open_for_longer_than_the_longest(self) -> None:
        assert self.model.state is not State.OPEN or (
            LIMITS.open <= self.model.pause <= LIMITS.longest
        )


def test_the_breaker_does_what_the_model_says() -> None:
    """INVARIANT: whatever callers do, the breaker does what the model says."""
    run_state_machine_as_test(
        BreakerMachine, settings=settings(max_examples=200, stateful_step_count=40)
    )
