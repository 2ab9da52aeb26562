"""Rows for references, dialects and remarks of OpenAPI 3.1 and 3.2."""

from __future__ import annotations

from tests.contracts.openapi.schemas.cases import Case, ref

_CORE = "2020-12 Core"
_RULES = "2020-12 Validation"
_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}
_TREE = {
    "$id": "https://example.com/tree",
    "$dynamicAnchor": "node",
    "type": "object",
    "properties": {"data": True, "kids": {"type": "array", "items": {"$dynamicRef": "#node"}}},
}
_STRICT_TREE = {
    "$id": "https://example.com/strict-tree",
    "$dynamicAnchor": "node",
    "$ref": "tree",
    "unevaluatedProperties": False,
}

CASES = (
    Case(
        "references_have_siblings",
        "3.1.1 Schema Object",
        {**ref("Text"), "maxLength": 1},
        ("a",),
        (("ab", "$ maxLength"), (1, "$ type")),
        components={"Text": _TEXT},
    ),
    Case(
        "defs",
        f"{_CORE} 8.2.4",
        {"$ref": "#/components/schemas/A/$defs/n", "$defs": {"n": _NUMBER}},
        (1,),
        (("a", "$ type"),),
    ),
    Case(
        "anchor",
        f"{_CORE} 8.2.2",
        {"properties": {"a": {"$ref": "#number"}}},
        ({"a": 1},),
        (({"a": "x"}, "$.a type"),),
        components={"N": {"$anchor": "number", **_NUMBER}},
    ),
    Case(
        "id",
        f"{_CORE} 8.2.1",
        {"items": {"$ref": "https://example.com/number"}},
        ([1],),
        ((["a"], "$[0] type"),),
        components={"N": {"$id": "https://example.com/number", **_NUMBER}},
    ),
    Case(
        "pointer_within_an_id",
        f"{_CORE} 9.2.1",
        ref("R"),
        ({"n": 1},),
        (({"n": "a"}, "$.n type"),),
        components={
            "R": {
                "$id": "https://example.com/r",
                "properties": {"n": {"$ref": "#/$defs/n"}},
                "$defs": {"n": _NUMBER},
            }
        },
    ),
    Case(
        "relative_id",
        f"{_CORE} 9.1.1",
        {"$ref": "https://example.com/a/b"},
        (1,),
        (("a", "$ type"),),
        components={
            "R": {"$id": "https://example.com/a/", "$defs": {"b": {"$id": "b", **_NUMBER}}}
        },
    ),
    Case(
        "anchor_within_an_id",
        f"{_CORE} 8.2.2",
        {"$ref": "https://example.com/r#n"},
        (1,),
        (("a", "$ type"),),
        components={
            "R": {"$id": "https://example.com/r", "$defs": {"x": {"$anchor": "n", **_NUMBER}}}
        },
    ),
    Case(
        "dynamic_reference_in_the_open_tree",
        f"{_CORE} 8.2.3",
        ref("Tree"),
        ({"kids": [{"daat": 1}]},),
        (({"kids": [1]}, "$.kids[0] type"),),
        components={"Tree": _TREE, "Strict": _STRICT_TREE},
    ),
    Case(
        "dynamic_reference_in_the_strict_tree",
        f"{_CORE} 8.2.3",
        ref("Strict"),
        ({"kids": [{"data": 1}]},),
        (({"kids": [{"daat": 1}]}, "$.kids[0].daat unevaluatedProperties"),),
        components={"Tree": _TREE, "Strict": _STRICT_TREE},
    ),
    Case(
        "dynamic_reference_without_its_anchor",
        f"{_CORE} 8.2.3.2",
        {"items": {"$dynamicRef": "#n"}},
        ([1],),
        ((["a"], "$[0] type"),),
        components={"N": {"$anchor": "n", **_NUMBER}},
    ),
    Case(
        "dialect_of_the_document",
        "3.1.1 Specifying Schema Dialects",
        {
            "items": [_NUMBER],
            "additionalItems": False,
            "dependencies": {"a": ["b"], "c": {"required": ["d"]}},
        },
        ([1], {"a": 1, "b": 1}),
        (
            (["a"], "$[0] type"),
            ([1, 2], "$[1] items"),
            ({"a": 1}, "$.b dependentRequired"),
            ({"c": 1}, "$.d required"),
        ),
        root={"jsonSchemaDialect": "http://json-schema.org/draft-07/schema#"},
    ),
    Case(
        "draft_7_references_stand_alone",
        "draft-07 Core 8.3",
        {"$ref": "#/components/schemas/Text", "maxLength": 1},
        ("ab",),
        ((1, "$ type"),),
        components={"Text": _TEXT},
        root={"jsonSchemaDialect": "http://json-schema.org/draft-07/schema#"},
    ),
    Case(
        "draft_4_bounds",
        "draft-04 Validation 5.1.3",
        {
            "$id": "https://example.com/4",
            "$schema": "http://json-schema.org/draft-04/schema#",
            "minimum": 1,
            "exclusiveMinimum": True,
        },
        (2,),
        ((1, "$ exclusiveMinimum"),),
    ),
    Case(
        "draft_6_const",
        "draft-06 Validation 6.24",
        {
            "$id": "https://example.com/6",
            "$schema": "http://json-schema.org/draft-06/schema#",
            "const": 1,
            "if": True,
            "then": False,
        },
        (1,),
        ((2, "$ const"),),
    ),
    Case(
        "recursive_reference_of_2019",
        "2019-09 Core 8.2.4.2",
        {
            "$schema": "https://json-schema.org/draft/2019-09/schema",
            "$id": "https://example.com/outer",
            "$recursiveAnchor": True,
            "$ref": "inner",
            "required": ["a"],
        },
        ({"a": 1, "kid": {"a": 1}},),
        (({"a": 1, "kid": {}}, "$.kid.a required"),),
        components={
            "Inner": {
                "$schema": "https://json-schema.org/draft/2019-09/schema",
                "$id": "https://example.com/inner",
                "$recursiveAnchor": True,
                "properties": {"kid": {"$recursiveRef": "#"}},
            }
        },
    ),
    Case(
        "write_only_in_an_answer",
        f"{_RULES} 9.4",
        {"required": ["pin"], "properties": {"pin": {"writeOnly": True}}},
        ({},),
        (({"pin": 1}, "$.pin writeOnly"),),
    ),
    Case(
        "read_only_in_a_request",
        "3.1.1 Validating readOnly and writeOnly",
        {"required": ["id"], "properties": {"id": {"readOnly": True, **_NUMBER}}},
        ({}, {"id": 1}),
        (({"id": "a"}, "$.id type"),),
        direction="request",
    ),
    Case(
        "write_only_beside_a_reference",
        f"{_RULES} 9.4",
        {"properties": {"pin": {**ref("Text"), "writeOnly": True}}},
        ({},),
        (({"pin": "a"}, "$.pin writeOnly"),),
        components={"Text": _TEXT},
    ),
    Case(
        "default_mapping",
        "3.2.0 Discriminator Object",
        {
            "oneOf": [ref("C"), ref("D")],
            "discriminator": {"propertyName": "kind", "defaultMapping": "D"},
        },
        ({"d": 1},),
        (({"kind": "x"}, "$.d required"), ({"kind": "C"}, "$.c required")),
        version="3.2.0",
        components={"C": {"required": ["c"]}, "D": {"required": ["d"]}},
    ),
    Case(
        "union_in_dependencies_of_draft_7",
        "draft-07 Validation 6.5.7",
        {"dependencies": {"a": {"anyOf": [{"required": ["b"]}, {"required": ["c"]}]}}},
        ({"a": 1, "c": 1},),
        (({"a": 1}, "$.b required"),),
        root={"jsonSchemaDialect": "http://json-schema.org/draft-07/schema#"},
    ),
)
