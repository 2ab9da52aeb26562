"""The circuit of one origin as a fleet shares it: a value whose acts are told the time.

    closed ───── an outage is seen by enough hosts (`Window`) ─────────────► open
    open ─────── its time is over, or a control request was answered ──────► half-open
    half-open ── a probe failed: opens again, for twice as long ───────────► open
    half-open ── as many probes were answered as the ramp has steps ───────► closed

Each of these is a new epoch: the store's clock in microseconds, and always more than the one
before, also where the state was lost meanwhile. A result carries the epoch of its leave and is
dropped in any other, so that nothing of the closed era can close a circuit that has opened since.

open       Refuses, for 1 s, then 2 s, 4 s and so on to the longest. What callers are told lies
           20 % around it, so that they do not all come back at once.
half-open  Admits as many probes at a time as the ramp says: one, after one answer two, then four.
           A probe's leave is a lease that ends: a holder that was killed cannot stick the state.
           Whoever was refused is waiting until it was told to come back, and a little longer;
           while somebody else waits, the holder of the last probe gets none.

Nothing here has a clock, a lock or chance of its own: stores bring them (`redhanded.fleet.store`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from pydantic import ConfigDict

from redhanded.fleet.window import Window
from redhanded.pipeline.breaker import LOOK_AGAIN, Denied, State
from redhanded.pipeline.shared_gate import Turn

if TYPE_CHECKING:
    from redhanded.fleet.store import GateLimits, Member
    from redhanded.pipeline.breaker import BreakerLimits, Outcome
    from redhanded.pipeline.shared_gate import Asked

OVERDUE = 0.25  # seconds; whoever comes back later than that has given up
NO_EPOCH = -1  # of a turn that is none of the circuit's: its result is dropped


@dataclass(slots=True)
class Circuit:
    """Where the circuit of an origin stands; times in seconds of the store's clock.

    `leases` are the probes that are out and when they end; `prober` is the worker that was given
    the last one, `waiting` are the workers that want one and when they are due.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", allow_inf_nan=False)

    state: State = State.CLOSED
    epoch: int = 0
    opened_at: float = 0.0
    open_for: float = 0.0
    window: Window = field(default_factory=Window)
    leases: dict[str, float] = field(default_factory=dict)
    succeeded: int = 0
    prober: str = ""
    waiting: dict[str, float] = field(default_factory=dict)

    def refusal(
        self, asked: Asked, worker: str, *, now: float, limits: BreakerLimits, jitter: float
    ) -> Denied | None:
        """How long to wait before asking again; None where the circuit admits the request now.

        A circuit whose time is over is half-open from here on, whoever asked.
        """
        if self.state is State.CLOSED:
            return None
        if self.state is State.OPEN:
            if (left := self.seconds_open(now)) > 0:
                return self._refuse(asked, worker, now=now, seconds=left * jitter, limits=limits)
            self._enter(State.HALF_OPEN, now)
        self._expire(now)
        if len(self.leases) >= self._width(limits):
            seconds = jitter * min(LOOK_AGAIN, min(self.leases.values()) - now)
            return self._refuse(asked, worker, now=now, seconds=seconds, limits=limits)
        if self._is_anothers_turn(worker):
            return Denied(LOOK_AGAIN * jitter)
        return None if asked.may_probe else Denied(LOOK_AGAIN * jitter, probe=True)

    def seconds_open(self, now: float) -> float:
        """How long no probe may be sent yet, never longer than the circuit is open at all."""
        return min(self.open_for, self.opened_at + self.open_for - now)

    def admit(self, lease: str, worker: str, *, until: float, wait: float) -> Turn:
        """The leave of a request that was not refused; a probe holds the lease until that time."""
        if self.state is State.CLOSED:
            return Turn(self.epoch, wait=wait)
        self.leases[lease] = until
        self.prober = worker
        self.waiting.pop(worker, None)
        return Turn(self.epoch, lease, wait)

    def record(
        self,
        turn: Turn,
        outcome: Outcome,
        member: Member,
        *,
        at: float,
        now: float,
        limits: GateLimits,
        quorum: int,
    ) -> None:
        """Count a result that came at a moment; one of an older epoch or a dead lease is dropped.

        `quorum` is how many hosts must see an outage.
        """
        if turn.epoch != self.epoch:
            return
        if self.state is State.CLOSED:
            self.window.count(outcome, member, at=at, now=now, seconds=limits.breaker.window)
            if outcome not in ("success", "none"):
                self._judge_window(now, limits, quorum)
        elif self.leases.pop(turn.lease, now) > now:
            self._judge_probe(outcome, now, limits.breaker)

    def vouch(self, now: float, limits: BreakerLimits) -> None:
        """Count a control request that was sent past the circuit and was answered well."""
        if self.state is State.OPEN:
            self._enter(State.HALF_OPEN, now)
        if self.state is State.HALF_OPEN:
            self._judge_probe("success", now, limits)

    def forget(self, now: float) -> None:
        """Begin anew, closed, in an epoch of its own."""
        self.prober = ""
        self._enter(State.CLOSED, now)

    def _width(self, limits: BreakerLimits) -> int:
        return limits.ramp[min(self.succeeded, len(limits.ramp) - 1)]

    def _expire(self, now: float) -> None:
        self.leases = {lease: end for lease, end in self.leases.items() if end > now}
        self.waiting = {one: due for one, due in self.waiting.items() if due + OVERDUE > now}

    def _is_anothers_turn(self, worker: str) -> bool:
        return worker == self.prober and any(other != worker for other in self.waiting)

    def _refuse(
        self, asked: Asked, worker: str, *, now: float, seconds: float, limits: BreakerLimits
    ) -> Denied:
        # Whoever is told to come back much later gives up; nobody is held back for its sake.
        if asked.may_probe and seconds <= 2 * max(limits.open, LOOK_AGAIN):
            self.waiting[worker] = now + seconds
        return Denied(seconds)

    def _judge_window(self, now: float, limits: GateLimits, quorum: int) -> None:
        if self.window.is_outage(limits.breaker, quorum=quorum, consecutive=limits.consecutive):
            self._open(limits.breaker.open, now)

    def _judge_probe(self, outcome: Outcome, now: float, limits: BreakerLimits) -> None:
        if outcome == "success":
            self.succeeded += 1
            if self.succeeded >= len(limits.ramp):
                self.forget(now)
        elif outcome != "none":
            self._open(min(limits.longest, 2 * self.open_for), now)

    def _open(self, seconds: float, now: float) -> None:
        self.opened_at, self.open_for = now, seconds
        self._enter(State.OPEN, now)

    def _enter(self, state: State, now: float) -> None:
        self.state = state
        self.epoch = max(self.epoch + 1, round(now * 1e6))
        self.window = Window()
        self.leases = {}
        self.succeeded = 0
        if state is State.CLOSED:
            self.waiting = {}


def jitter(random: float) -> float:
    """The factor for what a caller is told, between 0.8 and 1.2, of a number between 0 and 1."""
    return 0.8 + 0.4 * random
