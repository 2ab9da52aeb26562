"""The gate before the wire: waits while the circuit is open or the pace is used up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2

from redhanded.pipeline.breaker import Denied, Outcome, Permit, State
from redhanded.pipeline.call import CALL, Call, call_of
from redhanded.pipeline.errors import CircuitOpen
from redhanded.pipeline.flow import Sleep
from redhanded.pipeline.table import ROWS, SAFE_METHODS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from redhanded.pipeline.breaker import Breaker
    from redhanded.pipeline.flow import Effect, Flow, Proceed
    from redhanded.pipeline.limiter import Limiter

PATIENCE = 30.0
_LEASE_MARGIN = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitBreaker:
    """Sends only where the origin's circuit admits it, and counts what came of it.

    Half-open circuits are probed by safe requests. A write that waits for a probe sends one of
    its own first: GET on `health`; any answer at all shows that the origin is back.
    """

    now: Callable[[], float]
    health: str

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        call = call_of(request)
        breaker = call.origin.breaker
        permit = self._ask(call, request, breaker)
        if isinstance(permit, Denied):
            return self._delayed(request, proceed, breaker, permit)
        return self._watched(request, proceed, breaker, permit)

    def _ask(self, call: Call, request: httpx2.Request, breaker: Breaker) -> Permit | Denied:
        if breaker.state is State.CLOSED:
            return Permit(breaker.epoch)
        may_probe = request.method in SAFE_METHODS
        return breaker.acquire(may_probe=may_probe, lease_seconds=self._lease(call))

    def _delayed(
        self, request: httpx2.Request, proceed: Proceed, breaker: Breaker, denied: Denied
    ) -> Flow:
        permit = yield from self._wait(request, proceed, breaker, denied)
        return (yield from self._watched(request, proceed, breaker, permit))

    def _watched(
        self, request: httpx2.Request, proceed: Proceed, breaker: Breaker, permit: Permit
    ) -> Flow:
        call = call_of(request)
        call.epoch = permit.epoch
        outcome: Outcome = "none"
        try:
            response = yield from proceed(request)
            outcome = _outcome(call.row)
        except (httpx2.TransportError, httpx2.DecodingError):
            outcome = _outcome(call.row)
            raise
        finally:  # also on Ctrl-C and cancellation: the lease is let go
            breaker.record(permit, outcome)
        return response

    def _wait(
        self, request: httpx2.Request, proceed: Proceed, breaker: Breaker, denied: Denied
    ) -> Generator[Effect, object, Permit]:
        call = call_of(request)
        began = self.now()
        until = min(began + PATIENCE, call.deadline)
        answer: Permit | Denied = denied
        while isinstance(answer, Denied):
            if self.now() + answer.retry_after >= until:
                raise _refusal(request, breaker, answer)
            if answer.probe:
                yield from self._probe(request, proceed, breaker)
            else:
                yield Sleep(answer.retry_after)
            answer = self._ask(call, request, breaker)
        call.pause(self.now() - began, "circuit open")
        return answer

    def _probe(
        self, request: httpx2.Request, proceed: Proceed, breaker: Breaker
    ) -> Generator[Effect, object, None]:
        call = call_of(request)
        permit = breaker.acquire(may_probe=True, lease_seconds=self._lease(call))
        if isinstance(permit, Denied):
            yield Sleep(permit.retry_after)
            return
        probe = Call(call.scope, call.origin, purpose="probe", deadline=call.deadline)
        call.scope.calls.append(probe)
        url = request.url.copy_with(raw_path=self.health.encode("ascii"))
        control = httpx2.Request("GET", url, extensions={CALL: probe})
        try:
            yield from self._watched(control, proceed, breaker, permit)
        except (httpx2.TransportError, httpx2.DecodingError):
            return  # its outcome is recorded; the write goes on waiting

    def _lease(self, call: Call) -> float:
        return max(0.0, min(call.deadline - self.now(), PATIENCE)) + _LEASE_MARGIN


def _outcome(row: str) -> Outcome:
    known = ROWS.get(row)
    if known is None or known.breaker == "none":
        # An answer of any status shows that the origin is there; a local failure shows nothing.
        return "none" if row in ("local", "blocked", "certificate") else "success"
    return known.breaker


def _refusal(request: httpx2.Request, breaker: Breaker, denied: Denied) -> CircuitOpen:
    origin = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
    message = (
        f"{origin} is known to be down: its circuit is {breaker.state} and would be asked again "
        f"in {denied.retry_after:.1f} s, which is over this call's budget"
    )
    return CircuitOpen(message, request=request)


@dataclass(frozen=True, slots=True)
class RateLimiter:
    """Sends at the origin's pace."""

    now: Callable[[], float]

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        call = call_of(request)
        limiter = call.origin.limiter
        if limiter.is_idle:
            return proceed(request)
        return self._paced(call, limiter, request, proceed)

    def _paced(
        self, call: Call, limiter: Limiter, request: httpx2.Request, proceed: Proceed
    ) -> Flow:
        seconds = limiter.reserve(within=min(PATIENCE, call.deadline - self.now()))
        if seconds is None:
            message = "the wait for the rate limit is over this call's budget"
            raise CircuitOpen(message, request=request)
        if seconds:
            call.pause(seconds, "rate limit")
            yield Sleep(seconds)
        return (yield from proceed(request))
