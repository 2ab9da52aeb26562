"""Rows for JSON Schema's rules about arrays, objects and unions; sections as in 2020-12."""

from __future__ import annotations

from tests.contracts.openapi.schemas.cases import Case, ref

_CORE = "2020-12 Core"
_RULES = "2020-12 Validation"
_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}

CASES = (
    Case(
        "items",
        f"{_CORE} 10.3.1.2",
        {"items": _NUMBER},
        ([], [1]),
        (([1, "a", "b"], "$[1] type; $[2] type"),),
    ),
    Case(
        "prefix_items",
        f"{_CORE} 10.3.1.1",
        {"prefixItems": [_NUMBER, _TEXT], "items": False},
        ([1], [1, "a"]),
        ((["a"], "$[0] type"), ([1, "a", 2], "$[2] items")),
    ),
    Case(
        "contains",
        f"{_CORE} 10.3.1.3",
        {"contains": _NUMBER},
        (["a", 1],),
        ((["a"], "$ contains"), ([], "$ contains")),
    ),
    Case(
        "min_and_max_contains",
        f"{_RULES} 6.4.4",
        {"contains": _NUMBER, "minContains": 2, "maxContains": 3},
        ([1, 2],),
        (([1], "$ minContains"), ([1, 2, 3, 4], "$ maxContains")),
    ),
    Case("min_contains_zero", f"{_RULES} 6.4.5", {"contains": _NUMBER, "minContains": 0}, ([],)),
    Case(
        "unique_items",
        f"{_RULES} 6.4.3",
        {"uniqueItems": True},
        ([1, True, "1"],),
        (([1, 1.0], "$ uniqueItems"),),
    ),
    Case(
        "item_counts",
        f"{_RULES} 6.4",
        {"minItems": 1, "maxItems": 2},
        ([1],),
        (([], "$ minItems"), ([1, 2, 3], "$ maxItems")),
    ),
    Case(
        "property_counts",
        f"{_RULES} 6.5",
        {"minProperties": 1, "maxProperties": 1},
        ({"a": 1},),
        (({}, "$ minProperties"), ({"a": 1, "b": 1}, "$ maxProperties")),
    ),
    Case(
        "required",
        f"{_RULES} 6.5.3",
        {"required": ["a", "b c"]},
        ({"a": None, "b c": 1}, []),
        (({}, '$.a required; $["b c"] required'),),
    ),
    Case(
        "dependent_required",
        f"{_RULES} 6.5.4",
        {"dependentRequired": {"card": ["address"]}},
        ({}, {"address": 1}),
        (({"card": 1}, "$.address dependentRequired"),),
    ),
    Case(
        "dependent_schemas",
        f"{_CORE} 10.2.2.4",
        {"dependentSchemas": {"a": {"required": ["b"]}}},
        ({"b": 1},),
        (({"a": 1}, "$.b required"),),
    ),
    Case(
        "pattern_properties",
        f"{_CORE} 10.3.2.2",
        {"patternProperties": {"^x-": _NUMBER}},
        ({"x-a": 1, "y": "a"},),
        (({"x-a": "a"}, '$["x-a"] type'),),
    ),
    Case(
        "additional_beside_patterns",
        f"{_CORE} 10.3.2.3",
        {
            "patternProperties": {"^x": True},
            "properties": {"a": True},
            "additionalProperties": False,
        },
        ({"a": 1, "x1": 1},),
        (({"b": 1}, "$.b additionalProperties"),),
    ),
    Case(
        "property_names",
        f"{_CORE} 10.3.2.4",
        {"propertyNames": {"maxLength": 2}},
        ({"ab": 1},),
        (({"abc": 1}, "$.abc propertyNames"),),
    ),
    Case(
        "all_of",
        f"{_CORE} 10.2.1.1",
        {"allOf": [{"minimum": 1}, {"maximum": 2}]},
        (1,),
        ((3, "$ maximum"),),
    ),
    Case(
        "any_of",
        f"{_CORE} 10.2.1.2",
        {"anyOf": [_TEXT, {"type": "integer", "minimum": 3}]},
        ("a", 3),
        ((1, "$ minimum"), (None, "$ anyOf")),
    ),
    Case(
        "one_of_none", f"{_CORE} 10.2.1.3", {"oneOf": [_TEXT, _NUMBER]}, (1,), ((None, "$ oneOf"),)
    ),
    Case(
        "one_of_two",
        f"{_CORE} 10.2.1.3",
        {"oneOf": [{"minimum": 1}, {"maximum": 5}]},
        (0, 6),
        ((3, "$ oneOf"),),
    ),
    Case("not", f"{_CORE} 10.2.1.4", {"not": _NUMBER}, ("a",), ((1, "$ not"),)),
    Case(
        "if_then_else",
        f"{_CORE} 10.2.2",
        {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}},
        ({"a": 1, "b": 1}, {"c": 1}),
        (({"a": 1}, "$.b required"), ({}, "$.c required")),
    ),
    Case("then_without_if", f"{_CORE} 10.2.2.2", {"then": False, "else": False}, (1,)),
    Case(
        "unevaluated_beside_all_of",
        f"{_CORE} 11.3",
        {"allOf": [{"properties": {"a": True}}], "unevaluatedProperties": False},
        ({"a": 1},),
        (({"a": 1, "b": 1}, "$.b unevaluatedProperties"),),
    ),
    Case(
        "unevaluated_beside_a_fault",
        f"{_CORE} 11.3",
        {"allOf": [ref("P")], "unevaluatedProperties": False},
        ({"a": 1},),
        (({"a": "x", "c": 1}, "$.a type"),),
        components={"P": {"properties": {"a": _NUMBER, "c": True}}},
    ),
    Case(
        "unevaluated_schema",
        f"{_CORE} 11.3",
        {"properties": {"a": True}, "unevaluatedProperties": _NUMBER},
        ({"a": "x", "b": 1},),
        (({"b": "x"}, "$.b unevaluatedProperties"),),
    ),
    Case(
        "unevaluated_items",
        f"{_CORE} 11.2",
        {"prefixItems": [True], "unevaluatedItems": False},
        ([1],),
        (([1, 2], "$ unevaluatedItems"),),
    ),
    Case(
        "unevaluated_beside_any_of",
        f"{_CORE} 11.3",
        {
            "anyOf": [
                {"required": ["a"], "properties": {"a": True}},
                {"required": ["b"], "properties": {"b": True}},
            ],
            "unevaluatedProperties": False,
        },
        ({"a": 1}, {"a": 1, "b": 1}),
        (({"a": 1, "c": 1}, "$.c unevaluatedProperties"),),
    ),
    Case(
        "unevaluated_beside_any_of_and_a_fault",
        f"{_CORE} 11.3",
        {
            "anyOf": [{"properties": {"a": _NUMBER}}, {"required": ["b"]}],
            "properties": {"c": _NUMBER},
            "unevaluatedProperties": False,
        },
        ({"a": 1, "c": 1},),
        (({"a": 1, "c": "x", "d": 1}, "$.c type; $.d unevaluatedProperties"),),
    ),
    Case(
        "unevaluated_items_beside_any_of",
        f"{_CORE} 11.2",
        {
            "anyOf": [{"prefixItems": [_NUMBER]}, {"prefixItems": [True, _TEXT]}],
            "unevaluatedItems": False,
        },
        ([1], [1, "a"]),
        (([1, 2], "$ unevaluatedItems"),),
    ),
    Case(
        "union_within_all_of_within_union",
        f"{_CORE} 10.2.1",
        {"anyOf": [{"allOf": [{"oneOf": [_TEXT, {"type": "null"}]}]}, {"type": "boolean"}]},
        ("a", None, True),
        ((1, "$ anyOf"),),
    ),
    Case(
        "condition_within_a_branch",
        f"{_CORE} 10.2.2",
        {
            "oneOf": [
                {
                    "type": "object",
                    "if": {"properties": {"k": {"const": 1}}},
                    "then": {"properties": {"v": {"oneOf": [_NUMBER, {"type": "null"}]}}},
                    "else": {"properties": {"v": _TEXT}},
                },
                {"type": "null"},
            ]
        },
        ({"k": 1, "v": None}, {"k": 2, "v": "a"}),
        (({"k": 1, "v": "a"}, "$.v oneOf"), ({"k": 2, "v": 1}, "$.v type")),
    ),
    Case(
        "names_by_a_union",
        f"{_CORE} 10.3.2.4",
        {"propertyNames": {"anyOf": [{"const": "a"}, {"pattern": "^x-"}]}},
        ({"a": 1, "x-b": 1},),
        (({"b": 1}, "$.b propertyNames"),),
    ),
    Case(
        "dependent_union",
        f"{_CORE} 10.2.2.4",
        {"dependentSchemas": {"a": {"oneOf": [{"required": ["b"]}, {"required": ["c"]}]}}},
        ({"a": 1, "b": 1}, {}),
        (({"a": 1}, "$.b required"), ({"a": 1, "b": 1, "c": 1}, "$ oneOf")),
    ),
)
