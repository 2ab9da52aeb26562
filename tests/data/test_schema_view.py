"""The view of a schema: every place with its alternatives, references followed, cycles bounded."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, create_model

from redhanded.core.errors import UsageError
from redhanded.data.schema_view import Place, Schema, SchemaView, escaped, tokens, type_of


class Address(BaseModel):
    city: Annotated[str, Field(max_length=50)]
    post_code: str | None = Field(None, alias="postCode")


class Guest(BaseModel):
    name: str
    born: date | None = None
    room: Literal[1, 2]
    address: Address
    earlier: list[Address] = []
    friends: list[Guest] = []


def places(source: type[BaseModel] | Schema) -> dict[str, Place]:
    """The places of a model or a schema, by pointer."""
    return {place.pointer: place for place in SchemaView.of(source).places()}


def test_each_place_of_a_model_comes_once_in_the_order_of_its_fields() -> None:
    """A place comes before what lies within it; names are aliases, a tree gets one level more."""
    pointers = [place.pointer for place in SchemaView.of(Guest).places()]

    assert pointers[:10] == [
        "",
        "/name",
        "/born",
        "/room",
        "/address",
        "/address/city",
        "/address/postCode",
        "/earlier",
        "/earlier/0",
        "/earlier/0/city",
    ]
    assert len(set(pointers)) == len(pointers)
    assert "/friends/0/name" in pointers
    assert not any(pointer.startswith("/friends/0/friends/0") for pointer in pointers)


def test_a_place_knows_whether_it_is_required_and_whether_null_may_stand_there() -> None:
    """Optional and nullable are two things."""
    seen = places(Guest)

    assert (seen["/name"].required, seen["/name"].nullable) == (True, False)
    assert (seen["/born"].required, seen["/born"].nullable) == (False, True)
    assert (seen["/earlier"].required, seen["/earlier"].nullable) == (False, False)
    assert seen["/earlier/0"].refs[-1] == "#/$defs/Address"


def test_an_alternative_is_found_by_its_type() -> None:
    """A union of text and null has one text in it."""
    born = places(Guest)["/born"]

    assert born.types == {"string", "null"}
    assert (born.of("string") or {})["format"] == "date"
    assert born.of("integer") is None


def test_what_must_hold_together_is_laid_together() -> None:
    """The strictest bound holds, required names are united, types narrowed, a closed end stays."""
    schema = {
        "$defs": {
            "base": {
                "type": "object",
                "required": ["a"],
                "properties": {"a": {"type": "number", "minimum": 1}},
            }
        },
        "allOf": [
            {"$ref": "#/$defs/base"},
            {
                "required": ["b", "a"],
                "properties": {"a": {"type": "integer", "minimum": 3}, "b": {"enum": [1, "x"]}},
                "additionalProperties": False,
            },
        ],
    }

    view = SchemaView.of(schema)
    seen = places(schema)

    assert view.flat(schema)["required"] == ["a", "b"]
    assert view.flat(schema)["additionalProperties"] is False
    assert seen["/a"].alternatives == ({"type": "integer", "minimum": 3},)
    assert [each["enum"] for each in seen["/b"].alternatives] == [[1], ["x"]]


@pytest.mark.parametrize(
    "schema, types",
    [
        pytest.param({"type": ["string", "null"]}, {"string", "null"}, id="list-of-types"),
        pytest.param({"const": 3}, {"integer"}, id="const"),
        pytest.param({"minLength": 1}, {"string"}, id="by-its-words"),
        pytest.param({}, {""}, id="anything"),
        pytest.param({"type": ["string", "null"], "enum": ["a"]}, {"string"}, id="no-member"),
        pytest.param(True, {""}, id="true"),
        pytest.param(
            {"oneOf": [{"type": "object"}, {"type": "array"}]}, {"object", "array"}, id="oneOf"
        ),
        pytest.param(
            {"anyOf": [{"anyOf": [{"type": "null"}, {"type": "number"}]}, {"type": "string"}]},
            {"null", "number", "string"},
            id="nested-unions",
        ),
    ],
)
def test_every_way_to_say_a_type_is_read(schema: object, types: set[str]) -> None:
    """Lists of types, constants, unions, and the type that other keywords imply."""
    assert places({"properties": {"x": schema}})["/x"].types == types


def test_items_are_entered_at_zero() -> None:
    """A list's items are one place; the first of a tuple stands for the others."""
    seen = places({"properties": {"t": {"prefixItems": [{"type": "integer"}, {"type": "null"}]}}})

    assert seen["/t/0"].types == {"integer"}


def test_a_choice_of_objects_is_not_entered() -> None:
    """Which of them stands there is not known without a value."""
    choice: list[dict[str, object]] = [{"properties": {"a": {}}}, {"properties": {"b": {}}}]

    assert list(places({"properties": {"x": {"oneOf": choice}}})) == ["", "/x"]


@pytest.mark.parametrize(
    "schema, sentence",
    [
        pytest.param({"$ref": "#/$defs/no"}, "refers to #/$defs/no, and nothing", id="nowhere"),
        pytest.param(
            {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}},
            "refers to itself and to nothing else",
            id="itself",
        ),
        pytest.param("NewBooking", "neither a Pydantic model nor a JSON Schema", id="text"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(schema: Schema, sentence: str) -> None:
    """A broken reference is named; so is what is no schema at all."""
    with pytest.raises(UsageError) as raised:
        places(schema)

    assert sentence in str(raised.value)


def test_a_union_that_holds_itself_has_an_end() -> None:
    """It is read some levels deep, and no deeper."""
    schema = {"$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "null"}]}}}

    assert "null" in places({**schema, "$ref": "#/$defs/a"})[""].types


def test_models_within_models_beyond_what_python_follows_are_told() -> None:
    """A recursion in pydantic is nobody's finding."""
    model: type[BaseModel] = Address
    for depth in range(100):
        model = create_model(f"Level{depth}", inner=(model, ...))

    with pytest.raises(UsageError, match="Level99 holds models in models, deeper than"):
        SchemaView.of(model)


def test_pointers_keep_names_with_slashes_and_tildes() -> None:
    """RFC 6901 escapes both; reading gives the names back."""
    pointer = "/" + escaped("a/b~c")

    assert pointer == "/a~1b~0c"
    assert tokens(pointer) == ["a/b~c"]
    assert tokens("") == []


def test_a_whole_float_is_an_integer() -> None:
    """JSON Schema counts 2.0 among the integers, and true not among the numbers."""
    assert [type_of(value) for value in (2.0, 2.5, True, None)] == [
        "integer",
        "number",
        "boolean",
        "null",
    ]
