"""An origin with the gate before it, which tests drive by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx2

from redhanded.pipeline.breaker import Breaker, Denied, Permit, State
from redhanded.pipeline.call import CALL, Call
from redhanded.pipeline.flow import Effect, Send
from redhanded.pipeline.gate import CircuitBreaker
from redhanded.pipeline.origin import Origins
from tests.pipeline.driving import (
    Driven,
    FakeClock,
    at_wire,
    drive,
    open_call,
    request,
    response,
)

Answer = Callable[[Effect], httpx2.Response]


def came(row: str = "", status: int = 200) -> Answer:
    """An answer of that row, as the policies below would note it."""

    def answer(effect: Effect) -> httpx2.Response:
        assert isinstance(effect, Send)
        call: Call = effect.request.extensions[CALL]
        call.sent, call.row = call.sent + 1, row
        return response(status)

    return answer


def broke(row: str, error: BaseException | None = None) -> Answer:
    """A failure of that row, after the request was sent."""

    def answer(effect: Effect) -> httpx2.Response:
        came(row)(effect)
        raise error or httpx2.ReadError("reset")

    return answer


@dataclass(slots=True)
class EventfulClock(FakeClock):
    """A clock during whose first pause something happens."""

    event: Callable[[], object] | None = None

    def advance(self, seconds: float) -> None:
        """Let time pass for both, and with it the event."""
        self.elapsed += seconds
        self.epoch += seconds
        event, self.event = self.event, None
        if event is not None:
            event()


class Door:
    """An origin, the gate before it, and the clock of both."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.origins = Origins(self.clock.monotonic)
        self.gate = CircuitBreaker(now=self.clock.monotonic, health="/v1/health")
        self.breaker: Breaker = self.origins.of(request().url).breaker

    def call(self, method: str = "GET", *, seconds: float = 60.0) -> httpx2.Request:
        """A request with its call, which has so many seconds left."""
        asked = request(method)
        call = open_call(asked, clock=self.clock, origins=self.origins)
        call.deadline = self.clock.monotonic() + seconds
        return asked

    def send(self, asked: httpx2.Request, *answers: object) -> Driven:
        """What comes of the request at the gate."""
        return drive(self.gate(asked, at_wire), answers, clock=self.clock)

    def fall(self) -> None:
        """Let the origin go down: the circuit opens, for a second."""
        for _ in range(3):
            self.send(self.call(), broke("refused"))
        assert self.breaker.state is State.OPEN

    def probe(self) -> Permit:
        """The one probe's permit, in somebody else's hands."""
        self.clock.advance(1.0)
        return self.leave()

    def leave(self) -> Permit:
        """The permit of a probe that is due."""
        permit = self.breaker.acquire(may_probe=True, lease_seconds=1000.0)
        assert isinstance(permit, Permit)
        return permit

    def outage(self, seconds: float) -> None:
        """Let the origin stay down, with a bad probe whenever one is due."""
        while self.breaker.seconds_down < seconds:
            denied = self.breaker.acquire(may_probe=True, lease_seconds=1.0)
            assert isinstance(denied, Denied)
            self.clock.advance(denied.retry_after)
            self.breaker.record(self.leave(), "fail")
