"""Marks in objects: how one is put into a body, and what an answer shows that became of it."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from redhanded.core.errors import UsageError
from redhanded.core.jsonpath import Nowhere, find, read

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = "header:"
_SHORTEST = 6  # characters by which the beginning of a mark is told from a word


def header_of(tag: str | None) -> str:
    """The header that carries the mark; empty where the body does, or nothing."""
    return tag.removeprefix(_HEADER) if tag and tag.startswith(_HEADER) else ""


def marked(body: object, place: str, mark: str) -> object:
    """A copy of the body that carries the mark at a place such as `$.meta.tag`.

    Raises UsageError where the body has no room for it there.
    """
    *above, last = read(place)
    whole: Any = {} if body is None else deepcopy(body)
    inner = whole
    for part in above:
        inner = inner.setdefault(part, {}) if isinstance(inner, dict) else None
    if not isinstance(inner, dict) or not all(isinstance(part, str) for part in (*above, last)):
        raise UsageError(
            f"the body of the creation has no room for a mark at {place}: name a field of an"
            ' object, such as tag="$.note".'
        )
    inner[last] = mark
    return whole


def fate(document: object, mark: str, place: str | None) -> str | None:
    """What became of the mark, in a clause: empty where it is whole, None where nothing shows it.

    `place` is where the body of the creation had it; an answer may wrap the object once.
    """
    shown = list(texts(document))
    if mark in shown:
        return ""
    for text in shown:
        if len(text) >= _SHORTEST and mark.startswith(text):
            return f"cuts it to {len(text)} characters"
        if text.casefold() == mark:
            return "changes its case"
    if place is None or header_of(place):
        return None
    return "does not keep it" if any(_holds(one, place) for one in wrapped(document)) else None


def value_at(document: object, place: str) -> str:
    """The text or number at a place, as a text; empty where there is none."""
    try:
        value = find(document, read(place))
    except Nowhere:
        return ""
    is_plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value) if is_plain else ""


def parsed(content: bytes) -> object:
    """The JSON of an answer; None where it is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def texts(document: object) -> Iterator[str]:
    """Every text in a value of JSON."""
    left = [document]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left.extend(one.values())
        elif isinstance(one, list):
            left.extend(one)
        elif isinstance(one, str):
            yield one


def wrapped(document: object) -> Iterator[object]:
    """The document and what it may only wrap: an object stands in one or the other."""
    yield document
    if isinstance(document, dict):
        yield from document.values()


def _holds(document: object, place: str) -> bool:
    try:
        find(document, read(place))
    except Nowhere:
        return False
    return True
