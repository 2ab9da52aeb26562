"""What a fleet knows together of one origin: its circuit, its pace, and which hosts are there.

Circuit and pace are decided in one act: a place of the pace is taken only where the circuit
admits the request, and a probe's lease is given only where the pace has a place in time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from pydantic import ConfigDict

from redhanded.fleet.circuit import NO_EPOCH, Circuit
from redhanded.fleet.pace import Pace
from redhanded.pipeline.breaker import State
from redhanded.pipeline.shared_gate import Late, Turn

if TYPE_CHECKING:
    from redhanded.fleet.store import GateLimits, Member
    from redhanded.pipeline.breaker import Denied, Outcome
    from redhanded.pipeline.shared_gate import Asked

HOST_SECONDS = 60.0  # a host that has not been heard of for so long is not there
SET_BACK = 1.0  # seconds; a clock that goes back by more was set anew


@dataclass(slots=True)
class OriginState:
    """All that is shared about one origin; times in seconds of the store's clock.

    `hosts` are those that took part and when they were last heard of, `seen` is the last act.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", allow_inf_nan=False)

    circuit: Circuit = field(default_factory=Circuit)
    pace: Pace = field(default_factory=Pace)
    hosts: dict[str, float] = field(default_factory=dict)
    seen: float = 0.0

    def acquire(
        self,
        asked: Asked,
        member: Member,
        now: float,
        limits: GateLimits,
        *,
        lease: str,
        jitter: float,
    ) -> Turn | Denied | Late:
        """Leave to send one request, or how long to wait.

        `lease` is a name that no other act was given, `jitter` a factor about 1 for the waits.
        """
        self._meet(member, now)
        worker = f"{member.host}/{member.worker}"
        if asked.held:
            denied = self.circuit.refusal(
                asked, worker, now=now, limits=limits.breaker, jitter=jitter
            )
            if denied is not None:
                return denied
        wait = self.pace.reserve(now, limits, within=asked.within, reserved=asked.reserved)
        if isinstance(wait, Late):
            return wait
        if not asked.held:
            return Turn(NO_EPOCH, wait=wait)
        return self.circuit.admit(lease, worker, until=now + wait + asked.lease, wait=wait)

    def record(
        self,
        turn: Turn,
        outcome: Outcome,
        member: Member,
        now: float,
        limits: GateLimits,
        *,
        at: float | None = None,
    ) -> None:
        """Count a result, which came at this moment or at an earlier one."""
        self._meet(member, now)
        self.circuit.record(
            turn,
            outcome,
            member,
            at=now if at is None else at,
            now=now,
            limits=limits,
            quorum=min(limits.quorum, len(self.hosts)),
        )

    def vouch(self, now: float, limits: GateLimits) -> None:
        """Count a control request that was sent past the circuit and was answered well."""
        self._keep_time(now)
        self.circuit.vouch(now, limits.breaker)

    def slow_down(self, pause: float | None, now: float) -> None:
        """Heed a 429, which may ask for a pause of so many seconds."""
        self._keep_time(now)
        self.pace.slow_down(pause, now)

    def calm_at(self, limits: GateLimits) -> float:
        """From when on nothing in the window has gone wrong; never, unless the circuit is closed.

        What is counted of calm times need not be shared at once.
        """
        if self.circuit.state is not State.CLOSED:
            return math.inf
        trouble = self.circuit.window.last_trouble
        return -math.inf if trouble is None else trouble + limits.breaker.window + 1

    def _meet(self, member: Member, now: float) -> None:
        self._keep_time(now)
        self.hosts = {
            host: seen for host, seen in self.hosts.items() if now - seen <= HOST_SECONDS
        } | {member.host: now}

    def _keep_time(self, now: float) -> None:
        """Begin anew where the clock was set back: what was to end by it might never do so.

        The pace goes on, moved with the clock. A clock set forward only ends things early.
        """
        if self.seen - now > SET_BACK:
            self.circuit.forget(now)
            self.pace.shift(now - self.seen)
            self.hosts = {}
        self.seen = now
