"""Suggestions: with one applied, the document allows what broke it; none gives a secret away."""

from __future__ import annotations

import json
from typing import Any

import pytest

from redhanded.contracts.glimpse import glimpse
from redhanded.contracts.openapi.patches import patched
from tests.contracts.openapi.schemas.cases import check_of, document, ref

NAMED = {"type": "object", "properties": {"name": {"type": "string"}}}
DEEP = {"a": {"b": [{"c": 1.5}], "d": []}, "e": None, "f": [1, "x"], "g": {}}


@pytest.mark.parametrize(
    "version", [pytest.param("3.0.4", id="3.0"), pytest.param("3.1.1", id="3.1")]
)
@pytest.mark.parametrize(
    "schemas, value",
    [
        pytest.param({"A": NAMED}, {"age": 1}, id="undeclared"),
        pytest.param({"A": NAMED}, {"tree": DEEP}, id="undeclared tree"),
        pytest.param({"A": {"allOf": [ref("B")]}, "B": NAMED}, {"a/b": "x"}, id="in all of"),
        pytest.param({"A": {**NAMED, "additionalProperties": False}}, {"x": [1]}, id="additional"),
        pytest.param({"A": {"additionalProperties": False}}, {"x": True}, id="no properties yet"),
        pytest.param({"A": {"type": "string"}}, None, id="null"),
        pytest.param({"A": {"type": "integer"}}, 1.5, id="fraction"),
        pytest.param({"A": {"type": "string", "enum": ["a"]}}, "sent back", id="enum"),
        pytest.param({"A": {"required": ["a", "b"]}}, {"a": 1}, id="required"),
        pytest.param({"A": {"minLength": 2}}, "x", id="length"),
        pytest.param({"A": {"maxItems": 1}}, [1, 2], id="items"),
        pytest.param({"A": {"properties": {"pin": {"writeOnly": True}}}}, {"pin": 1}, id="hidden"),
    ],
)
def test_a_patched_document_allows_what_was_sent(
    schemas: dict[str, Any], value: object, version: str
) -> None:
    """The patch is one operation, and enough."""
    found = document(schemas, version)
    (fault,) = check_of(found, closed=True).faults(value)
    root = patched(found.root, [json.loads(fault.suggestion)])
    mended = document(root["components"]["schemas"], version)
    assert check_of(mended, closed=True).faults(value) == []


@pytest.mark.parametrize(
    "schemas, value",
    [
        pytest.param({"A": {"enum": ["a"]}}, "4111 1111 1111 1111", id="number as a word"),
        pytest.param({"A": {"enum": ["a"]}}, "a" * 40, id="long word"),
        pytest.param({"A": {"enum": ["a"]}}, 5, id="listed number"),
        pytest.param({"A": {"minimum": 5}}, 4, id="bound"),
        pytest.param({"A": {"pattern": "^a"}}, "b", id="pattern"),
        pytest.param({"A": {"format": "uuid"}}, "b", id="format"),
        pytest.param({"A": {"const": "a"}}, "b", id="const"),
        pytest.param({"A": NAMED}, {"n" * 80: 1}, id="long name"),
        pytest.param({"A": False}, 1, id="false"),
        pytest.param({"A": {"dependentRequired": {"a": ["b"]}}}, {"a": 1}, id="dependent"),
        pytest.param({"A": {"propertyNames": {"maxLength": 1}}}, {"ab": 1}, id="name"),
    ],
)
def test_nothing_is_suggested_that_only_the_author_can_decide(
    schemas: dict[str, Any], value: object
) -> None:
    """A bound or a pattern is loosened by whoever knows why it stands there."""
    (fault,) = check_of(document(schemas), closed=True).faults(value)
    assert fault.suggestion == ""


def test_a_type_of_openapi_30_is_not_made_a_list() -> None:
    """The version knows null and fractions as wider types, and no other."""
    (fault,) = check_of(document({"A": {"type": "string"}}, "3.0.4")).faults(5)
    assert fault.suggestion == ""


def test_a_suggestion_holds_names_and_types_and_no_value() -> None:
    """What an answer holds is not the document's business."""
    (fault,) = check_of(document({"A": NAMED}), closed=True).faults({"user": {"mail": "a@b.c"}})
    assert json.loads(fault.suggestion) == {
        "op": "add",
        "path": "/components/schemas/A/properties/user",
        "value": {"type": "object", "properties": {"mail": {"type": "string"}}},
    }


def test_a_name_that_is_a_secret_is_not_written_down() -> None:
    """The caller's mask is asked of every name, also of those deep inside."""

    def see(value: object) -> str:
        return glimpse(value, mask=lambda text: text.replace("s3cret", "***"))

    check = check_of(document({"A": NAMED}), closed=True)
    assert check.faults({"x": {"s3cret": 1}}, see=see)[0].suggestion == ""
    assert check.faults({"s3cret": 1}, see=see)[0].suggestion == ""
    assert check.faults({"x": {"plain": "s3cret"}}, see=see)[0].suggestion != ""


def test_other_files_are_not_patched() -> None:
    """A patch is for the document itself."""
    others = {"file:///api/more.yaml": {"N": NAMED}}
    found = document({"A": {"$ref": "more.yaml#/N"}}, others=others)
    (fault,) = check_of(found, closed=True).faults({"x": 1})
    assert fault.suggestion == ""
