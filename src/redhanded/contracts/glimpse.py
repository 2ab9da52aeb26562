"""A glimpse of a value: short enough for one line, safe for any terminal."""

from __future__ import annotations

import json
from itertools import repeat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

WIDTH = 60
ELLIPSIS = "…"
_MARGIN = 4096  # as long as a secret may be that begins in what is shown
_CLOSING = {"{": "}", "[": "]", "(": ")"}


def unmasked(text: str) -> str:
    """The text itself: a mask for what holds no secret."""
    return text


def glimpse(value: object, *, width: int = WIDTH, mask: Callable[[str], str] = unmasked) -> str:
    """The value as JSON writes it, at most `width` characters; head and tail of what is longer.

    The mask comes first: of a secret that was cut nobody could tell any more that it is one.
    """
    if isinstance(value, dict | list | tuple):
        return _head(value, width, mask)
    if isinstance(value, str):
        value = mask(value)
        # Escapes can make a text six times longer; what lies between the ends is never shown.
        value = value if len(value) <= 2 * width else value[:width] + ELLIPSIS + value[-width:]
        return _ends(printable(json.dumps(value, ensure_ascii=False)), width)
    return _ends(printable(mask(_scalar(value))), width)


def printable(text: str) -> str:
    """The text with every character that could move a cursor or hide another one escaped."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _scalar(value: object) -> str:
    try:
        return json.dumps(value)
    except (TypeError, ValueError):
        return repr(value)


def _escaped(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _ends(text: str, width: int) -> str:
    """Both ends of the text: what differs is as often at the end as at the start."""
    if len(text) <= width:
        return text
    tail = (width - len(ELLIPSIS)) // 3
    return text[: width - len(ELLIPSIS) - tail] + ELLIPSIS + text[-tail:]


def _head(value: object, width: int, mask: Callable[[str], str]) -> str:
    """The start of a container; the encoder goes not much further than is shown."""
    text = ""
    try:
        for chunk in _written(value):
            text += chunk
            if len(text) > width + _MARGIN:
                break
    except TypeError:  # JSON knows no such key: a value that a test expects, not one received
        text = repr(value)
    text = printable(mask(text))
    return text if len(text) <= width else text[: width - 2] + ELLIPSIS + _CLOSING[text[0]]


def _written(value: object) -> Iterator[str]:
    """The value as JSON writes it, in chunks, each of which takes as long at any depth."""
    encode = json.JSONEncoder(ensure_ascii=False, default=repr).encode
    waiting: list[tuple[Iterator[tuple[str, object]], str]] = [(iter([("", value)]), "")]
    while waiting:
        members, closing = waiting[-1]
        found = next(members, None)
        if found is None:
            waiting.pop()
            yield closing
            continue
        before, member = found
        if isinstance(member, dict):
            yield before + "{"
            names = (f"{encode({name: 0})[1:-4]}: " for name in member)
            waiting.append((zip(_separated(names), member.values(), strict=False), "}"))
        elif isinstance(member, list | tuple):
            yield before + "["
            waiting.append((zip(_separated(repeat("")), member, strict=False), "]"))
        else:
            yield before + encode(member)


def _separated(texts: Iterable[str]) -> Iterator[str]:
    for index, text in enumerate(texts):
        yield f", {text}" if index else text
