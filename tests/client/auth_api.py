"""A fake API with tokens, and the worlds (sync, asyncio, trio) in which its clients run."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

import anyio
import httpx2

from redhanded.client.auth import Endpoint, Login, TokenAuth
from redhanded.client.effect_auth import AuthFlow
from redhanded.client.token_auth import OnSecret
from redhanded.core.clock import Clock
from redhanded.core.jsonpath import JsonPath
from redhanded.pipeline.flow import Send

BASE = "http://api.test"
WORLDS = ("sync", "asyncio", "trio")

Body: TypeAlias = bytes | Iterable[bytes] | AsyncIterable[bytes]
Handler: TypeAlias = Callable[[httpx2.Request], httpx2.Response]


@dataclass
class FakeClock:
    """A clock that stands still until it is told to move."""

    seconds: float = 1000.0

    def monotonic(self) -> float:
        return self.seconds

    def wall(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


@dataclass
class TokenApi:
    """An API whose `/auth` hands out t1, t2, ... and whose other paths honour only the last.

    `before_login` may fail a login in the API's place, by an answer or an error.
    """

    before_login: Callable[[httpx2.Request], httpx2.Response | None] = lambda _: None
    accepts: Callable[[str, int], bool] = lambda token, issued: token == f"t{issued}"
    requests: list[httpx2.Request] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    issued: int = 0

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        if request.url.path == "/auth":
            return self.log_in(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.tokens.append(token)
        self.bodies.append(request.content)
        status = 200 if self.accepts(token, self.issued) else 401
        return httpx2.Response(status, json={"path": request.url.path})

    def log_in(self, request: httpx2.Request) -> httpx2.Response:
        """A new token, after which no older one is honoured."""
        answer = self.before_login(request)
        if answer is not None:
            return answer
        self.issued += 1
        return httpx2.Response(200, json={"token": f"t{self.issued}"})

    @property
    def logins(self) -> int:
        """How often a token was asked for."""
        return sum(request.url.path == "/auth" for request in self.requests)


def endpoint(path: str = "/auth", *, setting: str = "auth.path") -> Endpoint:
    """A token endpoint of the fake API."""
    return Endpoint("POST", httpx2.URL(f"{BASE}{path}"), setting)


def login(*, token: str = "$.token", renewal: Endpoint | None = None) -> Login:
    """A login at the fake API."""
    body = {"username": "ann", "password": "correct horse"}
    return Login(endpoint(), body, token=JsonPath(token), renewal=renewal)


def token_auth(
    *, clock: Clock | None = None, on_secret: OnSecret = lambda _value, _name: None
) -> TokenAuth:
    """A token auth against the fake API, which never really pauses."""
    return TokenAuth(
        login(), clock=clock, on_secret=on_secret, sleep=no_pause, sleep_async=a_checkpoint
    )


def no_pause(seconds: float) -> None:
    """A pause that takes no time."""
    del seconds


async def a_checkpoint(seconds: float) -> None:
    """A pause in which other tasks run, and no time passes."""
    del seconds
    await anyio.lowlevel.checkpoint()


def call(
    world: str,
    auth: httpx2.Auth | None,
    server: Handler,
    method: str = "GET",
    url: str = "/booking",
    *,
    headers: Mapping[str, str] | None = None,
    content: Body | None = None,
    timeout: float = 5.0,
) -> httpx2.Response:
    """What a client of that world gets, on an event loop of its own; it is read."""
    transport = httpx2.MockTransport(server)
    if world == "sync":
        with httpx2.Client(transport=transport, base_url=BASE, timeout=timeout) as client:
            request = client.build_request(method, url, headers=headers, content=content)
            return client.send(request, auth=auth)

    async def main() -> httpx2.Response:
        async with httpx2.AsyncClient(
            transport=transport, base_url=BASE, timeout=timeout
        ) as client:
            request = client.build_request(method, url, headers=headers, content=content)
            return await client.send(request, auth=auth)

    return anyio.run(main, backend=world)


def drive(flow: AuthFlow, *answers: httpx2.Response) -> list[Send]:
    """The effects of a flow that needs exactly these answers and no pause."""
    effects, left = [_sending(next(flow))], list(answers)
    with suppress(StopIteration):
        while left:
            effects.append(_sending(flow.send(left.pop(0))))
    assert not left
    assert len(effects) == len(answers)
    return effects


def _sending(effect: object) -> Send:
    assert isinstance(effect, Send)
    return effect


def sent(request: httpx2.Request) -> object:
    """The JSON that a request carries."""
    value: object = json.loads(request.content)
    return value
