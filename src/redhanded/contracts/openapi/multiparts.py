"""Multipart bodies: what each part breaks of its encoding, and parts that are told by their place.

Source: OAS 3.1.1, section 4.8.15 (Encoding Object); OAS 3.2.0, section 4.14.3 for encodings by
position.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redhanded.contracts import document
from redhanded.contracts.document import Document
from redhanded.contracts.openapi.forms import content_types_of, parts_of, text_of
from redhanded.contracts.openapi.media import Content
from redhanded.contracts.openapi.terms import alternatives, named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redhanded.contracts.openapi.forms import Field, Part
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.terms import Terms
    from redhanded.core.violation import Violation


def told_of_part(terms: Terms, part: Part, declared: Field) -> list[Violation]:
    """What a part of a form breaks: its media type, and the headers that it must have."""
    where, source = named("request part", part.name), declared.schema
    told = _told_media_type(terms, where, part, declared.content_types, source)
    for name in declared.headers:
        if name.lower() not in part.headers:
            told += terms.tell(
                "request_body_schema",
                where,
                f"no header {name}",
                "required",
                rule="required",
                source=source,
            )
    return told


def in_order(
    terms: Terms, content: bytes, content_type: str, node: Node
) -> tuple[list[Any], list[Violation]]:
    """The values of the parts of a body that has no names for them, and what they break."""
    prefix, rest = node.find("prefixEncoding"), node.find("itemEncoding")
    encodings = [*prefix.entries()] if prefix else []
    values: list[Any] = []
    told: list[Violation] = []
    for index, part in enumerate(parts_of(content, content_type)):
        encoding = encodings[index] if index < len(encodings) else rest
        if encoding is not None and isinstance(encoding.value, dict):
            types = content_types_of(encoding.value)
            told += _told_media_type(terms, f"request part {index}", part, types, encoding)
        values.append(_value(part))
    return values, told


def _told_media_type(
    terms: Terms, where: str, part: Part, types: tuple[str, ...], source: Node
) -> list[Violation]:
    if not types or not part.content_type:
        return []
    wanted: Mapping[str, None] = dict.fromkeys(types)
    if Content(wanted).find(part.content_type) is not None:
        return []
    return terms.tell(
        "request_media_type",
        where,
        terms.see(part.content_type),
        alternatives(types),
        rule="contentType",
        source=source,
    )


def _value(part: Part) -> Any:  # noqa: ANN401
    if not document.is_json(part.content_type):
        return text_of(part)
    found = document.read(part.content)
    return found.value if isinstance(found, Document) else text_of(part)
