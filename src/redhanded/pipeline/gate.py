"""The gate before the wire: waits while the circuit is open or the pace is used up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from redhanded.pipeline.admission import (
    LEASE_MARGIN,
    NO_PERMIT,
    PATIENCE,
    Moved,
    counted,
    has_moved,
    is_held,
    seconds_left,
    waited,
)
from redhanded.pipeline.breaker import Denied, Permit, State
from redhanded.pipeline.call import CALL, Call
from redhanded.pipeline.errors import CircuitOpen
from redhanded.pipeline.flow import Sleep
from redhanded.pipeline.table import SAFE_METHODS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import httpx2

    from redhanded.pipeline.breaker import Breaker, Outcome
    from redhanded.pipeline.flow import Effect, Flow, Proceed
    from redhanded.pipeline.limiter import Limiter


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitBreaker:
    """Sends only where the origin's circuit admits it, and counts what came of it.

    Half-open circuits are probed by safe requests. A write that waits for a probe sends one of
    its own first: GET on `health`; any answer at all shows that the origin is back. Cleanup is
    never held back, because what a test has made is removed as soon as that works again, nor is a
    control request of the diagnosis, which asks how the origin is.
    """

    now: Callable[[], float]
    health: str

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        """The response, once the circuit admits the request."""
        breaker = request.extensions[CALL].origin.breaker
        if breaker.state is State.CLOSED:
            return self._watched(request, proceed, breaker, breaker.permit)
        return self._admitted(request, proceed, breaker)

    def _admitted(self, request: httpx2.Request, proceed: Proceed, breaker: Breaker) -> Flow:
        call: Call = request.extensions[CALL]
        circuit = _Own(breaker, self.now)
        permit = circuit.acquire(call, may_probe=request.method in SAFE_METHODS)
        if isinstance(permit, Denied):
            if is_held(call):
                permit = yield from waited(
                    request, proceed, circuit, permit, now=self.now, health=self.health
                )
            else:
                permit = NO_PERMIT
        return (yield from self._watched(request, proceed, breaker, permit))

    def _watched(
        self, request: httpx2.Request, proceed: Proceed, breaker: Breaker, permit: Permit
    ) -> Flow:
        try:
            return (yield from _sent(request, proceed, breaker, permit))
        except Moved:
            pass
        return (yield from self._admitted(request, proceed, breaker))


def _sent(request: httpx2.Request, proceed: Proceed, breaker: Breaker, permit: Permit) -> Flow:
    request.extensions[CALL].epoch = permit.epoch
    return counted(request, proceed, partial(breaker.record, permit))


@dataclass(frozen=True, slots=True)
class _Own:
    """The circuit of this process."""

    breaker: Breaker
    now: Callable[[], float]

    def acquire(self, call: Call, *, may_probe: bool) -> Permit | Denied:
        lease = seconds_left(call, self.now()) + LEASE_MARGIN
        return self.breaker.acquire(may_probe=may_probe, lease_seconds=lease)

    def ask(self, call: Call, *, may_probe: bool) -> Generator[Effect, object, Permit | Denied]:
        yield from ()  # nobody else is asked
        return self.acquire(call, may_probe=may_probe)

    def watch(self, request: httpx2.Request, proceed: Proceed, leave: Permit) -> Flow:
        return _sent(request, proceed, self.breaker, leave)

    def record(self, leave: Permit, outcome: Outcome) -> None:
        self.breaker.record(leave, outcome)

    def state(self) -> str:
        return self.breaker.state


@dataclass(frozen=True, slots=True)
class RateLimiter:
    """Sends at the origin's pace, as far as nobody else keeps it for all processes."""

    now: Callable[[], float]

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        """The response, once it is the request's turn."""
        call: Call = request.extensions[CALL]
        limiter = call.origin.limiter
        if limiter.is_idle:
            return proceed(request)
        return self._paced(call, limiter, request, proceed)

    def _paced(
        self, call: Call, limiter: Limiter, request: httpx2.Request, proceed: Proceed
    ) -> Flow:
        is_turn = False
        while not is_turn:
            seconds = self._reserved(call, limiter, request)
            if seconds:
                call.pause(seconds, "rate limit")
                yield Sleep(seconds)
                if has_moved(call) or call.turn is not None:  # a turn that was slept over is gone
                    raise Moved("the circuit has moved on meanwhile", request=request)
            is_turn = not seconds or not limiter.is_paused  # by a 429 that came meanwhile
        return (yield from proceed(request))

    def _reserved(self, call: Call, limiter: Limiter, request: httpx2.Request) -> float:
        """Seconds until the request's turn; raises CircuitOpen where that is over its budget."""
        within = min(PATIENCE, call.deadline - self.now())
        seconds = limiter.reserve(within, share=_share(call))
        if seconds is None:
            raise late(call, request)
        return seconds


def _share(call: Call) -> float | None:
    """The part of the pace that this process keeps to; None where the call has its turn by now."""
    shared = call.origin.shared
    if shared is None:
        return 1.0
    return None if call.turn is not None else 1 / max(1, shared.workers())


def late(call: Call, request: httpx2.Request) -> CircuitOpen:
    """The error of a call whose turn would come too late."""
    call.row = "blocked"
    message = (
        "the wait for the rate limit is over this call's budget: raise limit.rate, or "
        "timeouts.total"
    )
    return CircuitOpen(message, request=request)
