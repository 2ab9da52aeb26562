"""Pairs of schemas, with the facets of the change between them in requests and in answers."""

from __future__ import annotations

from typing import Any, NamedTuple

from redhanded.contracts.changes.facets import BOUNDS


class Pair(NamedTuple):
    """Two schemas and what changed from the first to the second, or back.

    `*` after a facet says that it is told as harmless here, as a proof or its neighbours show.
    """

    old: Any
    new: Any
    sent: str
    received: str = ""

    @property
    def facets(self) -> tuple[frozenset[str], frozenset[str]]:
        return frozenset(self.sent.split()), frozenset((self.received or self.sent).split())


_OBJECT = {"type": "object"}
_ARRAY = {"type": "array"}
_STRING = {"type": "string"}
_NUMBER = {"type": "number"}
_A, _B, _C = ({"$ref": f"#/components/schemas/{name}"} for name in "ABC")
_EITHER = {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}
_KINDS = {"propertyName": "kind", "mapping": {"a": "#/components/schemas/A"}}


def _told(discriminator: dict[str, Any] | None) -> dict[str, Any]:
    extra = {"discriminator": discriminator} if discriminator else {}
    return {"oneOf": [_A, _B], **extra}


PAIRS: dict[str, Pair] = {
    "another type": Pair(_STRING, {"type": "integer"}, "type-changed"),
    "another format": Pair(
        {**_STRING, "format": "date"}, {**_STRING, "format": "uuid"}, "type-changed"
    ),
    "a wider type": Pair({"type": "integer"}, _NUMBER, "type-generalized", "type-changed"),
    "a wider format": Pair(
        {"type": "integer", "format": "int32"},
        {"type": "integer", "format": "int64"},
        "type-generalized",
        "type-changed",
    ),
    "a narrower type": Pair(_NUMBER, {"type": "integer"}, "type-changed", "type-specialized"),
    "a format": Pair(_STRING, {**_STRING, "format": "date"}, "type-changed", "type-specialized"),
    "a choice of plain types": Pair(
        _STRING, {"oneOf": [_STRING, {"type": "integer"}]}, "list-of-types-widened"
    ),
    "a type out of a choice": Pair(
        {"anyOf": [_STRING, {"type": "integer"}]}, _STRING, "list-of-types-narrowed"
    ),
    "another choice of plain types": Pair(
        {"type": "boolean"}, {"oneOf": [_STRING, {"type": "integer"}]}, "type-changed"
    ),
    "null": Pair(_STRING, {"type": ["string", "null"]}, "became-nullable"),
    "no null": Pair({"type": ["string", "null"]}, _STRING, "became-not-nullable"),
    "a list of values": Pair(_STRING, {**_STRING, "enum": ["a"]}, "became-enum"),
    "no list of values": Pair(
        {**_STRING, "enum": ["a"]}, _STRING, "became-not-enum enum-value-removed*"
    ),
    "one more value": Pair(
        {**_STRING, "enum": ["a"]}, {**_STRING, "enum": ["a", "b"]}, "enum-value-added"
    ),
    "a value less": Pair(
        {**_STRING, "enum": ["a", "b"]}, {**_STRING, "enum": ["a"]}, "enum-value-removed"
    ),
    "a value less of an open list": Pair(
        {**_STRING, "x-extensible-enum": ["a", "b"]},
        {**_STRING, "x-extensible-enum": ["a"]},
        "x-extensible-enum-value-removed",
    ),
    "one value": Pair(_STRING, {**_STRING, "const": "a"}, "const-added"),
    "not one value": Pair({**_STRING, "const": "a"}, _STRING, "const-removed"),
    "another value": Pair({**_STRING, "const": "a"}, {**_STRING, "const": "b"}, "const-changed"),
    "a default": Pair(_STRING, {**_STRING, "default": "a"}, "default-value-added"),
    "another default": Pair(
        {**_STRING, "default": "a"}, {**_STRING, "default": "b"}, "default-value-changed"
    ),
    "no default": Pair({**_STRING, "default": "a"}, _STRING, "default-value-removed"),
    "a pattern": Pair(_STRING, {**_STRING, "pattern": "^a"}, "pattern-added"),
    "no pattern": Pair({**_STRING, "pattern": "^a"}, _STRING, "pattern-removed"),
    "another pattern": Pair(
        {**_STRING, "pattern": "^a"}, {**_STRING, "pattern": "^b"}, "pattern-changed"
    ),
    "multiples": Pair(_NUMBER, {**_NUMBER, "multipleOf": 2}, "multiple-of-set"),
    "no multiples": Pair({**_NUMBER, "multipleOf": 2}, _NUMBER, "multiple-of-unset"),
    "multiples of more": Pair(
        {**_NUMBER, "multipleOf": 2}, {**_NUMBER, "multipleOf": 6}, "multiple-of-specialized"
    ),
    "multiples of less": Pair(
        {**_NUMBER, "multipleOf": 6}, {**_NUMBER, "multipleOf": 2}, "multiple-of-generalized"
    ),
    "multiples of something else": Pair(
        {**_NUMBER, "multipleOf": 2}, {**_NUMBER, "multipleOf": 3}, "multiple-of-changed"
    ),
    "items once": Pair(_ARRAY, {**_ARRAY, "uniqueItems": True}, "unique-items-set"),
    "items twice": Pair({**_ARRAY, "uniqueItems": True}, _ARRAY, "unique-items-unset"),
    "one more schema that changes nothing": Pair(
        _OBJECT, {**_OBJECT, "allOf": [{"title": "T"}]}, "all-of-added*"
    ),
    "a schema less that changed nothing": Pair(
        {**_OBJECT, "allOf": [{"title": "T"}]}, _OBJECT, "all-of-removed*"
    ),
    "one more schema that cannot be laid together": Pair(
        {"allOf": [_STRING, {"oneOf": [{"minLength": 3}, {"maxLength": 1}]}]},
        {
            "allOf": [
                _STRING,
                {"oneOf": [{"minLength": 3}, {"maxLength": 1}]},
                {"oneOf": [{"pattern": "a"}, {"pattern": "b"}]},
            ]
        },
        "all-of-added",
    ),
    "a schema less that could not be laid together": Pair(
        {
            "allOf": [
                _STRING,
                {"oneOf": [{"minLength": 3}, {"maxLength": 1}]},
                {"oneOf": [{"pattern": "a"}, {"pattern": "b"}]},
            ]
        },
        {"allOf": [_STRING, {"oneOf": [{"minLength": 3}, {"maxLength": 1}]}]},
        "all-of-removed*",
        "all-of-removed",
    ),
    "one more alternative of any": Pair(
        {"anyOf": [_A, _B]}, {"anyOf": [_A, _B, _C]}, "any-of-added"
    ),
    "an alternative of any less": Pair(
        {"anyOf": [_A, _B, _C]}, {"anyOf": [_A, _B]}, "any-of-removed"
    ),
    "one more alternative": Pair({"oneOf": [_A, _C]}, {"oneOf": [_A, _C, _STRING]}, "one-of-added"),
    "an alternative less": Pair(
        {"oneOf": [_A, _C, _STRING]}, {"oneOf": [_A, _C]}, "one-of-removed"
    ),
    "a choice where there was none": Pair(_OBJECT, _EITHER, "became-union", "became-union"),
    "no choice where there was one": Pair(
        _EITHER, _OBJECT, "became-not-union*", "became-not-union"
    ),
    "what must not be": Pair(_OBJECT, {**_OBJECT, "not": {"required": ["a"]}}, "not-added"),
    "what may be again": Pair(
        {**_OBJECT, "not": {"required": ["a"]}}, _OBJECT, "not-removed*", "not-removed"
    ),
    "something else that must not be": Pair(
        {**_OBJECT, "not": {"required": ["a"]}},
        {**_OBJECT, "not": {"required": ["b"]}},
        "not-changed",
    ),
    "a condition": Pair(
        _OBJECT,
        {**_OBJECT, "if": {"required": ["a"]}, "then": {"maxProperties": 1}, "else": _A},
        "if-added then-added else-added",
    ),
    "no condition": Pair(
        {**_OBJECT, "if": {"required": ["a"]}, "then": {"maxProperties": 1}, "else": _A},
        _OBJECT,
        "if-removed then-removed else-removed",
    ),
    "a first item": Pair(
        _ARRAY, {**_ARRAY, "prefixItems": [{"type": "integer"}]}, "prefix-items-added"
    ),
    "no first item": Pair(
        {**_ARRAY, "prefixItems": [{"type": "integer"}]}, _ARRAY, "prefix-items-removed"
    ),
    "items of a kind": Pair(_ARRAY, {**_ARRAY, "items": _STRING}, "items-added"),
    "items of any kind": Pair({**_ARRAY, "items": _STRING}, _ARRAY, "items-removed"),
    "an item that must be there": Pair(_ARRAY, {**_ARRAY, "contains": _STRING}, "contains-added"),
    "no item that must be there": Pair({**_ARRAY, "contains": _STRING}, _ARRAY, "contains-removed"),
    "names of a kind": Pair(
        _OBJECT, {**_OBJECT, "propertyNames": {"maxLength": 3}}, "property-names-added"
    ),
    "names of any kind": Pair(
        {**_OBJECT, "propertyNames": {"maxLength": 3}}, _OBJECT, "property-names-removed"
    ),
    "a schema by name": Pair(
        _OBJECT, {**_OBJECT, "patternProperties": {"^x": _STRING}}, "pattern-property-added"
    ),
    "no schema by name": Pair(
        {**_OBJECT, "patternProperties": {"^x": _STRING}}, _OBJECT, "pattern-property-removed"
    ),
    "nothing undeclared": Pair(
        _OBJECT, {**_OBJECT, "additionalProperties": False}, "additional-properties-forbidden"
    ),
    "something undeclared": Pair(
        {**_OBJECT, "additionalProperties": False}, _OBJECT, "additional-properties-allowed"
    ),
    "a kind of what is undeclared": Pair(
        _OBJECT,
        {**_OBJECT, "additionalProperties": _STRING},
        "additional-properties-schema-added",
    ),
    "a kind of other items": Pair(
        _ARRAY, {**_ARRAY, "unevaluatedItems": _STRING}, "unevaluated-items-added"
    ),
    "no kind of other items": Pair(
        {**_ARRAY, "unevaluatedItems": _STRING}, _ARRAY, "unevaluated-items-removed"
    ),
    "a kind of other properties": Pair(
        _OBJECT, {**_OBJECT, "unevaluatedProperties": _STRING}, "unevaluated-properties-added"
    ),
    "no kind of other properties": Pair(
        {**_OBJECT, "unevaluatedProperties": _STRING}, _OBJECT, "unevaluated-properties-removed"
    ),
    "a property beside another": Pair(
        _OBJECT, {**_OBJECT, "dependentRequired": {"a": ["b"]}}, "dependent-required-added"
    ),
    "no property beside another": Pair(
        {**_OBJECT, "dependentRequired": {"a": ["b"]}}, _OBJECT, "dependent-required-removed"
    ),
    "another property beside another": Pair(
        {**_OBJECT, "dependentRequired": {"a": ["b"]}},
        {**_OBJECT, "dependentRequired": {"a": ["c"]}},
        "dependent-required-changed",
    ),
    "a schema beside a property": Pair(
        _OBJECT, {**_OBJECT, "dependentSchemas": {"a": _B}}, "dependent-schema-added"
    ),
    "no schema beside a property": Pair(
        {**_OBJECT, "dependentSchemas": {"a": _B}}, _OBJECT, "dependent-schema-removed"
    ),
    "a schema in text": Pair(_STRING, {**_STRING, "contentSchema": _A}, "content-schema-added"),
    "no schema in text": Pair({**_STRING, "contentSchema": _A}, _STRING, "content-schema-removed"),
    "another media type in text": Pair(
        {**_STRING, "contentMediaType": "text/csv"},
        {**_STRING, "contentMediaType": "text/html"},
        "content-media-type-changed",
    ),
    "another encoding in text": Pair(
        {**_STRING, "contentEncoding": "base64"},
        {**_STRING, "contentEncoding": "base32"},
        "content-encoding-changed",
    ),
    "nothing at all": Pair(_STRING, False, "schema-became-false"),
    "something at all": Pair(False, _STRING, "schema-became-not-false"),
    "a discriminator": Pair(_told(None), _told(_KINDS), "discriminator-added"),
    "no discriminator": Pair(_told(_KINDS), _told(None), "discriminator-removed"),
    "another discriminator": Pair(
        _told(_KINDS),
        _told({**_KINDS, "propertyName": "sort"}),
        "discriminator-property-name-changed",
    ),
    "one more name": Pair(
        _told({"propertyName": "kind"}), _told(_KINDS), "discriminator-mapping-added"
    ),
    "a name less": Pair(
        _told(_KINDS), _told({"propertyName": "kind"}), "discriminator-mapping-deleted"
    ),
    "another meaning of a name": Pair(
        _told(_KINDS),
        _told({**_KINDS, "mapping": {"a": "#/components/schemas/B"}}),
        "discriminator-mapping-changed",
    ),
    "an end": Pair(_STRING, {**_STRING, "deprecated": True}, "deprecated"),
    "no end": Pair({**_STRING, "deprecated": True}, _STRING, "reactivated"),
}

_HOLDERS = {"Contains": {"type": "array", "contains": {"type": "string"}}}


def _bounded(keyword: str, value: int | None) -> dict[str, Any]:
    holder = _HOLDERS["Contains"] if keyword.endswith("Contains") else {}
    return {**holder, **({} if value is None else {keyword: value})}


for _keyword, _name in BOUNDS.items():
    # Without it, one item is enough of `contains` (JSON Schema 2020-12, section 6.4.5).
    _none = 0 if _keyword == "minContains" else None
    for _words, _old, _new, _what in (
        ("more", 2, 3, "increased"),
        ("less", 3, 2, "decreased"),
        ("a bound", _none, 3, "set"),
        ("no bound", 3, _none, "unset"),
    ):
        if _none is None or _what in {"increased", "decreased"}:
            PAIRS[f"{_keyword}: {_words}"] = Pair(
                _bounded(_keyword, _old), _bounded(_keyword, _new), f"{_name}-{_what}"
            )
