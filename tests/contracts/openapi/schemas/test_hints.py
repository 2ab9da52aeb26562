"""What a schema tells of the values that it wants, for those who read parameters and forms."""

from __future__ import annotations

from typing import Any

import pytest

from redhanded.contracts.openapi.schemas import Schemas
from tests.contracts.openapi.schemas.cases import document, ref

TEXT = {"type": "string"}


@pytest.mark.parametrize(
    "schema, types",
    [
        pytest.param(TEXT, {"string"}, id="type"),
        pytest.param({"type": "number"}, {"integer", "number"}, id="number"),
        pytest.param({"type": ["array", "null"]}, {"array", "null"}, id="list"),
        pytest.param(ref("Text"), {"string"}, id="reference"),
        pytest.param({"allOf": [ref("Text"), {"maxLength": 3}]}, {"string"}, id="all of"),
        pytest.param({"oneOf": [TEXT, {"type": "integer"}]}, {"integer", "string"}, id="one of"),
        pytest.param({"anyOf": [TEXT, {}]}, set(), id="anything in a branch"),
        pytest.param({"enum": [1]}, set(), id="untyped"),
        pytest.param({"type": 5}, set(), id="nonsense"),
        pytest.param(True, set(), id="true"),
        pytest.param(ref("Lost"), set(), id="lost"),
    ],
)
def test_types_are_read_through_references_and_unions(schema: object, types: set[str]) -> None:
    """Where a schema tells no type, the answer is empty."""
    found = document({"A": schema, "Text": TEXT})
    assert Schemas(found).types_of(found.node("/components/schemas/A")) == types


def test_nullable_is_a_type_in_openapi_30() -> None:
    """An older document says null in a keyword of its own."""
    found = document({"A": {"type": "string", "nullable": True}}, "3.0.3")
    assert Schemas(found).types_of(found.node("/components/schemas/A")) == {"null", "string"}


def test_properties_are_those_of_all_parts() -> None:
    """The outermost declaration of a name is the one that is given."""
    schema: dict[str, Any] = {
        "properties": {"a": TEXT},
        "allOf": [ref("Base"), {"properties": {"a": True, "c": True}}],
    }
    found = document({"A": schema, "Base": {"properties": {"b": True}}})
    properties = Schemas(found).properties_of(found.node("/components/schemas/A"))
    assert {
        name: node.pointer.removeprefix("/components/schemas") for name, node in properties.items()
    } == {
        "a": "/A/properties/a",
        "b": "/Base/properties/b",
        "c": "/A/allOf/1/properties/c",
    }


@pytest.mark.parametrize(
    "version, schema, pointer",
    [
        pytest.param("3.1.1", ref("B"), "/C", id="chain"),
        pytest.param("3.1.1", {**ref("B"), "title": "x"}, "/A", id="siblings count"),
        pytest.param("3.0.3", {**ref("B"), "title": "x"}, "/C", id="siblings are ignored"),
        pytest.param("3.1.1", ref("Lost"), "/A", id="lost"),
        pytest.param("3.1.1", ref("A"), "/A", id="circle"),
    ],
)
def test_a_mere_reference_is_followed(version: str, schema: object, pointer: str) -> None:
    """What leads nowhere stays itself."""
    found = document({"A": schema, "B": ref("C"), "C": TEXT}, version)
    resolved = Schemas(found).resolved(found.node("/components/schemas/A"))
    assert resolved.pointer == f"/components/schemas{pointer}"


def test_a_check_is_made_once_for_each_way_of_reading() -> None:
    """Compiling is what costs."""
    found = document({"A": TEXT})
    schemas, node = Schemas(found), found.node("/components/schemas/A")
    first = schemas.check(node, "response", closed=True)
    assert schemas.check(node, "response", closed=True) is first
    assert schemas.check(node, "response", closed=False) is not first
    assert schemas.check(node, "request", closed=True) is not first


def test_a_value_is_accepted_without_a_why() -> None:
    """A branch is asked so, which is quick; what cannot be used accepts nothing."""
    found = document({"A": {"type": "object"}, "Broken": {"type": 5}})
    schemas = Schemas(found)
    usable = schemas.check(found.node("/components/schemas/A"), "response", closed=False)
    broken = schemas.check(found.node("/components/schemas/Broken"), "response", closed=False)
    assert usable.accepts({"a": "\ud800"})
    assert not usable.accepts([])
    assert not broken.accepts({})
