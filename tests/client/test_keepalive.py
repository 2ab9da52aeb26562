"""The keep-alive race: a server closes a connection just as we send the next request on it."""

from __future__ import annotations

import pytest

from redhanded.pipeline.table import ROWS
from tests.client.worlds import TWO_WORLDS, WORLDS, Caller, call
from tests.servers import raw
from tests.servers.fixtures import StartRaw

SPOILED = [
    pytest.param(raw.keep_alive_race(), id="closed"),
    pytest.param(raw.keep_alive_reset(), id="reset"),
]


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("script", SPOILED)
def test_a_lost_race_is_healed(
    script: raw.Script, method: str, world: str, raw_server: StartRaw
) -> None:
    """A safe request goes out again at once on a fresh connection, and it is no weather."""
    server = raw_server(script, raw.answer())

    ended = Caller(world)(server.url, call("GET", "/"), call(method, "/"))

    assert ended.response.status_code == 200
    assert ended.rows == ["", "closed_reused", ""]
    assert [attempt.reused for attempt in ended.attempts] == [False, True, False]
    assert [attempt.number for attempt in ended.attempts] == [1, 1, 2]
    assert ended.pauses == []
    assert not ROWS["closed_reused"].is_weather
    assert server.connections == 2


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
@pytest.mark.parametrize("script", SPOILED)
def test_a_write_has_no_race(
    script: raw.Script, method: str, world: str, raw_server: StartRaw
) -> None:
    """INVARIANT: a write never rides on a connection that carried something before."""
    server = raw_server(script)

    ended = Caller(world)(server.url, call("GET", "/"), call(method, "/"), call(method, "/"))

    assert ended.statuses == [200, 200, 200]
    assert not any(attempt.reused for attempt in ended.attempts)
    assert [request.connection for request in server.requests] == [1, 2, 3]


@pytest.mark.parametrize("world", WORLDS)
def test_safe_requests_share_a_connection(world: str, raw_server: StartRaw) -> None:
    """Where the server keeps a connection, safe requests use it, a write between them not."""
    server = raw_server(raw.answer())
    methods = ["GET", "HEAD", "POST", "OPTIONS", "GET"]

    ended = Caller(world)(server.url, *(call(method, "/") for method in methods))

    assert [attempt.reused for attempt in ended.attempts] == [False, True, False, True, True]
    assert [request.connection for request in server.requests] == [1, 1, 2, 1, 1]


@pytest.mark.parametrize("world", WORLDS)
def test_a_write_leaves_no_idle_connection(world: str, raw_server: StartRaw) -> None:
    """The connection of a write is closed with its answer."""
    server = raw_server(raw.answer())

    def closed() -> None:
        assert server.wait_until(lambda server: server.open_connections == 0)

    ended = Caller(world, between=closed)(server.url, call("POST", "/"), call("POST", "/"))

    assert ended.statuses == [200, 200]


@pytest.mark.parametrize("world", WORLDS)
def test_a_connection_that_was_closed_in_time(world: str, raw_server: StartRaw) -> None:
    """A connection of which we know that it is closed is not used at all."""
    server = raw_server(raw.answer_then_close())

    def closed() -> None:
        assert server.wait_until(lambda server: server.open_connections == 0)

    ended = Caller(world, between=closed)(server.url, call("GET", "/"), call("GET", "/"))

    assert ended.rows == ["", ""]
    assert [attempt.reused for attempt in ended.attempts] == [False, False]


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_server_that_says_close(world: str, raw_server: StartRaw) -> None:
    """`Connection: close` is obeyed: the next call opens another one."""
    server = raw_server(raw.answer(headers=[("Connection", "close")]))

    ended = Caller(world)(server.url, call("GET", "/"), call("GET", "/"))

    assert ended.rows == ["", ""]
    assert server.connections == 2


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_the_race_spends_the_retry_budget(world: str, raw_server: StartRaw) -> None:
    """Where no retry may be afforded, a lost race stands as it is, with the reason beside it."""
    server = raw_server(raw.keep_alive_race())

    ended = Caller(world)(server.url, call("GET", "/"), call("GET", "/"), retry={"capacity": 0})

    assert ended.rows == ["", "closed_reused"]
    assert len(server.requests) == 2
