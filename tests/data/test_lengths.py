"""Texts of a length: the pattern holds, the end stays, and no other kind of text comes of it."""

from __future__ import annotations

from typing import Any

import pytest

from redhanded.data import lengths
from redhanded.data.laying import laid


@pytest.mark.parametrize(
    "schema, example, length, text",
    [
        pytest.param({}, "abc", 5, "xxabc", id="filled-in-front"),
        pytest.param({}, "abc", 2, "bc", id="cut-in-front"),
        pytest.param({}, "abc", 0, "", id="nothing-left"),
        pytest.param({}, "ab c", 2, "xx", id="no-blank-at-an-end"),
        pytest.param({"pattern": "^[A-Z]+$"}, "ABC", 5, "AAABC", id="filled-with-its-own"),
        pytest.param({"pattern": "^[A-Z]{3}$"}, "ABC", 4, None, id="fixed-by-its-pattern"),
        pytest.param({"pattern": r"\p{L}+"}, "abc", 5, None, id="another-dialect"),
        pytest.param({}, "a@b.example", 30, None, id="address"),
        pytest.param({}, "https://b.example", 30, None, id="url"),
        pytest.param({"format": "date"}, "2027-01-01", 30, None, id="format"),
        pytest.param({}, "abc", lengths.LONGEST + 1, None, id="too-dear"),
    ],
)
def test_a_text_is_made_of_what_stood_there(
    schema: dict[str, Any], example: str, length: int, text: str | None
) -> None:
    """Or there is none."""
    grow = lengths.grown(schema, length, example)

    assert (grow and grow(example)) == text


@pytest.mark.parametrize(
    "pattern, example, text",
    [
        pytest.param("^[A-Z]{2}$", "AB", "!B", id="one-sign"),
        pytest.param("^.*$", "AB", None, id="anything-goes"),
        pytest.param(r"\p{L}", "AB", None, id="another-dialect"),
        pytest.param("^$", "", None, id="empty"),
    ],
)
def test_a_text_is_unlike_the_pattern_in_its_length(
    pattern: str, example: str, text: str | None
) -> None:
    """Another length would break another rule."""
    assert lengths.unlike({"pattern": pattern}, example) == text


def test_wide_signs_need_a_plain_text() -> None:
    """A pattern speaks of its signs, and a limit of a million is none to try."""
    assert lengths.widened({"pattern": "^a+$"}, 5, "aaa") is None
    assert lengths.widened({}, lengths.LONGEST + 1, "aaa") is None


def test_items_differ_where_they_must() -> None:
    """Each in all its texts and numbers."""
    items = [{"a": "x", "b": 1, "c": True}]

    assert lengths.filled({}, items, 2) == items * 2
    assert lengths.filled({"uniqueItems": True}, items, 2) == [
        *items,
        {"a": "x1", "b": 2, "c": True},
    ]


@pytest.mark.parametrize(
    "one, other, both",
    [
        pytest.param(True, False, False, id="closed"),
        pytest.param(True, {"type": "string"}, {"type": "string"}, id="narrowed"),
        pytest.param({"a": 1}, {"b": 1}, {"allOf": [{"a": 1}, {"b": 1}]}, id="both"),
    ],
)
def test_what_else_may_stand_in_an_object_is_what_both_allow(
    one: object, other: object, both: object
) -> None:
    """In either order."""
    name = "additionalProperties"

    assert laid({name: one}, {name: other})[name] == both
    assert laid({name: other}, {name: one})[name] in (both, {"allOf": [other, one]})
