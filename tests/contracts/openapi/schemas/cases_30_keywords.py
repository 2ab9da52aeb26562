"""Rows for the keywords and formats of OpenAPI 3.0; sections are those of 3.0.4."""

from __future__ import annotations

from functools import partial

from tests.contracts.openapi.schemas.cases import Case as AnyCase

Case = partial(AnyCase, version="3.0.4")
_FORMATS = "3.0.4 Data Type Format"
_KEYWORDS = "3.0.4 Schema Object, JSON Schema keywords"

CASES = (
    Case(
        "exclusive_minimum",
        _KEYWORDS,
        {"minimum": 1, "exclusiveMinimum": True},
        (2, 1.5),
        ((1, "$ exclusiveMinimum"),),
    ),
    Case(
        "exclusive_maximum",
        _KEYWORDS,
        {"maximum": 1, "exclusiveMaximum": True},
        (0,),
        ((1, "$ exclusiveMaximum"),),
    ),
    Case(
        "exclusive_minimum_false",
        _KEYWORDS,
        {"minimum": 1, "exclusiveMinimum": False},
        (1,),
        ((0, "$ minimum"),),
    ),
    Case("exclusive_minimum_alone", _KEYWORDS, {"exclusiveMinimum": True}, (-1,)),
    Case(
        "keywords_of_later_versions", _KEYWORDS, {"const": 1, "contains": False, "if": {}}, (2, [])
    ),
    Case("an_example_is_no_rule", _KEYWORDS, {"example": {"type": 5}, "type": "object"}, ({},)),
    Case("type_file", _KEYWORDS, {"type": "file"}, ("a",)),
    Case(
        "no_additional",
        _KEYWORDS,
        {"additionalProperties": False},
        ({},),
        (({"a": 1}, "$.a additionalProperties"),),
    ),
    Case(
        "additional_schema",
        _KEYWORDS,
        {"type": "object", "additionalProperties": {"type": "integer"}},
        ({"a": 1},),
        (({"a": "x"}, "$.a type"),),
    ),
    Case(
        "multiple_of_a_decimal",
        _KEYWORDS,
        {"multipleOf": 0.01},
        (4.35, 0, 1),
        ((0.075, "$ multipleOf"),),
    ),
    Case(
        "int32",
        _FORMATS,
        {"type": "integer", "format": "int32"},
        (2**31 - 1, -(2**31)),
        ((2**31, "$ format"), (-(2**31) - 1, "$ format")),
    ),
    Case(
        "int64",
        _FORMATS,
        {"type": "integer", "format": "int64"},
        (2**63 - 1,),
        ((2**63, "$ format"),),
    ),
    Case(
        "int32_within_bounds",
        _FORMATS,
        {"type": "integer", "format": "int32", "minimum": 1, "maximum": 2**40},
        (1,),
        ((0, "$ minimum"), (2**32, "$ format")),
    ),
    Case("int32_says_nothing_of_text", _FORMATS, {"format": "int32"}, ("a", None)),
    Case(
        "float",
        _FORMATS,
        {"type": "number", "format": "float"},
        (1.5, 3.4e38),
        ((3.5e38, "$ format"),),
    ),
    Case("double", _FORMATS, {"type": "number", "format": "double"}, (1e308,)),
    Case(
        "byte",
        _FORMATS,
        {"type": "string", "format": "byte"},
        ("", "YQ==", "YWI="),
        (("YQ", "$ format"), ("a b=", "$ format")),
    ),
    Case(
        "byte_with_a_pattern",
        _FORMATS,
        {"format": "byte", "pattern": "^Y"},
        ("YQ==",),
        (("Zg==", "$ pattern"), ("Y", "$ format")),
    ),
    Case("binary", _FORMATS, {"type": "string", "format": "binary"}, ("\x00any",)),
    Case(
        "date",
        _FORMATS,
        {"type": "string", "format": "date"},
        ("2026-02-28",),
        (("2026-02-30", "$ format"),),
    ),
    Case(
        "date_time",
        _FORMATS,
        {"format": "date-time"},
        ("2026-02-28T10:00:00Z",),
        (("2026-02-28T10:00:00", "$ format"),),
    ),
    Case("password", _FORMATS, {"type": "string", "format": "password"}, ("x",)),
    Case("unknown_format", _FORMATS, {"type": "string", "format": "order-number"}, ("x",)),
)
