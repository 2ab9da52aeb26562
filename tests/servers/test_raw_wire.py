"""How a request is read off the wire."""

from __future__ import annotations

import pytest

from tests.servers.raw.wire import HEAD_LIMIT_BYTES, NotHTTP, Received, parse

POST = b"POST /orders?a=1&b=2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
CHUNKED = (
    b"PUT /f HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;note=1\r\nabc\r\nA\r\n0123456789\r\n"
    b"0\r\n\r\n"
)


def whole(data: bytes) -> Received:
    """The request that the data is."""
    found = parse(data, connection=1)
    assert found is not None
    return found[0]


def test_a_request_is_taken_apart() -> None:
    """Method, target, headers in order and body are what was sent."""
    request = whole(POST)

    assert request == Received(
        1, "POST", "/orders?a=1&b=2", (("Host", "x"), ("Content-Length", "3")), b"abc"
    )
    assert (request.path, request.query) == ("/orders", "a=1&b=2")


def test_a_chunked_body_is_put_together() -> None:
    """Chunk sizes are hexadecimal and their extensions are dropped."""
    assert whole(CHUNKED).body == b"abc0123456789"


def test_headers_are_found_whatever_their_case() -> None:
    """A repeated header keeps all its values; an absent one is None."""
    request = whole(b"GET / HTTP/1.1\r\nX-Tag: one\r\nx-tag:two\r\n\r\n")

    assert request.every("X-TAG") == ["one", "two"]
    assert request.header("x-Tag") == "one"
    assert request.header("Host") is None


@pytest.mark.parametrize(
    "data", [pytest.param(POST, id="counted"), pytest.param(CHUNKED, id="chunked")]
)
def test_a_request_is_incomplete_until_its_last_byte(data: bytes) -> None:
    """Every prefix is waited for; what follows the request is left for the next."""
    assert all(parse(data[:end], connection=1) is None for end in range(len(data)))
    found = parse(data + b"GET", connection=1)

    assert found is not None
    assert found[1] == len(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x16\x03\x01\x02", id="a TLS handshake"),
        pytest.param(b"HELLO\r\n\r\n", id="no request line"),
        pytest.param(b"GET / HTTP/1.1\r\nContent-Length: ten\r\n\r\n", id="no length"),
        pytest.param(b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", id="negative length"),
        pytest.param(
            b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", id="no chunk size"
        ),
        pytest.param(b"G" * (HEAD_LIMIT_BYTES + 1), id="endless head"),
    ],
)
def test_what_cannot_become_a_request_is_refused(data: bytes) -> None:
    """Such bytes are refused, not waited for."""
    with pytest.raises(NotHTTP):
        parse(data, connection=1)
