"""The scripts whose message is whole and whose contents are not what they are said to be."""

from __future__ import annotations

import json
import math

import httpx2
import pytest

from tests.servers import raw
from tests.servers.fixtures import StartRaw


@pytest.mark.parametrize(
    "script, status, media_type",
    [
        pytest.param(raw.html_where_json(), 200, "text/html; charset=utf-8", id="portal"),
        pytest.param(raw.html_declared_json(), 200, "application/json", id="declared JSON"),
        pytest.param(raw.gateway_page(), 502, "text/html; charset=utf-8", id="bad gateway"),
        pytest.param(raw.gateway_page(504), 504, "text/html; charset=utf-8", id="timeout"),
    ],
)
def test_a_page_comes_where_json_was_asked_for(
    raw_server: StartRaw, script: raw.Script, status: int, media_type: str
) -> None:
    """The body is HTML, under the status and type that the name says."""
    response = httpx2.get(raw_server(script).url)

    assert (response.status_code, response.headers["Content-Type"]) == (status, media_type)
    assert response.text.startswith("<")


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.invalid_json(), id="a comma too many"),
        pytest.param(raw.empty_json(), id="nothing"),
    ],
)
def test_some_json_is_none(raw_server: StartRaw, script: raw.Script) -> None:
    """It is declared as JSON and cannot be read as JSON."""
    response = httpx2.get(raw_server(script).url)

    assert response.headers["Content-Type"] == "application/json"
    with pytest.raises(json.JSONDecodeError):
        response.json()


def test_python_reads_numbers_that_json_lacks(raw_server: StartRaw) -> None:
    """A lenient reader lets NaN and Infinity pass, which is why the script exists."""
    value = httpx2.get(raw_server(raw.json_nan()).url).json()

    assert math.isnan(value["price"])
    assert math.isinf(value["limit"])


def test_a_lenient_reader_takes_the_last_of_two_keys(raw_server: StartRaw) -> None:
    """The contradiction stands in the bytes only."""
    response = httpx2.get(raw_server(raw.duplicate_keys()).url)

    assert response.content.count(b'"role"') == 2
    assert response.json()["role"] == "admin"


def test_deep_json_is_too_deep_for_recursion(raw_server: StartRaw) -> None:
    """Its depth is as given, and so is its balance."""
    response = httpx2.get(raw_server(raw.deep_json(depth=70_000)).url)

    assert response.content == b"[" * 70_000 + b"]" * 70_000


def test_a_wrong_charset_does_not_decode(raw_server: StartRaw) -> None:
    """The bytes are not what the declared charset can hold."""
    response = httpx2.get(raw_server(raw.wrong_charset()).url)

    assert response.charset_encoding == "utf-8"
    with pytest.raises(UnicodeDecodeError):
        response.content.decode("utf-8")


def test_an_unknown_charset_is_unknown(raw_server: StartRaw) -> None:
    """Its name is looked up in vain."""
    response = httpx2.get(raw_server(raw.unknown_charset()).url)

    with pytest.raises(LookupError):
        response.content.decode(response.charset_encoding or "")
