"""Rows for schemas that refuse what is declared nowhere, beyond what a specification asks."""

from __future__ import annotations

from functools import partial

from tests.contracts.openapi.schemas.cases import Case as AnyCase
from tests.contracts.openapi.schemas.cases import ref

Case = partial(AnyCase, section="3.1.1 Schema Object; closed", closed=True)
_TEXT = {"type": "string"}
_ADDRESS = {"type": "object", "properties": {"street": _TEXT}}
_NAMED = {"type": "object", "properties": {"name": _TEXT}}

CASES = (
    Case(
        "flat",
        schema=_NAMED,
        passes=({"name": "a"}, {}),
        breaks=(({"name": "a", "b": 1, "a": 1}, "$.a undeclared; $.b undeclared"),),
    ),
    Case(
        "required_and_not_declared",
        schema={**_NAMED, "required": ["id"]},
        passes=({"id": 1}, {"id": 1, "name": "a"}),
        breaks=(({"id": 1, "x": 1}, "$.x undeclared"), ({}, "$.id required")),
    ),
    Case(
        "required_and_not_declared_in_a_part",
        schema={"allOf": [ref("Named"), {"required": ["id"]}]},
        components={"Named": _NAMED},
        passes=({"id": 1, "name": "a"},),
        breaks=(({"id": 1, "x": 1}, "$.x undeclared"),),
    ),
    Case("open_is_open", schema=_NAMED, passes=({"b": 1},), closed=False),
    Case(
        "nested",
        schema={"properties": {"at": ref("Address")}},
        components={"Address": _ADDRESS},
        passes=({"at": {"street": "a"}},),
        breaks=(({"at": {"street": "a", "no": 1}}, "$.at.no undeclared"),),
    ),
    Case(
        "items",
        schema={"items": _NAMED},
        passes=([{}],),
        breaks=(([{}, {"x": 1}], "$[1].x undeclared"),),
    ),
    Case(
        "prefix_items",
        schema={"prefixItems": [_NAMED]},
        breaks=(([{"x": 1}], "$[0].x undeclared"),),
    ),
    Case(
        "additional_values",
        schema={"additionalProperties": _NAMED},
        breaks=(({"k": {"x": 1}}, "$.k.x undeclared"),),
    ),
    Case("declares_nothing", schema={"type": "object"}, passes=({"any": {"thing": 1}},)),
    Case("empty_properties", schema={"type": "object", "properties": {}}, passes=({"any": 1},)),
    Case("additional_true", schema={**_NAMED, "additionalProperties": True}, passes=({"any": 1},)),
    Case(
        "additional_schema",
        schema={**_NAMED, "additionalProperties": {"type": "integer"}},
        passes=({"any": 1},),
        breaks=(({"any": "a"}, "$.any type"),),
    ),
    Case(
        "unevaluated_true", schema={**_NAMED, "unevaluatedProperties": True}, passes=({"any": 1},)
    ),
    Case(
        "additional_false_is_the_documents",
        schema={**_NAMED, "additionalProperties": False},
        breaks=(({"x": 1}, "$.x additionalProperties"),),
    ),
    Case(
        "pattern_properties",
        schema={**_NAMED, "patternProperties": {"^x-": True}},
        passes=({"x-a": 1},),
        breaks=(({"y": 1}, "$.y undeclared"),),
    ),
    Case(
        "pattern_properties_in_30",
        schema={**_NAMED, "patternProperties": {"^x-": {}}},
        passes=({"x-a": 1},),
        version="3.0.4",
    ),
    Case(
        "all_of",
        schema={"allOf": [ref("Named"), _ADDRESS]},
        components={"Named": _NAMED},
        passes=({"name": "a", "street": "b"},),
        breaks=(({"name": "a", "x": 1}, "$.x undeclared"),),
    ),
    Case(
        "all_of_with_an_open_part",
        schema={"allOf": [ref("Named"), {"additionalProperties": True}]},
        components={"Named": _NAMED},
        passes=({"x": 1},),
    ),
    Case(
        "all_of_beside_properties",
        schema={**_NAMED, "allOf": [{"properties": {"b": True}}]},
        passes=({"b": 1, "name": "a"},),
        breaks=(({"c": 1}, "$.c undeclared"),),
    ),
    Case(
        "one_of",
        schema={"oneOf": [{**_NAMED, "required": ["name"]}, {**_ADDRESS, "required": ["street"]}]},
        passes=({"name": "a"},),
        breaks=(({"name": "a", "x": 1}, "$.x undeclared"),),
    ),
    Case(
        "a_property_of_the_other_branch",
        schema={
            "oneOf": [
                {**_NAMED, "required": ["name"]},
                {"required": ["no"], "properties": {"no": True, "other": True}},
            ]
        },
        breaks=(({"name": "a", "other": 1}, "$.other undeclared"),),
    ),
    Case(
        "nested_in_a_branch",
        schema={
            "oneOf": [{"type": "object", "required": ["at"], "properties": {"at": _ADDRESS}}, _TEXT]
        },
        passes=("a", {"at": {}}),
        breaks=(({"at": {"x": 1}}, "$.at.x undeclared"),),
    ),
    Case(
        "any_of",
        schema={"anyOf": [_NAMED, _ADDRESS]},
        passes=({"name": "a", "street": "b"},),
        breaks=(({"x": 1}, "$.x undeclared"),),
    ),
    Case(
        "any_of_with_a_free_branch",
        schema={"anyOf": [{**_NAMED, "required": ["name"]}, {"type": "object"}]},
        passes=({"x": 1},),
    ),
    Case(
        "one_of_with_a_free_branch",
        schema={"oneOf": [{**_NAMED, "required": ["name"]}, {"type": "object", "required": ["x"]}]},
        passes=({"x": 1, "y": 1},),
        breaks=(({"name": "a", "y": 1}, "$.y undeclared"),),
    ),
    Case(
        "branches_that_only_require",
        schema={
            "properties": {"a": True, "b": True},
            "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
        },
        passes=({"a": 1},),
        breaks=(({"a": 1, "c": 1}, "$.c undeclared"),),
    ),
    Case(
        "two_met_stay_two",
        schema={
            "oneOf": [{"properties": {"at": _ADDRESS}}, {"properties": {"at": {"type": "object"}}}]
        },
        breaks=(({"at": {"x": 1}}, "$ oneOf"),),
    ),
    Case(
        "not_is_read_openly",
        schema={
            "properties": {"a": True},
            "not": {"required": ["a"], "properties": {"a": _ADDRESS}},
        },
        passes=({"a": 1},),
        breaks=(({"a": {"x": 1}}, "$ not"),),
    ),
    Case(
        "if_is_read_openly",
        schema={
            "properties": {"a": True},
            "if": {"properties": {"a": _ADDRESS}, "required": ["a"]},
            "then": {"required": ["b"], "properties": {"b": True}},
        },
        passes=({"a": {"x": 1}, "b": 1},),
        breaks=(({"a": {"x": 1}}, "$.b required"),),
    ),
    Case(
        "then_declares",
        schema={
            "properties": {"a": True},
            "if": {"required": ["a"]},
            "then": {"properties": {"b": True}},
        },
        passes=({"a": 1, "b": 1},),
        breaks=(({"b": 1}, "$.b undeclared"),),
    ),
    Case(
        "dependent_schema_declares",
        schema={"properties": {"a": True}, "dependentSchemas": {"a": {"properties": {"b": True}}}},
        passes=({"a": 1, "b": 1},),
        breaks=(({"b": 1}, "$.b undeclared"),),
    ),
    Case(
        "siblings_of_a_reference",
        schema={**ref("Named"), "properties": {"b": True}},
        components={"Named": _NAMED},
        passes=({"name": "a", "b": 1},),
        breaks=(({"c": 1}, "$.c undeclared"),),
    ),
    Case(
        "both_kinds",
        schema={"properties": {"at": _ADDRESS, "n": {"type": "integer"}}},
        breaks=(
            ({"at": {"x": 1}, "n": "a", "y": 1}, "$.at.x undeclared; $.n type; $.y undeclared"),
        ),
    ),
    Case(
        "parent_of_an_undeclared",
        schema={"allOf": [{"properties": {"at": _ADDRESS}}], "properties": {"b": True}},
        breaks=(({"at": {"x": 1}, "b": 1}, "$.at.x undeclared"),),
    ),
    Case(
        "one_name_in_two_parts",
        schema={
            "allOf": [
                {"properties": {"at": _ADDRESS}},
                {"properties": {"at": {"properties": {"no": True}}}},
            ]
        },
        passes=({"at": {"street": "a", "no": 1}},),
        breaks=(({"at": {"x": 1}}, "$.at.x undeclared"),),
    ),
    Case(
        "recursive",
        schema={"properties": {"kid": ref("A")}},
        passes=({"kid": {"kid": {}}},),
        breaks=(({"kid": {"kid": {"x": 1}}}, "$.kid.kid.x undeclared"),),
    ),
    Case(
        "dynamic",
        schema=ref("Tree"),
        passes=({"kids": [{}]},),
        breaks=(({"kids": [{"x": 1}]}, "$.kids[0].x undeclared"),),
        components={
            "Tree": {
                "$dynamicAnchor": "node",
                "properties": {"kids": {"items": {"$dynamicRef": "#node"}}},
            }
        },
    ),
    Case(
        "write_only_and_undeclared",
        schema={"properties": {"pin": {"writeOnly": True}}},
        breaks=(({"pin": 1, "x": 1}, "$.pin writeOnly; $.x undeclared"),),
    ),
    Case("request", schema=_NAMED, breaks=(({"x": 1}, "$.x undeclared"),), direction="request"),
    Case(
        "null_or_object",
        schema={"oneOf": [{"type": "null"}, ref("Named")]},
        components={"Named": _NAMED},
        passes=(None, {"name": "a"}),
        breaks=(({"x": 1}, "$.x undeclared"), (1, "$ oneOf")),
    ),
)
