"""The proxy: clients on one side, the upstream on the other, weather in between."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from redhanded.lab.weather.door import HOST, Door
from redhanded.lab.weather.greeting import Greeting
from redhanded.lab.weather.line import Line
from redhanded.lab.weather.link import Address, Link
from redhanded.lab.weather.log import Log
from redhanded.lab.weather.plan import Plan, PlanError
from redhanded.lab.weather.storm import Storm
from redhanded.lab.weather.trust import Trust
from redhanded.lab.weather.visit import Visit

_MOST_VISITS = 512


@dataclass(slots=True)
class Proxy:
    """Stands on the loopback interface before an upstream."""

    upstream: Address
    storm: Storm
    trust: Trust | None = None
    _door: Door = field(init=False)
    _visits: dict[asyncio.Task[None], Visit | None] = field(default_factory=dict)
    _seats: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_MOST_VISITS))

    @classmethod
    async def start(
        cls,
        upstream: Address,
        plan: Plan,
        *,
        port: int = 0,
        log: Log | None = None,
        trust: Trust | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> Proxy:
        """A proxy that follows the plan; port 0 is any free one. With a trust it speaks TLS.

        Raises OSError when the port is taken, and PlanError where the plan cannot be followed.
        """
        log = log or Log()
        try:
            plan.check(has_tls=trust is not None)
            proxy = cls(upstream, Storm(plan, log, clock, sleep), trust)
            proxy._door = Door(proxy._welcome, port)
        except (PlanError, OSError):
            log.close()
            raise
        await proxy.storm.begin(proxy._door, proxy)
        return proxy

    @property
    def url(self) -> str:
        """Where it listens, without a slash at its end."""
        return f"{'https' if self.trust else 'http'}://{HOST}:{self._door.port}"

    async def change(self, plan: Plan, log: Log) -> None:
        """Follows another plan from its beginning; connections of before are broken.

        Raises PlanError, with nothing changed, where the plan cannot be followed.
        """
        plan.check(has_tls=self.trust is not None)
        before = self.storm
        await before.end()
        await self.retire(at_once=True)
        self.storm = Storm(plan, log, before.clock, before.sleep, before.stamps)
        await self.storm.begin(self._door, self)

    async def close(self) -> None:
        """Ends every connection and gives the port back."""
        await self._door.close()
        await self.retire(at_once=True)
        await self.storm.end()

    async def retire(self, *, at_once: bool, spared: Line | None = None) -> None:
        """Ends connections: after the answer they wait for, or at once but for one."""
        broken = []
        for task, visit in list(self._visits.items()):
            if visit is not None and (not at_once or visit.client is spared):
                visit.retire()
            elif at_once:
                if visit is not None:
                    visit.client.reset()
                task.cancel()
                broken.append(task)
        if broken:
            await asyncio.wait(broken)

    async def _welcome(self, sock: socket.socket) -> None:
        await self._seats.acquire()
        task = asyncio.create_task(self._serve(sock))
        self._visits[task] = None
        task.add_done_callback(self._say_goodbye)

    async def _serve(self, sock: socket.socket) -> None:
        client = await self._met(sock)
        if client is None:
            return
        task = asyncio.current_task()
        assert task  # noqa: S101 - this is one
        visit = self._visits[task] = Visit(client, Link(self.upstream), self.storm)
        await visit.go_on()

    async def _met(self, sock: socket.socket) -> Line | None:
        """The connection, unless it ends before its first request."""
        greeting = Greeting(sock, self.storm.log, self.trust, http2=self.storm.has_http2)
        try:
            await self.storm.greet(greeting)
            return await greeting.line() if greeting.is_open else None
        except OSError:  # the client does not like the certificate, or left
            sock.close()
            return None
        except asyncio.CancelledError:
            sock.close()
            raise

    def _say_goodbye(self, task: asyncio.Task[None]) -> None:
        self._visits.pop(task, None)
        self._seats.release()
        if not task.cancelled() and (error := task.exception()):
            asyncio.get_running_loop().call_exception_handler(
                {"message": "a connection failed", "exception": error}
            )
