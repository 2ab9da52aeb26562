"""The server itself: is it well, who asks, what can it do."""

from __future__ import annotations

import httpx2

from redhanded import expect


def test_the_heart_beats(api: httpx2.Client) -> None:
    """A heartbeat tells the server's time in nanoseconds."""
    assert expect(api.get("/api/v2/heartbeat"), 200).json()["nanosecond heartbeat"] > 0


def test_the_server_is_well(api: httpx2.Client) -> None:
    """A health check says that all parts are ready."""
    expect(api.get("/api/v2/healthcheck"), 200)


def test_limits_are_told(api: httpx2.Client) -> None:
    """The pre-flight checks name the largest batch."""
    assert expect(api.get("/api/v2/pre-flight-checks"), 200).json()["max_batch_size"] > 0


def test_the_version_is_told(api: httpx2.Client) -> None:
    """The version is one of three numbers."""
    assert api.get("/api/v2/version").text.count(".") == 2


def test_the_caller_is_known(api: httpx2.Client) -> None:
    """Without authentication the caller has the default tenant."""
    assert expect(api.get("/api/v2/auth/identity"), 200).json()["tenant"] == "default_tenant"


def test_resetting_is_forbidden(api: httpx2.Client) -> None:
    """A server that was not told to allow it refuses to forget everything."""
    assert api.post("/api/v2/reset").status_code in (403, 500)


def test_an_unknown_address_is_404(api: httpx2.Client) -> None:
    """What is not there is not found."""
    assert api.get("/api/v2/nothing-here").status_code == 404


def test_the_old_api_is_gone(api: httpx2.Client) -> None:
    """The first version of the API answers that it is gone."""
    assert api.get("/api/v1/heartbeat").status_code in (404, 405, 410)
