"""A shape: what is a type, what is a value, and what is neither."""

from __future__ import annotations

import dataclasses
import json as module
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, NewType

import pytest
from dirty_equals import IsInt, IsPartialDict
from pydantic import BaseModel, Field, TypeAdapter
from typing_extensions import TypeAliasType, TypedDict

from redhanded.contracts.shape import adapter_of, kind_of, name_of
from redhanded.core.errors import UsageError


class Booking(BaseModel):
    id: int


@dataclasses.dataclass
class Room:
    id: int


class Place(TypedDict):
    id: int


class Pair(NamedTuple):
    left: int
    right: int


class Colour(Enum):
    RED = "red"


Key = NewType("Key", int)
Ids = TypeAliasType("Ids", list[int])


class Unknown:
    """A class that pydantic cannot read."""


class Unfinished(BaseModel):
    """A model that names a class which does not exist."""

    later: Nowhere  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(Booking, id="model"),
        pytest.param(Room, id="dataclass"),
        pytest.param(Place, id="typed dictionary"),
        pytest.param(Pair, id="named tuple"),
        pytest.param(Colour, id="enumeration"),
        pytest.param(int, id="int"),
        pytest.param(list[Booking], id="list of models"),
        pytest.param(Booking | None, id="union"),
        pytest.param(Annotated[int, Field(gt=0)], id="annotated"),
        pytest.param(Literal["a", "b"], id="literal"),
        pytest.param(Any, id="any"),
        pytest.param(Key, id="new type"),
        pytest.param(Ids, id="type alias"),
        pytest.param(TypeAdapter(list[int]), id="adapter"),
    ],
)
def test_whatever_pydantic_reads_is_a_type(shape: object) -> None:
    """Every way to write a type in Python can be a shape, and has an adapter."""
    assert kind_of(shape) == "type"
    assert isinstance(adapter_of(shape), TypeAdapter)


@pytest.mark.parametrize(
    "shape, kind",
    [
        pytest.param(None, "value", id="null"),
        pytest.param(7, "value", id="number"),
        pytest.param({"id": 1}, "value", id="object"),
        pytest.param([], "value", id="array"),
        pytest.param(IsInt, "value", id="dirty-equals class"),
        pytest.param(IsPartialDict(id=1), "value", id="dirty-equals value"),
        pytest.param(Booking(id=1), "value", id="instance of a model"),
        pytest.param(Colour.RED, "value", id="member of an enumeration"),
        pytest.param("Created", "text", id="text"),
        pytest.param(str, "text", id="any text"),
        pytest.param(b"\0", "bytes", id="bytes"),
        pytest.param(bytes, "bytes", id="any bytes"),
    ],
)
def test_everything_else_is_a_value(shape: object, kind: str) -> None:
    """Texts and bytes are the body as it came."""
    assert kind_of(shape) == kind


@pytest.mark.parametrize(
    "shape, name",
    [
        pytest.param(lambda value: value > 1, "<lambda>", id="lambda"),
        pytest.param(len, "len", id="built-in function"),
        pytest.param(module, "json", id="module"),
    ],
)
def test_a_function_is_no_shape(shape: object, name: str) -> None:
    """The sentence says where conditions belong."""
    with pytest.raises(UsageError, match=f"^{name} is no shape: .* conditions as `where=`"):
        kind_of(shape)


@pytest.mark.parametrize(
    "shape, name",
    [
        pytest.param(Booking, "Booking", id="model"),
        pytest.param(list[Booking], "list[Booking]", id="list"),
        pytest.param(dict[str, Booking | None], "dict[str, Booking | None]", id="nested"),
        pytest.param(TypeAdapter(list[Booking]), "list[Booking]", id="adapter"),
        pytest.param(
            Annotated[list[Booking], Field(min_length=1)], "list[Booking]", id="annotated"
        ),
        pytest.param(Literal["a.b"], "Literal['a.b']", id="literal"),
    ],
)
def test_a_shape_is_called_as_its_author_wrote_it(shape: object, name: str) -> None:
    """Modules would only hide the name that matters."""
    assert name_of(shape) == name


def test_a_local_model_is_called_by_its_own_name() -> None:
    """Where a class was defined is no part of its name."""

    class Local(BaseModel):
        id: int

    assert name_of(Local) == "Local"
    assert name_of(list[Local]) == "list[Local]"


def test_an_adapter_is_built_once() -> None:
    """Building one costs a hundred times what a validation does."""
    assert adapter_of(list[Booking]) is adapter_of(list[Booking])


def test_a_shape_without_a_hash_can_be_used_all_the_same() -> None:
    """Metadata of any kind may stand in an annotation."""
    shape = Annotated[int, {"unit": "cents"}]

    assert adapter_of(shape).validate_json("1") == 1


@pytest.mark.parametrize(
    "shape, sentence",
    [
        pytest.param(Unknown, "Unknown cannot serve as a shape: Unable to generate", id="unknown"),
        pytest.param(list[Unknown], "list[Unknown] cannot serve as a shape: ", id="inside"),
        pytest.param(
            Unfinished, "Unfinished cannot serve as a shape: name 'Nowhere'", id="undefined"
        ),
    ],
)
def test_what_pydantic_cannot_read_is_the_authors_mistake(shape: object, sentence: str) -> None:
    """One sentence instead of pydantic's traceback."""
    with pytest.raises(UsageError) as caught:
        adapter_of(shape)

    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)
