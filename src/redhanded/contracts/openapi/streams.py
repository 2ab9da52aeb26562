"""Streams: bodies of many values, each of which a schema describes (OAS 3.2.0, section 4.14.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redhanded.contracts import document
from redhanded.contracts.document import Document
from redhanded.core import jsonpath
from redhanded.core.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from redhanded.contracts.openapi.media import Kind

_RECORD_SEPARATOR = b"\x1e"
_FIELDS = frozenset({"data", "event", "id"})


def items_of(content: bytes, kind: Kind) -> list[Any] | Violation:
    """The values of a stream in order, or what keeps the first broken one from being read."""
    return _READERS[kind](content)


def is_stream(kind: Kind) -> bool:
    """Whether bodies of this kind hold one value after another."""
    return kind in _READERS


def _events(content: bytes) -> list[Any]:
    """The events that a client would dispatch: a block without data is none.

    Source: HTML Living Standard, section 9.2.6; a field without a type is a text and `retry` an
    integer (OAS 3.2.0, section 4.14.6).
    """
    text = content.decode(errors="replace").removeprefix("\ufeff")
    events: list[Any] = []
    event: dict[str, Any] = {}
    # Only an empty line sends an event off: what the end of the stream cuts is dropped.
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:-1]:
        if line:
            _add_field(event, line)
        else:
            if "data" in event:
                events.append({**event, "data": "\n".join(event["data"])})
            event = {}
    return events


def _add_field(event: dict[str, Any], line: str) -> None:
    name, _, value = line.partition(":")
    value = value.removeprefix(" ")
    if name == "data":
        event.setdefault("data", []).append(value)
    elif name == "retry":
        if value.isascii() and value.isdecimal():
            event["retry"] = int(value[:18])
    elif name in _FIELDS and not (name == "id" and "\0" in value):
        event[name] = value


def _lines(content: bytes) -> list[Any] | Violation:
    """One JSON text a line; empty lines are none (OAS 3.2.0, section 4.14.5.1)."""
    return _texts(line for line in content.split(b"\n") if line.strip())


def _sequence(content: bytes) -> list[Any] | Violation:
    """One JSON text after each record separator (RFC 7464, section 2)."""
    before, *records = content.split(_RECORD_SEPARATOR)
    if before.strip():
        expected = "a record separator (0x1E) before each JSON text"
        return Violation("body.json", "body", "text before the first record", expected, rule="rs")
    return _texts(record for record in records if record.strip())


def _texts(texts: Iterable[bytes]) -> list[Any] | Violation:
    values: list[Any] = []
    for text in texts:
        found = document.read(text)
        if not isinstance(found, Document):
            where = jsonpath.write((len(values),))
            return Violation(found.code, where, found.actual, found.expected, rule=found.rule)
        values.append(found.value)
    return values


_READERS: Mapping[Kind, Callable[[bytes], list[Any] | Violation]] = {
    "events": _events,
    "lines": _lines,
    "sequence": _sequence,
}
