"""Dialects: what the keywords of a schema mean, by the version that it is written in."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from redhanded.contracts.openapi.document import Document

MAPS: Final = frozenset({"properties", "patternProperties", "dependentSchemas"})
"""Keywords that hold schemas by name."""

LISTS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
"""Keywords that hold schemas in a row."""

SINGLE: Final = frozenset(
    {
        "additionalProperties",
        "contains",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
)
"""Keywords that hold one schema."""

_SIMPLE = frozenset(
    {
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "format",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "multipleOf",
        "pattern",
        "required",
        "type",
        "uniqueItems",
    }
)
_OPENAPI_30 = _SIMPLE | {
    "additionalProperties",
    "allOf",
    "anyOf",
    "items",
    "not",
    "oneOf",
    "properties",
}
_JSON_SCHEMA = (
    _SIMPLE | MAPS | LISTS | SINGLE | {"const", "dependentRequired", "maxContains", "minContains"}
)
_EARLIER = frozenset({"dependentSchemas", "dependentRequired", "maxContains", "minContains"})
_UNEVALUATED = frozenset({"unevaluatedItems", "unevaluatedProperties"})


class Dialect(Enum):
    """A version of JSON Schema, or what OpenAPI 3.0 made of one."""

    OPENAPI_30 = "openapi-3.0"
    DRAFT_4 = "draft-04"
    DRAFT_6 = "draft-06"
    DRAFT_7 = "draft-07"
    DRAFT_2019 = "2019-09"
    DRAFT_2020 = "2020-12"

    @property
    def keywords(self) -> frozenset[str]:
        """The keywords that can refuse a value; all others are remarks."""
        return _KEYWORDS[self]

    @property
    def lets_a_reference_stand_alone(self) -> bool:
        """Whether what stands beside a `$ref` means nothing (OpenAPI 3.0.4, section 4.7.23.1)."""
        return self not in (Dialect.DRAFT_2019, Dialect.DRAFT_2020)

    @property
    def has_tuples_in_items(self) -> bool:
        """Whether `items` may be a list, and `additionalItems` holds for what comes after it."""
        return self not in (Dialect.OPENAPI_30, Dialect.DRAFT_2020)


_KEYWORDS: Final = {
    Dialect.OPENAPI_30: _OPENAPI_30,
    Dialect.DRAFT_4: _OPENAPI_30 | {"patternProperties"},
    Dialect.DRAFT_6: (_JSON_SCHEMA - _EARLIER - _UNEVALUATED - {"prefixItems", "if", "then"})
    - {"else"},
    Dialect.DRAFT_7: _JSON_SCHEMA - _EARLIER - _UNEVALUATED - {"prefixItems"},
    Dialect.DRAFT_2019: _JSON_SCHEMA - {"prefixItems"},
    Dialect.DRAFT_2020: _JSON_SCHEMA,
}
_BY_NAME = (
    ("draft-04", Dialect.DRAFT_4),
    ("draft-06", Dialect.DRAFT_6),
    ("draft-07", Dialect.DRAFT_7),
    ("2019-09", Dialect.DRAFT_2019),
)


def named(uri: object) -> Dialect:
    """The dialect that `$schema` or `jsonSchemaDialect` names; of an unknown one, today's."""
    text = uri if isinstance(uri, str) else ""
    return next((dialect for part, dialect in _BY_NAME if part in text), Dialect.DRAFT_2020)


def default_of(document: Document) -> Dialect:
    """The dialect of the schemas of a document that name none themselves."""
    if document.version < (3, 1):
        return Dialect.OPENAPI_30
    return named(document.root.get("jsonSchemaDialect"))
