"""Places of requests in flight: who gets one, who waits, and that every one is given back."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redhanded.core.attempt import Purpose
from redhanded.core.settings import Settings
from redhanded.pipeline.assembly import Surroundings, origins_of
from redhanded.pipeline.call import CALL
from redhanded.pipeline.errors import CircuitOpen
from redhanded.pipeline.flow import Sleep
from redhanded.pipeline.in_flight import InFlight, Place, Places
from redhanded.pipeline.origin import Origins
from tests.pipeline.door import EventfulClock
from tests.pipeline.driving import (
    Driven,
    at_wire,
    drive,
    open_call,
    request,
    response,
    unread,
)


class Lot:
    """An origin with so many places, and the policy before it."""

    def __init__(self, capacity: int = 1) -> None:
        self.clock = EventfulClock()
        settings = Settings.model_validate({"limit": {"in_flight": capacity}})
        self.origins: Origins = origins_of(settings, Surroundings(clock=self.clock))
        self.policy = InFlight(self.clock.monotonic)
        places = self.origins.of(request().url).places
        assert places is not None
        self.places: Places = places

    def call(
        self, purpose: Purpose = "test", *, seconds: float = 5.0, streams: bool = False
    ) -> httpx2.Request:
        """A request with its call, which has so many seconds left."""
        asked = request()
        call = open_call(asked, clock=self.clock, origins=self.origins)
        call.purpose, call.streams = purpose, streams
        call.deadline = self.clock.monotonic() + seconds
        return asked

    def send(self, asked: httpx2.Request, *answers: object) -> Driven:
        """What comes of the request at the policy."""
        return drive(self.policy(asked, at_wire), answers, clock=self.clock)

    def take(self, *, is_test: bool = True) -> Place:
        """A place in somebody else's hands."""
        return self.places.ask(is_test=is_test)


def test_a_request_that_has_a_place_does_not_wait() -> None:
    """A call with a free place is sent at once, and gives it back when its answer is there."""
    lot = Lot()

    driven = lot.send(lot.call(), lambda _: response() if lot.places.busy == 1 else None)

    assert driven.result.status_code == 200
    assert driven.sleeps == []
    assert lot.places.is_calm


def test_an_origin_without_places_is_passed_by() -> None:
    """Where nothing limits them, requests go through no flow of ours."""
    policy, asked = InFlight(EventfulClock().monotonic), request()
    open_call(asked)
    way = at_wire(asked)

    assert policy(asked, lambda _: way) is way


def test_a_request_waits_for_its_place() -> None:
    """Once the place before it is given back, it is sent; the wait is told with the attempt."""
    lot = Lot()
    taken = lot.take()
    asked = lot.call()
    lot.clock.event = lambda: lot.places.give_back(taken)

    driven = lot.send(asked, response())

    assert driven.sleeps == [0.002]
    assert asked.extensions[CALL].wait == (pytest.approx(0.002), "requests in flight")
    assert lot.places.is_calm


def test_a_wait_over_the_budget_is_refused() -> None:
    """INVARIANT: a wait counts against the call's deadline; what to write stands in the error."""
    lot = Lot()
    lot.take()

    driven = lot.send(lot.call(seconds=0.5))

    assert sum(driven.sleeps) == pytest.approx(0.5)
    assert driven.sends == []
    with pytest.raises(CircuitOpen, match=r"of 1 requests in flight is over .* limit\.in_flight"):
        driven.result  # noqa: B018  it raises
    assert lot.places.busy == 1


@pytest.mark.parametrize(
    "error", [httpx2.ReadError("reset"), KeyboardInterrupt(), GeneratorExit()], ids=repr
)
def test_a_place_is_given_back_whatever_happens(error: BaseException) -> None:
    """INVARIANT: failures, Ctrl-C and cancellation let go of the place."""
    lot = Lot()

    driven = lot.send(lot.call(), error)

    assert driven.error is error
    assert lot.places.is_calm


def test_who_gives_up_waiting_leaves_the_queue() -> None:
    """INVARIANT: a call that is cancelled while it waits is not handed a place that nobody uses."""
    lot = Lot()
    taken = lot.take()
    flow = lot.policy(lot.call(), at_wire)
    assert isinstance(next(flow), Sleep)

    with pytest.raises(KeyboardInterrupt):
        flow.throw(KeyboardInterrupt())
    lot.places.give_back(taken)

    assert lot.places.is_calm


def test_places_are_handed_out_in_the_order_of_asking() -> None:
    """Nobody who asked later goes before."""
    lot = Lot(2)
    asked = [lot.take() for _ in range(5)]

    seen = []
    for place in asked:
        seen.append([one.is_held for one in asked].count(True))
        assert place.is_held
        lot.places.give_back(place)

    assert seen == [2, 3, 4, 5, 5]


