"""The gate that processes share, before the wire: one circuit and one pace for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from redhanded.pipeline.admission import (
    LEASE_MARGIN,
    Moved,
    counted,
    has_moved,
    is_held,
    seconds_left,
    waited,
)
from redhanded.pipeline.breaker import Denied
from redhanded.pipeline.call import CALL, Call
from redhanded.pipeline.flow import Sleep
from redhanded.pipeline.gate import late
from redhanded.pipeline.shared_gate import Asked, Late, Turn
from redhanded.pipeline.table import SAFE_METHODS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import httpx2

    from redhanded.pipeline.breaker import Outcome
    from redhanded.pipeline.flow import Effect, Flow, Proceed
    from redhanded.pipeline.shared_view import SharedView

SEEN_BY_OTHERS: Final = "circuit open: seen by other workers"
_ALONE: Final = Turn(-1)  # what nobody gave, and nobody counts


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCircuit:
    """Sends where the processes that share an origin admit it, and tells them what came of it.

    Whoever is waited for, or probed, is as with the circuit of this process. Where nobody can be
    asked this process decides alone; a refusal by others counts nothing against the origin here.
    """

    now: Callable[[], float]
    health: str

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        """The response, once the others admit the request as well."""
        call: Call = request.extensions[CALL]
        shared = call.origin.shared
        if shared is None:
            return proceed(request)
        return self._admitted(request, proceed, call, _Joint(shared, request, self.now))

    def _admitted(
        self, request: httpx2.Request, proceed: Proceed, call: Call, circuit: _Joint
    ) -> Flow:
        call.turn = None
        if call.purpose == "cleanup":
            turn = yield from circuit.ask_for_pace(call)
        else:
            turn = yield from self._leave(request, proceed, call, circuit)
        return (yield from circuit.watch(request, proceed, turn))

    def _leave(
        self, request: httpx2.Request, proceed: Proceed, call: Call, circuit: _Joint
    ) -> Generator[Effect, object, Turn]:
        answer = yield from circuit.ask(call, may_probe=request.method in SAFE_METHODS)
        if not isinstance(answer, Denied):
            return answer
        if not is_held(call):
            return (yield from circuit.ask_for_pace(call))
        now, health = self.now, self.health
        turn = yield from waited(request, proceed, circuit, answer, now=now, health=health)
        call.note(SEEN_BY_OTHERS)
        return turn


@dataclass(frozen=True, slots=True)
class _Joint:
    """The circuit that processes share, as the requests of one call meet it."""

    shared: SharedView
    request: httpx2.Request
    now: Callable[[], float]

    def ask(self, call: Call, *, may_probe: bool) -> Generator[Effect, object, Turn | Denied]:
        if has_moved(call):  # while we waited: that circuit comes first
            raise Moved("the circuit has moved on meanwhile", request=self.request)
        within = seconds_left(call, self.now())
        asked = Asked(may_probe=may_probe, lease=within + LEASE_MARGIN, within=within)
        answer = yield from self.shared.ask(asked)
        return answer if isinstance(answer, Denied) else self._leave(call, answer)

    def ask_for_pace(self, call: Call) -> Generator[Effect, object, Turn]:
        """A turn at the shared pace, whatever the circuit does."""
        asked = Asked(
            may_probe=False,
            lease=0.0,
            within=seconds_left(call, self.now()),
            held=False,
            reserved=call.purpose == "cleanup",
        )
        answer = yield from self.shared.ask(asked)
        return self._leave(call, None if isinstance(answer, Denied) else answer)

    def _leave(self, call: Call, answer: Turn | Late | None) -> Turn:
        if isinstance(answer, Late):
            raise late(call, self.request)
        return _ALONE if answer is None else answer

    def watch(self, request: httpx2.Request, proceed: Proceed, leave: Turn) -> Flow:
        call: Call = request.extensions[CALL]
        if leave is _ALONE:
            return proceed(request)
        call.turn = leave
        if leave.wait or self.shared.is_remote:  # either takes a while
            proceed = partial(self._in_its_turn, proceed=proceed, turn=leave)
        return counted(request, proceed, partial(self.record, leave))

    def _in_its_turn(self, request: httpx2.Request, proceed: Proceed, turn: Turn) -> Flow:
        call: Call = request.extensions[CALL]
        if turn.wait:
            call.pause(turn.wait, "rate limit")
            yield Sleep(turn.wait)
        if has_moved(call):
            raise Moved("the circuit has moved on meanwhile", request=request)
        return (yield from proceed(request))

    def record(self, leave: Turn, outcome: Outcome) -> None:
        if leave is not _ALONE:
            self.shared.record(leave, outcome)

    def state(self) -> str:
        return "open, as seen by other workers,"
