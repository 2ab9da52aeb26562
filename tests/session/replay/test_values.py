"""Values of JSON documents: where they stand, of which type they are, and which never stay."""

from __future__ import annotations

import pytest

from redhanded.core import ids
from redhanded.session.replay.values import (
    NOT_JSON,
    is_fleeting,
    is_id,
    kind_of,
    leaves,
    name_at,
    parsed,
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("{", id="cut"),
        pytest.param("<html>", id="markup"),
        pytest.param("[" * 200_000, id="deeper-than-anyone-reads"),
    ],
)
def test_what_is_no_json_is_none(text: str) -> None:
    """No text raises, however deep it goes."""
    assert parsed(text) is NOT_JSON


def test_every_value_is_found_with_its_place_in_order() -> None:
    """A list or an object is no value, but holds some."""
    document = {"a": [1, {"b": None}], "c": "x", "d": {}}

    assert list(leaves(document)) == [(("a", 0), 1), (("a", 1, "b"), None), (("c",), "x")]


@pytest.mark.parametrize(
    "value, kind",
    [
        (None, "null"),
        (True, "boolean"),
        (1, "number"),
        (1.5, "number"),
        ("", "string"),
        ([], "array"),
        ({}, "object"),
    ],
    ids=repr,
)
def test_types_are_those_of_json(value: object, kind: str) -> None:
    """1 and 1.0 are of one type, 1 and true are not."""
    assert kind_of(value) == kind


@pytest.mark.parametrize(
    "name", ["id", "order_id", "orderId", "user-id", "uuid", "api_key", "accessToken", "etag"]
)
def test_names_announce_what_names_something(name: str) -> None:
    """Styles of writing do not matter."""
    assert is_id((name,))


@pytest.mark.parametrize("name", ["paid", "valid", "width", "monkey", "total", "idea", ""])
def test_other_names_announce_nothing(name: str) -> None:
    """An `id` at the end of a word is none."""
    assert not is_id((name,))


def test_items_of_a_list_go_by_the_name_of_the_list() -> None:
    """They have none of their own."""
    assert name_at(("orders", 3, "ids", 0)) == "ids"
    assert name_at((0,)) == ""


@pytest.mark.parametrize(
    "name, value",
    [
        pytest.param("id", 7, id="id"),
        pytest.param("x", "2026-01-02", id="date"),
        pytest.param("x", "2026-01-02T03:04:05Z", id="time"),
        pytest.param("x", "Wed, 21 Oct 2026 07:28:00 GMT", id="http-date"),
        pytest.param("created_at", 1_700_000_000, id="epoch"),
        pytest.param("x", "123e4567-e89b-12d3-a456-426614174000", id="uuid"),
        pytest.param("x", "4bf92f3577b34da6a3ce929d0e0e4736", id="trace"),
        pytest.param("x", "masked_token_15chars", id="mask"),
        pytest.param("x", ids.tag("2be81541", at=1.7e9), id="our-tag"),
    ],
)
def test_some_values_are_others_each_time(name: str, value: object) -> None:
    """Their change says nothing."""
    assert is_fleeting((name,), value)


@pytest.mark.parametrize(
    "name, value",
    [
        pytest.param("total", 91, id="amount"),
        pytest.param("name", "Ann", id="name"),
        pytest.param("at", True, id="a-truth-is-no-time"),
        pytest.param("state", "paid", id="state"),
        pytest.param("code", "deadbeef", id="short-hex"),
    ],
)
def test_other_values_stay(name: str, value: object) -> None:
    """Their change may be the very thing that a test was about."""
    assert not is_fleeting((name,), value)
