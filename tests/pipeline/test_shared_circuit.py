"""The gate that processes share, driven by hand: whose leave is asked, and what they are told."""

from __future__ import annotations

import asyncio

import pytest

from redhanded.core.attempt import Purpose
from redhanded.pipeline.breaker import LOOK_AGAIN, Denied, Outcome, State
from redhanded.pipeline.errors import CircuitOpen
from redhanded.pipeline.flow import Consult, Effect, Send
from redhanded.pipeline.shared_circuit import SEEN_BY_OTHERS
from redhanded.pipeline.shared_gate import Asked, Late, Turn
from tests.pipeline.door import broke, came
from tests.pipeline.driving import response
from tests.pipeline.sharing import LEAVE, SharedDoor, call_of, paths

PROBE = Turn(7, "lease-1")
BOTH = pytest.mark.parametrize("is_remote", [False, True], ids=["here", "remote"])


@BOTH
def test_a_request_asks_the_others_and_tells_them(is_remote: bool) -> None:
    """One asking and one telling an attempt; an event loop is never kept waiting by a network."""
    door = SharedDoor(is_remote=is_remote)

    driven = door.send(door.call(), came())

    assert driven.result.status_code == 200
    assert [type(effect) for effect in driven.effects] == [Consult] * is_remote + [Send]
    assert door.gate.asked == [Asked(may_probe=True, lease=31.0, within=30.0)]
    assert door.gate.told == [(LEAVE, "success")]


@pytest.mark.parametrize(
    "answer, outcome",
    [
        pytest.param(came(), "success", id="well"),
        pytest.param(came("server_error", 500), "success", id="500"),
        pytest.param(came("unavailable", 503), "fail", id="503"),
        pytest.param(broke("refused"), "fail", id="refused"),
        pytest.param(broke("read_timeout"), "hang", id="no answer"),
        pytest.param(broke("cancelled", KeyboardInterrupt()), "none", id="ctrl-c"),
        pytest.param(broke("cancelled", asyncio.CancelledError()), "none", id="cancelled"),
    ],
)
def test_the_others_are_told_what_a_request_showed(answer: object, outcome: Outcome) -> None:
    """INVARIANT: each leave is given back, with what was seen of the origin."""
    door = SharedDoor()

    door.send(door.call(), answer)

    assert door.gate.told == [(LEAVE, outcome)]


@BOTH
def test_what_others_saw_is_waited_out(is_remote: bool) -> None:
    """A call that others would not let through waits, asks again, and says why it waited."""
    door = SharedDoor(Denied(0.4), Denied(0.3), LEAVE, is_remote=is_remote)
    asked = door.call()

    driven = door.send(asked, came())

    assert driven.sleeps == [0.4, 0.3]
    assert call_of(asked).wait.reason == "circuit open"
    assert call_of(asked).wait.seconds == pytest.approx(0.7)
    assert call_of(asked).notes == (SEEN_BY_OTHERS,)


def test_a_call_gives_up_as_before_its_own_circuit() -> None:
    """INVARIANT: nobody waits longer for others than for oneself; the reason is told."""
    door = SharedDoor(Denied(1.5))
    asked = door.call()

    driven = door.send(asked)

    assert isinstance(driven.error, CircuitOpen)
    assert driven.sleeps == [1.5]
    assert call_of(asked).row == "blocked"
    assert str(driven.error) == (
        "http://api.test is known to be down: its circuit is open, as seen by other workers, and "
        "would be asked again in 1.5 s, which is over this call's budget"
    )


@pytest.mark.parametrize("seconds", [0.0, 0.4], ids=["no time", "too little"])
def test_a_call_without_time_gives_up_at_once(seconds: float) -> None:
    """A wait that the deadline would cut is not begun."""
    door = SharedDoor(Denied(0.5))

    assert door.send(door.call(seconds=seconds)).effects == []


def test_a_refusal_by_others_says_nothing_of_the_origin_here() -> None:
    """INVARIANT: what others have seen never opens the circuit of this process."""
    door = SharedDoor(Denied(9.0))

    for _ in range(20):
        assert isinstance(door.send(door.call()).error, CircuitOpen)

    assert door.breaker.state is State.CLOSED
    assert door.gate.told == []


