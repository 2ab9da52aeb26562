"""A patient reader: what of a secret stands in a file, whatever it is wrapped in.

It shares nothing with the masking, so that what the one overlooks the other may find. It unpacks
gzip, zlib, zip and SQLite, decodes base64 and hexadecimal at any place, and takes off four levels
of escapes.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import html
import io
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from math import ceil
from typing import NamedTuple
from urllib.parse import unquote

from bench.secrets.shapes import Made

SHARE = 0.6  # of a secret, in one piece, is as good as the secret
_LEAST = 6
_LEVELS = 4
_NESTED = 3  # a chunk of a page, in it a body, in it a credential
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x00")
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^xuU]))", re.DOTALL
)
_COMMON = {"n": "\n", "r": "\r", "t": "\t"}
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/_-]{8,}\r?\n?)+={0,2}")
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2}){6,}")
_LITERALS = re.compile(r"""['"]\s*\n[\sE>|+-]*b?['"]""")
_MARKS = re.compile(r"\n[E>|+-]+ ")
_ELLIPSIS = re.compile(r"\.{3}|…")
_SPACE = re.compile(r"\s+")


class Read(NamedTuple):
    """A text without its white space, and without its case."""

    solid: str
    low: str


def found(made: Made, texts: Iterable[Read]) -> bool:
    """Whether one of these texts, all from `reading`, gives the secret or a part of it away."""
    needles = {_SPACE.sub("", form) for part in (made.text, *made.parts) for form in _forms(part)}
    return any(_is_in(text, needle) for text in texts for needle in needles)


def _is_in(text: Read, needle: str) -> bool:
    # Six letters in either case stand in many an identifier.
    return _holds(text.low, needle.lower()) if len(needle) > 2 * _LEAST else needle in text.solid


def reading(content: bytes, nested: int = _NESTED) -> Iterator[Read]:
    """Every text that the reader gets out of a file."""
    for text in _texts(content):
        views = set(_views(text))
        for solid in {_SPACE.sub("", view) for view in views}:
            yield Read(solid, solid.lower())
        if nested:
            hidden = _hidden(views)
            packed = [piece for piece in hidden if _unpacked(piece) is not None]
            for piece in packed:
                yield from reading(piece, nested - 1)
            plain = b"\n".join(hidden.difference(packed))
            if plain:
                yield from reading(plain, nested - 1)


def _forms(part: str) -> Iterator[str]:
    """A secret as it is, and as it is where somebody undid escapes that were none."""
    yield part
    for view in _views(part):
        if len(_SPACE.sub("", view)) >= _LEAST:
            yield view


def _holds(text: str, needle: str) -> bool:
    least = max(_LEAST, ceil(SHARE * len(needle)))
    half = (least + 1) // 2
    has_an_end = needle[:half] in text or needle[-half:] in text
    ends = _ELLIPSIS.finditer(text) if has_an_end else ()
    if any(_both_ends(text, match, needle) >= least for match in ends):
        return True
    # Any piece of that length holds one of these whole.
    step = (least + 1) // 2
    return any(
        _piece(text, at, needle, start) >= least
        for start in range(0, len(needle) - step + 1, step)
        for at in _places(text, needle[start : start + step])
    )


def _both_ends(text: str, left_out: re.Match[str], needle: str) -> int:
    """How much of the needle stands before and after what was left out of it."""
    start, end = left_out.span()
    longest = len(needle) - 1
    before = (size for size in range(longest, 0, -1) if text.endswith(needle[:size], 0, start))
    after = (size for size in range(longest, 0, -1) if text.startswith(needle[-size:], end))
    return next(before, 0) + next(after, 0)


def _places(text: str, gram: str) -> Iterator[int]:
    at = text.find(gram)
    while at >= 0:
        yield at
        at = text.find(gram, at + 1)


def _piece(text: str, at: int, needle: str, start: int) -> int:
    """How long the piece of the needle is that stands around a place that both have."""
    before = 0
    while before < min(at, start) and text[at - before - 1] == needle[start - before - 1]:
        before += 1
    after = 0
    longest = min(len(text) - at, len(needle) - start)
    while after < longest and text[at + after] == needle[start + after]:
        after += 1
    return before + after


