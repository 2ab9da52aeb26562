"""The scripts whose framing lies, read byte by byte and by two clients."""

from __future__ import annotations

import http.client
from collections.abc import Callable

import httpx2
import pytest

from tests.servers import raw
from tests.servers.bare import exchange
from tests.servers.fixtures import StartRaw

SIZE = len(raw.DOCUMENT)
HALF = SIZE // 2


def lengths(head: bytes) -> list[int]:
    """The values of every Content-Length, in order."""
    lines = head.decode("ascii").split("\r\n")
    return [int(line.split(": ")[1]) for line in lines if line.startswith("Content-Length: ")]


@pytest.mark.parametrize(
    "script, expected",
    [
        pytest.param(raw.short_body(), [SIZE], id="short body"),
        pytest.param(raw.close_delimited_cut(), [], id="close-delimited cut"),
        pytest.param(raw.two_content_lengths(), [SIZE, HALF], id="two lengths"),
        pytest.param(raw.content_length_and_chunked(), [SIZE], id="length and chunks"),
        pytest.param(raw.bytes_after_content_length(), [HALF], id="bytes after the end"),
        pytest.param(raw.bad_chunk(), [], id="bad chunk"),
        pytest.param(raw.short_chunk(), [], id="short chunk"),
        pytest.param(raw.no_last_chunk(), [], id="no last chunk"),
    ],
)
def test_the_promised_lengths_are_as_named(
    raw_server: StartRaw, script: raw.Script, expected: list[int]
) -> None:
    """What the head promises about the body is exactly the fault's lie, no more."""
    head = exchange(raw_server(script).port).partition(b"\r\n\r\n")[0]

    assert lengths(head) == expected


@pytest.mark.parametrize(
    "script, expected",
    [
        pytest.param(raw.short_body(), raw.DOCUMENT[:HALF], id="short body"),
        pytest.param(raw.short_body(missing_bytes=1), raw.DOCUMENT[:-1], id="one byte short"),
        pytest.param(raw.close_delimited_cut(), raw.DOCUMENT[:HALF], id="close-delimited cut"),
        pytest.param(raw.two_content_lengths(), raw.DOCUMENT, id="two lengths"),
        pytest.param(raw.bytes_after_content_length(), raw.DOCUMENT, id="bytes after the end"),
        pytest.param(raw.no_last_chunk(), raw.chunk(raw.DOCUMENT), id="no last chunk"),
        pytest.param(raw.short_chunk(), raw.chunk(raw.DOCUMENT)[:-HALF], id="short chunk"),
        pytest.param(
            raw.content_length_and_chunked(),
            raw.chunk(raw.DOCUMENT[:HALF]) + raw.chunk(b""),
            id="length and chunks",
        ),
    ],
)
def test_the_body_on_the_wire_is_as_named(
    raw_server: StartRaw, script: raw.Script, expected: bytes
) -> None:
    """What follows the head is exactly what the fault says is sent."""
    assert exchange(raw_server(script).port).partition(b"\r\n\r\n")[2] == expected


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.short_body, id="short body"),
        pytest.param(raw.bad_chunk, id="bad chunk"),
        pytest.param(raw.short_chunk, id="short chunk"),
        pytest.param(raw.no_last_chunk, id="no last chunk"),
    ],
)
def test_two_clients_call_it_broken(raw_server: StartRaw, script: Callable[[], raw.Script]) -> None:
    """The standard library and httpx2 agree that the message is not whole."""
    server = raw_server(script())
    plain = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    plain.request("GET", "/")

    with pytest.raises(http.client.IncompleteRead):
        plain.getresponse().read()
    with pytest.raises(httpx2.RemoteProtocolError):
        httpx2.get(server.url)
    plain.close()


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.close_delimited_cut(), id="close-delimited cut"),
        pytest.param(raw.content_length_and_chunked(), id="length and chunks"),
        pytest.param(raw.bytes_after_content_length(), id="bytes after the end"),
    ],
)
def test_a_plain_client_takes_half_for_the_whole(raw_server: StartRaw, script: raw.Script) -> None:
    """These are the faults that cost data without a word: status 200, half the document."""
    response = httpx2.get(raw_server(script).url)

    assert (response.status_code, response.content) == (200, raw.DOCUMENT[:HALF])


def test_headers_can_be_cut(raw_server: StartRaw) -> None:
    """The stream ends within a header's name."""
    assert exchange(raw_server(raw.cut_in_headers()).port).endswith(b"\r\nContent-Ty")
