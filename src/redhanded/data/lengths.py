"""Texts and lists of a wanted length, or of a wrong look, made of what stood there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from redhanded.data.schema_view import Schema

Change = Callable[[str], str]

LONGEST: Final = 1_000_000
"""Signs beyond which no text is made: a limit that high is no rule that a test can afford."""
LONGEST_MATCH: Final = 10_000
"""Signs beyond which no text is made for a pattern, which takes far longer."""
# A sign of four bytes in UTF-8 and of two units in UTF-16.
_WIDE = "\U0001f98a"
_STRANGE = ("!", " ", "§", "a", "A", "0", "-", "/", "\t")
_WRONG: Final = {
    "date": (("format: date", "22/11/2026"), ("no such day", "2027-02-30")),
    "date-time": (
        ("format: date-time", "22/11/2026 10:00"),
        ("no such day", "2027-02-30T10:00:00Z"),
        ("no such hour", "2027-03-01T25:00:00Z"),
    ),
    "time": (("format: time", "10 o'clock"), ("no such hour", "25:00:00Z")),
    "duration": (("format: duration", "one hour"),),
    "email": (("format: email", "no-at-sign.example.com"),),
    "uuid": (("format: uuid", "00000000-0000-0000-0000-00000000000g"),),
    "uri": (("format: uri", "no url"),),
    "ipv4": (("format: ipv4", "192.0.2.256"),),
    "ipv6": (("format: ipv6", "2001:db8::12345"),),
}


def wrong(schema: Schema) -> Iterator[tuple[str, str]]:
    """Texts that are not of the schema's format, each with its rule."""
    yield from _WRONG.get(schema.get("format", ""), ())


def grown(schema: Schema, length: int, example: str) -> Change | None:
    """What makes a text of this length that the schema's pattern allows; None for lack of one.

    The end stays as far as there is room: that is where a text of ours is unlike any other.
    """
    if length > LONGEST or not _is_free(schema, example):
        return None
    for change in (_filled, _filled_alike):
        made = partial(change, length=length)
        if _fits(schema, made(example)):
            return made
    return None


def widened(schema: Schema, length: int, example: str) -> Change | None:
    """What fills a text up to this length with signs of four bytes; None where they may not be."""
    if length > LONGEST or not is_plain(schema, example):
        return None
    return partial(_filled, length=length, by=_WIDE)


def is_plain(schema: Schema, example: str) -> bool:
    """Whether any text of the right length may stand there."""
    return _is_free(schema, example) and "pattern" not in schema


def _is_free(schema: Schema, example: str) -> bool:
    """Whether a text may be filled up: a mail address or a URL would be another kind of text."""
    return "format" not in schema and "@" not in example and "://" not in example


def unlike(schema: Schema, example: str) -> str | None:
    """A text of an allowed length that the schema's pattern does not allow; None for lack of one.

    One sign of the example is another then, else all of them are.
    """
    if not example or _fits(schema, example) is None:
        return None
    for sign in _STRANGE:
        for text in (sign + example[1:], example[:-1] + sign, sign * len(example)):
            if _fits(schema, text) is False:
                return text
    return None


def filled(schema: Schema, items: list[Any], count: int) -> list[Any]:
    """That many items like these; texts and numbers in them differ where no two may be equal."""
    made = [deepcopy(items[0]) for _ in range(len(items), count)]
    if schema.get("uniqueItems"):
        made = [_varied(item, number) for number, item in enumerate(made, len(items))]
    return [*items, *made][:count]


def _varied(item: Any, number: int) -> Any:  # noqa: ANN401  any JSON value
    if isinstance(item, dict):
        return {name: _varied(value, number) for name, value in item.items()}
    if isinstance(item, str):
        return f"{item}{number}"
    return item + number if type(item) is int else item


def _filled(text: str, *, length: int, by: str = "x") -> str:
    cut = text[-length:] if length else ""
    return by * (length - len(cut)) + (cut if cut == cut.strip() else by * len(cut))


def _filled_alike(text: str, *, length: int) -> str:
    return _filled(text, length=length, by=text[:1] or "x")


def _fits(schema: Schema, text: str) -> bool | None:
    """Whether the pattern allows the text; None for a pattern of another dialect."""
    try:
        return re.search(schema.get("pattern", ""), text) is not None
    except re.error:
        return None
