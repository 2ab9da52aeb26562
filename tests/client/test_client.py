"""Clients are httpx2's own, over the whole pipeline."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import date
from typing import Any

import anyio
import httpx2
import pytest
from pydantic import BaseModel, Field, SecretStr

from redhanded.client.auth import CredentialUnavailable
from redhanded.client.client import (
    AsyncClient,
    Client,
    Clients,
    open_async_client,
    open_client,
)
from redhanded.core.attempt import Attempt
from redhanded.core.errors import UsageError
from redhanded.core.settings import Settings
from redhanded.pipeline.call import CALL, Scope
from tests.client.worlds import TWO_WORLDS, Caller, call
from tests.servers import raw
from tests.servers.fixtures import StartRaw


class Guest(BaseModel):
    """A body with an alias, a date and a secret."""

    name: str = Field(alias="guestName")
    since: date = date(2026, 1, 2)
    token: SecretStr = SecretStr("hush")


ANN = Guest(guestName="ann")
SENT = b'{"guestName":"ann","since":"2026-01-02","token":"hush"}'


@pytest.mark.parametrize(
    "given, sent",
    [
        pytest.param(ANN, SENT, id="model"),
        pytest.param([ANN], b"[" + SENT + b"]", id="list"),
        pytest.param({"guest": ANN}, b'{"guest":' + SENT + b"}", id="dictionary"),
        pytest.param({"id": 7}, b'{"id":7}', id="plain"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_model_is_a_body(
    world: str, method: str, given: object, sent: bytes, raw_server: StartRaw
) -> None:
    """`json=` takes Pydantic models, alone or nested, by alias and with their secrets."""
    server = raw_server(raw.answer())
    Caller(world)(server.url, call(method, "/", json=given))
    (request,) = server.requests
    assert (request.body, request.header("content-type")) == (sent, "application/json")


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_call_without_json_has_no_body(world: str, raw_server: StartRaw) -> None:
    """No `json=` is not `json=None` in the API's eyes, and other bodies are httpx2's matter."""
    server = raw_server(raw.answer())
    Caller(world)(server.url, call("POST", "/"), call("POST", "/", content=b"raw"))
    assert [request.body for request in server.requests] == [b"", b"raw"]


class Reader:
    """Streams the answer to one GET in one world, and notes what the ledger held before."""

    def __init__(self, world: str, url: str) -> None:
        self.world = world
        self.recorded: list[Attempt] = []
        self.scope = Scope(record=self.recorded.append)
        self.before: list[int] = []
        self.clients = Clients(Settings(base_url=url))

    def read(self, most: int | None = None) -> bytes:
        """The body, or its first so many bytes."""
        if self.world == "sync":
            return self._blocking(most)
        return anyio.run(self._awaiting, most, backend=self.world)

    def _blocking(self, most: int | None) -> bytes:
        data = b""
        with self.clients.open_alone(self.scope) as client, client.stream("GET", "/") as answer:
            self.before.append(len(self.recorded))
            for chunk in answer.iter_bytes(most):
                data += chunk
                if most:
                    break
        return data

    async def _awaiting(self, most: int | None) -> bytes:
        data = b""
        async with self.clients.open_async(self.scope) as client, client.stream("GET", "/") as got:
            self.before.append(len(self.recorded))
            async with aclosing(got.aiter_bytes(most)) as chunks:
                async for chunk in chunks:
                    data += chunk
                    if most:
                        break
        return data


@pytest.mark.parametrize(
    "most, data", [(None, raw.DOCUMENT), (5, raw.DOCUMENT[:5])], ids=["all", "some"]
)
@pytest.mark.parametrize("world", [*TWO_WORLDS, "trio"])
def test_a_stream_is_recorded_at_its_end(
    world: str, most: int | None, data: bytes, raw_server: StartRaw
) -> None:
    """INVARIANT: a streamed answer is left to the test, and in the evidence once it is done."""
    reader = Reader(world, raw_server(raw.answer()).url)
    assert (reader.read(most), reader.before) == (data, [0])
    (made,) = reader.recorded
    assert (made.row, made.status, made.response_body) == ("", 200, None)
    assert reader.scope.attempts == [made]


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.short_body(), id="short-body"),
        pytest.param(raw.no_last_chunk(), id="no-last-chunk"),
    ],
)
@pytest.mark.parametrize("world", [*TWO_WORLDS, "trio"])
def test_a_stream_that_fails_is_recorded_with_its_row(
    world: str, script: raw.Script, raw_server: StartRaw
) -> None:
    """INVARIANT: what breaks while the test reads is in the evidence, and nothing is sent again."""
    server = raw_server(script)
    reader = Reader(world, server.url)
    with pytest.raises(httpx2.TransportError):
        reader.read()
    (made,) = reader.recorded
    assert made.failure is not None
    assert (made.row, made.failure.row) == ("cut_after_headers", "cut_after_headers")
    assert len(server.requests) == 1


def test_a_request_that_is_sent_again_is_a_call_of_its_own(raw_server: StartRaw) -> None:
    """A request built once may be sent twice; each time is a call, with all of its time."""
    scope = Scope()
    with Clients(Settings(base_url=raw_server(raw.answer()).url)).open_alone(scope) as client:
        request = client.build_request("GET", "/", timeout=3.0)
        first, second = client.send(request), client.send(request)
    calls = [answer.extensions[CALL] for answer in (first, second)]
    assert (calls == scope.calls, calls[0] is not calls[1]) == (True, True)
    assert [made.number for made in scope.attempts] == [1, 1]
    assert request.extensions["timeout"]["read"] == 3.0


def ask(world: str, url: str, identity: str | None = None, **settings: object) -> None:
    """Make one call in one world, of trace `abc`."""
    clients = Clients(Settings.model_validate({"base_url": url, **settings}))

    async def awaiting() -> None:
        async with clients.open_async(Scope("abc"), identity) as client:
            await client.get("/")

    if world == "sync":
        with clients.open(Scope("abc"), identity) as client:
            client.get("/")
    else:
        anyio.run(awaiting, backend=world)
    clients.close()


AUTHS = {
    "auth": {"kind": "bearer", "token": "own"},
    "identities": {"admin": {"kind": "bearer", "token": "admins"}},
}


@pytest.mark.parametrize(
    "identity, sent", [(None, "Bearer own"), ("admin", "Bearer admins")], ids=["own", "admin"]
)
@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_client_speaks_for_its_identity(
    world: str, identity: str | None, sent: str, raw_server: StartRaw
) -> None:
    """Without a name it is `auth`, with one it is that of `identities`."""
    server = raw_server(raw.answer())
    ask(world, server.url, identity, **AUTHS)
    assert server.requests[0].header("authorization") == sent


@pytest.mark.parametrize(
    "identities, known",
    [({}, "none yet"), ({"b": {"kind": "none"}, "a": {"kind": "none"}}, "a, b")],
    ids=["none", "two"],
)
def test_an_unknown_identity_is_one_sentence(identities: dict[str, Any], known: str) -> None:
    """The sentence names those that are known, and the table to write."""
    clients = Clients(Settings.model_validate({"identities": identities}))
    with pytest.raises(UsageError) as raised:
        clients.open(Scope(), "boss")
    assert str(raised.value) == (
        f"no identity is called 'boss' (known: {known}); "
        "write [tool.redhanded.identities.boss] with its kind"
    )


@pytest.mark.parametrize(
    "settings, expected",
    [
        pytest.param(
            {}, {"User-Agent": "redhanded", "X-Correlation-ID": "abc", "X-Own": None}, id="defaults"
        ),
        pytest.param(
            {"headers": {"X-Own": "1", "User-Agent": "mine"}},
            {"User-Agent": "mine", "X-Own": "1"},
            id="configured",
        ),
        pytest.param({"correlation_alias": "X-Trace"}, {"X-Trace": "abc"}, id="other-alias"),
        pytest.param({"correlation_alias": ""}, {"X-Correlation-ID": None}, id="no-alias"),
    ],
)
@pytest.mark.parametrize("world", TWO_WORLDS)
def test_each_call_has_the_headers_of_the_settings(
    world: str, settings: dict[str, Any], expected: dict[str, str | None], raw_server: StartRaw
) -> None:
    """Who calls, which trace, and what the project adds; its own word comes before ours."""
    server = raw_server(raw.answer())
    ask(world, server.url, **settings)
    (request,) = server.requests
    assert {name: request.header(name) for name in expected} == expected
    assert len(request.every("User-Agent")) == 1


def test_a_call_of_its_own_header_and_timeout_has_them(raw_server: StartRaw) -> None:
    """Everything that httpx2 takes for one call stands above the settings."""
    server = raw_server(raw.answer())
    with Clients(Settings(base_url=server.url + "/v1")).open_alone(Scope()) as client:
        client.get("things", headers={"User-Agent": "once"}, params={"q": "1"})
    (request,) = server.requests
    assert (request.target, request.header("user-agent")) == ("/v1/things?q=1", "once")


def test_cookies_belong_to_a_client(raw_server: StartRaw) -> None:
    """INVARIANT: clients share connections, and no cookie of one test comes to another."""
    server = raw_server(raw.answer(headers=[("Set-Cookie", "s=1")]))
    clients = Clients(Settings(base_url=server.url))
    with clients.open(Scope()) as first, clients.open(Scope()) as second:
        first.get("/")
        first.get("/")
        second.get("/")
    clients.close()
    assert [request.header("cookie") for request in server.requests] == [None, "s=1", None]
    assert server.connections == 1


def test_an_open_client_owns_its_connections(raw_server: StartRaw) -> None:
    """A client on its own closes what it opened, when its block ends."""
    server, scope = raw_server(raw.answer()), Scope()
    with open_client(Settings(base_url=server.url), scope=scope) as client:
        assert isinstance(client, Client)
        assert client.get("/").json() == client.get("/").json()
        assert server.open_connections == 1
    assert server.wait_until(lambda server: server.open_connections == 0)
    assert [made.reused for made in scope.attempts] == [False, True]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_open_async_client_owns_its_connections(backend: str, raw_server: StartRaw) -> None:
    """The awaiting one likewise, in the loop where it was used."""
    server, scope = raw_server(raw.answer()), Scope()

    async def use() -> None:
        async with open_async_client(Settings(base_url=server.url), scope=scope) as client:
            assert isinstance(client, AsyncClient)
            await client.get("/")
            await client.get("/")
            assert server.open_connections == 1

    anyio.run(use, backend=backend)
    assert server.wait_until(lambda server: server.open_connections == 0)
    assert [made.reused for made in scope.attempts] == [False, True]


@pytest.mark.parametrize("opened", [open_client, open_async_client], ids=["sync", "async"])
def test_a_client_needs_no_scope(opened: Callable[[Settings], Client | AsyncClient]) -> None:
    """Without a scope of the caller's it has one of its own, and no base URL is needed."""
    assert str(opened(Settings()).base_url) == ""


