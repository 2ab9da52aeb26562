"""Marks: short texts, and what they count for."""

from __future__ import annotations

import pytest

from redhanded.contracts.openapi import marks


@pytest.mark.parametrize(
    "mark, measure",
    [
        pytest.param(marks.checked("GET /x"), "operations", id="checked"),
        pytest.param(marks.status("GET /x", "200"), "statuses", id="status"),
        pytest.param(marks.parameter("GET /x", "query", "a"), "parameters", id="parameter"),
        pytest.param(marks.media("GET /x", "200", "text/csv"), "media_types", id="media"),
        pytest.param(marks.schema_property("request", "/a"), "properties", id="property"),
        pytest.param(marks.value("request", "/a", 1), "values", id="value"),
        pytest.param(marks.branch("response", "/a/oneOf/0"), "branches", id="branch"),
        pytest.param(marks.called("GET /x"), None, id="called"),
        pytest.param(marks.undocumented("GET /x", 2), None, id="undocumented"),
    ],
)
def test_each_kind_of_mark_counts_for_one_measure(mark: str, measure: str | None) -> None:
    """A call that nobody checked covers nothing, nor does an operation that is not documented."""
    assert marks.measure_of(mark) == measure


def test_a_mark_tells_what_it_was_made_of() -> None:
    """The parts of a mark come back as they were given."""
    mark = marks.media("GET /x", "4XX", "application/problem+json")

    assert marks.told(mark) == ("media", "GET /x", ("4XX", "application/problem+json"))


def test_a_gap_in_a_name_ends_no_part() -> None:
    """A tab in a name, which no real one has, cannot make a mark of another kind."""
    assert marks.told(marks.parameter("GET /x", "query", "a\tb")).rest == ("query", "a b")


@pytest.mark.parametrize(
    "one, other",
    [
        pytest.param(1, 1.0, id="numbers"),
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, id="objects"),
    ],
)
def test_equal_values_have_one_text(one: object, other: object) -> None:
    """JSON has one kind of number, and no order of members."""
    assert marks.as_text(one) == marks.as_text(other)


@pytest.mark.parametrize(
    "one, other",
    [
        pytest.param(1, True, id="number-and-boolean"),
        pytest.param("1", 1, id="text-and-number"),
        pytest.param(None, "null", id="null-and-text"),
        pytest.param(1.5, 1, id="numbers"),
    ],
)
def test_other_values_have_other_texts(one: object, other: object) -> None:
    """What Python takes for equal, or what looks alike, are values of their own."""
    assert marks.as_text(one) != marks.as_text(other)


def test_calls_of_what_is_not_documented_add_up() -> None:
    """Such a mark says how often the operation was called, and no other mark does."""
    assert marks.calls_of_undocumented(marks.undocumented("GET /x", 3)) == ("GET /x", 3)
    assert marks.calls_of_undocumented(marks.called("GET /x")) is None
    assert marks.calls_of_undocumented("undocumented\tGET /x\tmany") is None
