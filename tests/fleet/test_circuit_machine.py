"""The shared circuit against a model that keeps every result and counts anew each time."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pydantic import TypeAdapter

from redhanded.fleet.circuit import OVERDUE
from redhanded.fleet.origin_state import OriginState
from redhanded.fleet.store import GateLimits, Member
from redhanded.pipeline.breaker import LOOK_AGAIN, BreakerLimits, Denied, Outcome, State
from redhanded.pipeline.shared_gate import Turn
from tests.fleet.acts import Acts

FAILED: tuple[Outcome, ...] = ("fail", "hang")
SLOW: tuple[Outcome, ...] = ("slow", "hang")
BAD = st.sampled_from(sorted({*FAILED, *SLOW}))
BREAKER = BreakerLimits(window=4.0, minimum=3, open=1.0, longest=4.0)
MEMBERS = (Member("h1", "ann"), Member("h1", "bob"), Member("h2", "cat"))
OUTCOMES: tuple[Outcome, ...] = ("success", "fail", "slow", "hang", "none")
LEASE = 2.0
MINUTE, HOUR = 60.0, 3600.0
STATES = TypeAdapter(OriginState)


@dataclass(slots=True)
class Model:
    """What the circuit should be, told as plainly as possible."""

    state: State = State.CLOSED
    changes: int = 0
    seen: float = 0.0
    pause: float = 0.0
    reopens_at: float = 0.0
    good: int = 0
    results: list[tuple[float, str, Outcome]] = field(default_factory=list)
    heard: dict[str, float] = field(default_factory=dict)
    leases: dict[str, float] = field(default_factory=dict)
    due: dict[Member, float] = field(default_factory=dict)
    prober: Member | None = None

    def keep_time(self, now: float) -> None:
        if now < self.seen - 1.0:  # the clock was set back: all is forgotten
            self.prober = None
            self.heard = {}
            self.change(State.CLOSED)
        self.seen = now

    def meet(self, member: Member, now: float) -> None:
        self.keep_time(now)
        self.heard = {host: at for host, at in self.heard.items() if at >= now - MINUTE}
        self.heard[member.host] = now

    def change(self, state: State) -> None:
        self.state, self.changes, self.good = state, self.changes + 1, 0
        self.results, self.leases = [], {}
        if state is State.CLOSED:
            self.due = {}

    def open(self, now: float, pause: float) -> None:
        self.pause, self.reopens_at = pause, now + pause
        self.change(State.OPEN)

    def let_go(self, now: float) -> None:
        """Forget what is over, for good: the clock may go back a little after it."""
        self.leases = {lease: end for lease, end in self.leases.items() if now < end}
        self.due = {member: due for member, due in self.due.items() if now < due + OVERDUE}

    def width(self) -> int:
        return {0: 1, 1: 2}.get(self.good, 4)

    def is_held_back(self, member: Member) -> bool:
        return member == self.prober and bool(self.due.keys() - {member})

    def refusal(
        self, member: Member, now: float, *, may_probe: bool, jitter: float
    ) -> Denied | None:
        """What the circuit says to a request; None where it lets it pass."""
        if self.state is State.OPEN and now >= self.reopens_at:
            self.change(State.HALF_OPEN)
        if self.state is State.CLOSED:
            return None
        if self.state is State.HALF_OPEN:
            self.let_go(now)
        if self.state is State.OPEN:
            wait = min(self.pause, self.reopens_at - now)
        elif len(self.leases) >= self.width():
            wait = min(LOOK_AGAIN, min(self.leases.values()) - now)
        elif self.is_held_back(member):
            return Denied(LOOK_AGAIN * jitter)
        else:
            return None if may_probe else Denied(LOOK_AGAIN * jitter, probe=True)
        if may_probe and wait * jitter <= 2 * BREAKER.open:
            self.due[member] = now + wait * jitter
        return Denied(wait * jitter)

    def count(self, member: Member, now: float, outcome: Outcome) -> None:
        if outcome == "none":
            return
        second = now // 1
        self.results.append((second, member.host, outcome))
        recent = [r for r in self.results if second - BREAKER.window < r[0] <= second]
        self.results = recent
        if outcome == "success":
            return
        needed = min(2, len(self.heard))
        for bad, share in ((FAILED, 0.5), (SLOW, 0.8)):
            hosts = {result[1] for result in recent}
            blamed = [
                host for host in hosts if _is_bad([r for r in recent if r[1] == host], bad, share)
            ]
            if len(recent) >= 3 and _is_bad(recent, bad, share) and len(blamed) >= needed:
                self.open(now, BREAKER.open)
                return

    def judge(self, now: float, lease: str, outcome: Outcome) -> None:
        if self.leases.pop(lease, now) <= now or outcome == "none":
            return
        if outcome != "success":
            self.open(now, min(BREAKER.longest, 2 * self.pause))
        else:
            self.succeed()

    def succeed(self) -> None:
        self.good += 1
        if self.good == 3:
            self.prober = None
            self.change(State.CLOSED)


def _is_bad(
    results: list[tuple[float, str, Outcome]], bad: tuple[Outcome, ...], share: float
) -> bool:
    return bool(results) and sum(r[2] in bad for r in results) / len(results) >= share


class CircuitMachine(RuleBasedStateMachine):
    """Workers ask, come back late or never, vouch; time goes on in quarters, and is set anew."""

    def __init__(self) -> None:
        super().__init__()
        self.acts = Acts(GateLimits(BREAKER), at=100_000.0)
        self.model = Model()
        self.out: list[tuple[Member, Turn, int]] = []
        self.epochs = {0: 0}

    @property
    def now(self) -> float:
        return self.acts.at

    @rule(quarters=st.integers(1, 12))
    def time_passes(self, quarters: int) -> None:
        self.acts.at += quarters / 4

    @precondition(lambda self: self.model.state is State.OPEN)
    @rule()
    def its_time_is_over(self) -> None:
        self.acts.at = max(self.now, self.model.reopens_at)

    @rule(seconds=st.sampled_from([0.0] * 12 + [HOUR, MINUTE, -HOUR, -1.25, -0.5]))
    def the_clock_is_set(self, seconds: float) -> None:
        self.acts.at += seconds

    @rule(members=st.lists(st.sampled_from(MEMBERS), min_size=3, max_size=6), outcome=BAD)
    def an_outage_comes(self, members: list[Member], outcome: Outcome) -> None:
        for member in members:
            self.ask(member, may_probe=True, jitter=1.0)
        for _ in range(min(len(members), len(self.out))):
            self.tell(*self.out.pop(), outcome)

    @rule(
        member=st.sampled_from(MEMBERS),
        may_probe=st.sampled_from([True, True, False]),
        jitter=st.sampled_from([0.75, 1.0, 1.25]),
    )
    def ask(self, member: Member, *, may_probe: bool, jitter: float) -> None:
        model = self.model
        model.meet(member, self.now)
        expected = model.refusal(member, self.now, may_probe=may_probe, jitter=jitter)
        self.acts.jitter = jitter

        answer = self.acts.ask(member, may_probe=may_probe, lease=LEASE)

        if isinstance(expected, Denied):
            assert isinstance(answer, Denied)
            assert answer.probe is expected.probe
            assert answer.retry_after == pytest.approx(expected.retry_after)
            assert 0 < answer.retry_after <= BREAKER.longest * jitter
            return
        assert isinstance(answer, Turn)
        assert bool(answer.lease) is (model.state is State.HALF_OPEN)
        if answer.lease:
            model.leases[answer.lease] = self.now + LEASE
            model.prober = member
            model.due.pop(member, None)
        self.out.append((member, answer, model.changes))

    def tell(self, member: Member, turn: Turn, changes: int, outcome: Outcome) -> None:
        model = self.model
        model.meet(member, self.now)

        self.acts.tell(turn, outcome, member)

        if changes != model.changes:
            return  # the model stays as it is, and so must the circuit
        if model.state is State.CLOSED:
            model.count(member, self.now, outcome)
        elif model.state is State.HALF_OPEN:
            model.judge(self.now, turn.lease, outcome)

    @precondition(lambda self: self.out)
    @rule(data=st.data(), outcome=st.sampled_from(OUTCOMES))
    def come_back(self, data: st.DataObject, outcome: Outcome) -> None:
        # Mostly the last one: the others are of older epochs before long.
        index = data.draw(st.sampled_from([-1, -1, -2, 0]))
        self.tell(*self.out.pop(max(index, -len(self.out))), outcome)

    @precondition(lambda self: self.out)
    @rule()
    def never_come_back(self) -> None:
        self.out.pop()

    @rule()
    def be_vouched_for(self) -> None:
        model = self.model
        model.keep_time(self.now)
        if model.state is State.OPEN:
            model.change(State.HALF_OPEN)
        if model.state is State.HALF_OPEN:
            model.succeed()

        self.acts.vouch()

    @rule()
    def be_written_and_read(self) -> None:
        self.acts.state = STATES.validate_json(STATES.dump_json(self.acts.state))

    @invariant()
    def the_circuit_stands_where_the_model_does(self) -> None:
        assert self.acts.where() is self.model.state
        assert self.acts.state.circuit.succeeded == self.model.good

    @invariant()
    def each_change_of_state_has_a_greater_number(self) -> None:
        epoch = self.epochs.setdefault(self.model.changes, self.acts.epoch)
        assert self.acts.epoch == epoch
        assert all(
            self.epochs[change] < epoch for change in self.epochs if change < self.model.changes
        )

    @invariant()
    def no_more_probes_are_out_than_the_ramp_permits(self) -> None:
        assert self.acts.state.circuit.leases == self.model.leases
        assert len(self.model.leases) <= self.model.width() <= 4

    @invariant()
    def it_is_never_open_for_longer_than_the_longest(self) -> None:
        assert self.acts.state.circuit.seconds_open(self.now) <= BREAKER.longest

    def teardown(self) -> None:
        """INVARIANT: from wherever it stands, three probes that are answered close it."""
        self.acts.at += BREAKER.longest + LEASE
        while isinstance(answer := self.acts.ask(), Turn) and answer.lease:
            self.acts.tell(answer, "success")
        assert isinstance(answer, Turn)
        assert self.acts.where() is State.CLOSED


def test_the_circuit_does_what_the_model_says() -> None:
    """INVARIANT: whatever workers do and however the clock is set, it does what the model says."""
    run_state_machine_as_test(
        CircuitMachine, settings=settings(max_examples=100, stateful_step_count=50)
    )
