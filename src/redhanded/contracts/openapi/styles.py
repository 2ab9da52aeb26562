"""Styles: how a parameter's value is written as text, and read back (RFC 6570; OAS `style`).

A text is split as it was sent and decoded afterwards, so that an encoded delimiter is part of a
value. What a style leaves open has more than one reading; the likeliest comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias
from urllib.parse import unquote, unquote_plus

if TYPE_CHECKING:
    from collections.abc import Callable

Shape: TypeAlias = Literal["scalar", "array", "object"]
Raw: TypeAlias = "str | list[str] | dict[str, str]"
Pairs: TypeAlias = Sequence[tuple[str, str]]
"""Names, decoded, with their values as they were sent."""

DEFAULT_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
ALLOWED_STYLES = {
    "path": frozenset({"simple", "label", "matrix"}),
    "header": frozenset({"simple"}),
    "query": frozenset({"form", "spaceDelimited", "pipeDelimited", "deepObject"}),
    "cookie": frozenset({"form", "cookie"}),
}
_DELIMITERS = {
    "spaceDelimited": re.compile(r"%20|\+| "),
    "pipeDelimited": re.compile(r"(?i)%7C|\|"),
}
_ENCODED_COMMA = re.compile(r"(?i)%2C")
_KEYS = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Style:
    """How one parameter is written: its name, where it stands, its style and what comes with it."""

    name: str
    place: str
    style: str
    explode: bool
    allow_reserved: bool = False

    def of_text(self, text: str, shape: Shape) -> Iterator[Raw]:
        """The readings of a path segment's part or a header's value; none where it is no such."""
        if self.style == "label":
            yield from self._label(text, shape)
        elif self.style == "matrix":
            yield from self._matrix(text, shape)
        else:
            yield from self._split(text, shape)

    def of_pairs(self, pairs: Pairs, shape: Shape, properties: frozenset[str]) -> Iterator[Raw]:
        """The readings of a query's or a cookie's pairs; none where the parameter is not there.

        `properties` are those of an object whose members stand as pairs of their own.
        """
        if shape == "object" and self.style == "deepObject":
            yield from self._deep(pairs)
            return
        if shape == "object" and self.explode:
            members = {name: self.decode(raw) for name, raw in pairs if name in properties}
            if members:
                yield members
            return
        own = [raw for name, raw in pairs if name == self.name]
        if own and shape == "array" and (self.explode or len(own) > 1):
            yield [self.decode(raw) for raw in own]
        elif own:
            yield from self._split(own[-1], shape)

    def decode(self, text: str) -> str:
        """The text without its encoding, as the place where it stands has one."""
        if "%" not in text and "+" not in text:
            return text
        if self.place == "query" and not self.allow_reserved:
            return unquote_plus(text)
        # OAS 3.2.0, appendix D: what stands in a header or in a cookie of style `cookie` is as is.
        return text if self.place == "header" or self.style == "cookie" else unquote(text)

    def is_undefined(self, pairs: Pairs, parted: frozenset[str]) -> bool:
        """Whether a deep object has members that no version says how to write.

        Those are members with parts, and members twice (OAS 3.1.1, section 4.8.12.4); `parted` are
        the properties whose values have parts.
        """
        if self.style != "deepObject":
            return False
        names = [name for name, _ in pairs if name.startswith(f"{self.name}[")]
        keys = [_KEYS.findall(name[len(self.name) :]) for name in names]
        return len({*names}) < len(names) or any(len(k) != 1 or k[0] in parted for k in keys)

    def claims(self, name: str, shapes: frozenset[Shape], properties: frozenset[str]) -> bool:
        """Whether a query parameter of this name belongs to this one."""
        if self.style == "deepObject":
            return name == self.name or name.startswith(f"{self.name}[")
        return name == self.name or ("object" in shapes and self.explode and name in properties)

    def _split(self, text: str, shape: Shape) -> Iterator[Raw]:
        if shape == "scalar":
            yield self.decode(text)
            return
        delimiter = _DELIMITERS.get(self.style)
        parts = delimiter.split(text) if delimiter else text.split(",")
        yield from self._shaped(parts, shape, assigned=self.explode and self.style == "simple")
        if len(parts) == 1 and delimiter is None and _ENCODED_COMMA.search(text):
            # Clients encode the comma of a text that they were given whole; servers split it.
            yield from self._shaped(_ENCODED_COMMA.split(text), shape, assigned=False)

    def _label(self, text: str, shape: Shape) -> Iterator[Raw]:
        if not text.startswith("."):
            return
        text = text[1:]
        if shape == "scalar":
            yield self.decode(text)
            return
        if not self.explode:
            yield from self._shaped(text.split(","), shape, assigned=False)
        # Before 3.0.4 the specification's table wrote a dot for both (OAS 3.0.3, Style Examples).
        yield from self._shaped(text.split("."), shape, assigned=self.explode)

    def _matrix(self, text: str, shape: Shape) -> Iterator[Raw]:
        if not text.startswith(";"):
            return
        pairs = [pair.partition("=") for pair in text[1:].split(";")]
        if shape == "object" and self.explode:
            yield {unquote(name): self.decode(value) for name, _, value in pairs}
            return
        own = [value for name, _, value in pairs if unquote(name) == self.name]
        if own and shape == "array" and self.explode:
            yield [self.decode(value) for value in own]
        elif own and shape == "scalar":
            yield self.decode(own[0])
        elif own:
            yield from self._shaped(own[0].split(","), shape, assigned=False)

    def _shaped(self, parts: list[str], shape: Shape, *, assigned: bool) -> Iterator[Raw]:
        if self.place == "header":
            parts = [part.strip(" \t") for part in parts]  # RFC 9110, section 5.6.1
        if shape == "array":
            yield [] if parts == [""] else [self.decode(part) for part in parts]
        elif assigned:
            members = [part.partition("=") for part in parts]
            if all(equals for _, equals, _ in members):
                yield {self.decode(name): self.decode(value) for name, _, value in members}
        elif len(parts) % 2 == 0:
            decoded = [self.decode(part) for part in parts]
            yield dict(zip(decoded[::2], decoded[1::2], strict=True))

    def _deep(self, pairs: Pairs) -> Iterator[Raw]:
        members = {
            keys[0]: self.decode(raw)
            for name, raw in pairs
            if name.startswith(f"{self.name}[")
            and len(keys := _KEYS.findall(name[len(self.name) :])) == 1
        }
        if members:
            yield members


def pairs_of(text: str, separator: str, decode: Callable[[str], str]) -> list[tuple[str, str]]:
    """The pairs of a query or a cookie: names decoded, values as they were sent."""
    found: list[tuple[str, str]] = []
    for pair in text.split(separator):
        name, _, value = pair.partition("=")
        if name.isidentifier():
            found.append((name, value))  # most are, and nothing of them is encoded
        elif name.strip():
            found.append((decode(name.strip()), value))
    return found
