"""One call, or a few in a row, through the whole pipeline to a real server, sync and async."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import anyio
import anyio.lowlevel
import httpx2

from redhanded.client.client import Clients
from redhanded.core.attempt import Attempt
from redhanded.core.settings import Settings
from redhanded.pipeline.assembly import Surroundings
from redhanded.pipeline.call import Scope

WORLDS = ("sync", "async")
Settled: TypeAlias = httpx2.Response | httpx2.HTTPError


@dataclass(slots=True)
class Pauses:
    """Stands in for sleep: notes how long a pause would be, and does not make it."""

    noted: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Note a pause."""
        self.noted.append(round(seconds, 3))

    async def sleep_async(self, seconds: float) -> None:
        """Note a pause, and let others go on."""
        self.noted.append(round(seconds, 3))
        await anyio.lowlevel.checkpoint()


@dataclass(frozen=True, slots=True)
class Call:
    """A call to make: method, path, and what else an httpx2 client takes."""

    method: str
    path: str
    options: dict[str, Any] = field(default_factory=dict)


def call(method: str, path: str, **options: Any) -> Call:  # noqa: ANN401  httpx2's
    """A call to make."""
    return Call(method, path, options)


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of the calls of one client: an answer or an error each, ledger, pauses."""

    settled: Sequence[Settled]
    attempts: Sequence[Attempt]
    pauses: Sequence[float]

    @property
    def response(self) -> httpx2.Response:
        """The answer to the last call."""
        last = self.settled[-1]
        assert isinstance(last, httpx2.Response), last
        return last

    @property
    def responses(self) -> list[httpx2.Response]:
        """The answers to all calls that got one."""
        return [each for each in self.settled if isinstance(each, httpx2.Response)]

    @property
    def error(self) -> httpx2.HTTPError:
        """How the last call failed."""
        last = self.settled[-1]
        assert isinstance(last, httpx2.HTTPError), last
        return last

    @property
    def statuses(self) -> list[int | None]:
        """The status of each attempt, None where no answer came."""
        return [attempt.status for attempt in self.attempts]

    @property
    def rows(self) -> list[str]:
        """The row of the retry table that each attempt fell under, "" where it was well."""
        return [attempt.row for attempt in self.attempts]


Drive: TypeAlias = Callable[..., Ended]


def driven(
    world: str, origin: str, *calls: Call, identity: str | None, **settings: object
) -> Ended:
    """What comes of the calls, one after the other, by one client of that world."""
    pauses, scope = Pauses(), Scope()
    surroundings = Surroundings(
        random=lambda: 1.0,  # the longest jitter, so that pauses are told apart
        sleep=pauses.sleep,
        sleep_async=pauses.sleep_async,
    )
    loaded = Settings.model_validate({"base_url": origin, **settings})
    clients = Clients(loaded, surroundings=surroundings)
    try:
        if world == "sync":
            settled = _sync(clients, scope, identity, calls)
        else:
            settled = anyio.run(_async, clients, scope, identity, calls)
    finally:
        clients.close()
    return Ended(settled, scope.attempts, pauses.noted)


def _sync(
    clients: Clients, scope: Scope, identity: str | None, calls: Sequence[Call]
) -> list[Settled]:
    settled: list[Settled] = []
    with clients.open(scope, identity) as client:
        for each in calls:
            try:
                settled.append(client.request(each.method, each.path, **each.options))
            except httpx2.HTTPError as error:
                settled.append(error)
    return settled


async def _async(
    clients: Clients, scope: Scope, identity: str | None, calls: Sequence[Call]
) -> list[Settled]:
    settled: list[Settled] = []
    async with clients.open_async(scope, identity) as client:
        for each in calls:
            try:
                settled.append(await client.request(each.method, each.path, **each.options))
            except httpx2.HTTPError as error:
                settled.append(error)
    return settled
