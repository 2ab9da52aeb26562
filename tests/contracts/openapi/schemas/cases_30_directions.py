"""Rows for directions and discriminators in OpenAPI 3.0; sections are those of 3.0.4."""

from __future__ import annotations

from functools import partial

from tests.contracts.openapi.schemas.cases import Case as AnyCase
from tests.contracts.openapi.schemas.cases import ref

Case = partial(AnyCase, version="3.0.4")
_HIDDEN = "3.0.4 Schema Object, readOnly and writeOnly"
_DISCRIMINATOR = "3.0.4 Discriminator Object"
_TEXT = {"type": "string"}
_USER = {
    "type": "object",
    "required": ["id", "name", "password"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": _TEXT,
        "password": {"type": "string", "writeOnly": True},
    },
}
_PETS = {
    "Pet": {
        "type": "object",
        "required": ["kind"],
        "discriminator": {"propertyName": "kind", "mapping": {"kitty": "Cat"}},
        "properties": {"kind": _TEXT},
    },
    "Cat": {
        "allOf": [ref("Pet"), {"type": "object", "properties": {"lives": {"type": "integer"}}}]
    },
    "Dog": {"allOf": [ref("Pet"), {"type": "object", "properties": {"bark": _TEXT}}]},
    "Puppy": {
        "allOf": [ref("Dog"), {"type": "object", "properties": {"age": {"type": "integer"}}}]
    },
}
_SHAPES = {
    "Circle": {
        "type": "object",
        "required": ["kind", "radius"],
        "properties": {"kind": _TEXT, "radius": {"type": "number"}},
    },
    "Square": {
        "type": "object",
        "required": ["kind", "side"],
        "properties": {"kind": _TEXT, "side": {"type": "number"}},
    },
}
_EITHER = {"oneOf": [ref("Circle"), ref("Square")]}

CASES = (
    Case(
        "write_only_in_an_answer",
        _HIDDEN,
        _USER,
        ({"id": 1, "name": "a"},),
        (
            ({"id": 1, "name": "a", "password": "x"}, "$.password writeOnly"),
            ({"name": "a"}, "$.id required"),
        ),
    ),
    Case(
        "read_only_in_a_request",
        _HIDDEN,
        _USER,
        ({"name": "a", "password": "x"},),
        (
            ({"id": 1, "name": "a", "password": "x"}, "$.id readOnly"),
            ({"name": "a"}, "$.password required"),
        ),
        direction="request",
    ),
    Case(
        "read_only_through_a_reference",
        _HIDDEN,
        {"required": ["id"], "properties": {"id": ref("Id")}},
        ({},),
        (({"id": 1}, "$.id readOnly"),),
        direction="request",
        components={"Id": {"type": "integer", "readOnly": True}},
    ),
    Case(
        "read_only_beside_a_reference_means_nothing",
        "3.0.4 Reference Object",
        {"required": ["id"], "properties": {"id": {**ref("Id"), "readOnly": True}}},
        ({"id": 1},),
        (({}, "$.id required"),),
        direction="request",
        components={"Id": {"type": "integer"}},
    ),
    Case(
        "required_beside_the_base_with_the_read_only_property",
        _HIDDEN,
        {"allOf": [ref("Base"), {"required": ["id", "name"]}]},
        ({"name": "a"},),
        (({}, "$.name required"),),
        direction="request",
        components={"Base": {"properties": {"id": {"readOnly": True}, "name": _TEXT}}},
    ),
    Case(
        "write_only_in_a_branch",
        _HIDDEN,
        {"oneOf": [ref("Secret"), {"type": "string"}]},
        ("a", {}),
        (({"pin": "1"}, "$.pin writeOnly"),),
        components={"Secret": {"type": "object", "properties": {"pin": {"writeOnly": True}}}},
    ),
    Case(
        "discriminator_names_the_branch",
        _DISCRIMINATOR,
        {**_EITHER, "discriminator": {"propertyName": "kind"}},
        ({"kind": "Circle", "radius": 1},),
        (
            ({"kind": "Square"}, "$.side required"),
            ({"kind": "Circle", "radius": "a"}, "$.radius type"),
        ),
        components=_SHAPES,
    ),
    Case(
        "discriminator_with_a_mapping",
        _DISCRIMINATOR,
        {
            **_EITHER,
            "discriminator": {
                "propertyName": "kind",
                "mapping": {"round": "#/components/schemas/Circle", "flat": "Square"},
            },
        },
        ({"kind": "round", "radius": 1},),
        (
            ({"kind": "round"}, "$.radius required"),
            ({"kind": "flat"}, "$.side required"),
            ({"kind": "Circle"}, "$.radius required"),
        ),
        components=_SHAPES,
    ),
    Case(
        "discriminator_with_an_unknown_value",
        _DISCRIMINATOR,
        {**_EITHER, "discriminator": {"propertyName": "kind"}},
        (),
        (({"kind": "Line"}, "$.kind discriminator"), ({}, "$.kind discriminator"), (1, "$ type")),
        components=_SHAPES,
    ),
    Case(
        "discriminator_changes_nothing_that_is_valid",
        _DISCRIMINATOR,
        {**_EITHER, "discriminator": {"propertyName": "kind"}},
        ({"kind": "Line", "radius": 1}, {"kind": "Square", "radius": 1}),
        components={**_SHAPES, "Square": {"type": "object", "required": ["side"]}},
    ),
    Case(
        "any_of_with_a_discriminator",
        _DISCRIMINATOR,
        {"anyOf": [ref("Circle"), ref("Square")], "discriminator": {"propertyName": "kind"}},
        ({"kind": "Circle", "radius": 1},),
        (({"kind": "Square"}, "$.side required"),),
        components=_SHAPES,
    ),
    Case(
        "children_by_all_of",
        _DISCRIMINATOR,
        ref("Pet"),
        (
            {"kind": "kitty", "lives": 9},
            {"kind": "Cat", "lives": 9},
            {"kind": "Puppy", "bark": "a", "age": 1},
        ),
        (
            ({"kind": "Dog", "lives": 9}, "$.lives undeclared"),
            ({"kind": "x", "bark": ""}, "$.bark undeclared"),
        ),
        closed=True,
        components=_PETS,
    ),
    Case(
        "a_child_alone",
        _DISCRIMINATOR,
        ref("Cat"),
        ({"kind": "Cat", "lives": 9},),
        (
            ({"kind": "Cat", "bark": "a"}, "$.bark undeclared"),
            ({"lives": "a"}, "$.kind required; $.lives type"),
        ),
        closed=True,
        components=_PETS,
    ),
)
