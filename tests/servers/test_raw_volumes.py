"""The scripts that send too much, or too slowly."""

from __future__ import annotations

import threading

import httpx2
import pytest

from tests.servers import raw
from tests.servers.bare import GET, connect, read_message
from tests.servers.fixtures import StartRaw

TAKEN_BYTES = 1 << 20


def take(response: httpx2.Response, size: int) -> int:
    """How many bytes were read before enough was enough."""
    taken = 0
    for piece in response.iter_raw():
        taken += len(piece)
        if taken >= size:
            break
    return taken


def test_a_huge_body_is_as_long_as_promised(raw_server: StartRaw) -> None:
    """Every byte of it is sent, also the rest that fills no whole piece."""
    size = 5_000_001

    response = httpx2.get(raw_server(raw.huge_body(size_bytes=size)).url)

    assert response.headers["Content-Length"] == str(size)
    assert len(response.content) == size


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.huge_body(), id="huge"),
        pytest.param(raw.endless_body(), id="endless"),
        pytest.param(raw.endless_chunks(), id="endless chunks"),
    ],
)
def test_a_flood_ends_when_the_client_hangs_up(raw_server: StartRaw, script: raw.Script) -> None:
    """A client that has had enough is sent no more than the network had buffered."""
    server = raw_server(script)

    with httpx2.stream("GET", server.url) as response:
        assert take(response, TAKEN_BYTES) >= TAKEN_BYTES

    assert server.wait_until(lambda server: server.open_connections == 0)
    assert TAKEN_BYTES <= server.sent_bytes < 50 * TAKEN_BYTES


def test_headers_may_have_no_end(raw_server: StartRaw) -> None:
    """A mebibyte of headers later there is still no empty line."""
    server = raw_server(raw.endless_headers())
    received = b""

    with connect(server.port) as sock:
        sock.sendall(GET)
        while len(received) < TAKEN_BYTES:
            received += sock.recv(1 << 16)

    assert b"\r\n\r\n" not in received
    assert server.wait_until(lambda server: server.open_connections == 0)


def test_a_header_bomb_is_a_whole_message(raw_server: StartRaw) -> None:
    """So many headers of that size, and the document after them."""
    server = raw_server(raw.header_bomb(count=300, size_bytes=50))

    response = httpx2.get(server.url)

    bombs = [value for name, value in response.headers.items() if name.startswith("x-bomb-")]
    assert bombs == ["x" * 50] * 300
    assert response.content == raw.DOCUMENT


def test_the_default_header_bomb_is_a_mebibyte(raw_server: StartRaw) -> None:
    """It is far beyond what servers and clients agree to take."""
    server = raw_server(raw.header_bomb())

    with pytest.raises(httpx2.RemoteProtocolError):
        httpx2.get(server.url)
    with connect(server.port) as sock:
        sock.sendall(GET)
        assert len(read_message(sock)[0]) > TAKEN_BYTES


def test_slow_headers_are_whole_in_the_end(raw_server: StartRaw) -> None:
    """Each read is in time, and the answer is correct."""
    server = raw_server(raw.slow_headers(every=0.0001))

    assert httpx2.get(server.url, timeout=5).content == raw.DOCUMENT


def test_a_slow_body_is_whole_in_the_end(raw_server: StartRaw) -> None:
    """Each read is in time, and the answer is correct."""
    server = raw_server(raw.slow_body(size=1000, every=0.0001))

    assert httpx2.get(server.url, timeout=5).content == raw.DOCUMENT


def test_drips_come_apart(raw_server: StartRaw) -> None:
    """A read gets a drip, not the message: a timeout per read never ends it."""
    server = raw_server(raw.slow_body())

    with httpx2.stream("GET", server.url) as response:
        first = next(response.iter_raw())

    assert raw.DOCUMENT.startswith(first)
    assert len(first) < len(raw.DOCUMENT)


def test_a_body_may_stall_until_an_event(raw_server: StartRaw) -> None:
    """Half comes at once, the other half when the test says so."""
    go_on = threading.Event()
    server = raw_server(raw.stall_in_body(go_on))

    with httpx2.stream("GET", server.url) as response:
        pieces = response.iter_raw()
        received = next(pieces)
        assert len(received) < len(raw.DOCUMENT)
        go_on.set()
        received += b"".join(pieces)

    assert received == raw.DOCUMENT


def test_a_stalled_body_runs_into_the_clients_timeout(raw_server: StartRaw) -> None:
    """Without an event it stalls for longer than any test waits."""
    server = raw_server(raw.stall_in_body())

    with pytest.raises(httpx2.ReadTimeout):
        httpx2.get(server.url, timeout=httpx2.Timeout(5, read=0.1))
