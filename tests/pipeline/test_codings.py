"""Content codings are undone to their very end, or the body counts as corrupt."""

from __future__ import annotations

import gzip
import sys
import zlib

import httpx2
import pytest

from redhanded.pipeline.codings import MOST_CODINGS, undone
from redhanded.pipeline.errors import BodyCorrupt, BodyTooLarge
from tests.servers import raw

TEXT = b"{" + bytes(range(32, 127)) * 40 + b"}"
PLENTY = 1 << 20
ZSTD = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"


def raw_deflate(data: bytes) -> bytes:
    """A deflate stream without the zlib frame that RFC 9110 means."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


GZIP = gzip.compress(TEXT, mtime=0)
ZLIB = zlib.compress(TEXT)
RAW = raw_deflate(TEXT)
BROTLI = raw.brotli(TEXT)


@pytest.mark.parametrize(
    "header, sent",
    [
        pytest.param("gzip", GZIP, id="gzip"),
        pytest.param("x-gzip", GZIP, id="x-gzip"),
        pytest.param(" GZIP ", GZIP, id="gzip-in-capitals"),
        pytest.param("deflate", ZLIB, id="deflate-zlib"),
        pytest.param("deflate", RAW, id="deflate-raw"),
        pytest.param("br", BROTLI, id="brotli"),
        pytest.param("identity", TEXT, id="identity"),
        pytest.param("", TEXT, id="none-named"),
        pytest.param("identity, , gzip", GZIP, id="with-identity"),
        pytest.param("gzip, br", raw.brotli(GZIP), id="gzip-in-brotli"),
        pytest.param("deflate, gzip", gzip.compress(ZLIB), id="deflate-in-gzip"),
    ],
)
def test_a_whole_body_comes_out_as_it_was(header: str, sent: bytes) -> None:
    """The codings of Content-Encoding are undone, the last one first."""
    assert undone(header, sent, PLENTY) == (TEXT, "")


@pytest.mark.parametrize("members", [2, 3, 50], ids=["two", "three", "fifty"])
def test_every_member_of_a_gzip_stream_is_read(members: int) -> None:
    """RFC 1952 lets a gzip stream have several members, all of which are the body."""
    content, _ = undone("gzip", GZIP * members, PLENTY)
    assert content == TEXT * members


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "br", "zstd"])
def test_an_empty_body_needs_no_frame(coding: str) -> None:
    """A body of no bytes, as a HEAD or a 304 has, is not a stream that was cut."""
    assert undone(coding, b"", PLENTY).content == b""


@pytest.mark.parametrize(
    "coding, whole",
    [
        pytest.param("gzip", GZIP, id="gzip"),
        pytest.param("gzip", GZIP + GZIP, id="gzip-of-two"),
        pytest.param("deflate", ZLIB, id="deflate-zlib"),
        pytest.param("deflate", RAW, id="deflate-raw"),
        pytest.param("br", BROTLI, id="brotli"),
    ],
)
def test_a_cut_at_any_byte_is_noticed(coding: str, whole: bytes) -> None:
    """INVARIANT: no proper beginning of a compressed body passes for the whole of it."""
    boundary = len(GZIP) if whole == GZIP + GZIP else 0  # between two members nothing is missing
    for length in (*range(1, 40), *range(len(whole) - 40, len(whole))):
        if length != boundary:
            with pytest.raises(BodyCorrupt):
                undone(coding, whole[:length], PLENTY)


@pytest.mark.parametrize(
    "coding, sent, words",
    [
        pytest.param("gzip", GZIP + b"more", "4 bytes follow", id="after-gzip"),
        pytest.param("deflate", ZLIB + b"more", "4 bytes follow", id="after-zlib"),
        pytest.param("deflate", RAW + b"more", "4 bytes follow", id="after-raw-deflate"),
        pytest.param("br", BROTLI + b"more", "is corrupt", id="after-brotli"),
        pytest.param("gzip", TEXT, "is corrupt", id="not-gzip"),
        pytest.param("deflate", b"\xff" * 20, "is corrupt", id="not-deflate"),
        pytest.param("br", b"\xff" * 20, "is corrupt", id="not-brotli"),
        pytest.param("gzip", GZIP[:-8] + bytes(8), "is corrupt", id="wrong-checksum"),
        pytest.param("deflate", ZLIB[:-4] + bytes(4), "is corrupt", id="wrong-adler"),
        pytest.param("gzip", GZIP[:-8], "stops short", id="no-checksum"),
    ],
)
def test_what_does_not_end_where_it_says_is_corrupt(coding: str, sent: bytes, words: str) -> None:
    """A stream that is altered, cut or followed by more is refused, and the sentence says how."""
    with pytest.raises(BodyCorrupt, match=words):
        undone(coding, sent, PLENTY)


@pytest.mark.parametrize(
    "header, unknown, content",
    [
        pytest.param("x-nobody", "x-nobody", TEXT, id="alone"),
        pytest.param("x-nobody, gzip", "x-nobody", TEXT, id="below-a-known-one"),
        pytest.param("gzip, x-nobody", "x-nobody", GZIP, id="above-a-known-one"),
    ],
)
def test_an_unknown_coding_stops_the_way(header: str, unknown: str, content: bytes) -> None:
    """What lies under a coding that nobody here knows is left as it came, and the coding named."""
    sent = GZIP if "gzip" in header else TEXT
    assert undone(header, sent, PLENTY) == (content, unknown)


def test_codings_are_not_stacked_without_end() -> None:
    """More codings than anybody means are refused before one of them is undone."""
    header = ", ".join(["gzip"] * (MOST_CODINGS + 1))
    with pytest.raises(BodyCorrupt, match=f"{MOST_CODINGS + 1} content codings"):
        undone(header, GZIP, PLENTY)


@pytest.mark.parametrize(
    "coding, sent",
    [
        pytest.param("gzip", GZIP, id="gzip"),
        pytest.param("deflate", ZLIB, id="deflate-zlib"),
        pytest.param("deflate", RAW, id="deflate-raw"),
        pytest.param("br", BROTLI, id="brotli"),
    ],
)
def test_the_limit_is_of_decoded_bytes(coding: str, sent: bytes) -> None:
    """A body of exactly `limit` decoded bytes passes, and one of a byte more does not."""
    assert undone(coding, sent, len(TEXT)).content == TEXT
    with pytest.raises(BodyTooLarge, match="raise body_limit"):
        undone(coding, sent, len(TEXT) - 1)


def test_the_limit_holds_over_all_members() -> None:
    """INVARIANT: many small gzip members cannot outgrow the cap together."""
    assert undone("gzip", GZIP * 3, 3 * len(TEXT)).content == TEXT * 3
    with pytest.raises(BodyTooLarge):
        undone("gzip", GZIP * 3, 3 * len(TEXT) - 1)


@pytest.mark.parametrize(
    "coding, sent",
    [
        pytest.param("gzip", gzip.compress(bytes(1 << 26)), id="gzip"),
        pytest.param("deflate", zlib.compress(bytes(1 << 26)), id="deflate"),
        pytest.param("gzip, gzip", gzip.compress(gzip.compress(bytes(1 << 26))), id="gzip-in-gzip"),
    ],
)
def test_a_bomb_is_given_up_at_the_limit(coding: str, sent: bytes) -> None:
    """INVARIANT: a small stream that unpacks to 64 MiB is refused, not unpacked."""
    with pytest.raises(BodyTooLarge):
        undone(coding, sent, 1 << 16)


def test_zstd_is_undone_or_refused_like_the_others() -> None:
    """Where a zstd codec is there, a whole stream passes, and a cut or large one does not."""
    zstd = pytest.importorskip(ZSTD, reason="there is no zstd codec in this environment")
    sent = zstd.compress(TEXT)
    assert undone("zstd", sent, len(TEXT)) == (TEXT, "")
    with pytest.raises(BodyTooLarge):
        undone("zstd", sent, len(TEXT) - 1)
    with pytest.raises(httpx2.DecodingError):
        undone("zstd", sent[:-1], PLENTY)
