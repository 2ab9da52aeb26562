"""Strategies: all that they draw is what the model accepts, of the charset asked for."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Annotated, Any, Literal

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, RootModel, model_validator

from redhanded.core.errors import UsageError
from redhanded.data import search, strategy
from tests.data.shop import Order, Stay

FEW = settings(max_examples=30, deadline=None)
QUICK = settings(phases=[Phase.generate])
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["code", "tree", "any"],
    "properties": {
        "code": {"type": "string", "pattern": "^[a-z]{3}$"},
        "tree": {"$ref": "#/$defs/node"},
        "any": {},
        "step": {"type": "integer", "multipleOf": 5, "minimum": 10},
        "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "tags": {"type": "array", "items": {"enum": ["a", "b", "c"]}, "uniqueItems": True},
        "words": {"type": "object", "additionalProperties": {"type": "integer"}},
        "either": {"oneOf": [{"type": "null"}, {"type": "string", "format": "ipv4"}]},
        "odd": {"type": "string", "format": "postcode"},
        "place": {"type": "string", "format": "uri"},
    },
    "$defs": {
        "node": {
            "type": "object",
            "required": ["on"],
            "properties": {
                "on": {"type": "boolean"},
                "below": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
        }
    },
}
EXAMPLE = {"code": "abc", "tree": {"on": True}, "any": 1, "odd": "8000"}


@FEW
@given(strategy(Order))
def test_a_model_accepts_what_is_drawn(order: Order) -> None:
    """INVARIANT: constraints, formats, models within and validators hold."""
    Order.model_validate(order.model_dump(by_alias=True))

    assert order.stay.begins < order.stay.ends
    assert str(order.email).endswith("@example.com")


@FEW
@given(strategy(SCHEMA, example=EXAMPLE))
def test_a_schema_allows_what_is_drawn(value: Any) -> None:  # noqa: ANN401  any JSON value
    """INVARIANT: an independent validator has nothing to say against a drawn value."""
    assert jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True).is_valid(value)
    json.dumps(value)


@pytest.mark.parametrize("charset", ["ascii", "latin-1"])
def test_texts_are_of_the_charset(charset: Literal["ascii", "latin-1"]) -> None:
    """An old database takes every text that is drawn, and meets all that it can."""

    @FEW
    @given(strategy(Order, charset=charset))
    def each(order: Order) -> None:
        order.title.encode(charset)
        assert order.title.isprintable() or "\xad" in order.title or "\xa0" in order.title

    each()


def test_signs_beyond_the_basic_plane_are_found() -> None:
    """`utf-8` is all of Unicode but control characters."""
    seen: set[str] = set()

    @settings(FEW, phases=[Phase.generate])
    @given(strategy(Order))
    def each(order: Order) -> None:
        seen.update(order.title)

    each()

    assert any(ord(sign) > 0xFFFF for sign in seen)


class Pick(BaseModel):
    kind: Literal["x", "y"] = "x"
    number: Annotated[int, Field(ge=-3, le=3)]
    wide: Annotated[float, Field(gt=0, lt=1)]
    child: Pick | None = None
    either: int | str = 0
    day: date | None = None


@pytest.mark.parametrize(
    "holds",
    [
        pytest.param(lambda pick: pick.number == -3, id="min"),
        pytest.param(lambda pick: pick.number == 3, id="max"),
        pytest.param(lambda pick: pick.kind == "y", id="member"),
        pytest.param(lambda pick: pick.child is not None and pick.child.child is None, id="child"),
        pytest.param(lambda pick: isinstance(pick.either, str), id="union"),
        pytest.param(lambda pick: pick.day is None, id="null"),
        pytest.param(lambda pick: "day" not in pick.model_fields_set, id="absent"),
        pytest.param(lambda pick: pick.wide < 0.001, id="near-a-bound"),
    ],
)
def test_what_a_model_allows_is_found(holds: Any) -> None:  # noqa: ANN401  a condition
    """Nothing is out of a search's reach."""
    assert holds(find(strategy(Pick), holds, settings=QUICK))


class Rare(BaseModel):
    one: Annotated[int, Field(ge=0, le=10**9)]
    other: Annotated[int, Field(ge=0, le=10**9)]
    name: str

    @model_validator(mode="before")
    @classmethod
    def nearly_equal(cls, value: Any) -> Any:  # noqa: ANN401  as it came
        if isinstance(value, dict) and value["one"] % 97:
            raise ValueError("one is a multiple of 97")
        return value


def test_a_picky_validator_stops_no_search() -> None:
    """Fields that do not go together come from an example; no health check fails."""
    seen: list[str] = []

    @settings(max_examples=30, deadline=None, database=None)
    @given(strategy(Rare, example={"one": 97, "other": 1, "name": "n"}))
    def each(rare: Rare) -> None:
        seen.append(rare.name)
        assert rare.one % 97 == 0

    each()

    assert len(set(seen)) > 5


@FEW
@given(strategy(Order, size="small", note=st.sampled_from(["a", "b"]), customer_name="Ada"))
def test_given_fields_keep_their_value_or_are_drawn_by_their_strategy(order: Order) -> None:
    """As `make` takes them, by name or alias, and strategies besides."""
    assert (order.size, order.customer_name) == ("small", "Ada")
    assert order.note in {"a", "b"}


class Names(RootModel[list[str]]):
    pass


def test_a_model_of_a_list_is_drawn() -> None:
    """A body need not be an object."""
    assert find(strategy(Names), lambda names: len(names.root) == 2).root


@pytest.mark.parametrize(
    "fixed, sentence",
    [
        pytest.param({"titel": "x"}, "did you mean 'title'?", id="typo"),
        pytest.param({"zzz": "x"}, "it has title", id="unknown"),
    ],
)
def test_a_field_that_is_none_is_told(fixed: dict[str, Any], sentence: str) -> None:
    """At the import of the test's module."""
    with pytest.raises(UsageError) as raised:
        strategy(Order, **fixed)

    assert sentence in str(raised.value)


def test_a_given_value_that_no_object_has_is_told() -> None:
    """Drawing on would never find one."""

    @settings(max_examples=1, phases=[Phase.generate])
    @given(strategy(Order, title=""))
    def each(_: Order) -> None:
        raise AssertionError

    with pytest.raises(UsageError, match="was given title as no valid object has it"):
        each()


@pytest.mark.parametrize("ask", [lambda: strategy(Stay), search], ids=["strategy", "search"])
def test_hypothesis_is_asked_for_in_one_line(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401  a call
    """It is an extra."""
    for name in [*sys.modules]:
        if name.partition(".")[0] == "hypothesis" or name == "redhanded.data.drawing":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "hypothesis", None)

    with pytest.raises(
        UsageError, match=r"needs Hypothesis: pip install 'redhanded\[hypothesis\]'"
    ):
        ask()


def test_a_search_has_the_settings_that_an_api_needs() -> None:
    """A slow answer is no failure of its example, and fixtures last the whole test."""
    chosen = search(examples=7, derandomize=True)

    assert (chosen.max_examples, chosen.deadline, chosen.derandomize) == (7, None, True)
    assert HealthCheck.function_scoped_fixture in chosen.suppress_health_check
