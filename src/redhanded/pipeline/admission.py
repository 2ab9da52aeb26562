"""What a request does before a circuit: it waits for leave, and its outcome is counted.

There are two circuits before a request, that of this process and the one that processes share;
they differ in whom they ask, and in nothing that is written here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import httpx2

from redhanded.pipeline.breaker import LOOK_AGAIN, Denied, Outcome, Permit
from redhanded.pipeline.call import CALL, Call
from redhanded.pipeline.classify import TOO_LARGE
from redhanded.pipeline.errors import CircuitOpen
from redhanded.pipeline.flow import Sleep
from redhanded.pipeline.retry_after import told_pause
from redhanded.pipeline.shared_gate import Turn
from redhanded.pipeline.table import ROWS, SAFE_METHODS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from redhanded.pipeline.flow import Effect, Flow, Proceed
    from redhanded.pipeline.origin import Origin

PATIENCE = 30.0
LEASE_MARGIN = 1.0
NO_PERMIT = Permit(-1)  # no epoch has this number: its result is dropped
_NEVER_HELD = frozenset({"cleanup", "canary", "probe"})

L = TypeVar("L", Permit, Turn)


class Moved(CircuitOpen):
    """The leave of a request is void: while it waited a circuit has moved, or its turn went by."""


class Circuit(Protocol, Generic[L]):
    """A circuit as requests meet it."""

    def ask(self, call: Call, *, may_probe: bool) -> Generator[Effect, object, L | Denied]:
        """Leave to send, or how long to wait before asking again."""
        ...

    def watch(self, request: httpx2.Request, proceed: Proceed, leave: L) -> Flow:
        """The response to a request that has leave; what came of it is counted."""
        ...

    def record(self, leave: L, outcome: Outcome) -> None:
        """Count what came of a request that had leave, or that none was sent."""
        ...

    def state(self) -> str:
        """What the circuit does, as the end of "its circuit is"."""
        ...


def is_held(call: Call) -> bool:
    """Whether circuits may hold the call back.

    What a test has made is removed as soon as that works again, and a control request of the
    diagnosis asks how the origin is.
    """
    return call.purpose not in _NEVER_HELD or call.stands_in


def seconds_left(call: Call, now: float) -> float:
    """How long the call can wait at all, from now on."""
    return max(0.0, min(PATIENCE, call.deadline - now))


def counted(request: httpx2.Request, proceed: Proceed, record: Callable[[Outcome], object]) -> Flow:
    """The response; what the request showed of the origin is recorded, whatever it was."""
    call: Call = request.extensions[CALL]
    sent = call.sent
    outcome: Outcome = "none"
    try:
        response = yield from proceed(request)
        outcome = _answered(call.row)
    except (httpx2.TransportError, httpx2.DecodingError):
        if call.sent > sent:  # what was never sent shows nothing
            outcome = _failed(call.row)
        raise
    finally:  # also on Ctrl-C and cancellation: the lease is let go
        record(outcome)
    return response


def waited(
    request: httpx2.Request,
    proceed: Proceed,
    circuit: Circuit[L],
    denied: Denied,
    *,
    now: Callable[[], float],
    health: str,
) -> Generator[Effect, object, L]:
    """Leave, after a wait; raises CircuitOpen where that would be over the call's budget.

    Half-open circuits are probed by safe requests: a write sends a GET on `health` in its place.
    """
    call: Call = request.extensions[CALL]
    began = now()
    until = min(began + _patience(call.origin), call.deadline)
    answer: L | Denied = denied
    try:
        while isinstance(answer, Denied):
            if now() + answer.retry_after >= until:
                call.row = "blocked"
                raise _refusal(request, circuit.state(), answer)
            if not answer.probe or not (yield from _probe(request, proceed, circuit, health)):
                yield Sleep(min(answer.retry_after, max(0.0, until - now())))
            answer = yield from circuit.ask(call, may_probe=request.method in SAFE_METHODS)
    except Moved:
        call.pause(now() - began, "circuit open")
        raise
    call.pause(now() - began, "circuit open")
    return answer


def _probe(
    request: httpx2.Request, proceed: Proceed, circuit: Circuit[L], health: str
) -> Generator[Effect, object, bool]:
    """Whether to ask for leave at once: the origin answered a safe request of ours, or others'."""
    call: Call = request.extensions[CALL]
    leave = yield from circuit.ask(call, may_probe=True)
    if isinstance(leave, Denied):
        return False
    if not leave.lease:  # it has closed meanwhile: the write itself may go
        circuit.record(leave, "none")
        return True
    probe = call.stand_in()
    control = httpx2.Request("GET", request.url.join(health), extensions={CALL: probe})
    try:
        response = yield from circuit.watch(control, proceed, leave)
    except (httpx2.TransportError, httpx2.DecodingError):
        return False  # its outcome is recorded; the write goes on waiting
    if probe.row == "throttled":
        heed(probe.origin, told_pause(response.headers).seconds)
    return True


def _patience(origin: Origin) -> float:
    """How long a call may wait: for one probe of somebody else's and one of its own.

    A longer outage is sat out by the run as a whole, not by each test.
    """
    return 2 * max(origin.breaker.limits.open, LOOK_AGAIN)


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


def _refusal(request: httpx2.Request, state: str, denied: Denied) -> CircuitOpen:
    origin = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
    message = (
        f"{origin} is known to be down: its circuit is {state} and would be asked again "
        f"in {denied.retry_after:.1f} s, which is over this call's budget"
    )
    return CircuitOpen(message, request=request)


def has_moved(call: Call) -> bool:
    """Whether a circuit that gave the call leave has changed its state since, as far as we know."""
    origin = call.origin
    if call.epoch not in (NO_PERMIT.epoch, origin.breaker.epoch):
        return True
    turn, shared = call.turn, origin.shared
    return turn is not None and shared is not None and is_held(call) and shared.has_moved(turn)


def heed(origin: Origin, told: float | None) -> None:
    """Let the pace follow a 429 that asks for a pause of so many seconds.

    Whoever asks for more than the cap is not obeyed: all other calls would stand still.
    """
    pause = told if told and told <= ROWS["throttled"].cap else None
    origin.limiter.slow_down(pause)
    if origin.shared is not None:
        origin.shared.gate.slow_down(pause)
