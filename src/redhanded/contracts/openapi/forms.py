"""Forms: URL-encoded and multipart bodies as the objects that their schemas describe.

Source: OAS 3.1.1, sections 4.8.14.3 to 4.8.15 (Encoding Object); RFC 7578 for the parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote_plus

from redhanded.contracts import document
from redhanded.contracts.document import Document
from redhanded.contracts.openapi import media
from redhanded.contracts.openapi.operations import followed
from redhanded.contracts.openapi.readings import Target, scalars, target_of
from redhanded.contracts.openapi.styles import Style, pairs_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.styles import Pairs
    from redhanded.contracts.openapi.terms import Terms

_NAMED = re.compile(r'(?i)[;\s](file)?name\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";]+))')
_STATED = ("style", "explode", "allowReserved")


class Part(NamedTuple):
    """One part of a multipart body; header names are in lower case."""

    name: str
    is_file: bool
    headers: Mapping[str, str]
    content: bytes

    @property
    def content_type(self) -> str:
        """Its Content-Type as it was sent; empty where there is none."""
        return self.headers.get("content-type", "")


@dataclass(frozen=True, slots=True)
class Field:
    """A declared field of a form: its schema, what its texts are read as, and its encoding."""

    name: str
    schema: Node
    target: Target
    encoding: Mapping[str, Any] = field(default_factory=dict)
    headers: tuple[str, ...] = ()

    @property
    def content_types(self) -> tuple[str, ...]:
        """The media types that its encoding allows; none where it does not say."""
        return content_types_of(self.encoding)

    @property
    def is_json(self) -> bool:
        """Whether its value is written as JSON: told so, or an object without a style."""
        if self.content_types:
            return all(map(document.is_json, self.content_types))
        return "object" in self.target.types and not self.has_style

    @property
    def has_style(self) -> bool:
        """Whether its encoding names a style, which then counts instead of a media type."""
        return any(key in self.encoding for key in _STATED)


def content_types_of(encoding: Mapping[str, Any]) -> tuple[str, ...]:
    """The media types that an encoding allows; none where it does not say."""
    listed = encoding.get("contentType")
    return tuple(one.strip() for one in listed.split(",")) if isinstance(listed, str) else ()


def fields_of(terms: Terms, schema: Node | None, media_object: Node) -> dict[str, Field]:
    """The declared fields of a form by their names."""
    encodings = media_object.find("encoding")
    found: dict[str, Field] = {}
    for name, node in (terms.schemas.properties_of(schema) if schema else {}).items():
        encoding = followed(terms.document, encodings.find(name) if encodings else None)
        headers = followed(terms.document, encoding.find("headers") if encoding else None)
        found[name] = Field(
            name,
            node,
            target_of(terms.schemas, node),
            encoding.value if encoding else {},
            tuple(_required(terms, headers)),
        )
    return found


def urlencoded(content: bytes, fields: Mapping[str, Field], terms: Terms) -> dict[str, Any]:
    """The object that a URL-encoded body stands for."""
    pairs = pairs_of(content.decode(errors="replace"), "&", unquote_plus)
    value: dict[str, Any] = {}
    by_name: dict[str, list[tuple[str, str]]] = {}
    for pair in pairs:
        by_name.setdefault(pair[0], []).append(pair)
    claimed: set[str] = set()
    for one in fields.values():
        style = _style_of(one)
        properties = frozenset(one.target.properties)
        shapes = frozenset(one.target.shapes)
        names = {name: None for name in by_name if style.claims(name, shapes, properties)}
        if not names or (one.is_json and one.name not in names):
            continue
        claimed |= names.keys()
        own = [pair for name in names for pair in by_name[name]]
        value[one.name] = chosen(list(_readings(one, style, own)), one.schema, terms)
    undeclared = [(name, unquote_plus(raw)) for name, raw in pairs if name not in claimed]
    return {**value, **dict(undeclared)}


def multipart(
    content: bytes, content_type: str, fields: Mapping[str, Field], terms: Terms
) -> tuple[dict[str, Any], list[Part]]:
    """The object that a multipart body stands for, and its parts."""
    parts = parts_of(content, content_type)
    by_name: dict[str, list[Part]] = {}
    for part in parts:
        by_name.setdefault(part.name, []).append(part)
    return {
        name: _of_parts(found, fields.get(name), terms) for name, found in by_name.items()
    }, parts


def parts_of(content: bytes, content_type: str) -> list[Part]:
    """The parts of a multipart body (RFC 2046, section 5.1); none where it has no boundary."""
    boundary = media.parse(content_type).parameters.get("boundary", "").encode("latin-1", "replace")
    if not boundary:
        return []
    _, *blocks = (b"\r\n" + content).split(b"\r\n--" + boundary)
    return [_part(block) for block in blocks if not block.startswith(b"--")]


def chosen(readings: Sequence[Any], schema: Node, terms: Terms) -> Any:  # noqa: ANN401
    """The first reading that the schema allows; the first of all where it allows none."""
    if len(readings) == 1:
        return readings[0]
    check = terms.schemas.check(schema, "request", closed=False)
    return next(filter(check.is_valid, readings), readings[0])


def _readings(one: Field, style: Style, pairs: Pairs) -> Iterator[Any]:
    own = [unquote_plus(raw) for name, raw in pairs if name == one.name]
    if own and one.is_json:
        parsed = document.read(own[-1].encode())
        yield parsed.value if isinstance(parsed, Document) else own[-1]
        return
    properties = frozenset(one.target.properties)
    for shape in one.target.shapes:
        for raw in style.of_pairs(pairs, shape, properties):
            yield from one.target.values(raw)
    if own:
        yield own[-1]


def _style_of(one: Field) -> Style:
    style = one.encoding.get("style", "form")
    explode = one.encoding.get("explode", style == "form") is True
    return Style(one.name, "query", str(style), explode)


def _of_parts(parts: list[Part], one: Field | None, terms: Terms) -> Any:  # noqa: ANN401
    if one is None:
        return text_of(parts[-1])
    is_list = "array" in one.target.types
    if is_list and not (len(parts) == 1 and document.is_json(parts[0].content_type)):
        return [_value(part, one.target.item, is_json=False) for part in parts]
    found = _value(parts[-1], one.target.types, is_json=one.is_json)
    # Each item of a list is a part of its own, and this list may have only one.
    items = [[found]] if is_list and not isinstance(found, list) else []
    return chosen([*items, found, text_of(parts[-1])], one.schema, terms)


def _value(part: Part, types: frozenset[str], *, is_json: bool) -> Any:  # noqa: ANN401
    """A part's value: JSON where it says so or is wanted so, else what its text stands for."""
    declared = media.parse(part.content_type).name
    if document.is_json(declared) or (not declared and (is_json or types == {"object"})):
        parsed = document.read(part.content)
        return parsed.value if isinstance(parsed, Document) else text_of(part)
    return text_of(part) if part.is_file else next(scalars(text_of(part), types))


def text_of(part: Part) -> str:
    """A part as text; a file's bytes as one character each, for its length to be known."""
    try:
        return part.content.decode("latin-1" if part.is_file else "utf-8")
    except UnicodeDecodeError:
        return part.content.decode("latin-1")


def _part(block: bytes) -> Part:
    # The boundary's line may have white space after it (RFC 2046, section 5.1.1).
    _, _, rest = block.partition(b"\r\n")
    head, _, content = (b"\r\n" + rest).partition(b"\r\n\r\n")
    lines = head.decode(errors="replace").split("\r\n")
    pairs = (line.partition(":") for line in lines if ":" in line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    named = _NAMED.findall(headers.get("content-disposition", ""))
    names = [
        re.sub(r"\\(.)", r"\1", quoted) or token for is_file, quoted, token in named if not is_file
    ]
    is_file = any(is_file for is_file, *_ in named)
    return Part(names[0] if names else "", is_file, headers, content)


def _required(terms: Terms, headers: Node | None) -> Iterator[str]:
    for name, node in headers.items() if headers else ():
        header = followed(terms.document, node)
        if header and header.value.get("required") is True and name.lower() != "content-type":
            yield name
