"""The demo API in this process: each test has one of its own, with a clock that it moves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from redhanded.lab import Store, create_app
from redhanded.lab.seed import API_KEYS, AUDITOR, PASSWORD, TRADER
from tests.lab.contract import Contract
from tests.lab.desk import Desk

NEW_BOOKING: dict[str, Any] = {
    "firstname": "Ann",
    "lastname": "Lee",
    "totalprice": 120,
    "depositpaid": True,
    "bookingdates": {"checkin": "2026-05-01", "checkout": "2026-05-03"},
    "additionalneeds": "Breakfast",
    "tag": "run-1",
}

Headers = dict[str, str]


@dataclass
class FakeClock:
    """Seconds since the epoch that pass when told to."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still."""
    return FakeClock()


@pytest.fixture(scope="session")
def sown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new data file, made once because making one takes longer than most tests."""
    path = tmp_path_factory.mktemp("sown") / "lab.db"
    with Store(path):
        return path


@pytest.fixture
def store(sown: Path, tmp_path: Path) -> Iterator[Store]:
    """A store of the test's own."""
    path = tmp_path / "lab.db"
    shutil.copy(sown, path)
    with Store(path) as opened:
        yield opened


@pytest.fixture(scope="session")
def contract(sown: Path) -> Contract:
    """The document as the judge of every answer."""
    with Store(sown) as opened:
        return Contract(create_app(opened).openapi())


@pytest.fixture
def api(store: Store, clock: FakeClock, contract: Contract) -> Iterator[TestClient]:
    """A client of the API whose every answer is held against the document."""
    app = create_app(store, build="b1", clock=clock)
    app.openapi_schema = contract.document  # made once for all tests, for it takes long
    with checked(TestClient(app), contract) as client:
        yield client


def checked(client: TestClient, contract: Contract) -> TestClient:
    """The client, which raises when an answer is not as the document says."""

    def check(response: httpx2.Response) -> None:
        response.read()
        contract.check(response)

    client.event_hooks["response"].append(check)
    return client


def bearer(token: str) -> Headers:
    """The header that shows a token."""
    return {"Authorization": f"Bearer {token}"}


def booking_login(api: TestClient, username: str) -> Headers:
    """The header of a booking token of this user."""
    answer = api.post("/auth", json={"username": username, "password": PASSWORD})
    return bearer(answer.json()["token"])


def client_login(api: TestClient, client: tuple[str, str], **more: str) -> Headers:
    """The header of a token of this client of the desk."""
    form = {"grant_type": "client_credentials", **more}
    return bearer(api.post("/oauth/token", data=form, auth=client).json()["access_token"])


@pytest.fixture
def editor(api: TestClient) -> Headers:
    """Who may change bookings."""
    return booking_login(api, "admin")


@pytest.fixture
def trader(api: TestClient) -> Headers:
    """Who may trade."""
    return client_login(api, TRADER)


@pytest.fixture
def auditor(api: TestClient) -> Headers:
    """Who may look on."""
    return client_login(api, AUDITOR)


@pytest.fixture
def admin() -> Headers:
    """An administrator of users."""
    return {"X-API-Key": API_KEYS["admin"]}


@pytest.fixture
def agent() -> Headers:
    """An agent, who looks after viewers."""
    return {"X-API-Key": API_KEYS["agent"]}


@pytest.fixture
def viewer() -> Headers:
    """A viewer, who sees only itself."""
    return {"X-API-Key": API_KEYS["viewer"]}


@pytest.fixture
def desk(api: TestClient, trader: Headers) -> Desk:
    """The desk, with a trader at it."""
    return Desk(api, trader)
