"""What no rule strikes passes as it came, byte for byte."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx2
import pytest

from redhanded.lab.weather.line import NO_LINGER
from redhanded.lab.weather.wire import LONGEST_HEAD
from tests.lab.weather.conftest import SECONDS, Blow, Weather
from tests.servers import raw

MEGABYTE = bytes(range(256)) * 4096


@contextmanager
def connected(weather: Weather) -> Iterator[socket.socket]:
    """A bare connection to the proxy."""
    with socket.create_connection(("127.0.0.1", weather.port), timeout=SECONDS) as sock:
        yield sock


def read_all(sock: socket.socket) -> bytes:
    """Everything up to the end of the connection."""
    return b"".join(iter(lambda: sock.recv(1 << 16), b""))


def read_exactly(sock: socket.socket, size: int) -> bytes:
    """So many bytes."""
    data = b""
    while len(data) < size:
        piece = sock.recv(size - len(data))
        assert piece, f"it ended after {data!r}"
        data += piece
    return data


def ask(sock: socket.socket, *lines: str, body: bytes = b"") -> None:
    """Sends a request."""
    sock.sendall("\r\n".join([*lines, "Host: x", "", ""]).encode() + body)


ODD_HEAD = (
    b"HTTP/1.1 200 Fine By Me\r\nX-CaSe:  kept \r\nX-Two: 1\r\nX-Two: 2\r\nX-Latin: caf\xe9\r\n"
)
ANSWERS = [
    pytest.param(ODD_HEAD + b"Content-Length: 0\r\n\r\n", id="no-byte"),
    pytest.param(ODD_HEAD + b"Content-Length: 5\r\n\r\nhello", id="a-few"),
    pytest.param(ODD_HEAD + b"Content-Length: 1048576\r\n\r\n" + MEGABYTE, id="a-megabyte"),
    pytest.param(
        ODD_HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n",
        id="chunks-with-extension-and-trailer",
    ),
    pytest.param(ODD_HEAD + b"\r\nuntil the end", id="close-delimited"),
    pytest.param(ODD_HEAD + b"Content-Length: 9\r\n\r\nshort", id="shorter-than-promised"),
    pytest.param(ODD_HEAD + b"Content-Length: 2\r\n\r\nlonger than promised", id="longer"),
    pytest.param(
        ODD_HEAD + b"Transfer-Encoding: chunked\r\n\r\nno size\r\nand so on", id="a-bad-chunk"
    ),
    pytest.param(
        ODD_HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", id="no-last-chunk"
    ),
    pytest.param(b"HTTP/1.1 200 OK\r\nX-Half: th", id="half-a-head"),
    pytest.param(b"", id="nothing"),
    pytest.param(b"SSH-2.0-OpenSSH_9.9\r\n\r\nhello", id="another-language"),
    pytest.param(b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", id="304"),
    pytest.param(b"HTTP/1.1 204 No Content\r\n\r\n", id="204"),
    pytest.param(
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        + ODD_HEAD
        + b"Content-Length: 1\r\n\r\n!",
        id="early-hints",
    ),
]


@pytest.mark.parametrize("sent", ANSWERS)
def test_an_answer_passes_byte_for_byte(blow: Blow, sent: bytes) -> None:
    """INVARIANT: also what a broken server sends arrives as it was sent, and ends as it ended."""
    with raw.serve(raw.exactly(sent)) as server, connected(blow(url=server.url)) as sock:
        ask(sock, "GET / HTTP/1.1")

        assert read_all(sock) == sent


def test_a_reset_passes_as_a_reset(blow: Blow) -> None:
    """How an upstream ends a connection is told by how the proxy does."""
    with raw.serve(raw.reset_after_request()) as server, connected(blow(url=server.url)) as sock:
        ask(sock, "GET / HTTP/1.1")

        with pytest.raises(ConnectionResetError):
            sock.recv(1)


def test_a_head_passes_without_a_body(blow: Blow) -> None:
    """An answer to HEAD promises a body and has none; the connection lives on."""
    weather = blow()

    with weather.client() as client:
        answers = [client.head("/a"), client.get("/b")]

    assert [len(answer.content) for answer in answers] == [0, len(raw.DOCUMENT)]
    assert answers[0].headers["content-length"] == str(len(raw.DOCUMENT))


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(MEGABYTE * 2, id="2-megabytes"),
    ],
)
def test_an_upload_passes_whole(blow: Blow, upstream: raw.RawServer, sent: bytes) -> None:
    """The upstream gets every byte, and the log its digest."""
    weather = blow()

    with weather.client() as client:
        answer = client.put("/x", content=sent, headers={"X-Odd": "two  words"})

    assert answer.status_code == 200
    assert upstream.requests[0].body == sent
    expected = hashlib.sha256(sent).hexdigest() if sent else None
    assert weather.arrivals[0]["body_sha"] == expected


def test_a_request_passes_byte_for_byte(blow: Blow) -> None:
    """The head is not tidied up, an empty line stays before it, and chunks stay chunks."""
    head = b"\r\nPOST /a?b=%2F HTTP/1.1\r\nhOST: x\r\nX-A: 1\r\nX-A:2\r\n"
    head += b"Transfer-Encoding: chunked\r\n\r\n"
    body = b"3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nX-Trailer: 1\r\n\r\n"
    received = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        weather = blow(url=f"http://127.0.0.1:{server.getsockname()[1]}")
        with connected(weather) as sock:
            sock.sendall(head + body)
            accepted, _ = server.accept()
            with accepted:
                accepted.settimeout(SECONDS)
                received.append(read_exactly(accepted, len(head + body)))

    assert received == [head + body]


def test_pipelined_requests_are_answered_in_order(blow: Blow, upstream: raw.RawServer) -> None:
    """Requests that come before their turn wait for it on the same connection."""
    one = raw.message()
    with connected(blow()) as sock:
        sock.sendall(b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\n" * 2 + b"GET /3 HTTP/1.1\r\n\r\n")

        answers = read_exactly(sock, 3 * len(one))

    assert answers == 3 * one
    assert [request.target for request in upstream.requests] == ["/1", "/1", "/3"]
    assert upstream.connections == 1


def test_a_client_may_wait_for_leave_to_send(blow: Blow) -> None:
    """100 Continue comes from the upstream, before the body is sent."""
    leave = b"HTTP/1.1 100 Continue\r\n\r\n"
    final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    with socket.create_server(("127.0.0.1", 0)) as server:
        weather = blow(url=f"http://127.0.0.1:{server.getsockname()[1]}")
        with connected(weather) as sock:
            ask(sock, "PUT / HTTP/1.1", "Expect: 100-continue", "Content-Length: 4")
            accepted, _ = server.accept()
            with accepted:
                accepted.settimeout(SECONDS)
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    head += accepted.recv(1)
                accepted.sendall(leave)
                assert read_exactly(sock, len(leave)) == leave
                sock.sendall(b"body")
                assert read_exactly(accepted, 4) == b"body"
                accepted.sendall(final)

                assert read_exactly(sock, len(final)) == final


def test_an_early_answer_passes_and_ends_the_connection(blow: Blow) -> None:
    """A server that refuses an upload before its end is heard."""
    refusal = b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as server:
        weather = blow(url=f"http://127.0.0.1:{server.getsockname()[1]}")
        with connected(weather) as sock:
            ask(sock, "PUT / HTTP/1.1", "Content-Length: 1000000", body=b"x" * 100)
            accepted, _ = server.accept()
            with accepted:
                accepted.settimeout(SECONDS)
                accepted.recv(1 << 16)
                accepted.sendall(refusal)

                assert read_all(sock) == refusal


def test_an_upgraded_connection_carries_anything(blow: Blow) -> None:
    """After 101 the bytes are not HTTP, and pass both ways."""
    switch = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as server:
        weather = blow(url=f"http://127.0.0.1:{server.getsockname()[1]}")
        with connected(weather) as sock:
            ask(sock, "GET / HTTP/1.1", "Upgrade: echo", "Connection: upgrade")
            accepted, _ = server.accept()
            with accepted:
                accepted.settimeout(SECONDS)
                accepted.recv(1 << 16)
                accepted.sendall(switch + b"\x00hi")
                assert read_exactly(sock, len(switch) + 3) == switch + b"\x00hi"
                sock.sendall(b"\xffho")
                assert read_exactly(accepted, 3) == b"\xffho"
            assert read_all(sock) == b""


def test_what_is_not_http_is_handed_over(blow: Blow) -> None:
    """A client that speaks another language speaks it with the upstream."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        weather = blow(url=f"http://127.0.0.1:{server.getsockname()[1]}")
        with connected(weather) as sock:
            sock.sendall(b"hello there\r\n\r\n")
            accepted, _ = server.accept()
            with accepted:
                accepted.settimeout(SECONDS)

                assert read_exactly(accepted, 15) == b"hello there\r\n\r\n"


