"""An origin that is shared with other processes, whose gate answers what a test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, repeat

import httpx2

from redhanded.core.attempt import Purpose
from redhanded.pipeline.breaker import Breaker, Denied, Outcome
from redhanded.pipeline.call import CALL, Call
from redhanded.pipeline.flow import Proceed, compose
from redhanded.pipeline.gate import CircuitBreaker, RateLimiter
from redhanded.pipeline.limiter import Limiter
from redhanded.pipeline.load import Load
from redhanded.pipeline.origin import Origins
from redhanded.pipeline.shared_circuit import SharedCircuit
from redhanded.pipeline.shared_gate import Asked, Late, Sharing, Turn
from redhanded.pipeline.shared_view import SharedView
from tests.pipeline.door import EventfulClock
from tests.pipeline.driving import Driven, at_wire, drive, open_call, request

Answer = Turn | Denied | Late | None

LEAVE = Turn(1)


class FakeGate:
    """Answers with these, the last one for ever; an answer may be something to do first.

    `asked`, `told`, `vouched` and `paused` are what it was told, in order.
    """

    def __init__(self, *answers: Answer | Callable[[], Answer], is_remote: bool = False) -> None:
        self.is_remote = is_remote
        self.asked: list[Asked] = []
        self.told: list[tuple[Turn, Outcome]] = []
        self.vouched = 0
        self.paused: list[float | None] = []
        self._answers: Iterator[Answer | Callable[[], Answer]]
        self.answer(*(answers or (LEAVE,)))

    def answer(self, *answers: Answer | Callable[[], Answer]) -> None:
        """Answer with these from now on."""
        self._answers = chain(answers, repeat(answers[-1]))

    def acquire(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        answer = next(self._answers)
        return answer() if callable(answer) else answer

    def record(self, turn: Turn, outcome: Outcome) -> None:
        self.told.append((turn, outcome))

    def vouch(self) -> None:
        self.vouched += 1

    def slow_down(self, pause: float | None) -> None:
        self.paused.append(pause)

    @property
    def outcomes(self) -> list[Outcome]:
        """What came of the requests that had leave."""
        return [outcome for _, outcome in self.told]


class SharedDoor:
    """An origin with both circuits and the pace before it, one call, and the clock of all."""

    def __init__(
        self,
        *answers: Answer | Callable[[], Answer],
        is_remote: bool = False,
        rate: float | None = None,
        workers: int = 4,
    ) -> None:
        self.clock = EventfulClock()
        self.gate = FakeGate(*answers, is_remote=is_remote)
        sharing = Sharing(lambda _: self.gate, lambda: workers)
        self.origins = Origins(
            self.clock.monotonic, load=lambda _: Load(rate, burst=4.0), sharing=sharing
        )
        now, health = self.clock.monotonic, "/v1/health"
        self.proceed: Proceed = compose(
            CircuitBreaker(now=now, health=health),
            SharedCircuit(now=now, health=health),
            RateLimiter(now),
            last=at_wire,
        )
        origin = self.origins.of(request().url)
        assert origin.shared is not None
        self.breaker: Breaker = origin.breaker
        self.limiter: Limiter = origin.limiter
        self.shared: SharedView = origin.shared

    def call(
        self, method: str = "GET", *, seconds: float = 60.0, purpose: Purpose = "test"
    ) -> httpx2.Request:
        """A request with its call, which has so many seconds left."""
        asked = request(method)
        call = open_call(asked, clock=self.clock, origins=self.origins)
        call.deadline = self.clock.monotonic() + seconds
        call.purpose = purpose
        return asked

    def send(self, asked: httpx2.Request, *answers: object) -> Driven:
        """What comes of the request on its way to the wire."""
        return drive(self.proceed(asked), answers, clock=self.clock)

    def fall(self) -> None:
        """Let the circuit of this process open."""
        for _ in range(3):
            self.breaker.record(self.breaker.permit, "fail")


def call_of(asked: httpx2.Request) -> Call:
    """The call of a request."""
    call: Call = asked.extensions[CALL]
    return call


def paths(driven: Driven) -> list[tuple[str, str]]:
    """What was sent."""
    return [(send.request.method, send.request.url.path) for send in driven.sends]
