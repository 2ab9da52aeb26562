"""Places in a document: what is written can be read and found again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redhanded.core import jsonpath
from redhanded.core.errors import UsageError

DOCUMENT = {"items": [{"sku": "A"}, {"sku": "B"}], "a.b": {"": 1}, "nothing": None}
NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Z", "S")), max_size=20)


@pytest.mark.parametrize(
    "place, path",
    [
        pytest.param((), "$", id="the document"),
        pytest.param(("items", 2, "sku"), "$.items[2].sku", id="names and numbers"),
        pytest.param(("a.b",), '$["a.b"]', id="a dot in a name"),
        pytest.param(("a b", ""), '$["a b"][""]', id="spaces and nothing"),
        pytest.param(("größe",), '$["größe"]', id="letters beyond ASCII"),
        pytest.param(("7",), '$["7"]', id="a number as a name"),
    ],
)
def test_a_place_is_written_as_a_path(place: jsonpath.Place, path: str) -> None:
    """Plain names follow a dot, all others stand in brackets."""
    assert jsonpath.write(place) == path
    assert jsonpath.read(path) == place


@pytest.mark.parametrize(
    "path, place",
    [
        pytest.param("items[0].sku", ("items", 0, "sku"), id="without the dollar"),
        pytest.param("$.items[-1]", ("items", -1), id="from the end"),
        pytest.param("$['a.b'].x", ("a.b", "x"), id="single quotes"),
        pytest.param("$.order-id", ("order-id",), id="a hyphen after a dot"),
        pytest.param("", (), id="nothing at all"),
    ],
)
def test_a_path_may_be_written_more_simply(path: str, place: jsonpath.Place) -> None:
    """What authors write by hand is understood too."""
    assert jsonpath.read(path) == place


@given(st.lists(NAMES.filter(lambda name: len(name) < 40) | st.integers(0, 10**8), max_size=4))
def test_every_written_path_is_read_back(parts: list[str | int]) -> None:
    """INVARIANT: a path copied from a failure into a test means the same place."""
    place = tuple(parts)

    assert jsonpath.read(jsonpath.write(place)) == place


@pytest.mark.parametrize("path", ["a b", "$.items[x]", "$..a", "$.a.", "$[", "$[*]"])
def test_what_is_no_path_is_refused_with_an_example(path: str) -> None:
    """Only single places are meant: no wildcards, no searches."""
    with pytest.raises(UsageError, match="is not a path into JSON: write it as"):
        jsonpath.read(path)


@pytest.mark.parametrize(
    "path, found",
    [
        pytest.param("$.items[1].sku", "B", id="nested"),
        pytest.param("$.items[-1].sku", "B", id="from the end"),
        pytest.param('$["a.b"][""]', 1, id="quoted"),
        pytest.param("$.nothing", None, id="null is something"),
    ],
)
def test_a_place_is_found(path: str, found: object) -> None:
    """What stands at a place is handed out, null included."""
    assert jsonpath.find(DOCUMENT, jsonpath.read(path)) == found


@pytest.mark.parametrize(
    "path", ["$.items[2]", "$.items[-3]", "$.other", "$.items.sku", "$.nothing.x", "$[0]"]
)
def test_what_is_not_there_is_nowhere(path: str) -> None:
    """An absent place is told apart from null."""
    with pytest.raises(jsonpath.Nowhere):
        jsonpath.find(DOCUMENT, jsonpath.read(path))


def test_places_sort_as_people_count() -> None:
    """The tenth item comes after the second, and names by the alphabet."""
    places: list[jsonpath.Place] = [("b",), ("a", 10), ("a", 2), ("a",)]

    assert sorted(places, key=jsonpath.in_order) == [("a",), ("a", 2), ("a", 10), ("b",)]
