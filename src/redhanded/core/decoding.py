"""A text with one layer of escapes or line wraps taken off, and the way back to its places.

What is looked for must be found in whatever mixture it arrives, so one pattern undoes what JSON,
Python, shells, URLs, HTML and terminals do to a string, all at once. Decoding too much does no
harm, because a decoded text is searched and never shown.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from urllib.parse import unquote

# What a line may end and go on with inside one word; most lines of JSON or code end otherwise.
_SOLID = r"""[^\s,;:{}\[\]()<>"']"""
_SPACE = re.compile(r"\S\s+\S")
_JOINED_ALONE = re.compile(r"""[,;:{}\[\]()<>"'\\%&=]""")
# Both patterns begin with a class of characters, which the regex engine skips to in a tight loop;
# the lookbehinds then tell the kinds apart.
_ESCAPED = re.compile(
    r"[\r\n%&\\\x00\u200b\u00ad](?:"
    r"(?<=%)(?P<percent>[0-7][0-9A-Fa-f]|[C-Fc-f][0-9A-Fa-f](?:%[89ABab][0-9A-Fa-f]){1,3})"
    r"|(?<=&)(?P<entity>\#(?:[0-9]{1,7}|[xX][0-9A-Fa-f]{1,6});?|[A-Za-z][A-Za-z0-9]{1,31};)"
    r"|(?<=\\)(?P<escape>u[Dd][89ABab][0-9A-Fa-f]{2}\s*\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}"
    r"|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|[0-3][0-7]{2}|\r?\n|[^\r\n])"
    # A wrapped line, with the mark that a diff or a test report puts before the next one.
    rf"|(?:(?<={_SOLID}\n)|(?<={_SOLID}\r)\n)[ \t]*(?:[E>|+\-][ \t]+)?(?={_SOLID})"
    r"|(?<=[\x00\u200b\u00ad])"
    r")"
)
_TRIGGER = re.compile(r"[\r\n%&\\\x1b\x00\u200b\u00ad]")
# Colours come last to a text, and may stand inside an escape.
_COLOURED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
# A literal in pieces, each on its line; the soft break of quoted-printable.
_BROKEN = re.compile(
    r"""["'=](?:(?<=["'])\r?\n[ \t]*(?:[E>|+\-][ \t]+)?[bBrRuUfF]{0,2}["']|(?<==)\r?\n)"""
)
# Lines that were wrapped between two words, and within one.
_NEXT_LINE = r"\n[ \t]*(?:[E>|+\-][ \t]+)?"
_LINE_END = rf"[ \t]{{0,8}}\r?{_NEXT_LINE}"
_WRAPS = {" ": re.compile(f"(?P<space>{_LINE_END})"), "": re.compile(_LINE_END)}
# The same where nothing precedes the ends of lines: the engine skips to them in a tight loop.
_CLEAN_WRAPS = {" ": re.compile(f"(?P<space>{_NEXT_LINE})"), "": re.compile(_NEXT_LINE)}
_PRECEDED = (" \n", "\t\n", "\r\n")
_BREAKS = ('"\n', "'\n", "=\n", '"\r', "'\r", "=\r")

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "a": "\a"}
_COMMON = {rf"\{escape}": plain for escape, plain in _ESCAPES.items()} | {
    r"\"": '"',
    r"\\": "\\",
    r"\/": "/",
    r"\'": "'",
}


@dataclass(frozen=True, slots=True)
class Layer:
    """What `pattern` made of the text `before`."""

    text: str
    before: str
    pattern: re.Pattern[str]

    def undecoded(self, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Where these places, each a start and an end, stood in the text before."""
        spans = [match.span() for match in self.pattern.finditer(self.before)]
        lengths = [len(_plain(match)) for match in self.pattern.finditer(self.before)]
        pieces = _pieces(spans, lengths)
        return [
            (_origin(start, spans, pieces)[0], _origin(end - 1, spans, pieces)[1])
            for start, end in places
        ]


def _pieces(spans: list[tuple[int, int]], lengths: list[int]) -> list[int]:
    """Where the pieces of the decoded text begin: verbatim, decoded, verbatim, ..."""
    sizes: list[int] = []
    shown = 0
    for (begin, end), length in zip(spans, lengths, strict=True):
        sizes += (begin - shown, length)
        shown = end
    return [0, *accumulate(sizes)]


def _origin(at: int, spans: list[tuple[int, int]], pieces: list[int]) -> tuple[int, int]:
    """Where one character of the decoded text came from."""
    piece = bisect_right(pieces, at) - 1
    if piece % 2:
        return spans[piece // 2]
    verbatim = spans[piece // 2 - 1][1] if piece else 0
    origin = verbatim + at - pieces[piece]
    return origin, origin + 1


def is_layered(text: str) -> bool:
    """Whether the text may have a layer to take off."""
    return _TRIGGER.search(text) is not None


def decoded(text: str) -> Layer | None:
    """The text without its outermost layer of escapes or wraps; None where it has none."""
    if not is_layered(text):
        return None
    if "\x1b" in text and _COLOURED.search(text):
        return Layer(_COLOURED.sub("", text), text, _COLOURED)
    if any(broken in text for broken in _BREAKS) and _BROKEN.search(text):
        return Layer(_BROKEN.sub("", text), text, _BROKEN)
    plain, changes = _ESCAPED.subn(_plain, text)
    return Layer(plain, text, _ESCAPED) if changes else None


def unwrapped(text: str, joint: str) -> Layer | None:
    """The text with its lines joined by a space or by nothing; None where it is one line."""
    if "\n" not in text:
        return None
    wraps = _WRAPS if any(preceded in text for preceded in _PRECEDED) else _CLEAN_WRAPS
    return Layer(wraps[joint].sub(joint, text), text, wraps[joint])


def joints(value: str) -> frozenset[str]:
    """How lines are to be joined before the value is found that was broken over them.

    By nothing only where `decoded` would not do it, after a sign that ends many a line of JSON or
    code, or would do too much, with a sign that begins an escape.
    """
    needed = {" "} if _SPACE.search(value) else set()
    return frozenset(needed | ({""} if _JOINED_ALONE.search(value) else set()))


def _plain(match: re.Match[str]) -> str:
    """What an escape stands for; nothing for a wrap or a control sequence."""
    plain = _COMMON.get(match[0])
    if plain is not None:
        return plain
    match match.lastgroup:
        case "percent":
            return unquote(match[0])
        case "entity":
            return html.unescape(match[0])
        case "space":
            return " "
        case "escape":
            return _unescaped(match["escape"])
        case _:
            return ""


def _unescaped(escape: str) -> str:
    """The character behind a backslash escape of JSON, Python or a shell."""
    if len(escape) == 3 and escape.isdigit():
        return chr(int(escape, 8))
    if len(escape) > 10:  # a surrogate pair of JSON, uD83D\uDE00, wherever its line was broken
        high, low = int(escape[1:5], 16), int(escape[-4:], 16)
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    if len(escape) > 2:
        point = int(escape[1:], 16)
        return chr(point) if point < 0x110000 else ""
    return escape.strip("\r\n")
