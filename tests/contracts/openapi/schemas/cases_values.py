"""Rows for JSON Schema's rules about single values; sections are those of draft 2020-12."""

from __future__ import annotations

from tests.contracts.openapi.schemas.cases import Case

_CORE = "2020-12 Core"
_RULES = "2020-12 Validation"
_NUMBER = {"type": "integer"}

CASES = (
    Case("true", f"{_CORE} 4.3.2", True, (1, None)),
    Case("false", f"{_CORE} 4.3.2", False, (), ((1, "$ false"),)),
    Case(
        "false_property",
        f"{_CORE} 4.3.2",
        {"properties": {"a": False}},
        ({},),
        (({"a": 1}, "$.a false"),),
    ),
    Case(
        "type_list", f"{_RULES} 6.1.1", {"type": ["string", "null"]}, ("a", None), ((1, "$ type"),)
    ),
    Case(
        "whole_floats_are_integers",
        f"{_RULES} 6.1.1",
        _NUMBER,
        (1.0, 2**70, -0.0),
        ((1.5, "$ type"), (True, "$ type")),
    ),
    Case(
        "enum",
        f"{_RULES} 6.1.2",
        {"enum": [1, "a", None, {"b": 2}]},
        (1.0, "a", None, {"b": 2}),
        ((True, "$ enum"),),
    ),
    Case(
        "const",
        f"{_RULES} 6.1.3",
        {"const": {"a": [1]}},
        ({"a": [1.0]},),
        (({"a": []}, "$ const"),),
    ),
    Case("const_null", f"{_RULES} 6.1.3", {"const": None}, (None,), ((0, "$ const"),)),
    Case(
        "nullable_means_nothing",
        "3.1.1 Schema Object",
        {"type": "string", "nullable": True},
        ("a",),
        ((None, "$ type"),),
    ),
    Case("multiple_of", f"{_RULES} 6.2.1", {"multipleOf": 3}, (9, 0, "a"), ((10, "$ multipleOf"),)),
    Case(
        "exclusive_bounds",
        f"{_RULES} 6.2",
        {"exclusiveMinimum": 1, "exclusiveMaximum": 3},
        (2,),
        ((1, "$ exclusiveMinimum"), (3, "$ exclusiveMaximum")),
    ),
    Case(
        "length_counts_characters",
        f"{_RULES} 6.3.1",
        {"maxLength": 2, "minLength": 2},
        ("😀a",),
        (("a", "$ minLength"), ("abc", "$ maxLength")),
    ),
    Case(
        "pattern_is_not_anchored",
        f"{_RULES} 6.3.3",
        {"pattern": "b"},
        ("abc",),
        (("ac", "$ pattern"),),
    ),
    Case(
        "pattern_digits_are_ascii",
        f"{_CORE} 6.4",
        {"pattern": r"^\d+$"},
        ("12",),
        (("١٢", "$ pattern"), ("1\n", "$ pattern")),
    ),
    Case(
        "pattern_letters", f"{_CORE} 6.4", {"pattern": r"^\p{L}+$"}, ("é",), (("1", "$ pattern"),)
    ),
    Case(
        "pattern_dash_beside_a_set",
        "ECMA-262 B.1.2",
        {"pattern": r"^[\w-.]+[.-\d]$"},
        ("a-b.c-", "a1"),
        (("a+", "$ pattern"),),
    ),
    Case(
        "pattern_brace_that_counts_nothing",
        "ECMA-262 B.1.2",
        {"pattern": r"^{a{2}}\{[{]$"},
        ("{aa}{{",),
        (("{a{2}}{{", "$ pattern"),),
    ),
    Case(
        "pattern_empty_classes",
        "ECMA-262 22.2.1",
        {"pattern": "^(?:[^]|[])$"},
        ("\n", "a"),
        (("", "$ pattern"),),
    ),
    Case(
        "pattern_of_names",
        "ECMA-262 B.1.2",
        {"patternProperties": {r"^[\w-.]+$": _NUMBER}, "additionalProperties": False},
        ({"a-b": 1},),
        (({"a-b": "x"}, '$["a-b"] type'), ({"+": 1}, '$["+"] additionalProperties')),
    ),
    Case(
        "pattern_look_ahead",
        f"{_CORE} 6.4",
        {"pattern": r"^(?!admin)\w+$"},
        ("user",),
        (("admin", "$ pattern"),),
    ),
    Case(
        "uuid",
        f"{_RULES} 7.3.5",
        {"format": "uuid"},
        ("123e4567-e89b-12d3-a456-426614174000",),
        (("123e4567", "$ format"),),
    ),
    Case(
        "date_time",
        f"{_RULES} 7.3.1",
        {"format": "date-time"},
        ("2026-01-01T00:00:00.5+01:00", 1),
        (("2026-01-01", "$ format"),),
    ),
    Case("time", f"{_RULES} 7.3.1", {"format": "time"}, ("10:00:00Z",), (("10:00", "$ format"),)),
    Case("duration", f"{_RULES} 7.3.1", {"format": "duration"}, ("P1DT2H",), (("P", "$ format"),)),
    Case(
        "email", f"{_RULES} 7.3.2", {"format": "email"}, ("a@example.com",), (("a@", "$ format"),)
    ),
    Case(
        "hostname",
        f"{_RULES} 7.3.3",
        {"format": "hostname"},
        ("example.com",),
        (("-a", "$ format"),),
    ),
    Case(
        "ipv4",
        f"{_RULES} 7.3.4",
        {"format": "ipv4"},
        ("127.0.0.1",),
        (("127.0.0.256", "$ format"),),
    ),
    Case("ipv6", f"{_RULES} 7.3.4", {"format": "ipv6"}, ("::1",), (("::g", "$ format"),)),
    Case(
        "uri",
        f"{_RULES} 7.3.5",
        {"format": "uri"},
        ("https://example.com/a",),
        (("/a", "$ format"),),
    ),
    Case("regex", f"{_RULES} 7.3.8", {"format": "regex"}, ("^a$",), (("(", "$ format"),)),
    Case(
        "formats_of_numbers",
        "3.1.1 Data Type Format",
        {"type": "integer", "format": "uint8"},
        (0, 255),
        ((256, "$ format"), (-1, "$ format")),
    ),
    Case(
        "double_int",
        "OpenAPI Format Registry",
        {"format": "double-int"},
        (2**53 - 1,),
        ((2**53, "$ format"),),
    ),
)
