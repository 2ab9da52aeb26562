"""Media types: which entry of a `content` map a Content-Type belongs to, and how it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import Message
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind: TypeAlias = Literal[
    "json", "form", "multipart", "events", "lines", "sequence", "xml", "text", "binary"
]

_JSON = re.compile(r"(?:application|text)/(?:x-)?json|[^/]+/[^/]+\+json")
_XML = re.compile(r"(?:application|text)/xml|[^/]+/[^/]+\+xml")
_KINDS: Mapping[str, Kind] = {
    "application/x-www-form-urlencoded": "form",
    "text/event-stream": "events",
    "application/jsonl": "lines",
    "application/x-jsonl": "lines",
    "application/jsonlines": "lines",
    "application/x-ndjson": "lines",
    "application/ndjson": "lines",
    "application/json-seq": "sequence",
    "application/geo+json-seq": "sequence",
    "application/yaml": "text",
    "application/graphql": "text",
}
_REMEMBERED = 256  # Content-Types of one map; those of multipart differ each time

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type without its parameters, in lower case, and the parameters by name."""

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """How a body of this type is read."""
        if _JSON.fullmatch(self.name):
            return "json"
        if self.name in _KINDS:
            return _KINDS[self.name]
        if self.name.endswith("+json-seq"):
            return "sequence"
        if _XML.fullmatch(self.name):
            return "xml"
        if self.name.startswith("multipart/"):
            return "multipart"
        return "text" if self.name.startswith("text/") else "binary"


def parse(text: str) -> MediaType:
    """The media type that a Content-Type names (RFC 9110, section 8.3.1)."""
    if ";" not in text:
        return MediaType(text.strip().lower())
    message = Message()
    message["content-type"] = text.replace("\r", " ").replace("\n", " ")
    parameters = message.get_params(failobj=[])[1:]
    return MediaType(
        text.partition(";")[0].strip().lower(),
        {str(name).lower(): str(value) for name, value in parameters},
    )


class Content(Generic[Entry]):
    """The entries of a `content` map, found by Content-Type; the most exact one is taken."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self.entries = entries
        self._keys = [(key, parse(key)) for key in entries]
        self._known: dict[str, tuple[str, Entry, Kind] | None] = {}

    def find(self, content_type: str) -> tuple[str, Entry, Kind] | None:
        """The key for a Content-Type, its entry and how to read the body; None where none is.

        OAS 3.1.1, section 4.8.14: for what matches several keys, only the most specific applies.
        """
        try:
            return self._known[content_type]
        except KeyError:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[content_type] = self._best(parse(content_type))
            return found

    def _best(self, actual: MediaType) -> tuple[str, Entry, Kind] | None:
        ranked = [(_rank(wanted, actual), key) for key, wanted in self._keys]
        rank, key = max(ranked, key=lambda entry: entry[0], default=((0, 0), ""))
        return (key, self.entries[key], actual.kind) if rank[0] else None


def _rank(wanted: MediaType, actual: MediaType) -> tuple[int, int]:
    """How exactly a key means this type; (0, 0) where it does not.

    A charset is how a text is written and no other type: many documents name one that servers
    leave out, and the reverse.
    """
    own = {name: value for name, value in wanted.parameters.items() if name != "charset"}
    given = {name: value.lower() for name, value in actual.parameters.items()}
    if any(given.get(name) != value.lower() for name, value in own.items()):
        return 0, 0
    closeness = _closeness(wanted.name, actual.name)
    return (closeness, len(wanted.parameters.items() & actual.parameters.items()))


def _closeness(wanted: str, actual: str) -> int:
    if wanted == actual:
        return 4
    if wanted in {"*/*", "*"}:
        return 1
    kind, _, subtype = wanted.partition("/")
    if "*" not in subtype or kind != actual.partition("/")[0]:
        return 0
    suffix = subtype.partition("*")[2]
    return (3 if suffix else 2) if actual.endswith(suffix) else 0
