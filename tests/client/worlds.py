"""Calls against raw servers in each world: blocking, asyncio and trio."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

import anyio
import httpx2

from redhanded.client.client import AsyncClient, Client, Clients
from redhanded.core.settings import Settings
from redhanded.pipeline.assembly import Surroundings
from redhanded.pipeline.call import Scope
from redhanded.pipeline.shared_gate import Sharing
from tests.real.driving import Call, Ended, Pauses, Settled, call

__all__ = ["TWO_WORLDS", "WORLDS", "Caller", "Ended", "call"]

WORLDS = ("sync", "asyncio", "trio")
TWO_WORLDS = WORLDS[:2]


class Clock:
    """The machine's clock, moved on by each pause that was not made."""

    def __init__(self, pauses: Pauses) -> None:
        self._pauses = pauses

    def monotonic(self) -> float:
        """Seconds, the pauses included."""
        return time.perf_counter() + sum(self._pauses.noted)

    def wall(self) -> float:
        """Seconds since the epoch, the pauses included."""
        return time.time() + sum(self._pauses.noted)


def _nothing() -> None:
    """Between two calls, nothing happens."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Makes calls in one world; a server's certificate is held against `verify`.

    `between` happens before each call but the first, `sharing` is how other processes share the
    origins. Every jitter is the longest, so that pauses are told apart; a pause is noted, and the
    clock moves on in its place.
    """

    world: str
    verify: ssl.SSLContext | bool = True
    between: Callable[[], object] = _nothing
    sharing: Sharing | None = None

    def __call__(self, url: str, *calls: Call, **settings: object) -> Ended:
        """What came of the calls of one client, one after the other."""
        pauses, scope = Pauses(), Scope()
        surroundings = Surroundings(
            clock=Clock(pauses),
            random=lambda: 1.0,
            sleep=pauses.sleep,
            sleep_async=pauses.sleep_async,
        )
        loaded = Settings.model_validate({"base_url": url, **settings})
        clients = Clients(
            loaded, surroundings=surroundings, verify=self.verify, sharing=self.sharing
        )
        try:
            settled = self._settled(clients, scope, calls)
        finally:
            clients.close()
        return Ended(settled, scope.attempts, pauses.noted)

    def _settled(self, clients: Clients, scope: Scope, calls: tuple[Call, ...]) -> list[Settled]:
        if self.world == "sync":
            with clients.open(scope) as client:
                return self._blocking(client, calls)

        async def awaiting() -> list[Settled]:
            async with clients.open_async(scope) as client:
                return await self._awaiting(client, calls)

        return anyio.run(awaiting, backend=self.world)

    def _blocking(self, client: Client, calls: tuple[Call, ...]) -> list[Settled]:
        settled: list[Settled] = []
        for each in calls:
            if settled:
                self.between()
            try:
                settled.append(client.request(each.method, each.path, **each.options))
            except httpx2.HTTPError as error:
                settled.append(error)
        return settled

    async def _awaiting(self, client: AsyncClient, calls: tuple[Call, ...]) -> list[Settled]:
        settled: list[Settled] = []
        for each in calls:
            if settled:
                self.between()
            try:
                settled.append(await client.request(each.method, each.path, **each.options))
            except httpx2.HTTPError as error:
                settled.append(error)
        return settled
