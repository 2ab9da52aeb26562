"""Headers as a test expects them."""

from __future__ import annotations

import re

import httpx2
import pytest
from dirty_equals import IsStr

from redhanded.contracts.glimpse import glimpse
from redhanded.core.errors import UsageError
from redhanded.verdict.headers import breaches

ACTUAL = httpx2.Headers(
    {"Content-Type": "application/json; charset=utf-8", "ETag": '"7"', "Content-Length": "2"}
)


@pytest.mark.parametrize(
    "name, wanted",
    [
        pytest.param("ETAG", '"7"', id="text, name in any case"),
        pytest.param("etag", re.compile("^.7"), id="pattern"),
        pytest.param("etag", IsStr, id="dirty-equals class"),
        pytest.param("etag", IsStr(min_length=3), id="dirty-equals value"),
        pytest.param("etag", ..., id="any value"),
        pytest.param("content-length", 2, id="number"),
        pytest.param("content-type", "application/json", id="media type without its charset"),
        pytest.param("content-type", "application/json; charset=utf-8", id="media type in full"),
        pytest.param("x-powered-by", None, id="absent"),
    ],
)
def test_a_header_holds(name: str, wanted: object) -> None:
    """Names are compared without case, values as they are."""
    assert list(breaches({name: wanted}, ACTUAL, glimpse)) == []


@pytest.mark.parametrize(
    "name, wanted, code, actual, expected",
    [
        pytest.param("ETag", '"8"', "header.value", '"\\"7\\""', '"\\"8\\""', id="another text"),
        pytest.param(
            "etag",
            re.compile("8"),
            "header.value",
            '"\\"7\\""',
            "text in which 8 is found",
            id="pattern not found",
        ),
        pytest.param(
            "etag",
            IsStr(min_length=9),
            "header.value",
            '"\\"7\\""',
            "IsStr(min_length=9)",
            id="unequal",
        ),
        pytest.param("Location", ..., "header.missing", "missing", "required", id="missing"),
        pytest.param("location", "/x", "header.missing", "missing", "required", id="no value"),
        pytest.param("etag", None, "header.unexpected", '"\\"7\\""', "absent", id="unexpected"),
        pytest.param(
            "content-type",
            "application/json; charset=latin-1",
            "header.value",
            '"application/json; charset=utf-8"',
            '"application/json; charset=latin-1"',
            id="another charset",
        ),
    ],
)
def test_a_header_breaks(name: str, wanted: object, code: str, actual: str, expected: str) -> None:
    """Each way has a code of its own, at the place of the header."""
    [found] = breaches({name: wanted}, ACTUAL, glimpse)

    assert (found.code, found.where) == (code, f"headers.{name.lower()}")
    assert (found.actual, found.expected) == (actual, expected)


def test_all_headers_are_looked_at() -> None:
    """The first breach hides no other one."""
    found = breaches({"etag": "x", "age": ..., "vary": ...}, ACTUAL, glimpse)

    assert [each.where for each in found] == ["headers.etag", "headers.age", "headers.vary"]


@pytest.mark.parametrize("wanted", [[], {}, 1.5, b"7"])
def test_what_no_header_can_be_is_the_authors_mistake(wanted: object) -> None:
    """It would never be equal, and the test would blame the API."""
    with pytest.raises(UsageError, match=r"headers\['etag'\] cannot be .*: give a text"):
        list(breaches({"etag": wanted}, ACTUAL, glimpse))
