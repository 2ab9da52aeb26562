"""The token endpoint of the desk (RFC 6749)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from starlette.testclient import TestClient

from redhanded.lab.seed import AUDITOR, TRADER
from tests.lab.conftest import FakeClock, bearer, client_login

GRANT = {"grant_type": "client_credentials"}
IN_BODY = {"client_id": TRADER[0], "client_secret": TRADER[1]}


def test_a_client_gets_a_token_for_all_its_scopes(api: TestClient) -> None:
    """Without a wish a client gets what it may have, and learns for how long."""
    answer = api.post("/oauth/token", data=GRANT, auth=TRADER)

    assert answer.json() | {"access_token": ""} == {
        "access_token": "",
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "read trade",
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_credentials_may_be_in_the_body(api: TestClient) -> None:
    """Both ways of RFC 6749, 2.3.1 give a token that works."""
    token = api.post("/oauth/token", data={**GRANT, **IN_BODY}).json()["access_token"]

    assert api.get("/trading/quotes/ALDE", headers=bearer(token)).status_code == 200


def test_a_client_may_ask_for_less(api: TestClient) -> None:
    """A token holds no more than the scopes that were asked for."""
    headers = client_login(api, TRADER, scope="read")

    assert api.get("/trading/accounts", headers=headers).status_code == 200
    assert api.post("/trading/accounts", json={}, headers=headers).status_code == 403


def test_a_token_for_trading_alone_cannot_read(api: TestClient) -> None:
    """Scopes do not include each other."""
    headers = client_login(api, TRADER, scope="trade")

    assert api.get("/trading/accounts", headers=headers).status_code == 403


def basic(text: str) -> dict[str, str]:
    """The header of Basic credentials."""
    return {"Authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


@pytest.mark.parametrize(
    "request_, status, code",
    [
        pytest.param({"data": GRANT}, 401, "invalid_client", id="nobody"),
        pytest.param(
            {"data": GRANT, "auth": (TRADER[0], "wrong")}, 401, "invalid_client", id="wrong-secret"
        ),
        pytest.param(
            {"data": GRANT, "auth": ("other", TRADER[1])}, 401, "invalid_client", id="no-client"
        ),
        pytest.param(
            {"data": GRANT, "headers": {"Authorization": "Basic %%%"}},
            401,
            "invalid_client",
            id="not-base64",
        ),
        pytest.param(
            {"data": {**GRANT, **IN_BODY}, "auth": TRADER}, 400, "invalid_request", id="two-ways"
        ),
        pytest.param({"data": IN_BODY}, 400, "invalid_request", id="no-grant-type"),
        pytest.param(
            {"data": {"grant_type": "password", **IN_BODY}},
            400,
            "unsupported_grant_type",
            id="other-grant-type",
        ),
        pytest.param(
            {"data": {**GRANT, "scope": "trade"}, "auth": AUDITOR},
            400,
            "invalid_scope",
            id="scope-of-others",
        ),
        pytest.param(
            {"data": {**GRANT, "scope": "root"}, "auth": TRADER},
            400,
            "invalid_scope",
            id="unknown-scope",
        ),
        pytest.param(
            {"data": {**GRANT, "scope": ""}, "auth": TRADER}, 400, "invalid_scope", id="no-scope"
        ),
        pytest.param(
            {
                "content": "grant_type=client_credentials&grant_type=client_credentials",
                "headers": {"Content-Type": "application/x-www-form-urlencoded"},
                "auth": TRADER,
            },
            400,
            "invalid_request",
            id="parameter-twice",
        ),
        pytest.param(
            {
                "content": b"grant_type=\xff",
                "headers": {"Content-Type": "application/x-www-form-urlencoded"},
            },
            400,
            "invalid_request",
            id="not-utf-8",
        ),
    ],
)
def test_refusals_carry_the_code_of_the_standard(
    api: TestClient, request_: dict[str, Any], status: int, code: str
) -> None:
    """An OAuth client finds the code it knows in the problem."""
    refused = api.post("/oauth/token", **request_)

    assert (refused.status_code, refused.json()["error"]) == (status, code)
    if status == 401:
        assert refused.headers["WWW-Authenticate"].startswith("Basic")


def test_a_json_body_is_415(api: TestClient) -> None:
    """The endpoint takes a form and nothing else."""
    assert api.post("/oauth/token", json=GRANT, auth=TRADER).status_code == 415


def test_an_endless_form_is_413(api: TestClient) -> None:
    """A form is bounded like any other body."""
    form = {**GRANT, "scope": "x" * (1024 * 1024)}

    assert api.post("/oauth/token", data=form, auth=TRADER).status_code == 413


def test_a_token_expires_when_it_says(api: TestClient, clock: FakeClock) -> None:
    """After `expires_in` seconds the token is not known any more."""
    headers = client_login(api, TRADER)

    clock.advance(3600)

    refused = api.get("/trading/accounts", headers=headers)
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Basic abc", "token"])
def test_what_is_no_bearer_token_is_401(api: TestClient, value: str) -> None:
    """Another scheme, or a scheme without a token, is no credential."""
    assert api.get("/trading/accounts", headers={"Authorization": value}).status_code == 401
