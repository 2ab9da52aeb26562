"""Conversion: a schema says the same in any dialect, and closing it only ever refuses more."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from tests.contracts.openapi.schemas.cases import check_of, document

NAMES = st.sampled_from(["a", "b", "c"])
SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, "", "a", "ab"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner), max_leaves=6
)
TYPES = st.sampled_from(["array", "boolean", "integer", "number", "object", "string"])
RULES = {
    "type": TYPES,
    "enum": st.lists(SCALARS, min_size=1, max_size=3),
    "minimum": st.integers(-2, 2),
    "maximum": st.integers(-2, 2),
    "maxLength": st.integers(0, 2),
    "minItems": st.integers(0, 2),
    "uniqueItems": st.booleans(),
    "required": st.lists(NAMES, unique=True, max_size=2),
    "pattern": st.sampled_from(["^a", "b$"]),
}


def _larger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.fixed_dictionaries(
        {},
        optional={
            **RULES,
            "properties": st.dictionaries(NAMES, inner, max_size=3),
            "additionalProperties": inner | st.booleans(),
            "items": inner,
            "allOf": several,
            "anyOf": several,
            "oneOf": several,
            "not": inner,
        },
    )


SCHEMAS = st.recursive(st.fixed_dictionaries({}, optional=RULES), _larger, max_leaves=5)
UNIQUE = settings(max_examples=50, deadline=None, derandomize=True)


@UNIQUE
@given(schema=SCHEMAS, value=VALUES)
def test_a_schema_without_words_of_openapi_30_means_what_json_schema_says(
    schema: dict[str, Any], value: object
) -> None:
    """The conversion changes nothing that both write alike, in either version."""
    wanted = Draft202012Validator(schema).is_valid(value)
    for version in ("3.0.4", "3.1.1"):
        check = check_of(document({"A": schema}, version))
        assert check.flaw is None
        assert check.is_valid(value) is wanted
        assert bool(check.faults(value)) is not wanted


@UNIQUE
@given(schema=SCHEMAS, value=VALUES)
def test_a_closed_schema_lets_nothing_pass_that_the_open_one_refuses(
    schema: dict[str, Any], value: object
) -> None:
    """What is told by the letter is told as well where undeclared properties are refused."""
    found = document({"A": schema})
    by_the_letter = check_of(found).faults(value)
    closed = check_of(found, closed=True).faults(value)
    assert [fault for fault in closed if fault.kind == "schema"] == by_the_letter


@UNIQUE
@given(schema=SCHEMAS, value=VALUES)
def test_hidden_properties_change_nothing_else(schema: dict[str, Any], value: object) -> None:
    """A schema that hides nothing reads the same in both directions."""
    found = document({"A": schema}, "3.0.4")
    answers = check_of(found, closed=True).faults(value)
    assert check_of(found, direction="request", closed=True).faults(value) == answers
