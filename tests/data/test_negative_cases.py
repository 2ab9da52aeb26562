"""Negative cases: each breaks one rule of its schema at one place, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from typing import Annotated, Any

import jsonschema_rs
import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from redhanded.core.errors import UsageError
from redhanded.core.model_json import json_of
from redhanded.data import Case, negatives
from redhanded.data.editing import ABSENT
from redhanded.data.factory import Factory
from tests.data.shop import Order

CASES = negatives(Order)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["a", "items"],
    "additionalProperties": False,
    "properties": {
        "a": {"type": "number", "multipleOf": 0.5, "exclusiveMinimum": 0, "maximum": 10},
        "items": {
            "type": "array",
            "minItems": 2,
            "maxItems": 3,
            "uniqueItems": True,
            "items": {"$ref": "#/$defs/item"},
        },
        "n": {"anyOf": [{"$ref": "#/$defs/item"}, {"type": "null"}]},
        "mail": {"type": "string", "format": "email"},
        "k": {"enum": ["x", "y", None]},
        "level": {"type": "integer", "enum": [1, 2]},
        "step": {"type": "integer", "multipleOf": 5, "minimum": 10},
        "on": {"type": "boolean"},
    },
    "$defs": {
        "item": {
            "type": "object",
            "required": ["sku"],
            "properties": {"sku": {"type": "string", "minLength": 2, "maxLength": 20}},
        }
    },
}
EXAMPLE = {
    "a": 1.5,
    "items": [{"sku": "ab"}, {"sku": "cd"}],
    "n": {"sku": "abc"},
    "mail": "a@b.example",
    "k": "x",
    "level": 1,
    "step": 15,
    "on": True,
}


def made(number: int = 0) -> Order:
    """A fresh order, as a test would make it."""
    return Factory(number, "a test", "0" * 8, today=date(2026, 3, 1))(Order)


def of(parameters: list[pytest.ParameterSet]) -> dict[str, Case]:
    """The cases by their ids."""
    return {str(each.id): each.values[0] for each in parameters}  # type: ignore[misc]


@pytest.mark.parametrize("case", CASES)
def test_the_model_refuses_a_case_at_its_place_alone(case: Case) -> None:
    """INVARIANT: a fresh object is accepted, and refused once the case is in it: there only."""
    fresh = made()

    Order.model_validate_json(json.dumps(json_of(fresh)))
    with pytest.raises(ValidationError) as refused:
        Order.model_validate_json(json.dumps(case.of(fresh)))

    place = [name for name in case.pointer.split("/") if name]
    places = [[str(name) for name in error["loc"]] for error in refused.value.errors()]
    assert all(found[: len(place)] == place for found in places)


@pytest.mark.parametrize("case", negatives(SCHEMA, example=EXAMPLE))
def test_a_schema_has_one_place_to_complain_of_in_a_case(case: Case) -> None:
    """INVARIANT: an independent validator finds one fault; what is no number is in no range too."""
    validator = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)

    faults = list(validator.iter_errors(case.of(EXAMPLE)))

    assert validator.is_valid(EXAMPLE)
    assert len({tuple(fault.instance_path) for fault in faults}) == 1
    assert len(faults) == 1 or case.rule.startswith(("wrong type", "null"))


def test_every_rule_of_a_schema_has_a_case() -> None:
    """What a schema can say is broken once at the place that says it."""
    ids = of(negatives(SCHEMA, example=EXAMPLE))

    assert {
        "a-missing-required",
        "a-below-the-min",
        "a-above-the-max",
        "a-not-a-multiple",
        "a-a-number-as-text",
        "items-too-few-items",
        "items-too-many-items",
        "items-repeated-item",
        "items.0.sku-too-short",
        "n.sku-missing-required",
        "mail-format-email",
        "k-not-in-the-enumeration",
        "level-not-in-the-enumeration",
        "step-not-a-multiple",
        "step-below-the-min",
        "on-a-boolean-as-text",
        "unknownField-unknown-field",
        "body-null",
    } <= ids.keys()
    assert not any(name.startswith("n-null") for name in ids)


@pytest.mark.parametrize(
    "name, value",
    [
        pytest.param("title-missing-required", ABSENT, id="left-out"),
        pytest.param("price-above-the-max", "1000.01", id="a-cent-more"),
        pytest.param("price-below-the-min", "0.00", id="the-excluded-bound"),
        pytest.param("lines.0.quantity-max+1", 100, id="one-more"),
        pytest.param("lines.0.quantity-min-1", 0, id="one-less"),
        pytest.param("weight-not-a-multiple", 0.75, id="half-a-step"),
        pytest.param("stay.ends-no-such-day", "2027-02-30", id="a-day-that-never-comes"),
        pytest.param("lines-empty-list", [], id="nothing-in-it"),
    ],
)
def test_a_case_is_as_near_to_the_rule_as_can_be(name: str, value: object) -> None:
    """One step beyond, no wild value: that is where comparisons are wrong."""
    assert of(CASES)[name].value == value


def test_texts_break_their_length_by_one_sign() -> None:
    """The end of the text stays, by which it is told from others."""
    fresh = made()
    cases = of(CASES)

    long = cases["title-too-long"].of(fresh)["title"]
    short = cases["title-too-short"].of(fresh)["title"]

    assert (len(long), len(short)) == (41, 1)
    assert long.endswith(fresh.title[-10:])


def test_an_object_is_fresh_each_time_and_left_as_it_was() -> None:
    """What a case does not change comes from the object that it is given."""
    case, fresh = of(CASES)["title-null"], made(7)
    before = fresh.model_dump()

    assert case.of(fresh) == {**json_of(fresh), "title": None}
    assert fresh.model_dump() == before


def test_secrets_are_sent_as_they_are() -> None:
    """Pydantic would write asterisks in their place."""
    fresh = made()

    assert of(CASES)["title-null"].of(fresh)["password"] == fresh.password.get_secret_value()


def test_what_is_missing_on_the_way_comes_from_the_example() -> None:
    """A case within an optional object needs that object."""
    case = of(negatives(SCHEMA, example=EXAMPLE))["n.sku-null"]

    assert case.of({**EXAMPLE, "n": None})["n"] == {"sku": None}


def test_ids_are_ascii_and_unique() -> None:
    """Strict pytest demands it, and shells like it."""
    ids = [str(each.id) for each in CASES]

    assert len(ids) == len(set(ids))
    assert all(name.isascii() and " " not in name for name in ids)


def test_ids_are_the_same_in_every_process() -> None:
    """Workers must collect the same tests, whatever the order of their sets is."""
    code = (
        "from redhanded.data import *; from tests.data.shop import Order;"
        "print([p.id for f in (negatives, boundaries, hostile) for p in f(Order)])"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "PYTHONHASHSEED": seed,
            },
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(told) == 1


class Lenient(BaseModel):
    count: int


class Strict(BaseModel):
    model_config = ConfigDict(strict=True)

    count: int


@pytest.mark.parametrize(
    "model, strict, is_there",
    [
        pytest.param(Lenient, False, False, id="lenient"),
        pytest.param(Lenient, True, True, id="held-to-the-letter"),
        pytest.param(Strict, False, True, id="strict-model"),
    ],
)
def test_what_a_model_reads_leniently_is_no_case(
    model: type[BaseModel], strict: bool, is_there: bool
) -> None:
    """`"7"` for 7 is refused by who is strict; a red test elsewhere would be no bug."""
    ids = of(negatives(model, strict=strict))

    assert ("count-a-number-as-text" in ids) is is_there
    assert "count-text-for-a-number" in ids


@pytest.mark.parametrize(
    "options, kept",
    [
        pytest.param({"only": "lines.0.sku"}, {"lines.0.sku"}, id="a-field"),
        pytest.param({"only": "stay"}, {"stay", "stay.begins", "stay.ends"}, id="all-below"),
        pytest.param({"only": "/note"}, {"note"}, id="a-pointer"),
        pytest.param({"only": ["max + 1"]}, {"lines.0.quantity"}, id="a-rule"),
        pytest.param({"only": "format"}, {"email", "stay.begins", "stay.ends", "due"}, id="kind"),
        pytest.param({"only": "note", "without": "wrong type"}, {"note"}, id="both"),
        pytest.param({"only": "title-null"}, {"title"}, id="an-id"),
    ],
)
def test_cases_are_chosen_by_rule_field_or_id(options: dict[str, Any], kept: set[str]) -> None:
    """A field means all that lies in it, a kind of rule all rules of it."""
    ids = of(negatives(Order, **options))

    assert {case.pointer[1:].replace("/", ".") for case in ids.values()} == kept


def test_cases_are_left_out_by_rule_field_or_id() -> None:
    """What a server takes leniently by agreement is named, and nothing else is lost."""
    every, fewer = of(CASES), of(negatives(Order, without=("null", "stay", "title-too-long")))

    lost = every.keys() - fewer.keys()
    assert "title-too-long" in lost
    assert all(name.endswith("-null") or "stay" in name for name in lost - {"title-too-long"})


@pytest.mark.parametrize(
    "options, sentence",
    [
        pytest.param({"only": "titel"}, "did you mean 'title'?", id="field"),
        pytest.param({"without": "max +1"}, "did you mean 'max + 1'?", id="rule"),
        pytest.param({"only": "%%%%%"}, "name a rule, a field or an id", id="nothing-like-it"),
    ],
)
def test_a_typo_is_told_with_the_closest_name(options: dict[str, Any], sentence: str) -> None:
    """A filter that names nothing would silently test everything, or nothing."""
    with pytest.raises(UsageError) as raised:
        negatives(Order, **options)

    assert sentence in str(raised.value)


class Tree(BaseModel):
    name: Annotated[str, Field(max_length=30)]
    branches: list[Tree] = []


def test_a_model_that_holds_itself_has_an_end() -> None:
    """Places are entered as far as the example goes, and not for ever."""
    pointers = {case.pointer for case in of(negatives(Tree)).values()}

    assert "/name" in pointers
    assert max(pointer.count("/") for pointer in pointers) < 8


@pytest.mark.parametrize(
    "source, example, sentence",
    [
        pytest.param(
            {"type": "array", "items": False, "minItems": 1}, None, "make.schema", id="none"
        ),
        pytest.param(SCHEMA, {"a": 1}, "breaks the schema at items", id="wrong-example"),
        pytest.param({"type": "nothing"}, 1, "no JSON Schema that can be used", id="schema"),
        pytest.param("Order", None, "neither a Pydantic model nor a JSON Schema", id="text"),
    ],
)
def test_what_no_case_can_be_made_of_is_told(source: Any, example: object, sentence: str) -> None:  # noqa: ANN401  wrong on purpose
    """In one sentence, at the import of the test's module."""
    with pytest.raises(UsageError) as raised:
        negatives(source, example=example)

    assert sentence in str(raised.value)


def test_a_schema_needs_its_validator(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without jsonschema-rs nothing could be proven; models do without."""
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)

    with pytest.raises(UsageError, match=r"pip install 'redhanded\[openapi\]'"):
        negatives(SCHEMA, example=EXAMPLE)
    assert negatives(Lenient)
