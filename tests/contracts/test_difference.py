"""Equality with a value: JSON's own, each difference at its place."""

from __future__ import annotations

import pytest
from dirty_equals import IsInt, IsPartialDict, IsStr
from hypothesis import given
from hypothesis import strategies as st

from redhanded.contracts.difference import Comparison

JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def told(actual: object, expected: object) -> list[tuple[str, str, str]]:
    """Where, what stands there, what should."""
    found = Comparison().differences(actual, expected)
    return [(each.where, each.actual, each.expected) for each in found]


@pytest.mark.parametrize(
    "actual, expected",
    [
        pytest.param(1, 1.0, id="one number"),
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, id="objects in any order"),
        pytest.param([1, [2]], (1, (2,)), id="an array and a tuple"),
        pytest.param({"a": [{"b": 7}]}, {"a": [{"b": IsInt}]}, id="a matcher deep inside"),
        pytest.param({"a": 1, "b": 2}, IsPartialDict(a=1), id="a matcher of the whole"),
        pytest.param(None, None, id="null"),
    ],
)
def test_equal_values_show_no_difference(actual: object, expected: object) -> None:
    """JSON knows one kind of number and no order of names."""
    assert told(actual, expected) == []


@pytest.mark.parametrize(
    "actual, expected, differences",
    [
        pytest.param(True, 1, [("$", "true", "1")], id="true is no 1"),
        pytest.param(0, False, [("$", "0", "false")], id="0 is not false"),
        pytest.param("1", 1, [("$", '"1"', "1")], id="text is no number"),
        pytest.param({}, {"a": None}, [("$.a", "missing", "null")], id="absent is not null"),
        pytest.param({"a": None}, {}, [("$.a", "null", "no such field")], id="too much"),
        pytest.param({"a": []}, {"a": {}}, [("$.a", "[]", "{}")], id="array for object"),
        pytest.param(
            [1, 2], [1], [("$", "2 items", "1 item")], id="the count differs, the common part not"
        ),
        pytest.param(
            [1, 2],
            [3],
            [("$", "2 items", "1 item"), ("$[0]", "1", "3")],
            id="count and common part differ",
        ),
        pytest.param(
            {"b": {"x": 1}, "a": [0, "y"]},
            {"b": {"x": 2}, "a": [0, IsInt]},
            [("$.a[1]", '"y"', "IsInt"), ("$.b.x", "1", "2")],
            id="everything at once, by name",
        ),
        pytest.param("x", IsStr(regex="y"), [("$", '"x"', "IsStr(regex='y')")], id="a matcher"),
    ],
)
def test_each_difference_has_its_place(
    actual: object, expected: object, differences: list[tuple[str, str, str]]
) -> None:
    """All of them are found, not the first."""
    assert told(actual, expected) == differences


@given(JSON)
def test_a_value_never_differs_from_itself(value: object) -> None:
    """INVARIANT: whatever JSON can say equals itself."""
    assert told(value, value) == []


@given(JSON, JSON)
def test_a_difference_is_found_from_both_sides(one: object, other: object) -> None:
    """INVARIANT: if one value differs from another, the other differs from it."""
    assert bool(told(one, other)) == bool(told(other, one))
