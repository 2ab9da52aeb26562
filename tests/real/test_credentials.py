"""Auth kinds against a server that asks for them, and cookies that it sets."""

from __future__ import annotations

import httpx2
import pytest

from tests.real.driving import Drive, call

ADA = {"kind": "basic", "username": "ada", "password": "a-secret"}


def test_basic_credentials_open(drive: Drive) -> None:
    """They go out with the first attempt, unasked."""
    ended = drive(call("GET", "/basic-auth/ada/a-secret"), auth=ADA)

    assert ended.response.json() == {"authenticated": True, "user": "ada"}
    assert ended.statuses == [200]


def test_wrong_credentials_are_refused_once(drive: Drive) -> None:
    """A fixed credential cannot be renewed, so nothing is sent again."""
    ended = drive(call("GET", "/basic-auth/ada/another"), auth=ADA)

    assert (ended.statuses, ended.rows) == ([401], ["unauthorised"])


def test_a_hidden_place_stays_hidden(drive: Drive) -> None:
    """404 for who has no credentials is an answer like any other."""
    hidden = call("GET", "/hidden-basic-auth/ada/a-secret")

    assert drive(hidden).statuses == [404]
    assert drive(hidden, auth=ADA).statuses == [200]


def test_a_bearer_token_opens(drive: Drive) -> None:
    """The token goes out as it is written."""
    ended = drive(call("GET", "/bearer"), auth={"kind": "bearer", "token": "t0k3n-t0k3n"})

    assert ended.response.json() == {"authenticated": True, "token": "t0k3n-t0k3n"}


def test_nobody_is_refused(drive: Drive) -> None:
    """Without credentials no Authorization is sent."""
    assert drive(call("GET", "/bearer")).statuses == [401]


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256", "SHA-512"])
def test_digest_credentials_answer_a_challenge(drive: Drive, algorithm: str) -> None:
    """Challenge and answer are two attempts of one call, and the auth is httpx2's own."""
    path = f"/digest-auth/auth/ada/a-secret/{algorithm}"

    ended = drive(call("GET", path, auth=httpx2.DigestAuth("ada", "a-secret")))

    assert ended.response.json()["authenticated"] is True
    assert ended.statuses == [401, 200]
    assert len({attempt.call_id for attempt in ended.attempts}) == 1


def test_a_wrong_digest_is_refused(drive: Drive) -> None:
    """The second refusal stands."""
    wrong = httpx2.DigestAuth("ada", "wrong")

    assert drive(call("GET", "/digest-auth/auth/ada/a-secret", auth=wrong)).statuses == [401, 401]


@pytest.mark.parametrize(
    "place, found",
    [
        pytest.param("header", "headers", id="header"),
        pytest.param("query", "args", id="query"),
    ],
)
def test_an_api_key_is_put_in_its_place(drive: Drive, place: str, found: str) -> None:
    """The server sees it there, under its name."""
    key = {"kind": "api_key", "name": "X-Key", "value": "the-key-itself", "place": place}

    assert drive(call("GET", "/anything"), auth=key).response.json()[found]["X-Key"] == (
        "the-key-itself"
    )


def test_an_api_key_may_be_a_cookie(drive: Drive) -> None:
    """Beside the cookies that the test has."""
    key = {"kind": "api_key", "name": "key", "value": "the-key-itself", "place": "cookie"}

    seen = drive(call("GET", "/cookies"), auth=key).response.json()["cookies"]

    assert seen == {"key": "the-key-itself"}


def test_identities_are_told_apart(drive: Drive) -> None:
    """Each client is who it was opened as."""
    known = {"ada": ADA, "nobody": {"kind": "none"}}
    asked = call("GET", "/basic-auth/ada/a-secret")

    assert drive(asked, identity="ada", identities=known).statuses == [200]
    assert drive(asked, identity="nobody", identities=known, auth=ADA).statuses == [401]


def test_a_cookie_comes_back(drive: Drive) -> None:
    """A client keeps what it is given, over redirects that it does not follow."""
    ended = drive(call("GET", "/cookies/set?flavour=oat"), call("GET", "/cookies"))

    assert ended.statuses == [302, 200]
    assert ended.response.json() == {"cookies": {"flavour": "oat"}}


def test_a_cookie_is_taken_back(drive: Drive) -> None:
    """An expired cookie is forgotten."""
    ended = drive(
        call("GET", "/cookies/set?flavour=oat"),
        call("GET", "/cookies/delete?flavour="),
        call("GET", "/cookies"),
    )

    assert ended.response.json() == {"cookies": {}}
