"""Latitude: what a shape declares about itself is found where it was declared."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import pytest
from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
)
from pydantic.dataclasses import dataclass
from typing_extensions import TypedDict

from redhanded.contracts.latitude import allows, is_lenient
from redhanded.contracts.model import ModelContract
from redhanded.contracts.shape import adapter_of


class Closed(BaseModel):
    id: int


class Open(BaseModel):
    model_config = ConfigDict(extra="ignore")

    kind: Literal["open"] = "open"
    id: int = 0


class Shut(BaseModel):
    kind: Literal["shut"]


class OpenDict(TypedDict):
    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]

    id: int


@dataclass(config=ConfigDict(extra="ignore"))
class OpenClass:
    id: int


class Aliased(BaseModel):
    model_config = ConfigDict(strict=False)

    first: int = Field(0, validation_alias=AliasPath("deep", 0))  # type: ignore[pydantic-alias]
    second: int = Field(0, validation_alias=AliasChoices("one", "two"))  # type: ignore[pydantic-alias]


Checked = Annotated[Open, AfterValidator(lambda made: made)]
Tagged = Annotated[Open | Shut, Field(discriminator="kind")]


@pytest.mark.parametrize(
    "shape, lenient",
    [
        pytest.param(Closed, False, id="silent model"),
        pytest.param(list[Open], True, id="model inside"),
        pytest.param(OpenDict, True, id="typed dictionary"),
        pytest.param(OpenClass, True, id="dataclass"),
        pytest.param(Annotated[int, Field(strict=False)], True, id="type"),
        pytest.param(Annotated[int, Field(strict=True)], False, id="strict type"),
        pytest.param(dict[str, Any], False, id="anything"),
    ],
)
def test_only_a_declaration_makes_a_shape_lenient(shape: object, *, lenient: bool) -> None:
    """Silence is no permission; a look-up happens only where something was declared."""
    assert is_lenient(adapter_of(shape).core_schema) is lenient


@pytest.mark.parametrize(
    "shape, document",
    [
        pytest.param(OpenDict, {"id": 1, "x": 1}, id="typed dictionary"),
        pytest.param(OpenClass, {"id": 1, "x": 1}, id="dataclass"),
        pytest.param(Tagged, {"kind": "open", "x": 1}, id="member with a tag"),
        pytest.param(Checked | int, {"id": 1, "x": 1}, id="member behind a validator"),
        pytest.param(RootModel[list[Open]], [{"x": 1}], id="root model"),
        pytest.param(tuple[int, Open], [1, {"x": 1}], id="tuple"),
        pytest.param(dict[str, Open], {"k": {"x": 1}}, id="dictionary"),
        pytest.param(Aliased, {"deep": ["1"], "two": "2"}, id="fields under other names"),
    ],
)
def test_a_declaration_is_found_through_every_container(shape: object, document: object) -> None:
    """Wherever a model stands, its own word counts for it."""
    assert ModelContract(shape).parse(json.dumps(document).encode()).violations == []


@pytest.mark.parametrize(
    "schema, place",
    [
        pytest.param({"type": "union", "choices": [{"type": "int"}]}, ("str", "x"), id="no member"),
        pytest.param({"type": "tuple", "items_schema": []}, (0, "x"), id="empty tuple"),
        pytest.param({"type": "definition-ref", "schema_ref": "gone"}, ("x",), id="no definition"),
        pytest.param({"type": "int"}, ("a", "b"), id="no container"),
    ],
)
def test_a_place_that_leads_nowhere_permits_nothing(
    schema: dict[str, Any], place: tuple[str | int, ...]
) -> None:
    """Where the schema is not understood, the contract stays strict."""
    assert not allows(schema, place, "extra_forbidden")
    assert not allows(schema, place, "int_type")
