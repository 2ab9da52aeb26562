"""The scripted server itself: order, journal, bounds, end."""

from __future__ import annotations

import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from tests.servers import raw
from tests.servers.bare import GET, connect, exchange, read_message
from tests.servers.fixtures import StartRaw


def alive(server: raw.RawServer) -> list[str]:
    """The names of the server's living threads."""
    prefix = f"raw-{server.port}"
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(prefix)]


def turned_away(port: int) -> bool:
    """Whether the server ends the connection, in order or not, without a byte."""
    try:
        return exchange(port) == b""
    except ConnectionError:
        return True


def test_scripts_are_played_in_order_and_the_last_for_ever(raw_server: StartRaw) -> None:
    """On one connection, each request takes the next script."""
    server = raw_server(raw.answer(503), raw.answer(200), raw.answer(204, b""))

    with httpx2.Client(base_url=server.url) as client:
        statuses = [client.get("/").status_code for _ in range(4)]

    assert statuses == [503, 200, 204, 204]
    assert server.connections == 1


def test_a_new_connection_takes_the_next_script(raw_server: StartRaw) -> None:
    """A script that ends its connection leaves the next one to the next connection."""
    server = raw_server(raw.exactly(b"one"), raw.exactly(b"two"))

    assert [exchange(server.port), exchange(server.port)] == [b"one", b"two"]
    assert [request.connection for request in server.requests] == [1, 2]


def test_a_script_is_not_spent_on_a_connection_that_the_client_closed() -> None:
    """After an answer the next script waits for bytes, so a hang-up costs nothing."""
    with raw.serve(raw.answer(), raw.exactly(b"second")) as server:
        with connect(server.port) as sock:
            sock.sendall(GET)
            read_message(sock)
        assert server.wait_until(lambda server: server.open_connections == 0)

        assert exchange(server.port) == b"second"


def test_pipelined_requests_are_answered_one_by_one(raw_server: StartRaw) -> None:
    """Bytes of a further request are kept for the next script."""
    server = raw_server(raw.answer(), raw.exactly(b"second"))

    received = exchange(server.port, GET + GET)

    assert received.endswith(b"second")
    assert len(server.requests) == 2


def test_every_request_is_noted(raw_server: StartRaw) -> None:
    """The journal holds method, path, headers and body of what was read."""
    server = raw_server(raw.answer_json({"id": 7}, 201))

    response = httpx2.post(f"{server.url}/orders?dry=1", json={"sum": 1}, headers={"X-Tag": "t"})

    (request,) = server.requests
    assert response.json() == {"id": 7}
    assert (request.method, request.path, request.query) == ("POST", "/orders", "dry=1")
    assert (request.header("X-Tag"), request.body) == ("t", b'{"sum":1}')


def test_a_reply_may_depend_on_the_request(raw_server: StartRaw) -> None:
    """The function gets what was received."""
    server = raw_server(raw.reply(lambda request: raw.message(200, request.body[::-1])))

    assert httpx2.post(server.url, content=b"abc").content == b"cba"


def test_head_is_answered_without_a_body(raw_server: StartRaw) -> None:
    """A connection stays usable after HEAD, as the protocol wants."""
    server = raw_server(raw.answer())

    with httpx2.Client(base_url=server.url) as client:
        lengths = [len(client.request(method, "/").content) for method in ("HEAD", "GET")]

    assert lengths == [0, len(raw.DOCUMENT)]
    assert server.connections == 1


def test_waiting_ends_when_the_condition_holds(raw_server: StartRaw) -> None:
    """A condition that never holds is given up after the seconds."""
    server = raw_server(raw.silent())

    with connect(server.port) as sock:
        sock.sendall(GET)
        assert server.wait_until(lambda server: len(server.requests) == 1)
        assert not server.wait_until(lambda server: len(server.requests) == 2, seconds=0.01)


def test_what_is_not_http_ends_its_connection_only(raw_server: StartRaw) -> None:
    """A client that speaks TLS to a plain server is hung up on, and the next one served."""
    server = raw_server(raw.exactly(b"unheard"), raw.exactly(b"heard"))

    assert exchange(server.port, b"\x16\x03\x01\x00") == b""
    assert exchange(server.port) == b"heard"


