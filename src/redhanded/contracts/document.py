"""A JSON document as an answer carries it, read as strictly as RFC 8259 is written."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass

from redhanded.contracts.glimpse import glimpse
from redhanded.core.violation import Violation

_JSON_TYPE = re.compile(r"(application|text)/(x-)?json|[\w.+-]+/[\w.+-]+\+json")
_PAGE = re.compile(rb"(?i)<(!doctype html|html|head|body|title|center|h1|p)\b")
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([^"';\s]+)""", re.IGNORECASE)
_UTF8 = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})
_BYTE_ORDER_MARKS = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"\xef\xbb\xbf": "UTF-8 with a byte order mark",
}
_MARKED = frozenset(mark[0] for mark in _BYTE_ORDER_MARKS)


@dataclass(frozen=True, slots=True)
class Document:
    """What the JSON text stands for."""

    value: object


class _NotJSON(ValueError):
    """Python reads it, RFC 8259 does not."""

    def __init__(self, actual: str, expected: str, rule: str) -> None:
        super().__init__(actual)
        self.breach = Violation("body.json", "body", actual, expected, rule=rule)


def is_json(content_type: str) -> bool:
    """Whether this Content-Type declares JSON."""
    return bool(_JSON_TYPE.fullmatch(_media_type(content_type)))


def is_html(content: bytes) -> bool:
    """Whether the content starts as an HTML page does."""
    start = content[:2048].lstrip()
    while start.startswith(b"<!--"):
        start = start.partition(b"-->")[2].lstrip()
    return bool(_PAGE.match(start))


def read(
    content: bytes, content_type: str = "", *, any_media_type: bool = False
) -> Document | Violation:
    """The document, or the one thing that keeps this content from being JSON.

    An absent Content-Type is let pass: RFC 9110, section 8.3, leaves it to the recipient.
    """
    if not content.strip():
        return Violation("body.empty", "body", "empty", "JSON")
    found = _charset(content, content_type) or _parse(content, content_type)
    if isinstance(found, Violation) or any_media_type or not content_type:
        return found
    return found if is_json(content_type) else _wrong_media_type(content_type)


def text_of(content: bytes, content_type: str) -> str | Violation:
    """The content as text in its declared charset, UTF-8 where none is declared."""
    declared = _declared_charset(content_type) or "utf-8"
    try:
        return content.decode(declared)
    except LookupError:
        return Violation("body.charset", "body", f"text in unknown {glimpse(declared)}", "UTF-8")
    except UnicodeDecodeError as error:
        return _undecodable(error, declared.upper())


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _declared_charset(content_type: str) -> str:
    found = _CHARSET.search(content_type)
    return found[1].lower() if found else ""


def _charset(content: bytes, content_type: str) -> Violation | None:
    if content[0] in _MARKED:
        for mark, name in _BYTE_ORDER_MARKS.items():
            if content.startswith(mark):
                return Violation("body.charset", "body", name, "UTF-8 without a mark")
    declared = _declared_charset(content_type) if ";" in content_type else ""
    if declared not in _UTF8 and not content.isascii():
        return Violation("body.charset", "body", f"declared as {glimpse(declared)}", "UTF-8")
    return None


def _undecodable(error: UnicodeDecodeError, charset: str) -> Violation:
    actual = f"not {charset} from byte {error.start} on"
    return Violation("body.charset", "body", actual, charset)


def _parse(content: bytes, content_type: str) -> Document | Violation:
    try:
        return Document(_DECODER.decode(content.decode()))
    except UnicodeDecodeError as error:
        return _undecodable(error, "UTF-8")
    except _NotJSON as error:
        return error.breach
    except json.JSONDecodeError as error:
        return _unparsable(error, content, content_type)
    except RecursionError:
        return _NotJSON("nested too deep to be read", "JSON", "depth").breach
    except ValueError:
        return _NotJSON("JSON with a number of thousands of digits", "JSON", "digits").breach


def _unparsable(error: json.JSONDecodeError, content: bytes, content_type: str) -> Violation:
    if is_html(content):
        # A gateway says what it sends; an API that calls its page JSON is to blame itself.
        code = "body.json" if is_json(content_type) else "body.html"
        return Violation(code, "body", "an HTML page", "JSON", rule="syntax")
    if content_type and not is_json(content_type):
        return _wrong_media_type(content_type)
    ended = ", where it ends" if error.pos >= len(error.doc) else ""
    actual = f"not JSON from line {error.lineno} column {error.colno} on{ended}"
    return Violation("body.json", "body", actual, "JSON", rule="syntax")


def _wrong_media_type(content_type: str) -> Violation:
    actual = glimpse(_media_type(content_type))
    return Violation("body.media_type", "headers.content-type", actual, "application/json")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        actual = f"JSON with {glimpse(twice, width=30)} twice in one object"
        raise _NotJSON(actual, "each name once", "duplicate_name")
    return members


def _constant(name: str) -> object:
    raise _NotJSON(f"JSON with {name}", "finite numbers", "non_finite_number")


# Made once: to make one takes as long as to read a small body.
_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
