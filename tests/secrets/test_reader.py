"""The reader of the benchmark finds what stands in a file, and nothing that does not."""

from __future__ import annotations

import base64
import gzip
import io
import json
import random
import sqlite3
import zipfile
import zlib
from collections.abc import Callable

import pytest

from bench.secrets.reader import found, reading
from bench.secrets.shapes import SHAPES, Made
from tests.core.leaks import ENCODINGS

TOKEN = "q7Rk2vXw9LmT4bZs8HnYc3Jd6PgFa1Ee5Uu0Ii"
LATER = "abcdefghij" * 40  # what a file holds before


def is_read(secret: str, content: bytes, *parts: str) -> bool:
    """Whether the reader gets the secret, or one of its parts, out of a file."""
    return found(Made(secret, parts), reading(content))


def archive(content: bytes) -> bytes:
    """A zip archive with one file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.txt", content)
    return packed.getvalue()


def database(content: bytes) -> bytes:
    """A SQLite database with one cell that is packed."""
    made = sqlite3.connect(":memory:")
    made.execute("CREATE TABLE evidence (run TEXT, packed BLOB)")
    made.execute("INSERT INTO evidence VALUES ('r', ?)", (zlib.compress(content),))
    made.commit()
    whole = made.serialize()
    made.close()
    return whole


def page(content: bytes) -> bytes:
    """A page with a chunk of data."""
    chunk = base64.b64encode(gzip.compress(json.dumps(content.decode()).encode()))
    return b'<script type="application/x-gz">%s</script>' % chunk


@pytest.mark.parametrize("name", ENCODINGS, ids=ENCODINGS)
@pytest.mark.parametrize("shape", ["token", "password", "unicode", "private_key", "database_url"])
def test_every_encoding_is_read(shape: str, name: str) -> None:
    """A leak that the reader overlooks would be counted as none."""
    secret = SHAPES[shape](random.Random(3)).text
    text = f"{LATER} {ENCODINGS[name](secret)} {LATER}"

    assert is_read(secret, text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "pack",
    [
        pytest.param(gzip.compress, id="gzip"),
        pytest.param(zlib.compress, id="zlib"),
        pytest.param(archive, id="zip"),
        pytest.param(database, id="sqlite"),
        pytest.param(page, id="page"),
        pytest.param(lambda content: page(base64.b64encode(content)), id="base64-in-page"),
        pytest.param(lambda content: gzip.compress(archive(content)), id="zip-in-gzip"),
    ],
)
def test_what_is_packed_is_read(pack: Callable[[bytes], bytes]) -> None:
    """Evidence is kept packed, and a secret in it is as bad as one in clear."""
    assert is_read(TOKEN, pack(f"{LATER} {TOKEN}".encode()))
    assert not is_read(TOKEN, pack(LATER.encode()))


@pytest.mark.parametrize(
    "length, is_leak", [(38, True), (23, True), (22, False), (5, False)], ids=str
)
def test_three_fifths_in_one_piece_are_a_leak(length: int, is_leak: bool) -> None:
    """INVARIANT: the measure is the one of the gate, wherever in the secret the piece begins."""
    for start in range(len(TOKEN) - length + 1):
        piece = TOKEN[start : start + length]
        assert is_read(TOKEN, f"{LATER} {piece}... {LATER}".encode()) is is_leak


def test_two_pieces_are_no_leak() -> None:
    """Who reads two halves with something between them has not read the secret."""
    assert not is_read(TOKEN, f"{TOKEN[:19]} and, elsewhere, {TOKEN[19:]}".encode())


@pytest.mark.parametrize(
    "shown, is_leak",
    [
        (f"{TOKEN[:12]}...{TOKEN[-12:]}", True),
        (f"{TOKEN[:12]}…{TOKEN[-11:]}", True),
        (f"{TOKEN[:11]}...{TOKEN[-11:]}", False),
        (f"{TOKEN[:12]}...{TOKEN[12:24]}", False),
    ],
    ids=["both-ends", "one-sign", "too-little", "no-end"],
)
def test_both_ends_of_a_shortened_secret_are_a_leak(shown: str, is_leak: bool) -> None:
    """Pytest shortens a text in its middle: of forty characters it shows twenty-four."""
    assert is_read(TOKEN, f"assert '{shown}' == 'another'".encode()) is is_leak


def test_a_part_is_a_leak_by_itself() -> None:
    """A line of a key is a part of its own, and so is the signature of a token."""
    key = f"first line of it\n{TOKEN}\nlast line of it"

    assert is_read(key, TOKEN.encode(), TOKEN)
    assert not is_read(key, b"first line of", TOKEN)


@pytest.mark.parametrize(
    "text, is_leak",
    [
        pytest.param("the h7kQ2z stands here", True, id="whole"),
        pytest.param("h7k and Q2z", False, id="halves"),
        pytest.param("id h7kq2z", False, id="other-case"),
    ],
)
def test_a_short_secret_is_read_whole_and_in_its_case(text: str, is_leak: bool) -> None:
    """Four characters of six stand in many an identifier."""
    assert is_read("h7kQ2z", text.encode()) is is_leak


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\x1f\x8b broken", id="gzip"),
        pytest.param(b"x broken", id="zlib"),
        pytest.param(b"PK\x03\x04 broken", id="zip"),
        pytest.param(b"SQLite format 3\0 broken", id="sqlite"),
        pytest.param(b"", id="empty"),
        pytest.param(bytes(range(256)) * 8, id="any-bytes"),
    ],
)
def test_what_is_broken_is_read_as_text(content: bytes) -> None:
    """A file that was cut off says what it says up to there."""
    assert not is_read(TOKEN, content)
    assert is_read(TOKEN, content + f"\n{TOKEN}\n".encode())
