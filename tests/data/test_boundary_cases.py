"""Boundary cases: each is at a limit of its schema, and the schema allows it."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any

import jsonschema_rs
import pytest
from pydantic import (
    BaseModel,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from redhanded.core.errors import UsageError
from redhanded.core.model_json import json_of
from redhanded.data import Case, boundaries
from redhanded.data.factory import Factory
from tests.data.shop import Order

CASES = boundaries(Order)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["code"],
    "properties": {
        "code": {"type": "string", "pattern": "^[a-z]+$", "minLength": 1, "maxLength": 8},
        "small": {"type": "integer", "format": "int32"},
        "big": {"type": "integer", "format": "int64"},
        "open": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "names": {"type": "array", "items": {"type": "string"}, "maxItems": 4, "uniqueItems": True},
        "kind": {"enum": ["a", "b", None]},
        "flag": {"type": "boolean"},
    },
}
EXAMPLE = {
    "code": "abc",
    "small": 1,
    "big": 1,
    "open": 0.5,
    "names": ["x", "y"],
    "kind": "a",
    "flag": True,
}


def made(model: type[Any], seed: int = 0) -> Any:  # noqa: ANN401  an object of the model
    """A fresh object, as a test would make it."""
    return Factory(seed, "a test", "0" * 8, today=date.today())(model)  # noqa: DTZ011


def of(parameters: list[pytest.ParameterSet]) -> dict[str, Case]:
    """The cases by their ids."""
    return {str(each.id): each.values[0] for each in parameters}  # type: ignore[misc]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("case", CASES)
def test_the_model_accepts_a_case_in_any_object(case: Case, seed: int) -> None:
    """INVARIANT: whatever else the object holds, the case is valid in it."""
    Order.model_validate_json(json.dumps(case.of(made(Order, seed))))


@pytest.mark.parametrize("case", boundaries(SCHEMA, example=EXAMPLE))
def test_a_schema_allows_its_cases(case: Case) -> None:
    """INVARIANT: an independent validator has nothing to say against one."""
    assert jsonschema_rs.Draft202012Validator(SCHEMA).is_valid(case.of(EXAMPLE))


@pytest.mark.parametrize(
    "name, value",
    [
        pytest.param("small-min", -(2**31), id="int32"),
        pytest.param("small-max", 2**31 - 1, id="int32-max"),
        pytest.param("big-max", 2**63 - 1, id="int64"),
        pytest.param("big-max-1", 2**63 - 2, id="one-less"),
        pytest.param("open-min", 0.01, id="beyond-an-excluded-bound"),
        pytest.param("open-max", 0.99, id="below-an-excluded-bound"),
        pytest.param("small-zero", 0, id="zero"),
        pytest.param("names-empty-list", [], id="empty"),
        pytest.param("names-one-item", ["x"], id="one"),
        pytest.param("names-most-items", ["x", "y", "x2", "x3"], id="most"),
        pytest.param("kind-member-b", "b", id="member"),
        pytest.param("kind-null", None, id="null"),
        pytest.param("flag-false", False, id="false"),
        pytest.param("code-longest", "xxxxxabc", id="longest"),
    ],
)
def test_a_case_is_at_the_limit(name: str, value: object) -> None:
    """Not near it."""
    assert (
        of(boundaries(SCHEMA, example=EXAMPLE))[name].of(EXAMPLE)[name.partition("-")[0]] == value
    )


def test_an_optional_field_is_left_out() -> None:
    """Absent is not null."""
    body = of(boundaries(SCHEMA, example=EXAMPLE))["kind-absent"].of(EXAMPLE)

    assert "kind" not in body


def test_the_longest_text_may_take_four_bytes_a_sign() -> None:
    """A column of so many bytes, or of UTF-16 units, is too short for it; its end is our own."""
    fresh = made(Order)

    text = of(CASES)["title-longest-with-4-byte-characters"].of(fresh)["title"]

    assert len(text) == 40
    assert len(text.encode()) > 40 * 2
    assert text.endswith(fresh.title[-8:])


@pytest.mark.parametrize("rule", ["leap day", "last day of the year", "first day of the year"])
@pytest.mark.parametrize("place", ["begins", "ends"])
def test_days_move_together(place: str, rule: str) -> None:
    """A stay that must end after it begins keeps its length where its limit asks for it."""
    (case,) = of(boundaries(Order, only=f"stay.{place}-{rule.replace(' ', '-')}")).values()

    stay = case.of(made(Order))["stay"]

    assert stay["begins"] < stay["ends"]
    assert stay[place] == case.value


def test_the_leap_day_is_to_come() -> None:
    """One in the past might be refused for that."""
    day = date.fromisoformat(str(of(CASES)["stay.begins-leap-day"].value))

    assert (day.month, day.day) == (2, 29)
    assert day > date.today()  # noqa: DTZ011


class Range(BaseModel):
    low: Annotated[int, Field(ge=0, le=100)]
    high: Annotated[int, Field(ge=0, le=100)]

    @model_validator(mode="after")
    def in_order(self) -> Range:
        if self.low >= self.high:
            raise ValueError("low is below high")
        return self


def test_a_limit_that_no_object_can_have_is_left_out() -> None:
    """Low cannot be 100 where high is 100 at most and more than low."""
    ids = of(boundaries(Range))

    assert "low-max" not in ids
    assert {"low-min", "high-max"} <= ids.keys()


def test_a_validator_gets_the_examples_values_beside_the_limit() -> None:
    """Where the object's own values do not go with it, those go that were proven."""
    case = of(boundaries(Range))["high-max-1"]
    fresh = Range(low=99, high=100)

    body = case.of(fresh)

    assert body["high"] == 99
    assert body["low"] < 99


def test_an_object_that_holds_no_case_is_told() -> None:
    """What is wrong with it beside the case is the author's to mend."""
    case = of(CASES)["stay.ends-leap-day"]
    wrong = {**json_of(made(Order)), "title": ""}

    with pytest.raises(UsageError, match=r'leave it out: without="stay.ends-leap-day"'):
        case.of(wrong)


class Given(BaseModel):
    """A model that, like those made from a document, sends no optional field that is None."""

    note: str | None = None
    owner: str | None

    @model_serializer(mode="wrap")
    def leave_out_what_was_not_given(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out the note where there is none."""
        return {name: one for name, one in dump(self).items() if name != "note" or one is not None}


class Within(BaseModel):
    """One that holds such a model."""

    given: Given
    remark: str | None = None


def test_null_is_no_case_where_the_model_leaves_it_out() -> None:
    """A None that is never sent says nothing of whether the API takes null."""
    named = {name for name in of(boundaries(Within)) if name.endswith("-null")}
    assert named == {"given.owner-null", "remark-null"}
    assert "given.note-absent" in of(boundaries(Within))
