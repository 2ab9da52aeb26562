"""Two bodies beside each other: their form, their values, and values that always differ."""

from __future__ import annotations

import json

import pytest

from redhanded.session.replay.comparison import Comparison, compared
from redhanded.session.replay.outcome import Difference


def of(old: object, new: object) -> Comparison:
    """The comparison of two documents."""
    return compared(json.dumps(old), json.dumps(new))


@pytest.mark.parametrize("text", ['{"a": 1}', "plain", ""], ids=["json", "text", "nothing"])
def test_equal_bodies_do_not_differ(text: str) -> None:
    """Nothing is told of them."""
    assert compared(text, text) == Comparison()


def test_the_spelling_of_json_does_not_matter() -> None:
    """Neither spaces nor the order of members are a difference, nor is 1.0 one from 1."""
    assert compared('{"a":1,"b":[2]}', '{ "b": [2], "a": 1.0 }') == Comparison()


@pytest.mark.parametrize(
    "old, new, told",
    [
        pytest.param({"a": 1}, {}, ("$.a", "1", "missing"), id="a-member-is-gone"),
        pytest.param({}, {"a": None}, ("$.a", "missing", "null"), id="a-member-is-new"),
        pytest.param({"a": 1}, {"a": "1"}, ("$.a", "1", '"1"'), id="another-type"),
        pytest.param([{"a": []}], [{"a": {}}], ("$[0].a", "[]", "{}"), id="deeper"),
        pytest.param({"a": 1}, [], ("$", '{"a": 1}', "[]"), id="all-of-it"),
    ],
)
def test_members_and_types_are_the_form(
    old: object, new: object, told: tuple[str, str, str]
) -> None:
    """Another form is another answer."""
    assert of(old, new) == Comparison(form=(Difference(*told),))


@pytest.mark.parametrize(
    "old, new, told",
    [
        pytest.param({"a": 1}, {"a": 2}, ("$.a", "1", "2"), id="a-number"),
        pytest.param({"a": None}, {"a": 2}, ("$.a", "null", "2"), id="null-may-become-a-value"),
        pytest.param([1], [1, 2], ("$", '"1 items"', '"2 items"'), id="a-longer-list"),
    ],
)
def test_what_stands_in_a_place_is_its_value(
    old: object, new: object, told: tuple[str, str, str]
) -> None:
    """Values differ from run to run where others use the API as well."""
    assert of(old, new) == Comparison(values=(Difference(*told),))


def test_ids_and_times_are_apart() -> None:
    """They differ by their nature, on both sides."""
    old = {"id": 7, "made": "2026-01-02", "name": "a"}
    new = {"id": 8, "made": "2026-01-03", "name": "b"}

    found = of(old, new)

    assert [one.where for one in found.fleeting] == ["$.id", "$.made"]
    assert [one.where for one in found.values] == ["$.name"]


def test_a_time_that_becomes_a_word_is_a_value() -> None:
    """Only another time in its place is nature."""
    assert of({"a": "2026-01-02"}, {"a": "never"}).fleeting == ()


def test_text_is_compared_as_a_whole() -> None:
    """It has no places."""
    assert compared("boom", "bang").values == (Difference("body", '"boom"', '"bang"'),)


def test_json_beside_no_json_is_another_form() -> None:
    """Whichever of them is the document."""
    assert compared('{"a": 1}', "boom").form == (Difference("body", "JSON", "not JSON"),)
    assert compared("boom", "[]").form == (Difference("body", "not JSON", "JSON"),)


def test_differences_stand_in_the_order_of_the_document() -> None:
    """As people read it."""
    found = of({"b": 1, "a": [1, 2], "c": 1}, {"b": 2, "a": [2, 3], "c": 2})

    assert [one.where for one in found.values] == ["$.b", "$.a[0]", "$.a[1]", "$.c"]


def test_a_document_may_be_deep() -> None:
    """The walk does not go down by calls."""
    deep = "[" * 400 + "1" + "]" * 400

    assert len(compared(deep, deep.replace("1", "2")).values) == 1
