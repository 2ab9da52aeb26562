"""Credentials that stop being good."""

from __future__ import annotations

import httpx2
import pytest

from tests.lab.weather.conftest import Blow, Weather


def show(weather: Weather, token: str | None, path: str = "/x") -> int:
    """The status of a request that shows this token."""
    headers = {"Authorization": token} if token else {}
    return weather.get(path, headers=headers).status_code


def test_an_expired_token_stays_expired(blow: Blow) -> None:
    """E32 refuses the old token for good, each refusal is logged, and a new one is accepted."""
    weather = blow({"fault": "E32", "nth": 2})

    statuses = [show(weather, f"Bearer {token}") for token in ("a", "a", "a", "b", "b", "a")]

    assert statuses == [200, 401, 401, 200, 200, 401]
    assert [fault["n"] for fault in weather.faults] == [2, 2, 2]


def test_a_refusal_is_as_the_standard_says(blow: Blow) -> None:
    """The client learns by WWW-Authenticate that a new token would help: RFC 6750, section 3."""
    answer = blow({"fault": "E32"}).get(headers={"Authorization": "Bearer a"})

    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_a_new_token_works_at_least_once(blow: Blow) -> None:
    """INVARIANT: one refresh is enough, also where tokens expire all the time."""
    weather = blow({"fault": "E32", "shape": "always"})

    statuses = [show(weather, f"Bearer {token}") for token in ("a", "b", "b", "c")]

    assert statuses == [401, 200, 401, 200]


@pytest.mark.parametrize(
    "shown", [pytest.param(None, id="nothing"), pytest.param("Basic eDp5", id="a-password")]
)
def test_only_tokens_expire(blow: Blow, shown: str | None) -> None:
    """A request that shows none, or a password to get one, is not struck and not counted."""
    weather = blow({"fault": "E32", "shape": "always"})

    assert show(weather, shown) == 200
    assert weather.faults == []


def test_no_log_names_a_credential(blow: Blow) -> None:
    """INVARIANT: what is shown to the API stays out of the log."""
    weather = blow({"fault": "E32"})

    show(weather, "Bearer very-secret")

    assert "very-secret" not in weather.log.read_text("utf-8")


@pytest.mark.parametrize("path", ["/auth", "/oauth/token", "/users/login", "/users/refresh"])
def test_nobody_can_log_in(blow: Blow, path: str) -> None:
    """E33 strikes logins alone."""
    weather = blow({"fault": "E33"})

    assert weather.get(path).status_code == 503
    assert show(weather, "Bearer a", "/orders") == 200
    assert [fault["path"] for fault in weather.faults] == [path]


@pytest.mark.parametrize(
    "kind, error",
    [
        pytest.param("reset", httpx2.ReadError, id="reset"),
        pytest.param("silent", httpx2.ReadTimeout, id="silent"),
    ],
)
def test_a_provider_is_down_in_several_ways(blow: Blow, kind: str, error: type[Exception]) -> None:
    """It may reset or say nothing, and its paths may be named."""
    weather = blow({"fault": "E33", "params": {"kind": kind, "paths": ["/sso"]}})

    with weather.client(timeout=0.2) as client:
        with pytest.raises(error):
            client.post("/sso")
        assert client.post("/auth").status_code == 200

    assert len(weather.faults) == 1


def test_a_revoked_credential_is_refused_everywhere(blow: Blow) -> None:
    """E34 meets the auth probe and the login, too; what needs no credential works."""
    weather = blow({"fault": "E34"})

    assert show(weather, "Bearer a") == 401
    assert show(weather, "Bearer b", "/me") == 401
    assert show(weather, None, "/auth") == 401
    assert weather.get(headers={"X-API-Key": "k"}).status_code == 401
    assert show(weather, None) == 200
    assert len(weather.faults) == 4
