"""What the API hands out for a login is told from data that looks like it."""

from __future__ import annotations

import json

import pytest

from redhanded.core.issued import tokens
from redhanded.core.secret_names import SecretNames


def taken(body: object) -> list[str]:
    """The values in a JSON answer that are taken for issued tokens."""
    found = tokens(json.dumps(body).encode(), "application/json", SecretNames())
    return [value for _, value in found]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("qwwNHV", id="six-letters"),
        pytest.param("tovaro misule karned pobile", id="words"),
        pytest.param('p@ss w0rd"<>&', id="signs-and-a-space"),
        pytest.param("aB3$x!", id="short-with-signs"),
        pytest.param("abcdefghijklmnop", id="sixteen-letters"),
    ],
)
@pytest.mark.parametrize("name", ["access_token", "accessToken", "refresh-token", "id_token"])
def test_any_value_under_a_name_of_a_login_is_a_token(name: str, value: str) -> None:
    """OAuth 2.0 says what stands there, so that its look does not matter."""
    assert taken({"data": {name: value}}) == [value]


@pytest.mark.parametrize(
    "value",
    ["string", "TOKEN", "Bearer", "geheimnis", "été", "short", ""],
    ids=["stand-in", "capitals", "title", "word", "accents", "too-short", "empty"],
)
def test_a_single_plain_word_is_no_token(value: str) -> None:
    """It would be masked wherever it appears: a stand-in's word is in half of all messages."""
    assert taken({"access_token": value}) == []


@pytest.mark.parametrize("name", ["token", "password", "api_key", "session"])
def test_elsewhere_a_phrase_is_a_phrase(name: str) -> None:
    """Under other names an answer explains itself: `"password": "must have eight characters"`."""
    assert taken({name: "must have eight characters"}) == []
