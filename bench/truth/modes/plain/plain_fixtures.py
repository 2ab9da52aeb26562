"""The fixtures of the suite as a good team would write them on httpx2 alone."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from redhanded.data.factory import Factory

TIMEOUT = httpx2.Timeout(1.0)
_DELETES = {
    "booking": ("editor", "DELETE", "/booking/{id}"),
    "account": ("trader", "DELETE", "/trading/accounts/{id}"),
    "open_order": ("trader", "POST", "/trading/orders/{id}/cancel"),
    "user": ("admin", "DELETE", "/users/{id}"),
}
_STAFF = {"editor": "admin", "guest": "guest"}
_DESK = {"trader": "lab-trader", "auditor": "lab-auditor"}
Wrap = Callable[[httpx2.BaseTransport], httpx2.BaseTransport]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the address of the API."""
    parser.addoption("--base-url", dest="truth_base_url", required=True)


class Shared(httpx2.BaseTransport):
    """The pool of all clients, with a limit to how long the server may take."""

    def __init__(self, pool: httpx2.BaseTransport, ceiling: float | None) -> None:
        self._pool = pool
        self._ceiling = ceiling

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, which came in time."""
        began = time.perf_counter()
        response = self._pool.handle_request(request)
        seconds = time.perf_counter() - began
        if self._ceiling is not None:
            assert seconds <= self._ceiling, f"it took {seconds:.2f} s"
        return response


@pytest.fixture(scope="session")
def pool() -> Iterator[httpx2.BaseTransport]:
    """The connections of all tests."""
    with httpx2.HTTPTransport() as transport:
        yield transport


@pytest.fixture(scope="session")
def wrapped() -> Wrap:
    """What stands between a client and the pool: nothing."""
    return lambda transport: transport


@pytest.fixture(scope="session")
def credentials(
    pytestconfig: pytest.Config, pool: httpx2.BaseTransport, wrapped: Wrap
) -> Callable[[str], dict[str, str]]:
    """A function that gives the headers of an identity, who logs in once."""
    known: dict[str, dict[str, str]] = {}
    url = pytestconfig.getoption("truth_base_url")

    def headers(identity: str) -> dict[str, str]:
        if identity not in known:
            transport = wrapped(Shared(pool, None))
            # Not closed, because the pool is not the client's own.
            door = httpx2.Client(transport=transport, base_url=url, timeout=TIMEOUT)
            known[identity] = _logged_in(door, identity)
        return known[identity]

    return headers


def _logged_in(door: httpx2.Client, identity: str) -> dict[str, str]:
    if identity in _STAFF:
        body = {"username": _STAFF[identity], "password": "password123"}
        return _bearer(door.post("/auth", json=body), "token")
    if identity in _DESK:
        client = _DESK[identity]
        form = {"grant_type": "client_credentials"}
        answer = door.post("/oauth/token", data=form, auth=(client, f"{client}-secret"))
        return _bearer(answer, "access_token")
    return {} if identity == "anonymous" else {"X-API-Key": f"lab-{identity}-key"}


def _bearer(response: httpx2.Response, name: str) -> dict[str, str]:
    response.raise_for_status()
    return {"Authorization": f"Bearer {response.json()[name]}"}


@pytest.fixture
def api_as(
    request: pytest.FixtureRequest,
    pool: httpx2.BaseTransport,
    wrapped: Wrap,
    credentials: Callable[[str], dict[str, str]],
) -> Callable[[str], httpx2.Client]:
    """A function that gives the client of a named identity, the same one each time."""
    marker = request.node.get_closest_marker("slo")
    shared = wrapped(Shared(pool, marker and marker.kwargs["ceiling"]))
    url = request.config.getoption("truth_base_url")
    known: dict[str, httpx2.Client] = {}

    def client(identity: str) -> httpx2.Client:
        if identity not in known:
            headers = credentials(identity)
            known[identity] = httpx2.Client(
                transport=shared, base_url=url, headers=headers, timeout=TIMEOUT
            )
        return known[identity]

    return client


@pytest.fixture
def api(api_as: Callable[[str], httpx2.Client]) -> httpx2.Client:
    """The client of the hotel's editor."""
    return api_as("editor")


@pytest.fixture
def make(request: pytest.FixtureRequest) -> Factory:
    """A factory of data that is unique in each run of a test."""
    entropy = random.SystemRandom()
    seed, run = entropy.randrange(2**32), f"{entropy.random()}"
    return Factory(seed, request.node.nodeid, run, today=datetime.now(UTC).date())


@pytest.fixture
def cleanup(api_as: Callable[[str], httpx2.Client]) -> Iterator[Any]:
    """A register of what the test made, which is removed at its end as far as that goes."""
    made: list[tuple[str, object]] = []
    yield lambda kind, which: made.append((kind, which))
    for kind, which in reversed(made):
        identity, method, path = _DELETES[kind]
        try:
            api_as(identity).request(method, path.format(id=which))
        except httpx2.TransportError:
            continue  # a leftover is no reason to fail
