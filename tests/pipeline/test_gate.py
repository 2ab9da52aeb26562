"""The gate before the wire, driven by hand: who waits, who probes, who gives up."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from redhanded.core.attempt import Purpose
from redhanded.pipeline.breaker import LOOK_AGAIN, Denied, Permit, State
from redhanded.pipeline.call import CALL, Call
from redhanded.pipeline.drivers import run
from redhanded.pipeline.errors import CircuitOpen
from redhanded.pipeline.flow import Effect, Send
from tests.pipeline.door import Door, broke, came
from tests.pipeline.driving import at_wire


@pytest.fixture
def door() -> Door:
    """An origin that is well so far."""
    return Door()


def test_the_ledger_learns_the_epoch(door: Door) -> None:
    """A call says in which era of the circuit it was sent."""
    door.fall()
    door.clock.advance(1.0)
    asked = door.call()

    door.send(asked, came())

    assert asked.extensions[CALL].epoch == 2


def test_a_blocked_read_waits_and_then_probes(door: Door) -> None:
    """A call that finds the circuit open waits until it may probe; the wait is noted."""
    door.fall()
    asked = door.call()

    driven = door.send(asked, came())

    assert driven.result.status_code == 200
    assert driven.sleeps == [1.0]
    assert asked.extensions[CALL].wait == (1.0, "circuit open")
    assert door.breaker.state is State.HALF_OPEN


def test_a_blocked_call_gives_up_when_patience_ends(door: Door) -> None:
    """INVARIANT: a call never waits longer than its patience, and then says what it waited for."""
    door.fall()
    door.probe()
    began = door.clock.monotonic()
    asked = door.call(seconds=1000.0)

    driven = door.send(asked)

    assert isinstance(driven.error, CircuitOpen)
    assert 2.0 - LOOK_AGAIN <= door.clock.monotonic() - began <= 2.0
    assert asked.extensions[CALL].row == "blocked"
    assert str(driven.error) == (
        "http://api.test is known to be down: its circuit is half-open and would be asked again "
        "in 0.1 s, which is over this call's budget"
    )


@pytest.mark.parametrize("seconds", [0.0, 0.5, 1.0])
def test_a_blocked_call_gives_up_before_its_deadline(door: Door, seconds: float) -> None:
    """A call does not begin a wait that its deadline would cut."""
    door.fall()

    driven = door.send(door.call(seconds=seconds))

    assert isinstance(driven.error, CircuitOpen)
    assert driven.effects == []


def test_one_answer_is_enough_to_know_an_origin(door: Door) -> None:
    """An origin is known from its first answer on, whatever its status."""
    door.send(door.call(), came("server_error", 500))

    assert door.breaker.has_answered


def test_an_outage_is_not_waited_for_by_each_call(door: Door) -> None:
    """A run sits an outage out as a whole: a call waits for two probes at most, however long."""
    door.fall()
    door.outage(60.0)

    driven = door.send(door.call())

    assert isinstance(driven.error, CircuitOpen)
    assert sum(driven.sleeps) <= 2.0


def test_a_long_outage_ends_with_a_probe_that_is_due(door: Door) -> None:
    """However long the outage, who comes when a probe is due sends it."""
    door.fall()
    door.outage(60.0)
    door.clock.advance(30.0)

    assert door.send(door.call(), came()).result.status_code == 200


def test_a_write_sends_probes_of_its_own_first(door: Door) -> None:
    """INVARIANT: a write is never a probe; GET on the health path goes before it."""
    door.fall()
    asked = door.call("POST")

    driven = door.send(asked, came(), came("server_error", 500), came("client_error", 404), came())

    sent = [(send.request.method, send.request.url.path) for send in driven.sends]
    assert sent == [("GET", "/v1/health")] * 3 + [("POST", "/booking/7")]
    assert driven.sends[-1].request is asked
    assert door.breaker.state is State.CLOSED


def test_a_probe_is_in_the_ledger_of_its_call(door: Door) -> None:
    """A probe is a call beside the one that it goes before, with its purpose and deadline."""
    door.fall()
    asked = door.call("PUT")

    driven = door.send(asked, came(), came(), came(), came())

    call: Call = asked.extensions[CALL]
    assert [send.request.extensions[CALL] for send in driven.sends] == [*call.probes, call]
    assert {probe.purpose for probe in call.probes} == {"probe"}
    assert {probe.deadline for probe in call.probes} == {call.deadline}
    assert call.sent == 1


def test_a_write_gives_up_without_having_been_sent(door: Door) -> None:
    """INVARIANT: a write whose probe fails is never sent; the circuit is open for longer now."""
    door.fall()

    driven = door.send(door.call("POST"), broke("refused"))

    assert isinstance(driven.error, CircuitOpen)
    assert [send.request.method for send in driven.sends] == ["GET"]


def test_a_write_waits_for_the_probe_of_another(door: Door) -> None:
    """While somebody else probes, a write sends nothing; it goes once the circuit has closed."""
    door.fall()
    permit = door.probe()
    flow = door.gate(door.call("POST"), at_wire)

    first = next(flow)
    for _ in range(3):
        door.breaker.record(permit, "success")
        permit = door.leave()
    second = flow.send(None)

    assert not isinstance(first, Send)
    assert isinstance(second, Send)
    assert second.request.method == "POST"


def test_a_write_that_another_overtakes_looks_again(door: Door) -> None:
    """Where a probe is awaited, and somebody else takes it first, the write waits."""
    door.fall()
    door.clock.advance(1.0)
    ask, is_first = door.breaker.acquire, iter([True])

    class Overtaken:
        """The breaker, at which another caller is quicker once."""

        def __getattr__(self, name: str) -> object:
            return getattr(door.breaker, name)

        def acquire(self, *, may_probe: bool, lease_seconds: float) -> Permit | Denied:
            if may_probe and next(is_first, False):
                return Denied(LOOK_AGAIN)
            return ask(may_probe=may_probe, lease_seconds=lease_seconds)

    asked = door.call("POST")
    origin = asked.extensions[CALL].origin
    object.__setattr__(origin, "breaker", Overtaken())

    driven = door.send(asked, *[came()] * 4)

    assert driven.sleeps == [LOOK_AGAIN]
    assert len(driven.sends) == 4


@pytest.mark.parametrize("purpose", ["cleanup", "canary", "probe"])
def test_what_is_not_a_test_of_its_own_is_never_held_back(door: Door, purpose: Purpose) -> None:
    """INVARIANT: cleanup and control requests pass an open circuit at once, and do not count."""
    door.fall()
    before = (door.breaker.state, door.breaker.epoch)
    asked = door.call("DELETE")
    asked.extensions[CALL].purpose = purpose

    driven = door.send(asked, came())

    assert [send.request for send in driven.sends] == [asked]
    assert driven.sleeps == []
    assert (door.breaker.state, door.breaker.epoch) == before


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "interruption",
    [
        pytest.param(KeyboardInterrupt(), id="ctrl-c"),
        pytest.param(asyncio.CancelledError(), id="cancelled"),
        pytest.param(RuntimeError("ours"), id="an error of another kind"),
    ],
)
def test_an_interrupted_probe_gives_its_lease_back(
    door: Door, method: str, interruption: BaseException
) -> None:
    """INVARIANT: Ctrl-C and cancellation let go of the lease, and say nothing of the origin."""
    door.fall()

    driven = door.send(door.call(method), broke("cancelled", interruption))

    assert driven.error is interruption
    assert door.breaker.state is State.HALF_OPEN
    assert door.leave().lease


def test_a_flow_that_nobody_performs_on_gives_its_lease_back(door: Door) -> None:
    """A driver that is torn down closes the flow, and the lease is free."""
    door.fall()
    door.clock.advance(1.0)
    flow = door.gate(door.call(), at_wire)
    next(flow)

    flow.close()

    assert door.leave().lease


@pytest.mark.parametrize(
    "seconds, lease",
    [pytest.param(3.0, 4.0, id="the deadline"), pytest.param(500.0, 31.0, id="at most patience")],
)
def test_a_lease_outlives_its_probe(door: Door, seconds: float, lease: float) -> None:
    """A lease ends a second after the probe must have ended, and not at once."""
    door.fall()
    door.clock.advance(1.0)
    flow = door.gate(door.call(seconds=seconds), at_wire)
    next(flow)  # and the probe is on its way

    door.clock.advance(lease - 0.01)
    assert isinstance(door.breaker.acquire(may_probe=True, lease_seconds=1.0), Denied)
    door.clock.advance(0.01)

    assert door.leave().lease


def test_of_thirty_threads_exactly_one_probes(door: Door) -> None:
    """INVARIANT: of 30 callers at once one probes, while the others wait; then all go."""
    door.fall()
    door.clock.advance(1.0)
    asked = [door.call() for _ in range(30)]
    sent: list[httpx2.Request] = []
    waiting, is_over = threading.Semaphore(0), threading.Event()
    early: list[int] = []

    def perform(effect: Effect) -> object:
        if not isinstance(effect, Send):
            waiting.release()
            assert is_over.wait(30)
            return None
        sent.append(effect.request)
        if len(sent) == 1:
            assert all(waiting.acquire(timeout=30) for _ in range(29))
            early.append(len(sent))
            is_over.set()
        return came()(effect)

    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda one: run(door.gate(one, at_wire), perform), asked))

    assert early == [1]
    assert len(sent) == len(answers) == 30
    assert door.breaker.state is State.CLOSED
