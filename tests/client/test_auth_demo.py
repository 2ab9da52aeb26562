"""Auth through the whole pipeline, against the demo API over a socket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias
from urllib.parse import urlsplit

import anyio
import pytest

from redhanded.client.auth import CredentialUnavailable
from redhanded.client.client import open_async_client, open_client
from redhanded.core.settings import Settings
from redhanded.lab import Running, running
from redhanded.pipeline.call import Scope

Written: TypeAlias = Mapping[str, object]

BOOKINGS = {
    "kind": "login",
    "path": "/auth",
    "body": {"username": "admin", "password": "password123"},
    "cookie": "token",
}
TRADING = {
    "kind": "oauth2",
    "token_url": "/oauth/token",
    "client_id": "lab-trader",
    "client_secret": "lab-trader-secret",
    "scope": ["read"],
}
USERS = {
    "kind": "login",
    "path": "/users/login",
    "body": {"email": "agent@lab.example", "password": "password123"},
    "token": "$.access_token",
    "refresh": "/users/refresh",
}
API_KEY = {"kind": "api_key", "name": "X-API-Key", "value": "lab-viewer-key"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A running demo API."""
    with running(tmp_path_factory.mktemp("demo") / "data.db") as served:
        yield served


def settings_of(demo: Running, auth: Written) -> Settings:
    """Settings for the demo API with that auth."""
    return Settings.model_validate({"base_url": demo.url, "auth": auth})


def ledger(scope: Scope) -> list[tuple[str, str, int | None]]:
    """Purpose, path and status of every attempt."""
    return [
        (attempt.purpose, urlsplit(attempt.url).path, attempt.status) for attempt in scope.attempts
    ]


@pytest.mark.parametrize("style", ["basic", "post"], ids=str)
def test_client_credentials_open_the_desk(demo: Running, style: str) -> None:
    """Both styles of RFC 6749 are understood by the endpoint; its token serves every call."""
    scope = Scope()

    with open_client(settings_of(demo, {**TRADING, "style": style}), scope=scope) as client:
        statuses = [client.get("/trading/accounts").status_code for _ in range(2)]

    assert statuses == [200, 200]
    assert ledger(scope) == [
        ("auth", "/oauth/token", 200),
        ("test", "/trading/accounts", 200),
        ("test", "/trading/accounts", 200),
    ]


def test_a_login_opens_the_bookings_by_cookie(demo: Running) -> None:
    """The token travels as the cookie that the bookings ask for, also on a write."""
    with open_client(settings_of(demo, BOOKINGS)) as client:
        response = client.patch("/booking/1", json={"additionalneeds": "Late check-in"})

    assert response.status_code == 200


def test_a_test_of_a_wrong_token_sees_its_401(demo: Running) -> None:
    """What the test sends itself is neither replaced nor renewed."""
    scope = Scope()

    with open_client(settings_of(demo, BOOKINGS), scope=scope) as client:
        response = client.delete("/booking/1", headers={"Cookie": "token=made-up"})

    assert response.status_code == 401
    assert ledger(scope) == [("test", "/booking/1", 401)]


def test_a_login_that_was_ended_is_begun_anew(demo: Running) -> None:
    """After a logout neither the token nor its refresh token is good: the login is repeated."""
    scope = Scope()

    with open_client(settings_of(demo, USERS), scope=scope) as client:
        client.post("/users/logout")
        response = client.get("/users/me")

    assert response.json()["email"] == "agent@lab.example"
    assert ledger(scope) == [
        ("auth", "/users/login", 200),
        ("test", "/users/logout", 204),
        ("test", "/users/me", 401),
        ("test", "/users/me", 200),
        ("auth", "/users/refresh", 401),
        ("auth", "/users/login", 200),
    ]


@pytest.mark.parametrize("backend", ["asyncio", "trio"], ids=str)
def test_tasks_of_one_client_log_in_once(demo: Running, backend: str) -> None:
    """Calls that begin at the same time, over real connections, share one login."""
    scope, statuses = Scope(), []

    async def main() -> None:
        async with (
            open_async_client(settings_of(demo, USERS), scope=scope) as client,
            anyio.create_task_group() as group,
        ):

            async def get() -> None:
                statuses.append((await client.get("/users/me")).status_code)

            for _ in range(8):
                group.start_soon(get)

    anyio.run(main, backend=backend)

    assert statuses == [200] * 8
    assert [entry for entry in ledger(scope) if entry[0] == "auth"] == [
        ("auth", "/users/login", 200)
    ]


def test_a_key_opens_the_users(demo: Running) -> None:
    """A key in a header needs no request of its own."""
    with open_client(settings_of(demo, API_KEY)) as client:
        response = client.get("/users/me")

    assert response.json()["email"] == "viewer@lab.example"


@pytest.mark.parametrize(
    "auth, sentence",
    [
        pytest.param(
            {**BOOKINGS, "body": {"username": "admin", "password": "guessed"}},
            r"/auth answered 401, so there is no credential: correct auth\.body\.$",
            id="wrong-password",
        ),
        pytest.param(
            {**BOOKINGS, "path": "/login"},
            r"/login answered 404, so there is no credential: correct auth\.path\.$",
            id="wrong-path",
        ),
        pytest.param(
            {**USERS, "token": "$.token"},
            r"answered 200 without a token at \$\.token \(it holds access_token, token_type",
            id="wrong-place",
        ),
        pytest.param(
            {**TRADING, "client_secret": "guessed"},
            r"answered 401 \(invalid_client\), .* correct auth\.client_id, auth\.client_secret or",
            id="wrong-client",
        ),
        pytest.param(
            {**TRADING, "scope": ["rule"]},
            r"answered 400 \(invalid_scope\), .* correct auth\.scope\.$",
            id="wrong-scope",
        ),
        pytest.param(
            {**BOOKINGS, "path": "http://127.0.0.1:1/auth"},
            r"^POST http://127\.0\.0\.1:1/auth gave no answer \(ConnectError",
            id="nobody-there",
        ),
    ],
)
def test_wrong_settings_are_told_in_one_sentence(
    demo: Running, auth: Written, sentence: str
) -> None:
    """The real answers of an endpoint lead to the setting that is wrong."""
    scope = Scope()

    with (
        open_client(settings_of(demo, auth), scope=scope) as client,
        pytest.raises(CredentialUnavailable, match=sentence),
    ):
        client.get("/booking")

    assert {purpose for purpose, _, _ in ledger(scope)} == {"auth"}
