"""The spellings of a secret that a text can only show, not undo: base64, hex, UTF-16, parts.

Escapes (JSON, percent, HTML, repr, shell) and line wraps are undone in the text instead, by
`redhanded.core.decoding`: how they look depends on what surrounds the secret.
"""

from __future__ import annotations

import base64
import quopri
import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote

from redhanded.core.decoding import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST_SECRET = 6

# A shorter line of a key file, or segment of a token, says nothing and stands in many texts.
_SHORTEST_PART = 8
_DEPTH = 3
_URL_PASSWORD = re.compile(r"://[^/?#\s:@]*:([^/?#\s]+)@")
# How many base64 digits depend on the 0, 1 or 2 bytes before the secret in a group of three.
_STRANGE_DIGITS = (0, 2, 3)


def fold(text: str) -> str:
    """The text in one case, character by character, so that places in it stay where they are."""
    # The two letters whose lower case is longer, or hangs on their neighbours.
    return text.replace("\u0130", "i").lower().replace("\u03c2", "\u03c3")


def spellings(value: str) -> frozenset[str]:
    """Every spelling in which a secret is looked for, folded; the value itself among them."""
    found = {fold(form) for whole in _wholes(value) for form in _forms(whole)}
    return frozenset(form for form in found if len(form) >= SHORTEST_SECRET)


def _wholes(value: str) -> Iterator[str]:
    value = _unmarked(value)
    yield value
    yield value.strip()
    yield from (unicodedata.normalize(form, value) for form in ("NFC", "NFD"))
    yield from (line for line in _lines(value) if len(line) >= _SHORTEST_PART)
    yield from (part for part in _segments(value) if len(part) >= _SHORTEST_PART)
    yield from (part for part in _passwords(value) if len(part) >= SHORTEST_SECRET)


def _unmarked(value: str) -> str:
    """The value without the first and last line of a PEM file, whose dashes rule many a report."""
    lines = value.splitlines(keepends=True)
    kept = "".join(line for line in lines if not line.lstrip().startswith("-----"))
    return kept if len(kept.strip()) >= SHORTEST_SECRET else value


def _lines(value: str) -> Iterator[str]:
    """The lines of a secret that has several."""
    yield from (line.strip() for line in value.splitlines())


def _segments(value: str) -> Iterator[str]:
    """The payload and the signature of a JSON Web Token; its header is the same for everyone."""
    if value.startswith("eyJ") and value.count(".") >= 2:
        yield from value.split(".")[1:]


def _passwords(value: str) -> Iterator[str]:
    """The password in a URL, which is as good as the whole to who knows the server."""
    for match in _URL_PASSWORD.finditer(value):
        yield from {match[1], unquote(match[1])}


def _forms(value: str) -> Iterator[str]:
    raw = value.encode("utf-8", "surrogatepass")
    yield value
    yield raw.decode("latin-1")
    # Of Latin-1 characters UTF-16 shows each with a zero byte, which decoding takes out.
    if any(sign > "\xff" for sign in value):
        yield value.encode("utf-16-le", "surrogatepass").decode("latin-1")
    yield value.replace(" ", "+")
    yield from (value.replace("'", quoted) for quoted in ("'\"'\"'", "'\\''"))
    yield from _undone(value)
    yield from (_quoted_printable(raw, is_all=is_all) for is_all in (True, False))
    yield raw.hex()
    yield from _base64(raw)
    yield from _base64(value.encode("utf-16-le", "surrogatepass"))


def _quoted_printable(raw: bytes, *, is_all: bool) -> str:
    """The form in a mail, with white space quoted or not, on one line."""
    return quopri.encodestring(raw, quotetabs=is_all).decode("ascii").replace("=\n", "")


def _undone(value: str) -> Iterator[str]:
    """What decoding makes of a value that itself looks escaped, as `100%25` does."""
    for _ in range(_DEPTH):
        layer = decoded(value)
        if layer is None:
            return
        yield (value := layer.text)


def _base64(raw: bytes) -> Iterator[str]:
    """The digits that the bytes alone decide, at each of the three places they can start at."""
    for shift, strange in enumerate(_STRANGE_DIGITS):
        digits = base64.b64encode(b"\0" * shift + raw).decode("ascii")
        sure = digits[strange : (shift + len(raw)) * 8 // 6]
        yield sure
        yield sure.replace("+", "-").replace("/", "_")
