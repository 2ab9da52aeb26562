"""Conditions: functions of the value, and places in the document."""

from __future__ import annotations

from typing import Any

import pytest
from dirty_equals import IsPositiveInt

from redhanded.contracts.document import Document
from redhanded.contracts.glimpse import glimpse
from redhanded.core.errors import UsageError
from redhanded.core.violation import Violation
from redhanded.verdict.conditions import Conditions, Where

DOCUMENT = {"items": [{"sku": "A", "count": 3}], "next": None}


def is_full(value: dict[str, Any]) -> bool:
    """Whether there is anything in it."""
    return bool(value["items"])


def is_paged(value: dict[str, Any]) -> bool:
    """Whether there is more of it."""
    return value["next"] is not None


async def is_later(value: object) -> bool:
    """A mistake that is easily made."""
    return bool(value)


def broken(where: Where) -> list[tuple[str, str, str]]:
    """Where, what stands there, what should."""
    found = Conditions(where, glimpse).breaches(DOCUMENT, lambda: Document(DOCUMENT))
    return [(each.where, each.actual, each.expected) for each in found]


@pytest.mark.parametrize(
    "where",
    [
        pytest.param((), id="none"),
        pytest.param(is_full, id="one function"),
        pytest.param([is_full, lambda value: "items" in value], id="several"),
        pytest.param({"$.items[0].sku": "A", "next": None}, id="places"),
        pytest.param({"$.items[-1].count": IsPositiveInt}, id="a matcher at a place"),
        pytest.param({"$.next": ...}, id="presence, null included"),
        pytest.param([is_full, {"items[0].sku": "A"}], id="functions and places"),
    ],
)
def test_a_condition_holds(where: Where) -> None:
    """One or several, of either kind."""
    assert broken(where) == []


def test_a_function_that_fails_is_named() -> None:
    """The author's own name says best what was expected."""
    assert broken(is_paged) == [("$", glimpse(DOCUMENT), "is_paged to hold")]


def test_a_lambda_is_named_by_its_place() -> None:
    """It has no name, so its file and line stand for it."""
    [(_, _, expected)] = broken(lambda value: value["next"])

    assert expected.startswith("the condition at test_conditions.py:")


def test_a_method_of_an_object_is_named_too() -> None:
    """Whatever can be called can be a condition."""
    assert broken([[].count])[0][2].endswith("count to hold")


@pytest.mark.parametrize(
    "where, breach",
    [
        pytest.param({"$.items[0].sku": "B"}, ("$.items[0].sku", '"A"', '"B"'), id="another value"),
        pytest.param({"$.items[1]": ...}, ("$.items[1]", "missing", "required"), id="absent"),
        pytest.param({"total": 1}, ("$.total", "missing", "required"), id="no such name"),
        pytest.param(
            {"$.items[0]": {"sku": "A"}}, ("$.items[0].count", "3", "no such field"), id="deeper"
        ),
    ],
)
def test_a_place_that_differs_is_shown(where: Where, breach: tuple[str, str, str]) -> None:
    """With the path that can be copied into the next test."""
    assert broken(where) == [breach]


def test_every_condition_is_tried() -> None:
    """All that is wrong is said at once."""
    found = broken([is_paged, {"$.items[0].sku": "B", "$.items[0].count": 4}])

    assert [each[0] for each in found] == ["$", "$.items[0].sku", "$.items[0].count"]


def test_a_body_that_is_no_document_has_no_places() -> None:
    """Why it cannot be read is said instead."""
    unread = Violation("body.empty", "body", "empty", "JSON")

    assert list(Conditions({"a": 1}, glimpse).breaches(None, lambda: unread)) == [unread]


@pytest.mark.parametrize(
    "where, sentence",
    [
        pytest.param(5, "where=5 is no condition: give a function", id="number"),
        pytest.param("$.a", "is no condition", id="text"),
        pytest.param([is_full, 5], "is no condition", id="one wrong in a list"),
        pytest.param({"a b": 1}, "'a b' is not a path into JSON", id="no path"),
        pytest.param(is_later, "is_later is asynchronous: give where=", id="async"),
    ],
)
def test_what_is_no_condition_is_the_authors_mistake(where: Where, sentence: str) -> None:
    """A coroutine, for one, would always be true."""
    with pytest.raises(UsageError, match=sentence.replace("$", r"\$")):
        broken(where)


def test_an_error_in_a_condition_is_the_tests_own() -> None:
    """It passes as it is, with the author's line in its traceback."""
    with pytest.raises(KeyError, match="nothing"):
        broken(lambda value: value["nothing"])
