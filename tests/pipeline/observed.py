"""A request under observation by hand."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx2

from redhanded.core.attempt import Attempt, Phase
from redhanded.pipeline.call import PEER, Call, Scope
from redhanded.pipeline.flow import Flow, Read, Send
from redhanded.pipeline.observe import Observe
from tests.pipeline.driving import Driven, FakeClock, at_wire, drive, open_call, request

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@dataclass
class Observed:
    """A request under observation: its clock, its call, and what was recorded of it."""

    asked: httpx2.Request = field(default_factory=request)
    clock: FakeClock = field(default_factory=FakeClock)
    recorded: list[Attempt] = field(default_factory=list)
    call: Call = field(init=False)

    def __post_init__(self) -> None:
        scope = Scope(TRACE, record=self.recorded.append)
        self.call = open_call(self.asked, clock=self.clock, scope=scope)
        self.call.headers = [(b"Accept", b"*/*")]
        self.call.span_id, self.call.id, self.call.sent = "00f067aa0ba902b7", "b9c7c989f97918e1", 1

    def drive(self, *answers: object, reads: bool = False) -> Driven:
        """What comes of the policy, over a wire that marks its phases where a test says so."""
        last = self._reading if reads else at_wire
        return drive(Observe(self.clock)(self.asked, last), answers, clock=self.clock)

    def _reading(self, asked: httpx2.Request) -> Flow:
        response: httpx2.Response = yield Send(asked)
        self.call.answer = response
        self.call.timeline.answer()
        yield Read(response, 1_000)
        return response

    def arriving(self, answer: httpx2.Response | BaseException, *phases: Phase) -> object:
        """An answer for `drive` that comes after these phases, a second each."""

        def come(_: Send) -> object:
            for phase in phases:
                self.call.timeline.begin(phase)
                self.clock.advance(1.0)
            if isinstance(answer, BaseException):
                raise answer
            return answer

        return come

    @property
    def attempt(self) -> Attempt:
        """The one attempt, which the ledger and the record agree on."""
        assert self.recorded == self.call.attempts
        (made,) = self.recorded
        return made


def answered(status: int = 200, *headers: tuple[str, str]) -> httpx2.Response:
    """An answer with a body of its own, which was read."""
    answer = httpx2.Response(status, headers=list(headers), content=b"{}")
    answer.extensions |= {"http_version": b"HTTP/1.1", PEER: "127.0.0.1:80"}
    return answer
