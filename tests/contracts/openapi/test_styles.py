"""Styles: texts of parameters as the parts they are written from."""

from __future__ import annotations

import pytest

from redhanded.contracts.openapi.readings import scalars
from redhanded.contracts.openapi.styles import Raw, Shape, Style, pairs_of


@pytest.mark.parametrize(
    "style, explode, shape, text, readings",
    [
        pytest.param("simple", False, "scalar", "a%20b", ["a b"], id="simple"),
        pytest.param("simple", False, "array", "a,b%2Cc", [["a", "b,c"]], id="simple array"),
        pytest.param("simple", False, "array", "", [[]], id="simple empty array"),
        pytest.param("simple", False, "object", "R,1,G", [], id="simple odd object"),
        pytest.param("simple", True, "object", "R=1,G", [], id="simple broken object"),
        pytest.param("label", False, "scalar", ".5", ["5"], id="label"),
        pytest.param("label", False, "array", ".3,4", [["3", "4"], ["3,4"]], id="label array"),
        pytest.param(
            "label", True, "object", ".R=1.G=2", [{"R": "1", "G": "2"}], id="label object"
        ),
        pytest.param("label", False, "scalar", "5", [], id="no label"),
        pytest.param("matrix", False, "scalar", ";n=5", ["5"], id="matrix"),
        pytest.param("matrix", False, "scalar", ";m=5", [], id="another matrix"),
        pytest.param("matrix", False, "object", ";n=R,1", [{"R": "1"}], id="matrix object"),
        pytest.param("matrix", True, "object", ";R=1;G=2", [{"R": "1", "G": "2"}], id="matrix all"),
        pytest.param("matrix", True, "array", ";n=1;n=2", [["1", "2"]], id="matrix array"),
        pytest.param("matrix", False, "scalar", "5", [], id="no matrix"),
    ],
)
def test_a_text_is_split_as_it_was_sent(
    style: str, explode: bool, shape: Shape, text: str, readings: list[Raw]
) -> None:
    """Delimiters that are encoded belong to a value; what is no such text has no reading."""
    written = Style("n", "path", style, explode)

    assert list(written.of_text(text, shape)) == readings


@pytest.mark.parametrize(
    "style, explode, shape, query, readings",
    [
        pytest.param("form", True, "scalar", "n=1&n=2", ["2"], id="last of several"),
        pytest.param("form", True, "array", "n=1&n=2", [["1", "2"]], id="repeated"),
        pytest.param("form", False, "array", "n=1&n=2", [["1", "2"]], id="repeated all the same"),
        pytest.param("form", False, "array", "n=1%2c2", [["1,2"], ["1", "2"]], id="encoded comma"),
        pytest.param("form", True, "object", "R=1&x=2", [{"R": "1"}], id="members"),
        pytest.param("form", True, "object", "x=2", [], id="no members"),
        pytest.param("form", False, "object", "n=R,1", [{"R": "1"}], id="members in one"),
        pytest.param("deepObject", True, "object", "n[R]=1&n[a][b]=2", [{"R": "1"}], id="deep"),
        pytest.param("deepObject", True, "object", "n=1", [], id="not deep"),
        pytest.param("form", True, "scalar", "m=1", [], id="not there"),
    ],
)
def test_pairs_are_gathered_to_a_value(
    style: str, explode: bool, shape: Shape, query: str, readings: list[Raw]
) -> None:
    """A query's pairs are a value by the parameter's style; what is not there has no reading."""
    written = Style("n", "query", style, explode)
    pairs = pairs_of(query, "&", str)

    assert list(written.of_pairs(pairs, shape, frozenset({"R", "G"}))) == readings


@pytest.mark.parametrize(
    "place, style, reserved, text, decoded",
    [
        pytest.param("query", "form", False, "a+b%2B", "a b+", id="query"),
        pytest.param("query", "form", True, "a+b%2B", "a+b+", id="reserved"),
        pytest.param("path", "simple", False, "a+b%2B", "a+b+", id="path"),
        pytest.param("header", "simple", False, "a+b%2B", "a+b%2B", id="header"),
        pytest.param("cookie", "cookie", False, "a+b%2B", "a+b%2B", id="cookie"),
    ],
)
def test_a_text_is_decoded_as_its_place_encodes_it(
    place: str, style: str, reserved: bool, text: str, decoded: str
) -> None:
    """A plus is a space in queries alone, and headers are not percent-encoded."""
    assert Style("n", place, style, explode=False, allow_reserved=reserved).decode(text) == decoded


@pytest.mark.parametrize(
    "style, name, is_claimed",
    [
        pytest.param("form", "n", True, id="its name"),
        pytest.param("form", "R", True, id="a member"),
        pytest.param("form", "x", False, id="another"),
        pytest.param("deepObject", "n[x]", True, id="deep"),
        pytest.param("deepObject", "R", False, id="not deep"),
    ],
)
def test_a_name_in_a_query_belongs_to_a_parameter(style: str, name: str, is_claimed: bool) -> None:
    """By its own name, or by a member's where members stand as pairs."""
    written = Style("n", "query", style, explode=True)

    assert written.claims(name, frozenset({"object"}), frozenset({"R"})) is is_claimed


@pytest.mark.parametrize(
    "text, types, values",
    [
        pytest.param("5", {"integer"}, [5, "5"], id="integer"),
        pytest.param("-0", {"integer"}, [0, "-0"], id="minus zero"),
        pytest.param("05", {"integer"}, ["05"], id="leading zero"),
        pytest.param("+5", {"number"}, ["+5"], id="plus"),
        pytest.param("1e2", {"number"}, [100.0, "1e2"], id="exponent"),
        pytest.param(".5", {"number"}, [".5"], id="no digit before the point"),
        pytest.param("NaN", {"number"}, ["NaN"], id="no number"),
        pytest.param("9" * 400, {"integer"}, ["9" * 400], id="hundreds of digits"),
        pytest.param("true", {"boolean", "string"}, [True, "true"], id="true"),
        pytest.param("", {"null", "string"}, [None, ""], id="empty"),
        pytest.param("5", {"string"}, ["5"], id="text"),
    ],
)
def test_a_text_is_read_as_the_types_that_are_wanted(
    text: str, types: set[str], values: list[object]
) -> None:
    """Only what JSON would write is a number, a boolean or null; the text itself comes last."""
    found = list(scalars(text, frozenset(types)))

    assert [(type(one), one) for one in found] == [(type(one), one) for one in values]


def test_pairs_without_a_name_are_none() -> None:
    """Names are decoded, values stay as they were sent."""
    assert pairs_of("a%5B=%5B&&=x&b", "&", str) == [("a%5B", "%5B"), ("b", "")]
