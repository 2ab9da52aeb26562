"""Writes whose answer is lost, at a server that keeps count, in both worlds."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from redhanded.pipeline.errors import WriteDuplicated
from tests.client.worlds import TWO_WORLDS, WORLDS, Caller, Ended, call
from tests.servers import raw
from tests.servers.fixtures import StartRaw

LOOKUPS = {"POST /orders": {"find": "GET /orders?tag={$.tag}", "at": "$.items"}}
ORDER = {"tag": "order 7/a", "amount": 3}


@dataclass(slots=True)
class Orders:
    """The orders that a server has; those in `behind` show once so many look-ups were answered."""

    kept: list[dict[str, Any]] = field(default_factory=list)
    behind: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    looks: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, request: raw.Received, *, after: int = 0) -> None:
        """Commit what the request asks for, or let it be committed later."""
        with self.lock:
            self.behind.append((self.looks + after, json.loads(request.body)))
            self._come_in()

    def find(self, request: raw.Received) -> bytes:
        """The orders with the tag, as an answer."""
        with self.lock:
            self.looks += 1
            self._come_in()
            (tag,) = parse_qs(urlsplit(request.target).query)["tag"]
            items = [one for one in self.kept if one["tag"] == tag]
        return raw.message(200, json.dumps({"items": items}).encode())

    def _come_in(self) -> None:
        self.kept += [one for due, one in self.behind if due <= self.looks]
        self.behind = [(due, one) for due, one in self.behind if due > self.looks]


@dataclass(frozen=True, slots=True)
class Take:
    """Reads an order and commits it so many times, after so many look-ups; no answer yet."""

    orders: Orders
    times: int = 1
    after: int = 0

    def play(self, line: raw.Line) -> None:
        """Does it."""
        request = line.read_request()
        for _ in range(self.times):
            self.orders.keep(request, after=self.after)


@pytest.fixture
def orders() -> Orders:
    """A server's orders, none yet."""
    return Orders()


def listed(orders: Orders) -> raw.Script:
    """Answers a look-up by the truth."""
    return raw.reply(orders.find)


def working(orders: Orders) -> raw.Script:
    """Commits orders and says so, and answers look-ups by the truth."""

    def made(request: raw.Received) -> bytes:
        if request.method == "GET":
            return orders.find(request)
        orders.keep(request)
        return raw.message(201, b"{}")

    return raw.reply(made)


def ordered(world: str, url: str, **settings: object) -> Ended:
    """What comes of one order."""
    return Caller(world)(
        url, call("POST", "/orders", json=ORDER), **({"lookups": LOOKUPS} | settings)
    )


def notes(ended: Ended) -> tuple[str, ...]:
    """What was noted on the last write."""
    return [attempt for attempt in ended.attempts if attempt.method == "POST"][-1].notes


def methods(server: raw.RawServer) -> list[str]:
    """What arrived."""
    return [request.method for request in server.requests]


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize(
    "end", [pytest.param(raw.Close(), id="closed"), pytest.param(raw.Reset(), id="reset")]
)
def test_committed_and_its_answer_lost(
    end: raw.Step, world: str, orders: Orders, raw_server: StartRaw
) -> None:
    """The write is found once: the failure stands, and the server keeps one order."""
    server = raw_server((Take(orders), end), listed(orders))

    ended = ordered(world, server.url)

    assert isinstance(ended.error, httpx2.TransportError)
    assert notes(ended) == ("looked up: applied",)
    assert methods(server) == ["POST", "GET"]
    assert server.requests[1].target == "/orders?tag=order%207%2Fa"
    assert orders.kept == [ORDER]


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize(
    "lost",
    [
        pytest.param(raw.no_answer(), id="closed"),
        pytest.param(raw.reset_after_request(), id="reset"),
        pytest.param(raw.close_on_accept(), id="closed unread"),
        pytest.param(raw.answer(502), id="502"),
        pytest.param(raw.short_body(), id="cut"),
    ],
)
def test_not_committed(lost: raw.Script, world: str, orders: Orders, raw_server: StartRaw) -> None:
    """INVARIANT: the write is sent once more, and the server keeps exactly one order."""
    server = raw_server(lost, working(orders))

    ended = ordered(world, server.url)

    assert ended.response.status_code == 201
    assert methods(server)[-2:] == ["GET", "POST"]
    assert ended.attempts[-1].wait.reason == "looked up: not applied"
    assert orders.kept == [ORDER]


@pytest.mark.parametrize("world", TWO_WORLDS)
@pytest.mark.parametrize(
    "end",
    [
        pytest.param(raw.Close(), id="closed"),
        pytest.param(raw.Send(raw.message(502, b"<h1>Bad Gateway</h1>")), id="502"),
    ],
)
def test_committed_twice(end: raw.Step, world: str, orders: Orders, raw_server: StartRaw) -> None:
    """INVARIANT: one write with two effects is an error of its own, whatever became of it."""
    server = raw_server((Take(orders, times=2), end), listed(orders))

    ended = ordered(world, server.url)

    assert isinstance(ended.error, WriteDuplicated)
    assert "POST /orders was sent once, its answer was lost" in str(ended.error)
    assert notes(ended) == ("looked up: there 2 times",)
    assert methods(server) == ["POST", "GET"]


@pytest.mark.parametrize("world", TWO_WORLDS)
@pytest.mark.parametrize("after", [1, 3])
def test_committed_late(after: int, world: str, orders: Orders, raw_server: StartRaw) -> None:
    """INVARIANT: a server that commits within the grace is not sent a second order."""
    server = raw_server((Take(orders, after=after), raw.Close()), listed(orders))

    ended = ordered(world, server.url)

    assert notes(ended) == ("looked up: applied",)
    assert methods(server) == ["POST", *["GET"] * after]
    assert orders.kept == [ORDER]


