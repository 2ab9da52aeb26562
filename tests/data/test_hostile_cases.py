"""Hostile cases: JSON at its edge, and what is none, as the bytes that are sent."""

from __future__ import annotations

import json
from datetime import date

import pytest

from redhanded.core.errors import UsageError
from redhanded.data import Case, hostile
from redhanded.data.editing import Raw, encoded
from redhanded.data.factory import Factory
from tests.data.shop import Order

CASES: dict[str, Case] = {str(each.id): each.values[0] for each in hostile(Order)}  # type: ignore[misc]


def content(name: str) -> bytes:
    """The bytes of this case's request."""
    case = CASES[name]
    fresh = Factory(0, "a test", "0" * 8, today=date(2026, 3, 1))(Order)
    request = case.request(fresh)
    if "json" in request:
        return encoded(request["json"])
    assert request["headers"] == {"content-type": "application/json"}
    sent: bytes = request["content"]
    return sent


@pytest.mark.parametrize(
    "name, part",
    [
        pytest.param("weight-NaN", b'"weight":NaN', id="NaN"),
        pytest.param("weight-Infinity", b'"weight":Infinity', id="Infinity"),
        pytest.param("weight-1e400", b'"weight":1e400', id="1e400"),
        pytest.param("weight-minus-zero", b'"weight":-0', id="minus-zero"),
        pytest.param("title-lone-surrogate", b'"title":"\\ud83d"', id="surrogate"),
        pytest.param("title-invalid-UTF-8", b'"title":"\xc3\x28"', id="utf-8"),
        pytest.param("title-NUL-byte", b"\\u0000", id="NUL"),
        pytest.param("body-byte-order-mark", b"\xef\xbb\xbf{", id="BOM"),
        pytest.param("body-comma-at-the-end", b",}", id="comma"),
        pytest.param("body-nested-10-000-deep", b"[" * 10_000 + b"]" * 10_000, id="deep"),
    ],
)
def test_a_case_is_sent_as_it_is_called(name: str, part: bytes) -> None:
    """The bytes hold what no JSON library would write."""
    assert part in content(name)


@pytest.mark.parametrize(
    "name", ["body-cut-body", "body-comma-at-the-end", "body-empty-body", "title-invalid-UTF-8"]
)
def test_what_is_no_json_is_none(name: str) -> None:
    """Even a lenient reader refuses it."""
    with pytest.raises(ValueError, match=r".+"):
        json.loads(content(name))


def test_names_come_twice() -> None:
    """A reader may take the first or the last value, or refuse (RFC 8259, section 4)."""
    pairs = json.loads(content("body-names-given-twice"), object_pairs_hook=list)

    names = [name for name, _ in pairs]
    assert names == names[: len(names) // 2] * 2


def test_numbers_beyond_doubles_come_where_they_are_allowed() -> None:
    """Where a maximum forbids them they would be negative cases."""
    assert CASES["weight-number-above-2-53"].value == 2**53 + 1
    assert "lines.0.quantity-number-above-2-53" not in CASES


def test_what_json_cannot_say_is_told() -> None:
    """`json=` would fail in the client's depth."""
    case = CASES["weight-NaN"]

    with pytest.raises(UsageError, match=r"write api.post\(path, \*\*case.request"):
        case.of({"weight": 1})


def test_raw_parts_stand_side_by_side() -> None:
    """More than one in a body, between texts that look like their places."""
    body = {"a": Raw(b"NaN"), "b": "raw1", "c": [Raw(b"1e400")]}

    assert encoded(body) == b'{"a":NaN,"b":"raw1","c":[1e400]}'
