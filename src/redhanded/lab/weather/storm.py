"""A plan at work, with its log."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from redhanded.lab.weather.door import Door
from redhanded.lab.weather.faults.fault import RequestFault
from redhanded.lab.weather.faults.handshake import HandshakeFault
from redhanded.lab.weather.faults.outages import Outage
from redhanded.lab.weather.front import Front
from redhanded.lab.weather.greeting import Greeting
from redhanded.lab.weather.line import Line
from redhanded.lab.weather.log import FAULT, OVER, Log
from redhanded.lab.weather.passage import Passage
from redhanded.lab.weather.plan import Plan
from redhanded.lab.weather.shapes import Always, Span
from redhanded.lab.weather.stamps import Stamps
from redhanded.lab.weather.strike import Strike


class Guests(Protocol):
    """Who is connected."""

    async def retire(self, *, at_once: bool, spared: Line | None = None) -> None:
        """Ends their connections: after the answer they wait for, or at once but for one."""
        ...


@dataclass(slots=True)
class Storm:
    """Decides for each request whether, and by what, it is struck."""

    plan: Plan
    log: Log
    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    stamps: Stamps = field(default_factory=Stamps)
    fronts: list[Front] = field(init=False)
    _outages: list[_OutageFront] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.fronts = [
            Front(place, rule, self.plan.seed, self.clock)
            for place, rule in enumerate(self.plan.rules)
        ]

    @property
    def has_http2(self) -> bool:
        """Whether a rule needs clients to speak HTTP/2."""
        return any(front.fault.needs_http2 for front in self.fronts)

    async def begin(self, door: Door, guests: Guests) -> None:
        """Lets clients in, except where the plan begins with an outage."""
        self._outages = [
            _OutageFront(front, front.fault, self.log, door, guests, self.sleep)
            for front in self.fronts
            if isinstance(front.fault, Outage)
        ]
        await door.free()
        for outage in self._outages:
            await outage.foresee()

    async def end(self) -> None:
        """Stops what goes on by itself, and the log."""
        for outage in self._outages:
            await outage.stop()
        self.log.close()

    async def pass_through(self, passage: Passage) -> None:
        """Brings the request to its answer, or to the fault that strikes it."""
        for outage in self._outages:
            await outage.count(passage)
        if not passage.leads_here:
            await passage.pass_on()
            return
        for front in self.fronts:
            fault = front.fault
            if not isinstance(fault, RequestFault) or not front.route.leads(passage.request):
                continue
            passage.memory = front.memory
            if fault.concerns(passage) and (strike := self._strike(front, fault, passage)):
                passage.strike, passage.give_back = strike, front.give_back
                try:
                    await fault.strike(passage)
                finally:
                    passage.spare()
                return
        await passage.pass_on()

    async def greet(self, greeting: Greeting) -> None:
        """Lets a connection begin, or strikes it before its first request."""
        for front in self.fronts:
            fault = front.fault
            if isinstance(fault, HandshakeFault) and (strike := front.draw()):
                greeting.struck_by = strike
                await fault.strike(greeting)
                if not greeting.has_struck:
                    front.give_back()
                return

    def _strike(self, front: Front, fault: RequestFault, passage: Passage) -> Strike | None:
        earlier = fault.held_by(passage)
        return front.draw() if earlier is None else front.strike(earlier)


@dataclass(slots=True)
class _OutageFront:
    """Begins an outage before the request that it strikes could come."""

    front: Front
    fault: Outage
    log: Log
    door: Door
    guests: Guests
    sleep: Callable[[float], Awaitable[None]]
    _is_on: bool = False
    _running: asyncio.Task[None] | None = None

    async def foresee(self) -> None:
        """Begins what is due now, and sets a clock for what comes at a time."""
        match self.front.shape:
            case Span(begin=begin, seconds=seconds):
                self._run(self._spell(begin, seconds))
            case Always():
                await self._begin(None, self.front.draw())
            case _:
                await self._begin_if_due()

    async def count(self, passage: Passage) -> None:
        """Counts a request that got in; the outage that strikes the next one begins now."""
        shape = self.front.shape
        if isinstance(shape, Span | Always) or self._is_on:
            return
        if self.front.route.leads(passage.request):
            self.front.seen += 1
            await self._begin_if_due(answering=passage.client)

    async def stop(self) -> None:
        """Ends the waiting for an end."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running

    async def _begin_if_due(self, answering: Line | None = None) -> None:
        seconds = 0.0
        strike: Strike | None = None
        while self.front.strikes_next() and seconds < 86400:
            strike = self.front.draw()
            seconds += self.fault.seconds
        if strike:
            await self._begin(seconds, strike, answering)
            self._run(self._finish(seconds))

    async def _begin(
        self, seconds: float | None, strike: Strike | None, answering: Line | None = None
    ) -> None:
        if strike is None:  # it has struck as often as it may
            return
        self._is_on = True
        self.log.write(FAULT, None, **strike.known(), lasts=seconds)
        await self.fault.begin(self.door)
        if self.fault.ends_connections:
            await self.guests.retire(at_once=self.fault.ends_requests, spared=answering)

    async def _spell(self, begin: float, seconds: float) -> None:
        await self.sleep(begin)
        await self._begin(seconds, self.front.strike(1))
        await self._finish(seconds)

    async def _finish(self, seconds: float) -> None:
        await self.sleep(seconds)
        await self.fault.finish(self.door)
        self.log.write(OVER, code=self.fault.code, rule=self.front.place)
        self._is_on, self._running = False, None

    def _run(self, course: Awaitable[None]) -> None:
        self._running = asyncio.ensure_future(course)