def test_a_write_sends_probes_of_its_own_first() -> None:
    """INVARIANT: a write is never a probe of the shared circuit either."""
    door = SharedDoor(Denied(0.05, probe=True), PROBE, Denied(0.05, probe=True), PROBE, LEAVE)
    asked = door.call("POST")

    driven = door.send(asked, *[came()] * 3)

    assert paths(driven) == [("GET", "/v1/health")] * 2 + [("POST", "/booking/7")]
    assert [one.may_probe for one in door.gate.asked] == [False, True, False, True, False]
    assert door.gate.told == [(PROBE, "success")] * 2 + [(LEAVE, "success")]
    assert [probe.purpose for probe in call_of(asked).probes] == ["probe"] * 2


def test_a_write_goes_at_once_where_others_have_closed_the_circuit() -> None:
    """Leave for a probe that is needed no more is given back, and the write asks for its own."""
    door = SharedDoor(Denied(0.05, probe=True), Turn(8), Turn(9))

    driven = door.send(door.call("POST"), came())

    assert paths(driven) == [("POST", "/booking/7")]
    assert driven.sleeps == []
    assert door.gate.told == [(Turn(8), "none"), (Turn(9), "success")]


def test_a_probe_in_the_place_of_a_write_has_the_leave_that_the_write_has() -> None:
    """Our own circuit, which let the write through, is not taken to have moved meanwhile."""
    door = SharedDoor(Denied(0.05, probe=True), PROBE._replace(wait=0.1), LEAVE)
    door.fall()
    for _ in range(3):
        door.breaker.vouch()

    driven = door.send(door.call("POST"), came(), came())

    assert paths(driven) == [("GET", "/v1/health"), ("POST", "/booking/7")]


def test_a_write_goes_alone_where_the_others_are_lost_on_the_way() -> None:
    """INVARIANT: who cannot be asked any more is told nothing either."""
    door = SharedDoor(Denied(0.05, probe=True), None)

    driven = door.send(door.call("POST"), came())

    assert paths(driven) == [("POST", "/booking/7")]
    assert door.gate.told == []


def test_a_write_whose_probe_fails_is_not_sent() -> None:
    """INVARIANT: a bad probe is told to all, and the write waits on."""
    door = SharedDoor(Denied(0.05, probe=True), PROBE, Denied(8.0))

    driven = door.send(door.call("POST"), broke("refused"))

    assert isinstance(driven.error, CircuitOpen)
    assert paths(driven) == [("GET", "/v1/health")]
    assert door.gate.told == [(PROBE, "fail")]


def test_a_probe_for_this_process_needs_leave_of_the_others() -> None:
    """INVARIANT: N processes whose own circuits are half-open do not each send their probe."""
    door = SharedDoor(Denied(8.0))
    door.fall()
    door.clock.advance(1.0)

    driven = door.send(door.call("POST"))

    assert isinstance(driven.error, CircuitOpen)
    assert paths(driven) == []


@pytest.mark.parametrize("purpose", ["canary", "probe"])
def test_a_control_request_goes_past_a_circuit_that_is_open(purpose: Purpose) -> None:
    """INVARIANT: it asks how the origin is; it keeps to the pace, and counts for nothing."""
    past = Turn(-1, wait=0.2)
    door = SharedDoor(Denied(9.0), past)

    driven = door.send(door.call(purpose=purpose), came())

    assert [one.held for one in door.gate.asked] == [True, False]
    assert driven.sleeps == [0.2]
    assert len(driven.sends) == 1


def test_a_control_request_may_be_the_probe_that_is_due() -> None:
    """As before the circuit of this process: its answer counts where it has leave."""
    door = SharedDoor(PROBE)

    door.send(door.call(purpose="canary"), came())

    assert door.gate.told == [(PROBE, "success")]


