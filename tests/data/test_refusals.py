"""What cannot be made: each time one sentence, with the field and what to write."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, create_model, field_validator, model_validator

from redhanded.core.errors import UsageError
from redhanded.data.factory import Factory


class Stay(BaseModel):
    checkin: date
    checkout: date

    @model_validator(mode="after")
    def never_right(self) -> Stay:
        raise ValueError("the hotel is closed.")


class Trip(BaseModel):
    stays: list[Stay]


class Room(BaseModel):
    number: int = Field(gt=0)
    beds: int = Field(2, alias="bed-count")

    @field_validator("number")
    @classmethod
    def exists(cls, value: int) -> int:
        assert value != 13, "there is no room 13"
        return value


class Alien:
    def __init__(self, planet: str) -> None:
        self.planet = planet


@pytest.fixture
def make() -> Factory:
    """The factory of one test."""
    return Factory(42, "scope", "0a1b2c3d", today=date(2024, 2, 28))


def _told(make: Factory, *args: Any, **fixed: Any) -> str:  # noqa: ANN401
    with pytest.raises(UsageError) as caught:
        make(*args, **fixed)
    return str(caught.value)


NO_MODEL = "write make(Booking), or make.many(Booking, 3) for a list."


@pytest.mark.parametrize(
    "what, sentence",
    [
        pytest.param(
            int, f"make() builds objects of Pydantic models, and int is none; {NO_MODEL}", id="type"
        ),
        pytest.param(
            None,
            f"make() builds objects of Pydantic models, and None is none; {NO_MODEL}",
            id="none",
        ),
        pytest.param(
            list[int],
            f"make() builds objects of Pydantic models, and list[int] is none; {NO_MODEL}",
            id="list",
        ),
        pytest.param(
            Room(**{"number": 1, "bed-count": 2}),
            "make() takes the class, not an object of it: write make(Room).",
            id="object",
        ),
    ],
)
def test_what_is_no_model_is_told(make: Factory, what: object, sentence: str) -> None:
    """Only model classes can be made."""
    assert _told(make, what) == sentence


@pytest.mark.parametrize(
    "count, shown",
    [
        pytest.param(-1, "-1", id="negative"),
        pytest.param("3", "'3'", id="text"),
        pytest.param(True, "True", id="bool"),
    ],
)
def test_a_number_of_objects_is_a_number(make: Factory, count: Any, shown: str) -> None:  # noqa: ANN401
    """make.many() wants a whole number from zero up."""
    with pytest.raises(UsageError) as caught:
        make.many(Room, count)

    assert str(caught.value) == f"make.many() takes a number of objects, not {shown}."


@pytest.mark.parametrize(
    "field, hint",
    [
        pytest.param("nunber", 'did you mean "number"?', id="close"),
        pytest.param("bed_count", 'did you mean "bed-count"?', id="close-to-an-alias"),
        pytest.param("colour", "it has number, beds.", id="far"),
    ],
)
def test_an_unknown_field_is_told(make: Factory, field: str, hint: str) -> None:
    """Pydantic would ignore it, and the test would not say what it seems to say."""
    assert _told(make, Room, **{field: 1}) == (
        f'make(Room, {field}=...): Room has no field "{field}"; {hint}'
    )


def test_an_unknown_field_inside_of_a_nested_object_is_told(make: Factory) -> None:
    """A slip is found at any depth."""
    assert _told(make, Trip, stays=[{"chekin": 1}]) == (
        'make(Stay, chekin=...): Stay has no field "chekin"; did you mean "checkin"?'
    )


@pytest.mark.parametrize(
    "fixed, complaint",
    [
        pytest.param(
            {"number": 0}, '"number" is refused: Input should be greater than 0', id="limit"
        ),
        pytest.param(
            {"number": 13},
            '"number" is refused by the validator exists: there is no room 13',
            id="validator",
        ),
        pytest.param(
            {"beds": None}, '"beds" is refused: Input should be a valid integer', id="alias"
        ),
    ],
)
def test_a_given_value_that_is_refused_is_told_at_once(
    make: Factory, fixed: dict[str, object], complaint: str
) -> None:
    """No other draw can help, and a wrong body on purpose is written another way."""
    assert _told(make, Room, **fixed) == (
        f"make(Room) builds valid objects only, and the given {complaint}; to send a wrong one on "
        "purpose, change a dictionary: make(Room).model_dump()."
    )


def test_a_model_that_refuses_everything_is_told_with_its_validator(make: Factory) -> None:
    """Drawing ends after a bounded number of tries."""
    assert _told(make, Stay) == (
        "make(Stay) found no valid object in 100 tries: the whole is refused by the validator "
        "never_right: the hotel is closed; pass what is accepted, such as "
        "make(Stay, checkin=..., checkout=...)."
    )


def test_a_field_that_refuses_everything_is_told_with_its_validator(make: Factory) -> None:
    """The field is named, and how to give it."""

    class Moon(BaseModel):
        phase: int = Field(alias="moonPhase")

        @field_validator("phase")
        @classmethod
        def is_full(cls, value: int) -> int:
            raise ValueError("not tonight")

    assert _told(make, Moon) == (
        'make(Moon) found no valid object in 100 tries: "phase" is refused by the validator '
        "is_full: not tonight; pass what is accepted, such as make(Moon, phase=...)."
    )


def test_a_refusal_inside_of_a_list_names_the_model_that_refuses(make: Factory) -> None:
    """The author is sent to the model whose rule it is."""
    assert _told(make, Trip).startswith("make(Stay) found no valid object in 100 tries")


@pytest.mark.parametrize(
    "annotation, why",
    [
        pytest.param(Alien, "Alien: Unsupported type", id="a-class-of-ones-own"),
        pytest.param(
            Annotated[set[bool], Field(min_length=3)], "no number of values fills it", id="set"
        ),
        pytest.param(
            Annotated[int, Field(gt=5, lt=6)], "int: its limits leave no number", id="gap"
        ),
        pytest.param(Annotated[str, Field(pattern=r"^\p{L}+$")], r"bad escape \p", id="pattern"),
        pytest.param(Annotated[float, Field(le=float("inf"))], "Infinity", id="infinity"),
        pytest.param(Annotated[list, Field(min_length=2)], "recursion", id="list-of-what"),
    ],
)
def test_a_field_that_nothing_can_be_drawn_for_is_told(
    make: Factory,
    annotation: Any,  # noqa: ANN401
    why: str,
) -> None:
    """The field, its type and the reason are named, and that it can be given."""
    config = ConfigDict(arbitrary_types_allowed=True)
    model = create_model("Model", __config__=config, thing=(annotation, ...))

    message = _told(make, model)

    assert message.startswith('make(Model) cannot invent a value for "thing" (')
    assert why in message
    assert message.endswith("); pass one: make(Model, thing=...).")


def test_what_cannot_be_drawn_can_be_given(make: Factory) -> None:
    """The sentence above is true."""
    config = ConfigDict(arbitrary_types_allowed=True)
    model = create_model("Model", __config__=config, thing=(Alien, ...))
    alien = Alien("Mars")

    assert make(model, thing=alien).model_dump()["thing"] is alien


def test_a_model_with_an_unknown_name_in_it_is_told(make: Factory) -> None:
    """A forward reference that leads nowhere is the model's fault, not a crash of ours."""

    class Lost(BaseModel):
        thing: Missing  # type: ignore[name-defined]  # noqa: F821

    assert _told(make, Lost) == (
        "make(Lost) cannot read the model: name 'Missing' is not defined; define or import "
        "every type that its fields name."
    )
