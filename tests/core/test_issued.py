"""What the API hands out for a login is told from data that looks like it."""

from __future__ import annotations

import json

import pytest

from redhanded.core.issued import tokens
from redhanded.core.redaction import Redactor
from redhanded.core.secret_names import SecretNames
from tests.core.attempts import attempt


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


def test_tokens_in_a_list_are_taken_one_by_one() -> None:
    """An answer may hand out several at once."""
    body = {"tokens": ["Zk38dkPq71fk", "b7Rk2vXw9LmT"], "names": ["Zk38dkPq71fk"], "secrets": []}

    assert taken(body) == ["Zk38dkPq71fk", "b7Rk2vXw9LmT"]


@pytest.mark.parametrize(
    "cookie, is_learned",
    [
        pytest.param("cart=Zk38dkPq71fk; Path=/; HttpOnly", True, id="hidden-from-scripts"),
        pytest.param("cart=Zk38dkPq71fk; Path=/", False, id="open-to-scripts"),
        pytest.param("connect.sid=Zk38dkPq71fk", True, id="by-its-name"),
    ],
)
def test_a_cookie_that_scripts_must_not_see_is_a_token(cookie: str, *, is_learned: bool) -> None:
    """HttpOnly says that it signs somebody in, whatever it is called (RFC 6265)."""
    redactor = Redactor()

    redactor.learn(attempt(received=(("Set-Cookie", cookie),)))

    assert ("Zk38dkPq71fk" not in redactor.text("Zk38dkPq71fk")) is is_learned