def test_cleanup_has_a_share_of_its_own() -> None:
    """INVARIANT: cleanup is never held back, and its turn does not wait behind all others'."""
    door = SharedDoor(Turn(-1, wait=0.3))

    driven = door.send(door.call("DELETE", purpose="cleanup"), came())

    assert driven.sleeps == [0.3]
    assert door.gate.asked == [
        Asked(may_probe=False, lease=0.0, within=30.0, held=False, reserved=True)
    ]


class TestPace:
    """Whose pace a request keeps to."""

    def test_the_turn_at_the_shared_pace_is_waited_for(self) -> None:
        """The wait stands in the ledger as any wait for the pace."""
        door = SharedDoor(LEAVE._replace(wait=0.5), rate=2.0)
        asked = door.call()

        driven = door.send(asked, came())

        assert driven.sleeps == [0.5]
        assert call_of(asked).wait == (0.5, "rate limit")

    def test_no_pace_is_kept_twice(self) -> None:
        """INVARIANT: who has a turn at the shared pace waits for no other."""
        door = SharedDoor(rate=1.0)

        assert [door.send(door.call(), came()).sleeps for _ in range(9)] == [[]] * 9

    def test_a_429_of_this_process_holds_all_the_same(self) -> None:
        """INVARIANT: a pause that the API has asked us for is kept to, whoever counts the pace."""
        door = SharedDoor(rate=1.0)
        door.limiter.slow_down(3.0)

        assert door.send(door.call(), came()).sleeps == [3.0]

    def test_a_turn_that_a_429_makes_us_miss_is_asked_for_again(self) -> None:
        """INVARIANT: after a pause nobody goes but in turn: else all who waited would at once."""
        first, second = LEAVE._replace(wait=0.25), LEAVE._replace(wait=1.5)
        door = SharedDoor(first, second, rate=1.0)
        door.clock.event = lambda: door.limiter.slow_down(3.0)

        driven = door.send(door.call(), came())

        assert driven.sleeps == [0.25, 3.0, 1.5]
        assert door.gate.told == [(first, "none"), (second, "success")]

    def test_alone_a_process_keeps_to_its_part(self) -> None:
        """INVARIANT: where nobody can be asked, all together are still not above the limit."""
        door = SharedDoor(None, rate=8.0, workers=4)

        slept = [sum(door.send(door.call(), came()).sleeps) for _ in range(3)]

        assert slept == [0.0, 0.5, 0.5]
        assert door.gate.told == []

    def test_a_turn_that_comes_too_late_is_refused(self) -> None:
        """As the pace of this process refuses it, and nothing was sent."""
        door = SharedDoor(Late(40.0))
        asked = door.call()

        driven = door.send(asked)

        assert isinstance(driven.error, CircuitOpen)
        assert "raise limit.rate, or timeouts.total" in str(driven.error)
        assert call_of(asked).row == "blocked"
        assert driven.effects == []


