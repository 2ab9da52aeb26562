"""Redirects between origins of our own: off by default, at most five, no secret goes along."""

from __future__ import annotations

import httpx2
import pytest

from tests.client.worlds import TWO_WORLDS, WORLDS, Caller, Ended, call
from tests.servers import raw
from tests.servers.fixtures import StartRaw

MOVES = [301, 302, 303, 307, 308]
SECRETS = {"X-Api-Key": "key-of-the-call", "Cookie": "session=of-the-call", "X-Odd": "odd-one"}
CONFIGURED = {"X-Tenant": "tenant-of-the-project"}
BEARER = {"kind": "bearer", "token": "token-of-the-project"}
EVERY_SECRET = {*SECRETS.values(), *CONFIGURED.values(), "Bearer token-of-the-project"}


def _targets(server: raw.RawServer) -> list[tuple[str, str]]:
    return [(request.method, request.target) for request in server.requests]


def _sent(request: raw.Received) -> set[str]:
    return {value for _, value in request.headers}


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("status", MOVES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_redirect_is_an_answer(
    method: str, status: int, world: str, raw_server: StartRaw
) -> None:
    """Off by default: the test sees where it is sent, and nothing else is asked."""
    server = raw_server(raw.redirect("/next", status))

    ended = Caller(world)(server.url, call(method, "/"))

    assert (ended.response.status_code, ended.response.headers["Location"]) == (status, "/next")
    assert _targets(server) == [(method, "/")]
    assert ended.rows == ["redirect"]


@pytest.mark.parametrize("world", WORLDS)
def test_five_hops_are_followed(world: str, raw_server: StartRaw) -> None:
    """Each hop is an attempt of one call, numbered in order."""
    server = raw_server(*[raw.redirect(f"/{hop}") for hop in range(1, 6)], raw.answer())

    ended = Caller(world)(server.url, call("GET", "/0"), redirects=True)

    assert ended.response.status_code == 200
    assert _targets(server) == [("GET", f"/{hop}") for hop in range(6)]
    assert ended.rows == ["redirect"] * 5 + [""]
    assert [attempt.number for attempt in ended.attempts] == [1, 2, 3, 4, 5, 6]
    assert len({attempt.call_id for attempt in ended.attempts}) == 1


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_loop_is_left(method: str, world: str, raw_server: StartRaw) -> None:
    """After five hops it is a loop: httpx2's own error, every hop in the ledger."""
    server = raw_server(raw.redirect_loop())

    ended = Caller(world)(server.url, call(method, "/round"), redirects=True)

    assert isinstance(ended.error, httpx2.TooManyRedirects)
    assert len(server.requests) == 6
    assert ended.statuses == [302] * 6
    assert ended.pauses == []


@pytest.mark.parametrize("world", TWO_WORLDS)
@pytest.mark.parametrize(
    "status, method, body",
    [
        pytest.param(301, "GET", b"", id="301"),
        pytest.param(302, "GET", b"", id="302"),
        pytest.param(303, "GET", b"", id="303"),
        pytest.param(307, "POST", b'{"a":1}', id="307"),
        pytest.param(308, "POST", b'{"a":1}', id="308"),
    ],
)
def test_what_becomes_of_a_write(
    status: int, method: str, body: bytes, world: str, raw_server: StartRaw
) -> None:
    """307 and 308 keep method and body, the others ask by GET; either way once."""
    server = raw_server(raw.redirect("/next", status), raw.answer())

    ended = Caller(world)(server.url, call("POST", "/", json={"a": 1}), redirects=True)

    assert ended.response.status_code == 200
    assert _targets(server) == [("POST", "/"), (method, "/next")]
    assert server.requests[1].body == body


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_write_that_is_lost_after_a_redirect(world: str, raw_server: StartRaw) -> None:
    """INVARIANT: a hop of a write is a write: it is not sent again when its answer is lost."""
    server = raw_server(raw.redirect("/next", 307), raw.reset_after_request(), raw.answer())

    ended = Caller(world)(server.url, call("POST", "/"), redirects=True)

    assert isinstance(ended.error, httpx2.ReadError)
    assert _targets(server) == [("POST", "/"), ("POST", "/next")]


def _secretive(world: str, url: str, **settings: object) -> Ended:
    return Caller(world)(
        url,
        call("GET", "/", headers=SECRETS),
        redirects=True,
        auth=BEARER,
        headers=CONFIGURED,
        **settings,
    )


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("status", MOVES)
def test_secrets_stay_with_their_origin(status: int, world: str, raw_server: StartRaw) -> None:
    """INVARIANT: another port is another origin, and no header but a harmless one goes there."""
    stranger = raw_server(raw.answer())
    home = raw_server(raw.redirect(f"{stranger.url}/there", status))

    ended = _secretive(world, home.url)

    assert ended.response.status_code == 200
    assert _sent(home.requests[0]) >= EVERY_SECRET
    [foreign] = stranger.requests
    assert _sent(foreign).isdisjoint(EVERY_SECRET)
    assert {name.lower() for name, _ in foreign.headers} <= {
        "host",
        "accept",
        "accept-encoding",
        "connection",
        "user-agent",
        "traceparent",
    }


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_secrets_go_on_within_their_origin(world: str, raw_server: StartRaw) -> None:
    """A hop to the same origin is asked like the first one."""
    server = raw_server(raw.redirect("/next"), raw.answer())

    _secretive(world, server.url)

    assert _sent(server.requests[1]) >= EVERY_SECRET - {"session=of-the-call"}


@pytest.mark.parametrize("world", WORLDS)
def test_the_ledger_keeps_what_was_sent(world: str, raw_server: StartRaw) -> None:
    """What did not cross stands with no attempt that did not carry it."""
    stranger = raw_server(raw.answer())
    home = raw_server(raw.redirect(stranger.url))

    first, second = _secretive(world, home.url).attempts

    assert {value for _, value in first.request_headers} >= EVERY_SECRET
    assert {value for _, value in second.request_headers}.isdisjoint(EVERY_SECRET)


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_way_back_home(world: str, raw_server: StartRaw) -> None:
    """What was dropped on the way does not come back by itself, whoever sent us home."""
    home: list[str] = []
    stranger = raw_server(
        raw.reply(lambda _: raw.message(302, b"", headers=[("Location", f"{home[0]}/again")]))
    )
    server = raw_server(raw.redirect(stranger.url), raw.answer())
    home.append(server.url)

    ended = _secretive(world, server.url)

    assert ended.statuses == [302, 302, 200]
    assert "key-of-the-call" not in _sent(server.requests[1])


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_body_crosses_where_the_status_says_so(world: str, raw_server: StartRaw) -> None:
    """307 to another origin takes the body along, without the headers that came with it."""
    stranger = raw_server(raw.answer())
    home = raw_server(raw.redirect(stranger.url, 307))

    Caller(world)(home.url, call("POST", "/", json={"a": 1}, headers=SECRETS), redirects=True)

    [foreign] = stranger.requests
    assert (foreign.method, foreign.body) == ("POST", b'{"a":1}')
    assert foreign.header("Content-Type") == "application/json"
    assert _sent(foreign).isdisjoint(SECRETS.values())


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_redirect_may_ask_for_a_pause(world: str, raw_server: StartRaw) -> None:
    """Retry-After of a redirect is the least time before it is followed."""
    moved = raw.answer(302, b"", headers=[("Location", "/next"), ("Retry-After", "2")])
    server = raw_server(moved, raw.answer())

    ended = Caller(world)(server.url, call("GET", "/"), redirects=True)

    assert ended.pauses == [2.0]
    assert ended.attempts[1].wait.seconds == 2.0


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_an_origin_that_is_down_behind_a_redirect(
    world: str, raw_server: StartRaw, closed_port: int
) -> None:
    """A hop has the retries of its own row, and the home origin is not blamed for it."""
    server = raw_server(raw.redirect(f"http://127.0.0.1:{closed_port}/"))

    ended = Caller(world)(server.url, call("GET", "/"), redirects=True)

    assert isinstance(ended.error, httpx2.ConnectError)
    assert ended.rows == ["redirect"] + ["refused"] * 3
    assert len(server.requests) == 1