def test_whoever_is_far_behind_looks_seldom() -> None:
    """The pause between two looks grows with the number of those before, up to 50 milliseconds.

    Else hundreds that wait would keep a core busy.
    """
    lot = Lot()
    for _ in range(5):
        lot.take()
    near = next(lot.policy(lot.call(), at_wire))
    for _ in range(50):
        lot.take()
    far = next(lot.policy(lot.call(), at_wire))

    assert [near, far] == [Sleep(0.01), Sleep(0.05)]


def test_a_stream_keeps_its_place_until_it_is_closed() -> None:
    """A body that the test reads itself is in flight until that is over, and then once only."""
    lot = Lot()

    streaming = lot.send(lot.call(streams=True), unread(200, b"abc")).result

    assert (lot.places.busy, lot.places.open) == (0, 1)
    assert streaming.read() == b"abc"
    streaming.close()
    assert lot.places.is_calm


def test_a_stream_that_is_dropped_unclosed_gives_its_place_back() -> None:
    """A test that forgets a stream does not keep the next one from its place."""
    lot = Lot()
    driven = lot.send(lot.call(streams=True), unread(200, b"abc"))
    assert lot.places.open == 1

    driven.response = None
    driven.effects.clear()
    gc.collect()

    assert lot.places.is_calm


@pytest.mark.parametrize(
    "answer, row",
    [
        pytest.param(lambda: unread(504, b"late"), "gateway", id="an error"),
        pytest.param(lambda: httpx2.Response(200, content=b"read"), "", id="read already"),
    ],
)
def test_an_answer_that_nobody_reads_on_keeps_no_place(
    answer: Callable[[], httpx2.Response], row: str
) -> None:
    """What is looked up because of an error must find a place, also where there is one only."""
    lot = Lot()
    asked = lot.call(streams=True)

    def answered(_: object) -> httpx2.Response:
        asked.extensions[CALL].row = row
        return answer()

    lot.send(asked, answered)

    assert lot.places.is_calm


def test_streams_keep_tests_waiting_and_nobody_else() -> None:
    """INVARIANT: open streams never keep a control request waiting, whose silence is evidence."""
    lot = Lot()
    streaming = lot.send(lot.call(streams=True), unread(200, b"abc")).result

    refused = lot.send(lot.call(seconds=0.2))
    control = lot.send(lot.call("canary"), response())

    assert "1 of them kept by streams that are open" in str(refused.error)
    assert control.result.status_code == 200
    streaming.close()
    assert lot.places.is_calm


def test_a_control_request_waits_for_requests_at_work() -> None:
    """What is on its way ends by its deadline, so that nobody is starved by waiting for it."""
    lot = Lot()
    taken = lot.take()
    lot.clock.event = lambda: lot.places.give_back(taken)

    driven = lot.send(lot.call("canary"), response())

    assert driven.sleeps == [0.002]


Acts = st.lists(
    st.tuples(st.sampled_from(["test", "other", "open", "back"]), st.integers(0, 30)), max_size=60
)


@given(capacity=st.integers(1, 4), acts=Acts)
def test_places_are_never_overdrawn(capacity: int, acts: list[tuple[str, int]]) -> None:
    """INVARIANT: in whatever order things happen, the books hold and nobody waits in vain."""
    places, known = Places(capacity), list[Place]()

    for act, number in acts:
        if act in ("test", "other"):
            known.append(places.ask(is_test=act == "test"))
        elif known:
            place = known[number % len(known)]
            (places.keep_open if act == "open" else places.give_back)(place)
        _check(places, known)

    for place in known:
        places.give_back(place)
    assert places.is_calm


def _check(places: Places, known: list[Place]) -> None:
    live = [place for place in known if not place.is_over]
    held = [place for place in live if place.is_held]
    waiting = [place for place in live if not place.is_held]
    assert places.busy == sum(not place.is_open for place in held) <= places.capacity
    assert places.open == sum(place.is_open for place in held)
    if any(not place.is_test for place in waiting):
        assert places.busy == places.capacity
    elif waiting:
        assert places.busy + places.open >= places.capacity


def test_the_flow_of_a_call_ends_with_the_generator() -> None:
    """A flow that is closed before its first answer, as an event loop's end does, lets go."""
    lot = Lot()
    flow: Generator[Any, Any, Any] = lot.policy(lot.call(), at_wire)
    next(flow)

    flow.close()

    assert lot.places.is_calm
