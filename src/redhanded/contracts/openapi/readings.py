"""Readings: the values of a schema that a text may stand for, as parameters and forms carry them.

A text has no type, so the schema decides: `5` is a number where one is wanted. By the letter only
what JSON writes as a number or as true and false is one (OAS 3.1.1, section 4.8.12.3 and appendix
B): `05`, `+5` and `True` are texts.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.schemas import Schemas
    from redhanded.contracts.openapi.styles import Raw, Shape

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,308})(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,308})")
_LITERALS = {"true": True, "false": False}
_SCALARS = frozenset({"null", "boolean", "integer", "number", "string"})
_SAYING = {"type", "title", "description", "default", "example", "examples", "deprecated"}
_ANY = _SCALARS | {"array", "object"}


@dataclass(frozen=True, slots=True)
class Target:
    """What a text is wanted to be: the types of a schema, of its items and of its properties."""

    types: frozenset[str]
    item: frozenset[str]
    properties: Mapping[str, frozenset[str]]

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes in which a value may be written, those with parts first."""
        found: list[Shape] = ["array"] if "array" in self.types else []
        if "object" in self.types:
            found.append("object")
        return (*found, "scalar") if self.types - {"array", "object"} or not found else (*found,)

    def values(self, raw: Raw) -> Iterator[Any]:
        """The values that it may stand for; the last is always the one of texts alone."""
        if isinstance(raw, str):
            yield from scalars(raw, self.types)
        elif isinstance(raw, list):
            typed = [next(scalars(text, self.item)) for text in raw]
            yield typed
            if typed != raw:
                yield raw
        else:
            members = {
                name: next(scalars(text, self.properties.get(name, _SCALARS)))
                for name, text in raw.items()
            }
            yield members
            if members != raw:
                yield raw


def target_of(schemas: Schemas, schema: Node | None) -> Target:
    """What the texts of a schema are read as; any scalar where it does not say."""
    types = _types(schemas, schema)
    if schema is None or not types & {"array", "object"}:
        return Target(types, _SCALARS, {})
    items = schemas.resolved(schema).find("items")
    properties = schemas.properties_of(schema) if "object" in types else {}
    return Target(
        types,
        _types(schemas, items),
        {name: _types(schemas, node) for name, node in properties.items()},
    )


def _types(schemas: Schemas, schema: Node | None) -> frozenset[str]:
    """The types that texts are read as: a text without parts where any type passes."""
    found = schemas.types_of(schema) if schema else _SCALARS
    return found if found and not found >= _ANY else _SCALARS


def is_any_text(schema: Node | None) -> bool:
    """Whether every text is a value of the schema: it has nothing that says more than `string`."""
    value = schema.value if schema else None
    return isinstance(value, dict) and value.get("type") == "string" and value.keys() <= _SAYING


def scalars(text: str, types: frozenset[str]) -> Iterator[Any]:
    """The values of one text, the likeliest first and the text itself last."""
    if "boolean" in types and text in _LITERALS:
        yield _LITERALS[text]
    if "number" in types or "integer" in types:
        if _INTEGER.fullmatch(text):
            yield int(text)
        elif _NUMBER.fullmatch(text):
            yield json.loads(text)
    if "null" in types and text in {"", "null"}:
        yield None
    yield text
