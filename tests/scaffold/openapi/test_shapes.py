"""What a schema says, in the few keywords that a model can be made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from redhanded.contracts.openapi.loading import read
from redhanded.scaffold.openapi.naming import Classes
from redhanded.scaffold.openapi.shapes import Shapes
from tests.scaffold.openapi.drafts import answer, body, document, files_of

CAT = {"$ref": "#/components/schemas/Cat"}
DOG = {"$ref": "#/components/schemas/Dog"}
PETS = {
    "Cat": {"type": "object", "properties": {"purrs": {"type": "boolean"}}},
    "Dog": {"type": "object", "properties": {"barks": {"type": "boolean"}}},
    "Loop": {"$ref": "#/components/schemas/Loop"},
    "List": {"type": "array", "items": {"$ref": "#/components/schemas/List"}},
}


def annotation(schema: Any, version: str = "3.1.0") -> str:  # noqa: ANN401  a schema
    """The type of a body with this schema."""
    told = document({"/x": {"post": {"requestBody": body(schema)}}}, PETS, openapi=version)
    found = read(json.dumps(told).encode(), "openapi.json")
    shapes = Shapes(found)
    place = "/paths/~1x/post/requestBody/content/application~1json/schema"
    shape = shapes.of(found.node(place), "request", "body")
    return Classes(shapes.models).annotation(shape)


@pytest.mark.parametrize(
    "schema, said",
    [
        pytest.param({"type": "string"}, "str", id="text"),
        pytest.param({"type": "string", "format": "uuid"}, "UUID", id="uuid"),
        pytest.param({"type": "string", "format": "date"}, "date", id="date"),
        pytest.param({"type": "string", "format": "email"}, "str", id="other-format"),
        pytest.param({"type": ["integer", "null"]}, "int | None", id="nullable"),
        pytest.param({"type": ["number", "integer"]}, "float", id="number"),
        pytest.param({"type": "array"}, "list[Any]", id="list-of-anything"),
        pytest.param(
            {"type": "object", "additionalProperties": {"type": "boolean"}},
            "dict[str, bool]",
            id="mapping",
        ),
        pytest.param({"const": "x"}, 'Literal["x"]', id="const"),
        pytest.param({"enum": ["a", 1, None]}, 'Literal["a", 1] | None', id="enum"),
        pytest.param({"enum": [1.5]}, "Any", id="no-literal"),
        pytest.param({"oneOf": [CAT, DOG]}, "Cat | Dog", id="union"),
        pytest.param({"anyOf": [CAT, {"type": "null"}]}, "Cat | None", id="or-null"),
        pytest.param({"anyOf": [CAT, {}]}, "Any", id="or-anything"),
        pytest.param(
            {"anyOf": [{"enum": ["a"]}, {"type": "string"}]}, "str", id="listed-or-any-text"
        ),
        pytest.param(
            {"oneOf": [CAT, DOG], "properties": {"name": {}}}, "Body1 | Body2", id="around-a-union"
        ),
        pytest.param(
            {"properties": {"a": {}}, "anyOf": [{"required": ["a"]}]}, "Body", id="mere-names"
        ),
        pytest.param({"allOf": [CAT, {"properties": {"name": {}}}]}, "Body", id="allOf"),
        pytest.param({"allOf": [{"type": "string"}, {"maxLength": 3}]}, "str", id="allOf-of-text"),
        pytest.param({"$ref": "#/components/schemas/Loop"}, "Any", id="only-itself"),
        pytest.param({"$ref": "#/components/schemas/List"}, "list[Any]", id="list-of-itself"),
        pytest.param(True, "Any", id="true"),
        pytest.param({"items": {"type": "integer"}}, "list[int]", id="meant"),
    ],
)
def test_a_schema_is_a_type(schema: Any, said: str) -> None:  # noqa: ANN401
    """References, unions and null are laid together; what no type says is anything."""
    assert annotation(schema) == said


def test_null_is_a_keyword_of_its_own_in_openapi_3_0() -> None:
    """Versions are read alike."""
    assert annotation({"type": "string", "nullable": True}, "3.0.3") == "str | None"


def test_what_is_nested_too_deep_may_be_anything() -> None:
    """No depth of a document ends in a traceback."""
    schema: dict[str, Any] = {}
    for _ in range(60):
        schema = {"type": "array", "items": schema}

    assert annotation(schema).count("list[") < 60


def test_two_objects_of_one_name_are_two_classes(tmp_path: Path) -> None:
    """An inline object never takes the name of a component."""
    inline: dict[str, Any] = {"properties": {"a": {"properties": {"x": {}}}}}
    named: dict[str, Any] = {"PostXBodyA": {"properties": {"y": {}}}}
    both = {
        "properties": {"b": {"$ref": "#/components/schemas/PostXBodyA"}, **inline["properties"]}
    }
    told = document({"/x": {"post": {"requestBody": body(both), "responses": answer(None)}}}, named)

    text = files_of(tmp_path, told)["shop/models.py"]

    assert "b: PostXBodyA | None = None" in text
    assert "a: PostXBodyA2 | None = None" in text
