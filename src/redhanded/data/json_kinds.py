"""Kinds: the JSON types that a schema lets pass, and what is of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from redhanded.data.schema_view import Schema

LIMITS: Final[Mapping[str, str]] = {
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
}
"""The keywords of numbers, with what models call them."""

_TYPES: Final = ("object", "array", "string", "number", "integer", "boolean", "null")
_SPOKEN_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "object": (
        *("properties", "required", "additionalProperties", "patternProperties"),
        *("minProperties", "maxProperties", "propertyNames"),
    ),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "string": ("minLength", "maxLength", "pattern", "format", "contentEncoding"),
    "number": tuple(LIMITS),
}


def kinds_of(flat: Schema) -> list[str]:
    """The types that may stand there; where none is named, those that the keywords speak of."""
    declared = flat.get("type")
    if declared is not None:
        return [declared] if isinstance(declared, str) else [*declared]
    if "enum" in flat or "const" in flat:
        return [*_TYPES]
    return spoken_of(flat) or ["string"]


def spoken_of(flat: Schema) -> list[str]:
    """The types that the keywords of a schema speak of."""
    return [kind for kind, words in _SPOKEN_OF.items() if flat.keys() & {*words}]


def is_of(value: object, kinds: list[str]) -> bool:
    """Whether a value is of one of the types."""
    if value is None or isinstance(value, bool):
        return ("null" if value is None else "boolean") in kinds
    if isinstance(value, int | float):
        return "number" in kinds or ("integer" in kinds and float(value).is_integer())
    return (
        (isinstance(value, str) and "string" in kinds)
        or (isinstance(value, list) and "array" in kinds)
        or (isinstance(value, Mapping) and "object" in kinds)
    )
