"""What happens at the gate while a request waits: for its turn, for a probe, for an origin."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from redhanded.core.attempt import Purpose
from redhanded.pipeline.breaker import State
from redhanded.pipeline.call import CALL
from redhanded.pipeline.errors import CircuitOpen
from redhanded.pipeline.flow import Flow, Send, compose
from redhanded.pipeline.gate import CircuitBreaker, RateLimiter
from redhanded.pipeline.load import Load
from redhanded.pipeline.origin import Origin, Origins
from tests.pipeline.door import Door, EventfulClock, broke, came
from tests.pipeline.driving import Driven, at_wire, drive, open_call, request, response


class Turn:
    """An origin at eight requests a second, whose first turn has been taken."""

    def __init__(self, purpose: Purpose = "test", *, method: str = "GET") -> None:
        self.clock = EventfulClock()
        self.origins = Origins(self.clock.monotonic, load=lambda _: Load(8.0))
        self.asked = request(method)
        self.call = open_call(self.asked, clock=self.clock, origins=self.origins)
        self.call.deadline = self.clock.monotonic() + 20.0
        self.call.purpose = purpose
        self.origin: Origin = self.call.origin
        self.origin.limiter.reserve(0.0)
        self.origin.breaker.has_answered = True

    def break_circuit(self) -> None:
        for _ in range(3):
            self.origin.breaker.record(self.origin.breaker.permit, "fail")

    def send(self, *answers: object) -> Driven:
        """What comes of the request through circuit and pace."""
        now = self.clock.monotonic
        flow: Flow = compose(
            CircuitBreaker(now=now, health="/health"), RateLimiter(now), last=at_wire
        )(self.asked)
        return drive(flow, answers, clock=self.clock)


def test_a_circuit_that_opens_while_a_request_waits_for_its_turn_holds_it() -> None:
    """INVARIANT: what had leave of a closed circuit is not sent once the circuit has opened."""
    turn = Turn()
    turn.clock.event = turn.break_circuit

    driven = turn.send(came())

    assert driven.sleeps == [0.125, 1.0]
    assert turn.origin.breaker.state is State.HALF_OPEN
    assert turn.call.epoch == turn.origin.breaker.epoch
    assert turn.call.wait.reason == "rate limit, circuit open"


def test_a_write_whose_circuit_has_opened_meanwhile_is_not_sent_before_the_probes() -> None:
    """INVARIANT: a write that waited for its turn is no probe when the circuit is half-open."""
    turn = Turn(method="POST")
    turn.clock.event = turn.break_circuit

    driven = turn.send(*[came()] * 4)

    assert [send.request.method for send in driven.sends] == ["GET", "GET", "GET", "POST"]


@pytest.mark.parametrize("purpose", ["cleanup", "canary"])
def test_what_is_never_held_is_not_held_by_a_circuit_that_opens(purpose: Purpose) -> None:
    """Cleanup and canary keep to the pace alone, whatever the circuit does meanwhile."""
    turn = Turn(purpose, method="DELETE")
    turn.clock.event = turn.break_circuit

    driven = turn.send(came())

    assert [send.request.method for send in driven.sends] == ["DELETE"]
    assert turn.origin.breaker.state is State.OPEN


def test_a_429_holds_also_those_who_have_their_turn() -> None:
    """INVARIANT: a pause that a 429 asks for holds requests that had their turn before it came."""
    turn = Turn()
    turn.clock.event = lambda: turn.origin.limiter.slow_down(5.0)

    driven = turn.send(came())

    assert driven.sleeps == [0.125, 5.0]
    assert turn.call.wait == (5.125, "rate limit, rate limit")


def test_a_pause_that_comes_meanwhile_may_be_over_the_budget() -> None:
    """A request whose turn is moved beyond its deadline is refused, and was not sent."""
    turn = Turn()
    turn.clock.event = lambda: turn.origin.limiter.slow_down(25.0)

    driven = turn.send()

    assert isinstance(driven.error, CircuitOpen)
    assert "limit.rate" in str(driven.error)
    assert driven.sends == []


def _asking(pause: str) -> Callable[[Send], object]:
    def answer(effect: Send) -> object:
        came("throttled", 429)(effect)
        return response(429, headers={"Retry-After": pause})

    return answer


@pytest.mark.parametrize(
    "pause, seconds",
    [pytest.param("5", 5.0, id="heeded"), pytest.param("61", 0.0, id="over the cap")],
)
def test_the_429_of_a_probe_holds_all_calls(pause: str, seconds: float) -> None:
    """What a probe is told by a 429 all calls to that origin keep to, as with any other."""
    door = Door()
    door.breaker.has_answered = True
    door.fall()
    door.clock.advance(1.0)
    write = door.call("POST")

    door.send(write, _asking(pause), *[came()] * 3)

    origin = write.extensions[CALL].origin
    assert origin.limiter.reserve(100.0) == seconds


def test_a_probe_whose_circuit_moves_on_is_not_sent() -> None:
    """INVARIANT: a probe that waited for its turn is not sent once its leave is void."""
    turn = Turn(method="POST")
    turn.break_circuit()
    turn.clock.elapsed += 1.0
    turn.origin.limiter.reserve(0.0)

    def reopen() -> None:
        (lease,) = turn.origin.breaker._leases  # noqa: SLF001  the probe itself holds it
        permit = turn.origin.breaker.permit._replace(lease=lease)
        turn.origin.breaker.record(permit, "fail")

    turn.clock.event = reopen
    driven = turn.send()

    assert isinstance(driven.error, CircuitOpen)
    assert driven.sends == []
    assert driven.sleeps[0] == 0.125


def test_a_bad_probe_does_not_make_a_write_wait_beyond_its_deadline() -> None:
    """INVARIANT: a write that waits for an origin gives up at its deadline, and not later."""
    door = Door()
    door.breaker.has_answered = True
    door.fall()
    door.clock.advance(1.0)
    write = door.call("POST", seconds=3.0)
    ends = door.clock.monotonic() + 3.0

    def hang(effect: Send) -> object:
        door.clock.elapsed = ends - 0.02
        return broke("read_timeout")(effect)

    driven = door.send(write, hang)

    assert isinstance(driven.error, CircuitOpen)
    assert door.clock.monotonic() <= ends
