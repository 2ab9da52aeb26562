"""The scripts whose content coding is not sound under a true Content-Length."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import httpx2
import pytest

from tests.servers import raw
from tests.servers.bare import connect, read_message
from tests.servers.fixtures import StartRaw

SIZE = len(raw.DOCUMENT)
HALF = SIZE // 2
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def body_of(server: raw.RawServer) -> bytes:
    """The coded body, read by its Content-Length; the connection stays open after it."""
    with connect(server.port) as sock:
        sock.sendall(GET)
        _, first = read_message(sock)
        sock.sendall(GET)
        _, second = read_message(sock)
    assert first == second
    return first


def unzip(data: bytes) -> tuple[bytes, bool]:
    """What comes out, and whether the stream came to its end."""
    unpacker = zlib.decompressobj(wbits=47)
    return unpacker.decompress(data), unpacker.eof


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.truncated_gzip(), id="gzip"),
        pytest.param(raw.truncated_deflate(), id="deflate"),
    ],
)
def test_a_truncated_stream_has_a_beginning_and_no_end(
    raw_server: StartRaw, script: raw.Script
) -> None:
    """The length is kept, the stream inside it is cut, and data was lost."""
    unpacked, ended = unzip(body_of(raw_server(script)))

    assert raw.DOCUMENT.startswith(unpacked)
    assert 0 < len(unpacked) < SIZE
    assert not ended


def test_a_brotli_stream_can_be_truncated_too(raw_server: StartRaw) -> None:
    """Half of the stream; whether a client notices depends on the decoder it found installed."""
    stream = raw.brotli(raw.DOCUMENT)

    assert body_of(raw_server(raw.truncated_brotli())) == stream[: len(stream) // 2]


def test_a_stream_without_checksum_lost_nothing_else(raw_server: StartRaw) -> None:
    """Every byte of the document comes out, and the end of the stream does not."""
    assert unzip(body_of(raw_server(raw.gzip_without_checksum()))) == (raw.DOCUMENT, False)


def test_a_wrong_checksum_is_wrong(raw_server: StartRaw) -> None:
    """A decoder that checks finds it."""
    packed = body_of(raw_server(raw.gzip_with_wrong_checksum()))

    with pytest.raises(gzip.BadGzipFile, match="CRC"):
        gzip.decompress(packed)


def test_two_members_are_one_document(raw_server: StartRaw) -> None:
    """The stream is legal: a whole decoder gets the whole document."""
    assert gzip.decompress(body_of(raw_server(raw.gzip_of_two_members()))) == raw.DOCUMENT


def test_a_bomb_is_small_until_it_is_unpacked(raw_server: StartRaw) -> None:
    """Ten mebibytes travel as a few kilobytes."""
    packed = body_of(raw_server(raw.gzip_bomb(size_bytes=10 << 20)))

    assert len(packed) < 20_000
    assert len(gzip.decompress(packed)) == 10 << 20


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.truncated_gzip, id="gzip"),
        pytest.param(raw.truncated_deflate, id="deflate"),
        pytest.param(raw.gzip_of_two_members, id="two gzip members"),
    ],
)
def test_a_plain_client_takes_part_for_the_whole(
    raw_server: StartRaw, script: Callable[[], raw.Script]
) -> None:
    """These are the faults that cost data without a word: status 200, part of the document."""
    response = httpx2.get(raw_server(script()).url)

    assert response.status_code == 200
    assert raw.DOCUMENT.startswith(response.content)
    assert 0 < len(response.content) < SIZE


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.not_gzip(), id="not gzip"),
        pytest.param(raw.gzip_with_wrong_checksum(), id="wrong checksum"),
    ],
)
def test_a_plain_client_refuses_what_cannot_be_decoded(
    raw_server: StartRaw, script: raw.Script
) -> None:
    """Here the transport was fine and the coding was not."""
    with pytest.raises(httpx2.DecodingError):
        httpx2.get(raw_server(script).url)


def test_an_unknown_coding_is_named(raw_server: StartRaw) -> None:
    """The document arrives under a name that no client can decode."""
    response = httpx2.get(raw_server(raw.unknown_coding()).url)

    assert response.headers["Content-Encoding"] == "x-nobody-knows"
    assert response.content == raw.DOCUMENT
