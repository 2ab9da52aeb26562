"""A circuit breaker for one origin: what it counts, when it opens, who may probe.

States: closed -> open (refuses) -> half-open (admits a few probes under leases) -> closed.
Every change of state begins a new epoch; a result that belongs to an older epoch is dropped, so
that a late success of the closed era cannot close a circuit that has opened since. A probe's
permit is a lease: it expires, so that a holder that never comes back cannot stick the state.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Outcome: TypeAlias = Literal["success", "fail", "slow", "hang", "none"]
"""What a request showed; a `hang` is slow and a failure at once."""

MOST_SUCCESSES = 4096  # remembered for the rate, which is then the rate of the last ones
LOOK_AGAIN = 0.05  # seconds; a probe under way is answered long before its lease ends


class State(StrEnum):
    """Where a circuit stands."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Permit(NamedTuple):
    """Leave to send one request; `lease` is set for a probe."""

    epoch: int
    lease: int = 0


class Denied(NamedTuple):
    """No leave: ask again in so many seconds; `probe` says that only a safe request is awaited."""

    retry_after: float
    probe: bool = False


class Change(NamedTuple):
    """A circuit has come into a state, for a reason in a clause; `is_shared` by all processes."""

    state: State
    epoch: int
    reason: str
    is_shared: bool = False


_FIRST = Permit(0)


def _tell_nobody(_: Change) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerLimits:
    """When a circuit opens and how it closes again; times in seconds."""

    window: float = 10.0
    minimum: int = 10
    rate: float = 0.5
    slow_rate: float = 0.8
    consecutive: int = 3
    open: float = 1.0
    longest: float = 30.0
    ramp: tuple[int, ...] = (1, 2, 4)


@dataclass(slots=True)
class Breaker:
    """The circuit of one origin, safe for threads; it holds no lock while a request is out.

    `turned` is told of each change of state, under the lock: it must not ask the circuit anything.
    """

    limits: BreakerLimits
    now: Callable[[], float]
    turned: Callable[[Change], object] = _tell_nobody
    state: State = State.CLOSED
    epoch: int = 0
    has_answered: bool = False
    permit: Permit = _FIRST
    _successes: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_SUCCESSES))
    _failures: deque[tuple[float, Outcome]] = field(default_factory=deque)
    _run: int = 0
    _opened_at: float = 0.0
    _open_for: float = 0.0
    _down_since: float = 0.0
    _leases: dict[int, float] = field(default_factory=dict)
    _next_lease: int = 1
    _succeeded: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def acquire(self, *, may_probe: bool, lease_seconds: float) -> Permit | Denied:
        """Leave to send one request now, or how long to wait before asking again."""
        if self.state is State.CLOSED:
            return self.permit
        with self._lock:
            return self._admit(may_probe=may_probe, lease_seconds=lease_seconds)

    @property
    def seconds_down(self) -> float:
        """How long the circuit has not been closed by now."""
        with self._lock:
            return 0.0 if self.state is State.CLOSED else self.now() - self._down_since

    @property
    def is_closed(self) -> bool:
        """Whether requests go out as ever."""
        return self.state is State.CLOSED

    @property
    def seconds_to_probe(self) -> float:
        """How long no probe may be sent yet; 0 where one may be tried."""
        with self._lock:
            left = self._opened_at + self._open_for - self.now()
            return max(0.0, left) if self.state is State.OPEN else 0.0

    def _admit(self, *, may_probe: bool, lease_seconds: float) -> Permit | Denied:
        now = self.now()
        if self.state is State.CLOSED:  # it closed while we waited for the lock
            return self.permit
        if self.state is State.OPEN:
            left = self._opened_at + self._open_for - now
            if left > 0:
                return Denied(left)
            self._enter(State.HALF_OPEN, f"it was open for {self._open_for:.1f} s")
        self._leases = {lease: end for lease, end in self._leases.items() if end > now}
        if len(self._leases) >= self._width():
            return Denied(min(LOOK_AGAIN, min(self._leases.values()) - now))
        if not may_probe:
            return Denied(LOOK_AGAIN, probe=True)
        return self._grant(now + lease_seconds)

    def vouch(self) -> None:
        """Count a control request that was sent past the circuit and was answered well.

        One request that fails by itself may open a circuit; whoever looks closer closes it again.
        """
        with self._lock:
            if self.state is State.OPEN:
                self._enter(State.HALF_OPEN, "a control request was answered well")
            if self.state is State.HALF_OPEN:
                self._judge_probe("success")

    def _width(self) -> int:
        ramp = self.limits.ramp
        return ramp[min(self._succeeded, len(ramp) - 1)]

    def _grant(self, until: float) -> Permit:
        lease, self._next_lease = self._next_lease, self._next_lease + 1
        self._leases[lease] = until
        return Permit(self.epoch, lease)

    def record(self, permit: Permit, outcome: Outcome) -> None:
        """Count a result; one of an older epoch or of an expired lease is dropped."""
        if outcome == "success" and self.state is State.CLOSED and permit == self.permit:
            self._successes.append(self.now())  # the common case needs no lock
            self.has_answered, self._run = True, 0
            return
        with self._lock:
            self.has_answered |= outcome == "success"
            if permit.epoch != self.epoch:
                return
            if self.state is State.CLOSED:
                self._count(outcome)
            elif self._leases.pop(permit.lease, -math.inf) > self.now():
                self._judge_probe(outcome)

    def _count(self, outcome: Outcome) -> None:
        if outcome in ("success", "none"):
            return
        now = self.now()
        self._failures.append((now, outcome))
        while self._failures[0][0] <= now - self.limits.window:
            self._failures.popleft()
        self._run = self._run + 1 if outcome in ("fail", "hang") else 0
        if broken := self._broken(since=now - self.limits.window):
            self._down_since = now
            self._open(self.limits.open, broken)

    def _broken(self, *, since: float) -> str:
        """Why the circuit opens, in a clause; empty where it does not."""
        if self._run >= self.limits.consecutive:
            return f"{self._run} requests in a row failed"
        total = len(self._failures) + sum(at > since for at in self._successes.copy())
        if total < self.limits.minimum:
            return ""
        failed = sum(outcome in ("fail", "hang") for _, outcome in self._failures)
        slow = sum(outcome in ("slow", "hang") for _, outcome in self._failures)
        of_all = f"of {total} requests within {self.limits.window:g} s"
        if failed / total >= self.limits.rate:
            return f"{failed} {of_all} failed"
        return f"{slow} {of_all} were slow" if slow / total >= self.limits.slow_rate else ""

    def _judge_probe(self, outcome: Outcome) -> None:
        if outcome == "success":
            self._succeeded += 1
            if self._succeeded >= len(self.limits.ramp):
                self._enter(State.CLOSED, f"{self._succeeded} probes were answered")
        elif outcome != "none":
            self._open(min(self.limits.longest, 2 * self._open_for), "a probe failed")

    def _open(self, seconds: float, reason: str) -> None:
        self._opened_at, self._open_for = self.now(), seconds
        self._enter(State.OPEN, reason)

    def _enter(self, state: State, reason: str) -> None:
        # The state is written last: `acquire` reads it first and without the lock.
        self.epoch += 1
        self.permit = Permit(self.epoch)
        self._successes.clear()
        self._failures.clear()
        self._leases.clear()
        self._run = self._succeeded = 0
        self.state = state
        self.turned(Change(state, self.epoch, reason))
