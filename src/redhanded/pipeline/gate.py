"""The gate before the wire: waits while the circuit is open or the pace is used up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2

from redhanded.pipeline.breaker import LOOK_AGAIN, Denied, Outcome, Permit, State
from redhanded.pipeline.call import CALL, Call
from redhanded.pipeline.classify import TOO_LARGE
from redhanded.pipeline.errors import CircuitOpen
from redhanded.pipeline.flow import Sleep
from redhanded.pipeline.retry_after import told_pause
from redhanded.pipeline.table import ROWS, SAFE_METHODS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from redhanded.pipeline.breaker import Breaker
    from redhanded.pipeline.flow import Effect, Flow, Proceed
    from redhanded.pipeline.limiter import Limiter

PATIENCE = 30.0
_LEASE_MARGIN = 1.0
_NEVER_HELD = frozenset({"cleanup", "canary", "probe"})
_NO_PERMIT = Permit(-1)  # no epoch has this number: its result is dropped


class _Moved(CircuitOpen):
    """The circuit has changed its state while a request waited for its turn: its leave is void."""


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
        permit = self._ask(call, request, breaker)
        if isinstance(permit, Denied):
            if call.purpose in _NEVER_HELD:
                permit = _NO_PERMIT
            else:
                permit = yield from self._wait(request, proceed, breaker, permit)
        return (yield from self._watched(request, proceed, breaker, permit))

    def _watched(
        self,
        request: httpx2.Request,
        proceed: Proceed,
        breaker: Breaker,
        permit: Permit,
        *,
        asks_again: bool = True,
    ) -> Flow:
        call: Call = request.extensions[CALL]
        call.epoch, sent = permit.epoch, call.sent
        outcome: Outcome = "none"
        response: httpx2.Response | None
        try:
            response = yield from proceed(request)
            outcome = _answered(call.row)
        except _Moved:
            if not asks_again:
                raise
            response = None
        except (httpx2.TransportError, httpx2.DecodingError):
            if call.sent > sent:  # what was never sent shows nothing
                outcome = _failed(call.row)
            raise
        finally:  # also on Ctrl-C and cancellation: the lease is let go
            breaker.record(permit, outcome)
        if response is None:
            return (yield from self._admitted(request, proceed, breaker))
        return response

    def _ask(self, call: Call, request: httpx2.Request, breaker: Breaker) -> Permit | Denied:
        may_probe = request.method in SAFE_METHODS
        return breaker.acquire(may_probe=may_probe, lease_seconds=self._lease(call))

    def _wait(
        self, request: httpx2.Request, proceed: Proceed, breaker: Breaker, denied: Denied
    ) -> Generator[Effect, object, Permit]:
        call: Call = request.extensions[CALL]
        began = self.now()
        until = min(began + _patience(breaker), call.deadline)
        answer: Permit | Denied = denied
        while isinstance(answer, Denied):
            if self.now() + answer.retry_after >= until:
                call.row = "blocked"
                raise _refusal(request, breaker, answer)
            if not answer.probe or not (yield from self._probe(request, proceed, breaker)):
                yield Sleep(min(answer.retry_after, max(0.0, until - self.now())))
            answer = self._ask(call, request, breaker)
        call.pause(self.now() - began, "circuit open")
        return answer

    def _probe(
        self, request: httpx2.Request, proceed: Proceed, breaker: Breaker
    ) -> Generator[Effect, object, bool]:
        """Whether the origin answered a safe request of ours, sent in the place of a write."""
        call: Call = request.extensions[CALL]
        permit = breaker.acquire(may_probe=True, lease_seconds=self._lease(call))
        if isinstance(permit, Denied) or not permit.lease:
            return False
        probe = Call(call.scope, call.origin, call.origin, purpose="probe", deadline=call.deadline)
        call.probes = (*call.probes, probe)
        control = httpx2.Request("GET", request.url.join(self.health), extensions={CALL: probe})
        try:
            response = yield from self._watched(control, proceed, breaker, permit, asks_again=False)
        except (httpx2.TransportError, httpx2.DecodingError):
            return False  # its outcome is recorded; the write goes on waiting
        if probe.row == "throttled":
            heed(probe.origin.limiter, told_pause(response.headers).seconds)
        return True

    def _lease(self, call: Call) -> float:
        return max(0.0, min(call.deadline - self.now(), PATIENCE)) + _LEASE_MARGIN


def _patience(breaker: Breaker) -> float:
    """How long a call may wait: for one probe of somebody else's and one of its own.

    A longer outage is sat out by the run as a whole, not by each test.
    """
    return 2 * max(breaker.limits.open, LOOK_AGAIN)


def _answered(row: str) -> Outcome:
    """What an answer shows: one of any status, a 500 included, that the origin is there."""
    known = ROWS.get(row)
    return "success" if known is None or known.breaker == "none" else known.breaker


def _failed(row: str) -> Outcome:
    """What a failure shows; one after the headers, that the origin is there."""
    known = ROWS.get(row)
    if row in ("corrupt", "protocol", TOO_LARGE):
        return "success"
    if known is None:
        return "none"
    return "hang" if known.slow and known.breaker == "fail" else known.breaker


def _refusal(request: httpx2.Request, breaker: Breaker, denied: Denied) -> CircuitOpen:
    origin = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
    message = (
        f"{origin} is known to be down: its circuit is {breaker.state} and would be asked again "
        f"in {denied.retry_after:.1f} s, which is over this call's budget"
    )
    return CircuitOpen(message, request=request)


def heed(limiter: Limiter, told: float | None) -> None:
    """Let the pace follow a 429 that asks for a pause of so many seconds.

    Whoever asks for more than the cap is not obeyed: all other calls would stand still.
    """
    limiter.slow_down(told if told and told <= ROWS["throttled"].cap else None)


@dataclass(frozen=True, slots=True)
class RateLimiter:
    """Sends at the origin's pace."""

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
                if call.epoch not in (_NO_PERMIT.epoch, call.origin.breaker.epoch):
                    raise _Moved("the circuit has moved on meanwhile", request=request)
            is_turn = not seconds or not limiter.is_paused  # by a 429 that came meanwhile
        return (yield from proceed(request))

    def _reserved(self, call: Call, limiter: Limiter, request: httpx2.Request) -> float:
        """Seconds until the request's turn; raises CircuitOpen where that is over its budget."""
        seconds = limiter.reserve(within=min(PATIENCE, call.deadline - self.now()))
        if seconds is not None:
            return seconds
        call.row = "blocked"
        message = (
            "the wait for the rate limit is over this call's budget: raise limit.rate, or "
            "timeouts.total"
        )
        raise CircuitOpen(message, request=request)
