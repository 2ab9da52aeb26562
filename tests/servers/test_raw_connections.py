"""The scripts that mistreat the connection itself."""

from __future__ import annotations

import threading

import httpx2
import pytest

from tests.servers import raw
from tests.servers.bare import GET, connect, exchange, read_all, read_message
from tests.servers.fixtures import StartRaw


@pytest.mark.parametrize(
    "script, read",
    [
        pytest.param(raw.reset_in_request(), 0, id="in the request"),
        pytest.param(raw.reset_after_request(), 1, id="after the request"),
    ],
)
def test_a_reset_is_a_reset(raw_server: StartRaw, script: raw.Script, read: int) -> None:
    """The client sees no orderly end; the journal tells whether the request was read."""
    server = raw_server(script)

    with pytest.raises(ConnectionResetError):
        exchange(server.port)
    assert len(server.requests) == read


def test_a_reset_may_come_before_a_word(raw_server: StartRaw) -> None:
    """A client that only listens is reset too."""
    server = raw_server(raw.reset_on_accept())

    with connect(server.port) as sock, pytest.raises(ConnectionResetError):
        sock.recv(1)


def test_a_close_may_come_before_a_word(raw_server: StartRaw) -> None:
    """A client that only listens reads the end of the stream."""
    server = raw_server(raw.close_on_accept())

    with connect(server.port) as sock:
        assert sock.recv(1) == b""


def test_a_request_may_stay_without_an_answer(raw_server: StartRaw) -> None:
    """The request was read, the stream ends in order, and no byte came."""
    server = raw_server(raw.no_answer())

    assert exchange(server.port) == b""
    assert len(server.requests) == 1


def test_a_body_may_end_in_a_reset(raw_server: StartRaw) -> None:
    """Once the client has the head and half the body, the rest never comes."""
    half_is_read = threading.Event()
    server = raw_server(raw.reset_in_body(half_is_read))

    with httpx2.stream("GET", server.url) as response:
        pieces = response.iter_raw()
        received = next(pieces)
        half_is_read.set()
        with pytest.raises(httpx2.ReadError):
            received += b"".join(pieces)

    assert response.status_code == 200
    assert 0 < len(received) < len(raw.DOCUMENT)


def test_a_body_may_end_in_a_reset_unasked(raw_server: StartRaw) -> None:
    """Without an event, the reset follows the half at once."""
    with pytest.raises(httpx2.ReadError):
        httpx2.get(raw_server(raw.reset_in_body()).url)


@pytest.mark.parametrize(
    "script, read",
    [
        pytest.param(raw.silent(), 1, id="silent"),
        pytest.param(raw.black_hole(), 0, id="black hole"),
    ],
)
def test_some_servers_never_answer(raw_server: StartRaw, script: raw.Script, read: int) -> None:
    """The client's own timeout ends it; only one of the two has read the request."""
    server = raw_server(script)

    with pytest.raises(httpx2.ReadTimeout):
        httpx2.get(server.url, timeout=httpx2.Timeout(5, read=0.1))
    assert server.wait_until(lambda server: len(server.requests) == read)


def test_a_black_hole_does_not_even_read(raw_server: StartRaw) -> None:
    """A request too long for the buffers between never leaves the client."""
    server = raw_server(raw.black_hole())

    with pytest.raises(httpx2.WriteTimeout):
        httpx2.post(server.url, content=bytes(50_000_000), timeout=httpx2.Timeout(5, write=0.2))


def test_a_black_hole_swallows_a_handshake(raw_server: StartRaw) -> None:
    """Asked by https, it never says its half of the handshake."""
    server = raw_server(raw.black_hole())

    with pytest.raises(httpx2.ConnectTimeout):
        httpx2.get(server.url.replace("http:", "https:"), timeout=0.2)


def test_a_handshake_may_be_reset(raw_server: StartRaw) -> None:
    """Asked by https, a plain server resets at the first bytes of the handshake."""
    server = raw_server(raw.reset_in_request())

    with pytest.raises(httpx2.ConnectError):
        httpx2.get(server.url.replace("http:", "https:"))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"SSH-2.0-OpenSSH_9.9\r\n", id="ssh"),
        pytest.param(b"+OK POP3 ready\r\n\r\n", id="pop3"),
        pytest.param(b"\x15\x03\x01\x00\x02\x02\x16", id="tls alert"),
    ],
)
def test_some_servers_speak_no_http(raw_server: StartRaw, data: bytes) -> None:
    """The client gets the bytes as given and calls them a breach of protocol."""
    server = raw_server(raw.garbage(data))

    assert exchange(server.port) == data
    with pytest.raises(httpx2.RemoteProtocolError):
        httpx2.get(server.url)


def test_a_kept_connection_may_close_at_the_next_request(raw_server: StartRaw) -> None:
    """The first request is answered; the second is read and the stream ends in order."""
    server = raw_server(raw.keep_alive_race())

    with connect(server.port) as sock:
        sock.sendall(GET)
        assert read_message(sock)[1] == raw.DOCUMENT
        sock.sendall(GET)
        assert read_all(sock) == b""

    assert [request.connection for request in server.requests] == [1, 1]


def test_a_kept_connection_may_be_reset_at_the_next_request(raw_server: StartRaw) -> None:
    """The second request is never read, so it was certainly not obeyed."""
    server = raw_server(raw.keep_alive_reset(), raw.answer_json("fresh"))

    with httpx2.Client(base_url=server.url) as client:
        client.get("/first")
        with pytest.raises(httpx2.ReadError):
            client.get("/second")
        again = client.get("/third")

    assert again.json() == "fresh"
    seen = [(request.connection, request.path) for request in server.requests]
    assert seen == [(1, "/first"), (2, "/third")]


def test_an_idle_connection_may_close(raw_server: StartRaw) -> None:
    """After its answer the server hangs up, and a further call needs a fresh connection."""
    server = raw_server(raw.answer_then_close(), raw.answer())

    with httpx2.Client(base_url=server.url) as client:
        client.get("/")
        assert server.wait_until(lambda server: server.open_connections == 0)
        client.get("/")

    assert [request.connection for request in server.requests] == [1, 2]


def test_an_answer_may_wait_for_an_event(raw_server: StartRaw) -> None:
    """The test decides when the answer comes."""
    come = threading.Event()
    server = raw_server(raw.late_answer(come))

    with connect(server.port) as sock:
        sock.sendall(GET)
        assert server.wait_until(lambda server: len(server.requests) == 1)
        assert server.sent_bytes == 0
        come.set()
        assert read_message(sock)[1] == raw.DOCUMENT


def test_a_stall_has_an_end(raw_server: StartRaw) -> None:
    """An event that is never set is waited for only so long."""
    never = threading.Event()
    server = raw_server(
        (raw.Read(), raw.Stall(never, seconds=0.05), raw.Send(b"late"), raw.Close())
    )

    assert exchange(server.port) == b"late"
