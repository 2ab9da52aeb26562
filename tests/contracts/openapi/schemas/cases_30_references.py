"""Rows for null and references in OpenAPI 3.0; sections are those of 3.0.4."""

from __future__ import annotations

from functools import partial

from tests.contracts.openapi.schemas.cases import Case as AnyCase
from tests.contracts.openapi.schemas.cases import ref

Case = partial(AnyCase, version="3.0.4")
_NULLABLE = "3.0.4 Schema Object, nullable"
_REFERENCE = "3.0.4 Reference Object"
_TEXT = {"type": "string"}

CASES = (
    Case(
        "nullable", _NULLABLE, {"type": "string", "nullable": True}, ("a", None), ((1, "$ type"),)
    ),
    Case(
        "nullable_false",
        _NULLABLE,
        {"type": "string", "nullable": False},
        ("a",),
        ((None, "$ type"),),
    ),
    Case("null_is_not_assumed", _NULLABLE, {"type": "object"}, ({},), ((None, "$ type"),)),
    Case(
        "nullable_without_type_adds_nothing",
        _NULLABLE,
        {"nullable": True, "minimum": 3},
        (None, 3, "a"),
        ((2, "$ minimum"),),
    ),
    Case(
        "nullable_enum_without_null",
        _NULLABLE,
        {"type": "string", "nullable": True, "enum": ["a", "b"]},
        ("a",),
        ((None, "$ enum"), ("c", "$ enum")),
    ),
    Case(
        "nullable_enum_with_null",
        _NULLABLE,
        {"type": "string", "nullable": True, "enum": ["a", None]},
        ("a", None),
        (("c", "$ enum"),),
    ),
    Case(
        "null_in_enum_without_nullable",
        _NULLABLE,
        {"type": "string", "enum": ["a", None]},
        ("a",),
        ((None, "$ type"),),
    ),
    Case(
        "nullable_beside_reference",
        _REFERENCE,
        {**ref("Text"), "nullable": True},
        ("a",),
        ((None, "$ type"),),
        components={"Text": _TEXT},
    ),
    Case(
        "nullable_beside_all_of_without_type",
        _NULLABLE,
        {"nullable": True, "allOf": [ref("Text")]},
        ("a",),
        ((None, "$ type"),),
        components={"Text": _TEXT},
    ),
    Case(
        "nullable_reference_in_any_of",
        _NULLABLE,
        {"anyOf": [ref("Text"), {"type": "object", "nullable": True, "enum": [None]}]},
        ("a", None),
        ((1, "$ anyOf"),),
        components={"Text": _TEXT},
    ),
    Case(
        "nullable_in_the_referenced",
        _NULLABLE,
        ref("Text"),
        ("a", None),
        ((1, "$ type"),),
        components={"Text": {"type": "string", "nullable": True}},
    ),
    Case(
        "siblings_of_references_are_ignored",
        _REFERENCE,
        {**ref("Text"), "maxLength": 1, "type": "integer"},
        ("abc",),
        ((1, "$ type"),),
        components={"Text": _TEXT},
    ),
    Case(
        "reference_into_a_path_with_braces",
        _REFERENCE,
        {"$ref": "#/paths/~1a~1%7Bid%7D/get/responses/200/content/application~1json/schema"},
        (1,),
        (("a", "$ type"),),
        root={
            "paths": {
                "/a/{id}": {
                    "get": {
                        "responses": {
                            "200": {
                                "content": {"application/json": {"schema": {"type": "integer"}}}
                            }
                        }
                    }
                }
            }
        },
    ),
    Case(
        "reference_into_another_file",
        _REFERENCE,
        {"$ref": "common.yaml#/Money"},
        ({"amount": 1},),
        (({"amount": "a"}, "$.amount type"), ({"amount": 1, "x": 1}, "$.x undeclared")),
        closed=True,
        others={
            "common.yaml": {
                "Money": {"type": "object", "properties": {"amount": {"$ref": "#/Number"}}},
                "Number": {"type": "number"},
            }
        },
    ),
    Case(
        "files_that_refer_to_each_other",
        _REFERENCE,
        {"type": "object", "properties": {"next": {"$ref": "other.yaml"}}},
        ({"next": {"back": {"next": {}}}},),
        (({"next": {"back": {"next": 1}}}, "$.next.back.next type"),),
        others={
            "other.yaml": {
                "type": "object",
                "properties": {"back": {"$ref": "api.yaml#/components/schemas/A"}},
            }
        },
    ),
    Case(
        "recursion",
        _REFERENCE,
        {"type": "object", "properties": {"kids": {"type": "array", "items": ref("A")}}},
        ({"kids": [{"kids": []}]},),
        (({"kids": [{"kids": [1]}]}, "$.kids[0].kids[0] type"),),
    ),
)