def _texts(content: bytes) -> Iterator[str]:
    """The file as text, and what is packed in it."""
    yield content.decode("utf-8", "replace")
    if b"\0" in content:
        yield content.replace(b"\0", b"").decode("utf-8", "replace")
        yield from _wide(content)
    unpacked = _unpacked(content)
    if unpacked is not None:
        yield from _texts(unpacked)


def _wide(content: bytes) -> Iterator[str]:
    """The content as UTF-16, wherever it begins."""
    yield from (content[start:].decode("utf-16-le", "replace") for start in (0, 1))


def _unpacked(content: bytes) -> bytes | None:
    """What a gzip, zlib or zip archive or a SQLite database holds; None where it is none."""
    try:
        if content[:2] == b"\x1f\x8b":
            return gzip.decompress(content)
        if content[:1] == b"\x78":
            return zlib.decompress(content)
        if content[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return b"\n".join(archive.read(name) for name in archive.namelist())
        if content[:15] == b"SQLite format 3":
            return _rows(content)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, sqlite3.Error):
        return None
    return None


def _rows(content: bytes) -> bytes:
    """All cells of a database, blobs unpacked, each on a line."""
    database = sqlite3.connect(":memory:")
    database.deserialize(content)
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master")]
    cells: list[bytes] = []
    for table in tables:
        try:
            rows = database.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608  its own
        except sqlite3.OperationalError:  # an index
            continue
        for row in rows:
            raw = [cell if isinstance(cell, bytes) else str(cell).encode() for cell in row]
            cells += [_unpacked(cell) or cell for cell in raw]
    database.close()
    return b"\n".join(cells)


def _views(text: str) -> Iterator[str]:
    """The text with each kind of wrapping taken off alone, and with all of them, level by level."""
    yield text
    if "\0" in text:
        yield from _wide(text.encode("latin-1", "replace"))
    text = _ANSI.sub("", text)
    yield text
    yield _MARKS.sub("\n", text)
    yield _LITERALS.sub("", text)
    yield _mail(text)
    yield _shell(text)
    for _ in range(_LEVELS):
        plain = html.unescape(unquote(_unescaped(_LITERALS.sub("", text))))
        yield plain
        yield _latin(plain)
        yield _spaced(plain)
        if plain == text:
            break
        text = plain


def _unescaped(text: str) -> str:
    """The text without one level of backslash escapes."""

    def plain(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        if code is None:
            return _COMMON.get(match[4], match[4])
        return chr(int(code, 16)) if int(code, 16) < 0x110000 else ""

    text = _ESCAPE.sub(plain, text)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _spaced(text: str) -> str:
    return text.replace("+", " ")


def _shell(text: str) -> str:
    return text.replace("'\"'\"'", "'").replace("'\\''", "'")


def _mail(text: str) -> str:
    return binascii.a2b_qp(text.encode("utf-8", "replace")).decode("utf-8", "replace")


def _latin(text: str) -> str:
    """UTF-8 that somebody took for Latin-1."""
    raw = text.encode("latin-1", "replace")
    return raw.decode("utf-8", "replace") if any(byte > 0x7F for byte in raw) else text


def _hidden(texts: Iterable[str]) -> set[bytes]:
    """What stands there in base64, wherever it begins, and in hexadecimal."""
    digits = {match[0] for text in texts for match in _BASE64.finditer(text)}
    pairs = {match[0] for text in texts for match in _HEXADECIMAL.finditer(text)}
    return {
        *(piece for run in digits for piece in _from_base64(run)),
        *(
            bytes.fromhex(run[start:][: len(run[start:]) // 2 * 2])
            for run in pairs
            for start in (0, 1)
        ),
    }


def _from_base64(run: str) -> Iterator[bytes]:
    digits = _SPACE.sub("", run).rstrip("=").replace("-", "+").replace("_", "/")
    for start in range(4):
        part = digits[start:]
        part = part[: len(part) - (len(part) % 4 == 1)]
        yield base64.b64decode(part + "=" * (-len(part) % 4))