class TestMoves:
    """What happens while a request waits for its turn."""

    def test_a_circuit_here_that_opens_meanwhile_comes_first(self) -> None:
        """INVARIANT: leave of the others is let go where our own circuit has opened since."""
        door = SharedDoor(LEAVE._replace(wait=0.5), LEAVE)
        door.clock.event = door.fall

        driven = door.send(door.call(), came())

        assert driven.sleeps == [0.5, 1.0]
        assert door.gate.outcomes == ["none", "success"]
        assert door.breaker.state is State.HALF_OPEN

    def test_a_circuit_here_that_opens_while_others_are_asked_comes_first(self) -> None:
        """INVARIANT: an answer that took its time does not outlast a change of our own circuit."""

        def slowly() -> Turn:
            door.fall()
            return LEAVE

        door = SharedDoor(slowly, LEAVE, is_remote=True)

        driven = door.send(door.call(), came())

        assert driven.sleeps == [1.0]
        assert door.gate.outcomes == ["none", "success"]

    def test_a_shared_circuit_that_opens_meanwhile_is_asked_again(self) -> None:
        """INVARIANT: leave of a closed circuit is void once this process was refused."""
        door = SharedDoor(LEAVE._replace(wait=0.5), Denied(0.2), Denied(0.1), Turn(9))
        door.clock.event = lambda: list(door.shared.ask(door.gate.asked[0]))

        driven = door.send(door.call(), came())

        assert driven.sleeps == [0.5, 0.1]
        assert door.gate.told == [(LEAVE._replace(wait=0.5), "none"), (Turn(9), "success")]

    def test_a_newer_epoch_voids_what_was_given(self) -> None:
        """INVARIANT: nothing is sent on a leave whose era is over."""
        door = SharedDoor(PROBE._replace(wait=0.5), Turn(8), Turn(8))
        door.clock.event = lambda: list(door.shared.ask(door.gate.asked[0]))

        driven = door.send(door.call(), came())

        assert len(driven.sends) == 1
        assert door.gate.told == [(PROBE._replace(wait=0.5), "none"), (Turn(8), "success")]

    def test_a_probe_is_not_void_because_others_wait(self) -> None:
        """A half-open circuit refuses others while the probe is out: that is no change."""
        door = SharedDoor(PROBE._replace(wait=0.5), Denied(LOOK_AGAIN))
        door.clock.event = lambda: list(door.shared.ask(door.gate.asked[0]))

        driven = door.send(door.call(), came())

        assert len(driven.sends) == 1
        assert door.gate.outcomes == ["success"]

    def test_a_circuit_here_that_opens_during_a_wait_for_others_comes_first(self) -> None:
        """INVARIANT: a wait for the others does not outlast a change of our own circuit."""
        door = SharedDoor(Denied(0.5), LEAVE)
        door.clock.event = door.fall
        asked = door.call()

        driven = door.send(asked, came())

        assert driven.sleeps == [0.5, 1.0]
        assert call_of(asked).wait == (1.5, "circuit open, circuit open")


class TestLettingGo:
    """A process that stops keeps nothing."""

    @pytest.mark.parametrize(
        "interruption", [KeyboardInterrupt(), asyncio.CancelledError()], ids=["ctrl-c", "cancelled"]
    )
    def test_leave_that_nobody_takes_is_let_go(self, interruption: BaseException) -> None:
        """INVARIANT: cancelled after the answer came and before it was heard."""
        door = SharedDoor(PROBE, is_remote=True)
        flow = door.proceed(door.call())
        effect = next(flow)
        assert isinstance(effect, Consult)
        effect.act()

        with pytest.raises(type(interruption)):
            flow.throw(interruption)

        assert door.gate.told == [(PROBE, "none")]

    def test_leave_that_comes_after_its_call_is_let_go(self) -> None:
        """INVARIANT: cancelled while the answer was on its way: it is given back on arrival."""
        door = SharedDoor(PROBE, is_remote=True)
        flow = door.proceed(door.call())
        effect = next(flow)
        assert isinstance(effect, Consult)

        flow.close()
        assert door.gate.told == []
        effect.act()

        assert door.gate.told == [(PROBE, "none")]

    @pytest.mark.parametrize(
        "answer", [Denied(1.0), None, Late(9.0)], ids=["denied", "away", "late"]
    )
    def test_what_is_no_leave_is_not_given_back(self, answer: Denied | Late | None) -> None:
        """Where there was none to give, nothing is told."""
        door = SharedDoor(answer, is_remote=True)
        flow = door.proceed(door.call())
        effect: Effect = next(flow)
        assert isinstance(effect, Consult)
        effect.act()

        flow.close()

        assert door.gate.told == []


class TestPauses:
    """A 429 is heard by all."""

    @pytest.mark.parametrize(
        "told, pause", [("5", 5.0), ("61", None)], ids=["heeded", "over the cap"]
    )
    def test_a_probe_tells_the_others_of_its_429(self, told: str, pause: float | None) -> None:
        """What one process is told, all keep to."""
        door = SharedDoor(Denied(0.05, probe=True), PROBE, LEAVE)

        def throttled(effect: Effect) -> object:
            came("throttled", 429)(effect)
            return response(429, headers={"Retry-After": told})

        door.send(door.call("POST"), throttled, came())

        assert door.gate.paused == [pause]