def test_an_idle_connection_ends_with_the_upstreams(blow: Blow) -> None:
    """INVARIANT: a server that closes a kept-alive connection is not hidden by the proxy."""
    with raw.serve(raw.answer_then_close()) as server, connected(blow(url=server.url)) as sock:
        ask(sock, "GET / HTTP/1.1")

        assert read_all(sock) == raw.message()


def test_bytes_that_come_unasked_are_passed_on(blow: Blow) -> None:
    """What a server adds to a whole answer later arrives before the next one is asked for."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        weather = blow(url=f"http://127.0.0.1:{server.getsockname()[1]}")
        with connected(weather) as sock:
            ask(sock, "GET / HTTP/1.1")
            accepted, _ = server.accept()
            with accepted:
                accepted.settimeout(SECONDS)
                accepted.recv(1 << 16)
                accepted.sendall(raw.message())
                assert read_exactly(sock, len(raw.message())) == raw.message()
                accepted.sendall(b"by the way")

                assert read_exactly(sock, 10) == b"by the way"


def test_an_upstream_that_is_not_there_is_a_reset(blow: Blow) -> None:
    """The proxy answers nothing of its own, and the log says why there was no answer."""
    with raw.closed_port() as port:
        weather = blow(url=f"http://127.0.0.1:{port}")
        with pytest.raises(httpx2.ReadError):
            weather.get()

    assert [event["event"] for event in weather.events] == ["unreachable"]


def test_requests_are_logged_as_they_reach_the_upstream(blow: Blow) -> None:
    """INVARIANT: each has one line with what it is known by, written before it is answered."""
    trace = "0af7651916cd43dd8448eb211c80319c"
    weather = blow()

    with weather.client() as client:
        client.get(
            "/a?b=c",
            headers={"X-Episode": "test_a", "traceparent": f"00-{trace}-b7ad6b7169203331-01"},
        )
        first = weather.events
        client.post("/b", content=b"x", headers={"traceparent": "nonsense"})

    assert [{**event, "at": ""} for event in first] == [
        {
            "at": "",
            "event": "upstream",
            "n": 1,
            "status": 200,
            "body_sha": None,
            "method": "GET",
            "path": "/a",
            "episode": "test_a",
            "trace_id": trace,
        }
    ]
    second = weather.events[1]
    assert (second["n"], second["method"], second["trace_id"]) == (2, "POST", None)


def test_a_reset_within_a_body_passes_as_one(blow: Blow) -> None:
    """What came before it is delivered, and the end is told by a reset."""
    half = raw.message()[:-3000]
    with socket.create_server(("127.0.0.1", 0)) as server:
        weather = blow(url=f"http://127.0.0.1:{server.getsockname()[1]}")
        with connected(weather) as sock:
            ask(sock, "GET / HTTP/1.1")
            accepted, _ = server.accept()
            accepted.settimeout(SECONDS)
            accepted.recv(1 << 16)
            accepted.sendall(half)
            assert read_exactly(sock, len(half)) == half
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
            accepted.close()

            with pytest.raises(ConnectionResetError):
                sock.recv(1)


def test_a_reset_of_an_idle_connection_passes_as_one(blow: Blow) -> None:
    """Also between two requests the client learns how the upstream left."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        weather = blow(url=f"http://127.0.0.1:{server.getsockname()[1]}")
        with connected(weather) as sock:
            ask(sock, "GET / HTTP/1.1")
            accepted, _ = server.accept()
            accepted.settimeout(SECONDS)
            accepted.recv(1 << 16)
            accepted.sendall(raw.message())
            read_exactly(sock, len(raw.message()))
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
            accepted.close()

            with pytest.raises(ConnectionResetError):
                sock.recv(1)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"hello there\r\n\r\n", id="another-language"),
        pytest.param(b"CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: x\r\n\r\n", id="connect"),
    ],
)
def test_no_language_reaches_an_upstream_that_is_not_there(blow: Blow, sent: bytes) -> None:
    """Who speaks no HTTP, or wants a tunnel, is reset as well."""
    with raw.closed_port() as port, connected(blow(url=f"http://127.0.0.1:{port}")) as sock:
        sock.sendall(sent % port if b"%d" in sent else sent)

        with pytest.raises(ConnectionResetError):
            sock.recv(1)


def test_a_head_without_an_end_is_handed_over(blow: Blow) -> None:
    """A head that is longer than any is left to the upstream to judge."""
    endless = b"GET / HTTP/1.1\r\nX-Long: " + b"a" * LONGEST_HEAD
    with socket.create_server(("127.0.0.1", 0)) as server:
        weather = blow(url=f"http://127.0.0.1:{server.getsockname()[1]}")
        with connected(weather) as sock, ThreadPoolExecutor(1) as pool:
            sending = pool.submit(sock.sendall, endless)
            accepted, _ = server.accept()
            with accepted:
                accepted.settimeout(SECONDS)

                assert read_exactly(accepted, len(endless)) == endless
            sending.result(SECONDS)