@pytest.mark.parametrize("world", TWO_WORLDS)
@pytest.mark.parametrize(
    "look, reason",
    [
        pytest.param(raw.answer(503), "was answered 503", id="503"),
        pytest.param(raw.answer(500), "was answered 500", id="500"),
        pytest.param(raw.answer(403), "was answered 403", id="403"),
        pytest.param(raw.no_answer(), "brought no answer", id="no answer"),
        pytest.param(raw.truncated_gzip(), "brought no answer", id="cut"),
        pytest.param(raw.gateway_page(200), "answer is no JSON", id="a page"),
        pytest.param(raw.answer(200, b"[]"), "answer has nothing at $.items", id="elsewhere"),
    ],
)
def test_a_look_up_that_does_not_tell(
    look: raw.Script, reason: str, world: str, orders: Orders, raw_server: StartRaw
) -> None:
    """INVARIANT: while nobody knows, the write is not repeated."""
    server = raw_server((Take(orders), raw.Close()), look)

    ended = ordered(world, server.url)

    assert isinstance(ended.error, httpx2.RemoteProtocolError)
    assert reason in notes(ended)[-1]
    assert methods(server).count("POST") == 1
    assert orders.kept == [ORDER]


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_body_without_the_tag(world: str, raw_server: StartRaw) -> None:
    """The note says which path is missing; nothing is asked."""
    server = raw_server(raw.no_answer(), raw.answer())

    ended = Caller(world)(server.url, call("POST", "/orders", json={"a": 1}), lookups=LOOKUPS)

    assert notes(ended) == ("looked up: not known: the write's body has no $.tag",)
    assert methods(server) == ["POST"]


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_write_that_hangs(world: str, orders: Orders, raw_server: StartRaw) -> None:
    """INVARIANT: what may still be under way is looked up, and not sent again."""
    server = raw_server(raw.silent(), listed(orders))

    ended = ordered(world, server.url, timeouts={"connect": 0.3, "read": 0.3})

    assert isinstance(ended.error, httpx2.ReadTimeout)
    assert "may still be at work" in notes(ended)[-1]
    assert methods(server).count("POST") == 1


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_the_ledger_tells_the_story_in_order(
    world: str, orders: Orders, raw_server: StartRaw
) -> None:
    """The lost write, its look-ups and the second write, in one trace."""
    server = raw_server(raw.no_answer(), working(orders))

    attempts = ordered(world, server.url).attempts

    story = [(attempt.method, attempt.purpose, attempt.number) for attempt in attempts]
    assert (story[0], story[-1]) == (("POST", "test", 1), ("POST", "test", 2))
    assert set(story[1:-1]) == {("GET", "probe", 1)}
    assert len({attempt.trace_id for attempt in attempts}) == 1


@pytest.mark.parametrize("world", TWO_WORLDS)
@pytest.mark.parametrize(
    "auth, sent",
    [
        pytest.param(
            {"kind": "bearer", "token": "s3cret"}, ("Authorization", "Bearer s3cret"), id="bearer"
        ),
        pytest.param(
            {"kind": "api_key", "name": "X-Key", "value": "s3cret"},
            ("X-Key", "s3cret"),
            id="header",
        ),
        pytest.param(
            {"kind": "api_key", "name": "sid", "value": "s3cret", "place": "cookie"},
            ("Cookie", "sid=s3cret"),
            id="cookie",
        ),
    ],
)
def test_the_look_up_asks_as_the_write_did(
    auth: dict[str, str], sent: tuple[str, str], world: str, orders: Orders, raw_server: StartRaw
) -> None:
    """It carries the write's own credential."""
    server = raw_server((Take(orders), raw.Close()), listed(orders))

    ordered(world, server.url, auth=auth)

    assert [request.header(sent[0]) for request in server.requests] == [sent[1]] * 2


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_the_look_up_asks_with_the_key_in_the_query(
    world: str, orders: Orders, raw_server: StartRaw
) -> None:
    """A credential that stands in the query of the write stands in that of the look-up."""
    server = raw_server((Take(orders), raw.Close()), listed(orders))
    key = {"kind": "api_key", "name": "key", "value": "s3cret", "place": "query"}

    ordered(world, server.url, auth=key)

    assert server.requests[1].target == "/orders?tag=order%207%2Fa&key=s3cret"


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_base_url_with_a_path(world: str, orders: Orders, raw_server: StartRaw) -> None:
    """Routes and look-ups begin below it."""
    server = raw_server((Take(orders), raw.Close()), listed(orders))

    ended = ordered(world, f"{server.url}/api/v1")

    assert notes(ended) == ("looked up: applied",)
    assert server.requests[1].target == "/api/v1/orders?tag=order%207%2Fa"


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_write_with_a_declared_key_is_asked_for_again(world: str, raw_server: StartRaw) -> None:
    """Its answer is had by the key, through a 409 while it is in flight (row 26)."""
    server = raw_server(raw.no_answer(), raw.answer(409), raw.answer(201))
    keyed = call("POST", "/orders", json=ORDER, headers={"Idempotency-Key": "k-1"})

    ended = Caller(world)(server.url, keyed, lookups=LOOKUPS, retry={"keys": ["POST /orders"]})

    assert ended.response.status_code == 201
    assert ended.rows == ["closed_fresh", "key_in_flight", ""]
    assert methods(server) == ["POST"] * 3
