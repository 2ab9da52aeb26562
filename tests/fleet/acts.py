"""One origin's shared state, acted on by several workers under a clock that is moved by hand."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from redhanded.fleet.origin_state import OriginState
from redhanded.fleet.store import GateLimits, Member
from redhanded.pipeline.breaker import BreakerLimits, Denied, Outcome, State
from redhanded.pipeline.shared_gate import Asked, Late, Turn

LEASE = 5.0
LIMITS = GateLimits(BreakerLimits())
ANN, BOB, CAT = Member("h1", "ann"), Member("h1", "bob"), Member("h2", "cat")


@dataclass(slots=True)
class Acts:
    """The acts of a store, one after the other; `at` is the time, which stands still."""

    limits: GateLimits = LIMITS
    at: float = 1_000.0
    state: OriginState = field(default_factory=OriginState)
    jitter: float = 1.0
    names: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def ask(
        self,
        member: Member = ANN,
        *,
        may_probe: bool = True,
        lease: float = LEASE,
        within: float = math.inf,
        held: bool = True,
        reserved: bool = False,
    ) -> Turn | Denied | Late:
        """What the state answers now."""
        return self.state.acquire(
            Asked(may_probe, lease, within, held, reserved),
            member,
            self.at,
            self.limits,
            lease=str(next(self.names)),
            jitter=self.jitter,
        )

    def turn(self, member: Member = ANN, *, lease: float = LEASE) -> Turn:
        """The leave that must be given now."""
        answer = self.ask(member, lease=lease)
        assert isinstance(answer, Turn), answer
        return answer

    def several(self, number: int, *outcomes: Outcome, member: Member = ANN) -> None:
        """Let requests go with these outcomes, so many times over."""
        self.count(*number * outcomes, member=member)

    def denied(self, member: Member = ANN, *, may_probe: bool = True) -> Denied:
        """The refusal that must be given now."""
        answer = self.ask(member, may_probe=may_probe)
        assert isinstance(answer, Denied), answer
        return answer

    def tell(self, turn: Turn, outcome: Outcome, member: Member = ANN) -> None:
        """Record what came of a request."""
        self.state.record(turn, outcome, member, self.at, self.limits)

    def count(self, *outcomes: Outcome, member: Member = ANN) -> None:
        """Let requests go one after the other, with these outcomes."""
        for outcome in outcomes:
            self.tell(self.turn(member), outcome, member)

    def vouch(self) -> None:
        """Let a control request be answered well."""
        self.state.vouch(self.at, self.limits)

    def open(self) -> None:
        """Open the circuit by ten failures of requests that were out together."""
        for turn in [self.turn() for _ in range(10)]:
            self.tell(turn, "fail")
        assert self.where() is State.OPEN

    def half_open(self) -> None:
        """Open the circuit, and let its time pass: the next who asks makes it half-open."""
        self.open()
        self.at += self.state.circuit.open_for

    def where(self) -> State:
        """The state that the circuit is in."""
        return self.state.circuit.state

    @property
    def epoch(self) -> int:
        """The epoch that the circuit is in."""
        return self.state.circuit.epoch
