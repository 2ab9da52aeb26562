"""Answers that are too large: each is given up early and never asked for again."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import httpx2
import pytest

from redhanded import BodyTooLarge
from redhanded.core.attempt import Phase
from tests.client.worlds import TWO_WORLDS, WORLDS, Caller, call
from tests.servers import raw
from tests.servers.fixtures import StartRaw

MIB = 1 << 20
LIMIT = {"body_limit": MIB}
IN_FLIGHT = 16 * MIB  # what two systems may hold between a server that sends and a reader that left


def _brotli_bomb() -> raw.Script:
    brotli = pytest.importorskip("brotli")
    return raw.coded("br", brotli.compress(bytes(100 * MIB), quality=1))


def _deflate_bomb() -> raw.Script:
    return raw.coded("deflate", zlib.compress(bytes(100 * MIB), 1))


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.huge_body(), id="100-mb"),
        pytest.param(raw.endless_body(), id="endless"),
        pytest.param(raw.endless_chunks(), id="endless-chunks"),
    ],
)
def test_a_body_without_measure(script: raw.Script, world: str, raw_server: StartRaw) -> None:
    """INVARIANT: reading stops at body_limit, and the server learns it by its connection."""
    server = raw_server(script)

    ended = Caller(world)(server.url, call("GET", "/"), **LIMIT)

    assert isinstance(ended.error, BodyTooLarge)
    assert "body_limit (1048576 bytes)" in str(ended.error)
    assert server.wait_until(lambda server: server.open_connections == 0)
    assert server.sent_bytes < MIB + IN_FLIGHT
    [attempt] = ended.attempts
    assert attempt.failure is not None
    assert (attempt.row, attempt.failure.phase) == ("too_large", Phase.READ)
    assert attempt.status == 200
    assert attempt.response_body is None


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(raw.gzip_bomb, id="gzip"),
        pytest.param(_deflate_bomb, id="deflate"),
        pytest.param(_brotli_bomb, id="brotli"),
    ],
)
def test_a_bomb(bomb: Callable[[], raw.Script], world: str, raw_server: StartRaw) -> None:
    """A small body that unpacks to a hundred megabytes is given up where it passes the limit."""
    server = raw_server(bomb())

    ended = Caller(world)(server.url, call("GET", "/"), **LIMIT)

    assert isinstance(ended.error, BodyTooLarge)
    assert ended.rows == ["too_large"]
    assert server.sent_bytes < MIB
    assert len(server.requests) == 1


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.header_bomb(), id="a-megabyte"),
        pytest.param(raw.endless_headers(), id="endless"),
    ],
)
def test_headers_without_measure(script: raw.Script, world: str, raw_server: StartRaw) -> None:
    """Headers of a megabyte break HTTP as far as any client is concerned, and are not retried."""
    server = raw_server(script)

    ended = Caller(world)(server.url, call("GET", "/"))

    assert isinstance(ended.error, httpx2.RemoteProtocolError)
    assert ended.rows == ["protocol"]
    assert server.wait_until(lambda server: server.open_connections == 0)
    assert server.sent_bytes < IN_FLIGHT
    assert len(server.requests) == 1


@pytest.mark.parametrize("world", TWO_WORLDS)
@pytest.mark.parametrize(
    "body_limit, is_refused",
    [
        pytest.param(len(raw.DOCUMENT), False, id="as-long-as-the-limit"),
        pytest.param(len(raw.DOCUMENT) - 1, True, id="a-byte-longer"),
    ],
)
@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.answer(), id="plain"),
        pytest.param(raw.chunked(raw.DOCUMENT), id="chunked"),
        pytest.param(raw.close_delimited(), id="close-delimited"),
        pytest.param(raw.coded("deflate", zlib.compress(raw.DOCUMENT)), id="deflate"),
        pytest.param(raw.gzip_of_two_members(), id="gzip"),
    ],
)
def test_the_limit_to_the_byte(
    script: raw.Script, body_limit: int, is_refused: bool, world: str, raw_server: StartRaw
) -> None:
    """The limit is the longest body that is taken, decoded, in every frame and coding."""
    ended = Caller(world)(raw_server(script).url, call("GET", "/"), body_limit=body_limit)

    assert ended.rows == (["too_large"] if is_refused else [""])


@pytest.mark.parametrize("world", TWO_WORLDS)
@pytest.mark.parametrize("method, status", [("GET", 200), ("GET", 500), ("POST", 201)])
def test_the_next_call_is_well(method: str, status: int, world: str, raw_server: StartRaw) -> None:
    """A body that was given up spoils neither the connection pool nor the circuit."""
    big = raw.answer(status, bytes(2 * MIB))
    server = raw_server(big, big, big, big, raw.answer())

    ended = Caller(world)(server.url, *[call(method, "/")] * 4, call("GET", "/"), **LIMIT)

    assert ended.rows == ["too_large"] * 4 + [""]
    assert ended.response.content == raw.DOCUMENT
    assert not ended.attempts[-1].reused


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_an_answer_without_a_body(world: str, raw_server: StartRaw) -> None:
    """The Content-Length of an answer to HEAD is no body."""
    server = raw_server(raw.answer(200, bytes(2 * MIB)))

    ended = Caller(world)(server.url, call("HEAD", "/"), **LIMIT)

    assert ended.response.headers["Content-Length"] == str(2 * MIB)
    assert ended.rows == [""]