def test_threads_share_a_client_and_its_pool(raw_server: StartRaw) -> None:
    """INVARIANT: eight threads of twenty calls each get their own answers, and lose none."""
    server = raw_server(raw.reply(lambda request: raw.message(body=request.target.encode())))
    scope, together = Scope(), threading.Barrier(8)

    def work(thread: int) -> list[tuple[str, str]]:
        together.wait(10)
        paths = [f"/{thread}/{number}" for number in range(20)]
        return [(path, client.get(path).text) for path in paths]

    with (
        Clients(Settings(base_url=server.url)).open_alone(scope) as client,
        ThreadPoolExecutor(8) as threads,
    ):
        answers = [pair for pairs in threads.map(work, range(8)) for pair in pairs]
    assert [text for path, text in answers if path != text] == []
    assert (len(answers), len(server.requests), len(scope.attempts)) == (160, 160, 160)
    assert server.connections <= 8


def test_a_refusal_is_forgotten_for_every_identity(raw_server: StartRaw) -> None:
    """INVARIANT: a login that was refused while the address led elsewhere is tried again."""
    away = raw.answer(404)
    token = raw.answer(body=b'{"token": "t-1234567890"}')
    url = raw_server(away, away, token, raw.answer(), token, raw.answer()).url
    login = {"kind": "login", "path": "/auth", "body": {"username": "ann"}}
    wanted = {"base_url": url, "auth": login, "identities": {"bob": login}}
    clients = Clients(Settings.model_validate(wanted))
    scope = Scope()

    for identity in (None, "bob"):
        with clients.open(scope, identity) as client:
            for _ in range(2):
                with pytest.raises(CredentialUnavailable):
                    client.get("/x")
    clients.forget_refusals()
    for identity in (None, "bob"):
        with clients.open(scope, identity) as client:
            assert client.get("/x").status_code == 200

    assert [made.status for made in scope.attempts] == [404, 404, 200, 200, 200, 200]
    clients.close()
