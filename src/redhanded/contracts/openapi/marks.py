"""Marks: what of a document was seen, each as one short text, so that a set of them is coverage.

A mark names nothing but places, names and values that the document itself declares; what an answer
holds beyond that never becomes part of one. The exception is an operation that the document lacks:
its mark holds the method and the shape of the path, and how often it was called.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from redhanded.core.contracting import Measure

Mark: TypeAlias = str
Direction: TypeAlias = Literal["request", "response"]

_GAP: Final = "\t"
_CALLED: Final = "called"
_UNDOCUMENTED: Final = "undocumented"
_MEASURES: Final[dict[str, Measure]] = {
    "checked": "operations",
    "status": "statuses",
    "parameter": "parameters",
    "media": "media_types",
    "property": "properties",
    "value": "values",
    "branch": "branches",
}


class Told(NamedTuple):
    """What a mark says: its kind, the operation or the direction, and the rest."""

    kind: str
    where: str
    rest: tuple[str, ...]


def called(operation: str) -> Mark:
    """The operation was called and answered, whatever the answer was."""
    return _mark(_CALLED, operation)


def checked(operation: str) -> Mark:
    """An answer of the operation was held against something and stood."""
    return _mark("checked", operation)


def status(operation: str, key: str) -> Mark:
    """A documented status, by its key: `200`, `4XX` or `default`."""
    return _mark("status", operation, key)


def parameter(operation: str, place: str, name: str) -> Mark:
    """A parameter that was sent; `place` is `path`, `query`, `header` or `cookie`."""
    return _mark("parameter", operation, place, name)


def media(operation: str, status_key: str, media_type: str) -> Mark:
    """A media type, by its key; `status_key` is empty where it is that of a request."""
    return _mark("media", operation, status_key or "request", media_type)


def schema_property(direction: Direction, place: str) -> Mark:
    """A property that was there, by the place at which the document declares it."""
    return _mark("property", direction, place)


def value(direction: Direction, place: str, listed: object) -> Mark:
    """A value of an `enum`; `place` is that of the schema."""
    return _mark("value", direction, place, as_text(listed))


def branch(direction: Direction, place: str) -> Mark:
    """A branch that held: an entry of `oneOf` or `anyOf`, a `then` or an `else`."""
    return _mark("branch", direction, place)


def undocumented(operation: str, times: int) -> Mark:
    """An operation that the document lacks; such marks add up."""
    return _mark(_UNDOCUMENTED, operation, str(times))


def _mark(*parts: str) -> Mark:
    return _GAP.join(part.replace(_GAP, " ") for part in parts)


def as_text(listed: object) -> str:
    """A JSON value as the one text that all equal values have: 1 and 1.0 are one number."""
    if isinstance(listed, float) and listed.is_integer():
        listed = int(listed)
    text = json.dumps(listed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace").decode()  # half characters have no UTF-8


def told(mark: Mark) -> Told:
    """What the mark says."""
    kind, where, *rest = mark.split(_GAP)
    return Told(kind, where, tuple(rest))


def measure_of(mark: Mark) -> Measure | None:
    """What the mark counts for; None where for nothing that can be covered."""
    return _MEASURES.get(mark.partition(_GAP)[0])


def calls_of_undocumented(mark: Mark) -> tuple[str, int] | None:
    """The operation that the document lacks and how often it was called; None for other marks."""
    kind, _, rest = mark.partition(_GAP)
    operation, _, times = rest.partition(_GAP)
    return (operation, int(times)) if kind == _UNDOCUMENTED and times.isdecimal() else None