def test_many_clients_at_once_are_served(raw_server: StartRaw) -> None:
    """Each connection has a thread; the journal misses none of them."""
    server = raw_server(raw.close_delimited(b"ok"))

    with ThreadPoolExecutor(20) as pool:
        received = list(pool.map(exchange, [server.port] * 40))

    assert all(data.endswith(b"ok") for data in received)
    assert (len(server.requests), server.connections) == (40, 40)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.black_hole(), id="stalled"),
        pytest.param(raw.silent(), id="silent"),
        pytest.param(raw.answer(), id="kept alive"),
        pytest.param(raw.slow_body(every=30), id="between two drips"),
        pytest.param(raw.endless_body(), id="blocked by a client that does not read"),
        pytest.param(raw.late_answer(threading.Event()), id="waiting for an event"),
    ],
)
def test_closing_ends_every_thread(script: raw.Script) -> None:
    """INVARIANT: no thread outlives its server, whatever its script waits for."""
    with raw.serve(script) as server, connect(server.port) as sock:
        sock.sendall(GET)
        assert server.wait_until(lambda server: server.connections == 1)
        assert alive(server)
        server.close()

    assert alive(server) == []


def test_a_connection_lives_only_so_long() -> None:
    """A client that never speaks is hung up on after the server's seconds."""
    with raw.serve(raw.silent(), seconds=0.05) as server, connect(server.port) as sock:
        assert sock.recv(1) == b""


def test_a_thread_that_does_not_end_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script of the test's own that blocks is named, not waited for without end."""
    blocked, entered = threading.Event(), threading.Event()

    def block(request: raw.Received) -> bytes:
        entered.set()
        blocked.wait(10)
        return b""

    monkeypatch.setattr("tests.servers.raw.server.SECONDS_TO_END", 0.05)
    server = raw.RawServer(raw.reply(block))
    with connect(server.port) as sock:
        sock.sendall(GET)
        assert entered.wait(5)
        with pytest.raises(raw.ServerStillRunning, match="could not end raw-"):
            server.close()
        blocked.set()


def test_connections_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client in an endless loop is turned away."""
    monkeypatch.setattr("tests.servers.raw.server.CONNECTIONS_LIMIT", 1)

    with raw.serve(raw.exactly(b"ok")) as server:
        assert exchange(server.port) == b"ok"
        assert turned_away(server.port)

    assert server.connections == 1


def test_a_server_needs_a_script() -> None:
    """Without one there is nothing to play, and the sentence says what to give."""
    with pytest.raises(ValueError, match="needs at least one script"):
        raw.RawServer()


def test_a_closed_port_refuses(closed_port: int) -> None:
    """Nobody listens there, and nobody else can begin to."""
    with pytest.raises(ConnectionRefusedError):
        connect(closed_port)
    with socket.socket() as other, pytest.raises(OSError):
        other.bind(("127.0.0.1", closed_port))


def test_the_server_speaks_tls(
    raw_server: StartRaw, tls_context: ssl.SSLContext, ca_bundle: Path
) -> None:
    """A client that trusts the authority is served, and its request is noted."""
    server = raw_server(raw.answer_json({"safe": True}), tls=tls_context)
    trust = ssl.create_default_context(cafile=str(ca_bundle))

    with httpx2.Client(base_url=server.url, verify=trust) as client:
        answers = [client.get("/").json() for _ in range(2)]

    assert answers == [{"safe": True}] * 2
    assert server.url.startswith("https://127.0.0.1:")
    assert server.connections == 1


def test_a_client_that_refuses_the_certificate_leaves_no_request(
    raw_server: StartRaw, tls_context: ssl.SSLContext
) -> None:
    """A failed handshake ends its connection only."""
    server = raw_server(raw.answer(), tls=tls_context)

    for _ in range(2):
        with pytest.raises(httpx2.ConnectError, match="certificate verify failed"):
            httpx2.get(server.url)

    assert server.requests == ()
    assert server.connections == 2


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.reset_after_request(), id="reset"),
        pytest.param(raw.no_answer(), id="close"),
    ],
)
def test_connections_end_under_tls_too(
    raw_server: StartRaw, tls_context: ssl.SSLContext, ca_bundle: Path, script: raw.Script
) -> None:
    """The script's end reaches a TLS client as a transport error."""
    server = raw_server(script, tls=tls_context)
    trust = ssl.create_default_context(cafile=str(ca_bundle))

    with httpx2.Client(verify=trust) as client, pytest.raises(httpx2.TransportError):
        client.get(server.url)

    assert len(server.requests) == 1


def test_closing_ends_an_unfinished_handshake(tls_context: ssl.SSLContext) -> None:
    """A client that connects and never begins its handshake holds no thread."""
    with raw.serve(raw.answer(), tls=tls_context) as server, connect(server.port):
        assert server.wait_until(lambda server: server.connections == 1)

    assert alive(server) == []
