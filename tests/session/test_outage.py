"""What a process does before a test while its own circuit, or the one it shares, is not closed."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx2
import pytest

from redhanded.core.attempt import Attempt
from redhanded.pipeline.breaker import LOOK_AGAIN, Denied, State
from redhanded.pipeline.origin import Origin, Origins
from redhanded.pipeline.shared_gate import Sharing, Turn
from redhanded.session.outage import Outage, circuit_fact, vouch
from tests.pipeline.driving import FakeClock
from tests.pipeline.sharing import LEAVE, Answer, FakeGate
from tests.verdict.answers import answered, lost

HOME = "http://api.test"
DOWN = f"{HOME} is known to be down, as seen by other workers"
DUE = Denied(LOOK_AGAIN, probe=True)


@dataclass
class Weather:
    """An API that a process shares with others; `answers` are those of its canaries."""

    gate: FakeGate = field(default_factory=FakeGate)
    clock: FakeClock = field(default_factory=FakeClock)
    answers: list[Attempt] = field(default_factory=list)
    looked: int = 0
    origin: Origin = field(init=False)
    outage: Outage = field(init=False)

    def __post_init__(self) -> None:
        sharing = Sharing(lambda _: self.gate, lambda: 4)
        self.origin = Origins(self.clock.monotonic, sharing=sharing).of(httpx2.URL(HOME))
        self.outage = Outage(HOME, self.origin, self.look, self.clock.advance)

    def look(self) -> Attempt | None:
        """The next canary's answer, which vouches for the API where it is good."""
        answer = self.answers[min(self.looked, len(self.answers) - 1)]
        self.looked += 1
        if answer.status == 200:
            vouch(self.origin, answer)
        return answer

    def refused(self, *answers: Answer) -> Weather:
        """The weather after others have held this process back, and answer so from then on."""
        assert self.origin.shared is not None
        self.origin.shared.is_down = True
        self.gate.answer(*answers)
        return self

    def fallen(self) -> Weather:
        """The weather after our own circuit has opened."""
        for _ in range(3):
            self.origin.breaker.record(self.origin.breaker.permit, "fail")
        return self


@pytest.fixture
def weather() -> Weather:
    """An API that is well, whose canaries went past every circuit."""
    return Weather(answers=[answered(200, epoch=-1)])


@pytest.fixture
def bad() -> Weather:
    """An API whose canaries get no answer."""
    return Weather(answers=[lost("refused")])


def test_in_calm_nobody_is_asked(weather: Weather) -> None:
    """INVARIANT: a test that begins in calm costs neither a canary nor a question to others."""
    assert weather.outage.reason() == ""
    assert (weather.looked, weather.gate.asked) == (0, [])


def test_what_others_see_keeps_a_test_from_beginning(bad: Weather) -> None:
    """INVARIANT: while others know that the API is down, it is not asked by us as well."""
    bad.refused(Denied(7.0))

    assert bad.outage.reason() == f"{DOWN}, and is asked again in 7.0 s"
    assert bad.looked == 0


def test_our_own_circuit_does_not_ask_what_others_know(bad: Weather) -> None:
    """INVARIANT: where our circuit is due and the shared one is not, nobody is asked."""
    bad.fallen()
    bad.clock.advance(1.0)
    bad.gate.answer(Denied(7.0))

    assert bad.outage.reason() == f"{DOWN}, and is asked again in 7.0 s"
    assert bad.looked == 0


def test_a_circuit_that_closed_meanwhile_lets_the_test_begin(weather: Weather) -> None:
    """Others have seen it back: nothing is asked."""
    weather.refused(LEAVE)

    assert weather.outage.reason() == ""
    assert weather.looked == 0
    assert weather.gate.told == [(LEAVE, "none")]


def test_where_nobody_can_be_asked_the_test_begins(weather: Weather) -> None:
    """INVARIANT: what was heard of a fleet that is away now holds nobody back."""
    weather.refused(None)

    assert weather.outage.reason() == ""


def test_a_probe_that_is_due_is_a_canary(weather: Weather) -> None:
    """INVARIANT: canaries close the circuit, lest a request that fails by itself be its probe."""
    weather.refused(DUE, DUE, DUE, LEAVE)

    assert weather.outage.reason() == ""
    assert weather.looked == 3


def test_a_bad_canary_keeps_the_test_from_beginning(bad: Weather) -> None:
    """And nobody vouches."""
    bad.refused(DUE)

    assert bad.outage.reason() == f"{DOWN}, and was not well when asked again"
    assert (bad.looked, bad.gate.vouched) == (1, 0)


@pytest.mark.parametrize(
    "then, reason, waited",
    [
        pytest.param(LEAVE, "", 2, id="and it is back"),
        pytest.param(Denied(2.0), f"{DOWN}, and is asked again in 2.0 s", 2, id="and it is not"),
        pytest.param(Denied(LOOK_AGAIN), f"{DOWN}, who are asking it now", 8, id="for long"),
    ],
)
def test_another_ones_probe_is_waited_for(
    bad: Weather, then: Answer, reason: str, waited: int
) -> None:
    """A little: it is over in a moment, or the API hangs."""
    bad.refused(Denied(LOOK_AGAIN), Denied(LOOK_AGAIN), then)
    began = bad.clock.monotonic()

    assert bad.outage.reason() == reason
    assert bad.clock.monotonic() - began == pytest.approx(waited * LOOK_AGAIN)
    assert bad.looked == 0


def test_an_api_that_is_back_for_others_gets_its_chance_here_at_once(weather: Weather) -> None:
    """INVARIANT: our own circuit does not keep us from an API that others call by now."""
    weather.fallen().refused(LEAVE)

    assert weather.outage.reason() == ""
    assert weather.origin.breaker.state is State.CLOSED


def test_an_api_that_is_back_for_others_alone_stays_down_here(bad: Weather) -> None:
    """INVARIANT: it is our own canary that closes our circuit, and nobody's word."""
    bad.fallen().refused(LEAVE)

    assert "was not well when asked again" in bad.outage.reason()
    assert bad.looked == 1
    assert bad.origin.breaker.state is State.OPEN


@pytest.mark.parametrize(
    "epoch, is_down, own, shared",
    [
        pytest.param(-1, True, 1, 1, id="past both"),
        pytest.param(3, True, 0, 1, id="past the shared one"),
        pytest.param(-1, False, 1, 0, id="past our own"),
        pytest.param(3, False, 0, 0, id="counted by both"),
    ],
)
def test_a_canary_vouches_where_it_was_not_counted(
    weather: Weather, epoch: int, *, is_down: bool, own: int, shared: int
) -> None:
    """What had leave was counted by the circuit that gave it."""
    weather.fallen().refused(LEAVE)
    assert weather.origin.shared is not None
    weather.origin.shared.is_down = is_down

    vouch(weather.origin, answered(200, epoch=epoch))

    assert (weather.origin.breaker.state is State.HALF_OPEN) == bool(own)
    assert weather.gate.vouched == shared


def test_the_circuits_are_a_fact(weather: Weather) -> None:
    """Which of them is open is told where a failure is explained."""
    assert circuit_fact(weather.origin) == ""

    weather.refused(Turn(1))
    assert (
        circuit_fact(weather.origin) == f"the circuit of {HOME} is open, as seen by other workers"
    )

    weather.fallen()
    assert circuit_fact(weather.origin) == f"the circuit of {HOME} is open: down for 0.0 s now"
