"""How many requests are on their way to an origin at once: places, and the policy that takes one.

A request has its place from before it asks the circuit until its answer is whole; pauses between
attempts hold none. A body that the test reads itself keeps its place until it is closed.
"""

from __future__ import annotations

import threading
import weakref
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from redhanded.pipeline.admission import seconds_left
from redhanded.pipeline.call import CALL
from redhanded.pipeline.errors import CircuitOpen
from redhanded.pipeline.flow import Sleep
from redhanded.pipeline.stream import WatchedStream

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import httpx2

    from redhanded.pipeline.call import Call
    from redhanded.pipeline.flow import Effect, Flow, Proceed

_LOOK: Final = 0.002  # seconds between two looks of whoever is next
_SELDOM: Final = 0.05  # of those far behind: hundreds that wait must not keep a core busy


@dataclass(slots=True, eq=False)
class Place:
    """One request's place, or its wish for one; `is_test` says whose request it is."""

    is_test: bool
    is_held: bool = False
    is_open: bool = False
    is_over: bool = False


@dataclass(slots=True)
class Places:
    """The places of one origin in this process, handed out in the order of asking.

    An open stream takes the place of a test's request, and of no other: what is left open must not
    keep a control request waiting, whose silence would be taken for an outage.
    """

    capacity: int
    busy: int = 0
    open: int = 0
    _waiting: deque[Place] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_calm(self) -> bool:
        """Whether nobody has a place, nor waits for one."""
        return not (self.busy or self.open or self._waiting)

    def ask(self, *, is_test: bool) -> Place:
        """A place, held from now on or as soon as those before have theirs."""
        place = Place(is_test)
        with self._lock:
            self._waiting.append(place)
            self._hand_out()
        return place

    def keep_open(self, place: Place) -> None:
        """The answer has begun, and whoever asked reads it on; its place is a stream's."""
        with self._lock:
            if place.is_held and not (place.is_open or place.is_over):
                place.is_open = True
                self.busy -= 1
                self.open += 1
                self._hand_out()

    def give_back(self, place: Place) -> None:
        """Let the next one have the place; nothing where it was given back before."""
        with self._lock:
            if place.is_over:
                return
            place.is_over = True
            if not place.is_held:
                self._waiting.remove(place)
            elif place.is_open:
                self.open -= 1
            else:
                self.busy -= 1
            self._hand_out()

    def ahead_of(self, place: Place) -> int:
        """How many wait that asked before."""
        with self._lock:
            return 0 if place.is_held else self._waiting.index(place)

    def _hand_out(self) -> None:
        """Give what is free to those who wait; others pass a test that streams hold up."""
        free = self.capacity - self.busy
        if not self._waiting or free <= 0:
            return
        for place in list(self._waiting):
            if self.busy >= self.capacity:
                return
            if place.is_test and self.busy + self.open >= self.capacity:
                continue
            self._waiting.remove(place)
            place.is_held = True
            self.busy += 1


@dataclass(frozen=True, slots=True)
class InFlight:
    """Sends no more requests to an origin at once than it has places, where they are counted.

    Waiting for a place counts against the call's deadline, as waiting for the pace does.
    """

    now: Callable[[], float]

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        """The response, once the request has its place."""
        call: Call = request.extensions[CALL]
        places = call.origin.places
        return proceed(request) if places is None else self._placed(request, proceed, call, places)

    def _placed(
        self, request: httpx2.Request, proceed: Proceed, call: Call, places: Places
    ) -> Flow:
        place = places.ask(is_test=call.purpose == "test")
        try:
            if not place.is_held:
                yield from self._waited(request, call, places, place)
            response = yield from proceed(request)
            if call.streams and not (call.row or response.is_closed):
                _follow(response, places, place)
            return response
        finally:  # also on Ctrl-C and cancellation
            if not place.is_open:
                places.give_back(place)

    def _waited(
        self, request: httpx2.Request, call: Call, places: Places, place: Place
    ) -> Generator[Effect, object, None]:
        began = self.now()
        until = began + seconds_left(call, began)
        while not place.is_held:
            left = until - self.now()
            if left <= 0:
                raise _late(call, request, places)
            yield Sleep(min(left, _SELDOM, _LOOK * (1 + places.ahead_of(place))))
        call.pause(self.now() - began, "requests in flight")


def _follow(response: httpx2.Response, places: Places, place: Place) -> None:
    """Give the place back when the body is closed, or when nobody can close it any more."""
    let_go = partial(places.give_back, place)
    places.keep_open(place)
    stream = response.stream = WatchedStream(response.stream, lambda _: let_go())
    weakref.finalize(stream, let_go).atexit = False


def _late(call: Call, request: httpx2.Request, places: Places) -> CircuitOpen:
    call.row = "blocked"
    kept = f", {places.open} of them kept by streams that are open" if places.open else ""
    message = (
        f"the wait for one of {places.capacity} requests in flight{kept} is over this call's"
        " budget: close streams, raise limit.in_flight, or timeouts.total"
    )
    return CircuitOpen(message, request=request)
