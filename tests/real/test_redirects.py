"""Redirects: off by default, at most five when on, and no secret goes where it does not belong."""

from __future__ import annotations

import httpx2
import pytest

from tests.real.driving import Drive, call


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer(drive: Drive, status: int) -> None:
    """Off by default: the test sees where it is sent, and decides."""
    ended = drive(call("GET", "/redirect-to", params={"url": "/get", "status_code": status}))

    assert (ended.response.status_code, ended.response.headers["Location"]) == (status, "/get")
    assert ended.statuses == [status]


@pytest.mark.parametrize("kind", ["redirect", "relative-redirect", "absolute-redirect"])
@pytest.mark.parametrize("hops", [1, 5])
def test_redirects_are_followed_where_that_is_set(drive: Drive, kind: str, hops: int) -> None:
    """Each hop is an attempt of the same call."""
    ended = drive(call("GET", f"/{kind}/{hops}"), redirects=True)

    assert ended.response.status_code == 200
    assert ended.statuses == [302] * hops + [200]
    assert [attempt.number for attempt in ended.attempts] == list(range(1, hops + 2))
    assert len({attempt.call_id for attempt in ended.attempts}) == 1


def test_one_call_may_follow_redirects(drive: Drive) -> None:
    """`follow_redirects=True` of httpx2 works as ever."""
    assert drive(call("GET", "/redirect/2", follow_redirects=True)).statuses == [302, 302, 200]


def test_a_chain_that_does_not_end(drive: Drive) -> None:
    """After five hops it is a loop; every hop stands in the ledger."""
    ended = drive(call("GET", "/redirect/20"), redirects=True)

    assert isinstance(ended.error, httpx2.TooManyRedirects)
    assert ended.statuses == [302] * 6


@pytest.mark.parametrize(
    "status, method, body",
    [
        pytest.param(301, "GET", None, id="301"),
        pytest.param(302, "GET", None, id="302"),
        pytest.param(303, "GET", None, id="303"),
        pytest.param(307, "POST", {"a": 1}, id="307"),
        pytest.param(308, "POST", {"a": 1}, id="308"),
    ],
)
def test_what_becomes_of_a_write(drive: Drive, status: int, method: str, body: object) -> None:
    """307 and 308 keep method and body, the others ask by GET."""
    where = {"url": "/anything", "status_code": status}

    echo = drive(call("POST", "/redirect-to", params=where, json={"a": 1}), redirects=True)

    assert (echo.response.json()["method"], echo.response.json()["json"]) == (method, body)


def test_secrets_stay_with_their_origin(drive: Drive, httpbin_url: str) -> None:
    """To another host neither credentials nor keys nor configured headers nor cookies go on."""
    elsewhere = httpbin_url.replace("127.0.0.1", "localhost")
    key = {"X-Api-Key": "the-key"}

    ended = drive(
        call("GET", "/cookies/set?session=the-session"),
        call("GET", "/redirect-to", params={"url": "/headers"}, headers=key),
        call("GET", "/redirect-to", params={"url": f"{elsewhere}/headers"}, headers=key),
        redirects=True,
        auth={"kind": "bearer", "token": "the-token"},
        headers={"X-Tenant-Secret": "the-tenant"},
    )

    here, there = (set(each.json()["headers"].values()) for each in ended.responses[1:])
    secrets = {"the-key", "session=the-session", "Bearer the-token", "the-tenant"}
    assert secrets <= here
    assert secrets.isdisjoint(there)
