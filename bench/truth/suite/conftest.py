"""What the witnesses start from. Every call says to which test it belongs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from judging import expect
from models import Account, CreatedBooking, NewAccount, NewBooking, NewUser, User

EPISODE = "X-Episode"
ClientOf = Callable[[str], httpx2.Client]


@pytest.fixture
def api(api: httpx2.Client, request: pytest.FixtureRequest) -> httpx2.Client:
    """The client of the hotel's editor."""
    api.headers[EPISODE] = request.node.nodeid
    return api


@pytest.fixture
def api_as(api_as: ClientOf, request: pytest.FixtureRequest) -> ClientOf:
    """A function that gives the client of whoever is named."""

    def client(identity: str) -> httpx2.Client:
        found = api_as(identity)
        found.headers[EPISODE] = request.node.nodeid
        return found

    return client


@pytest.fixture
def trader(api_as: ClientOf) -> httpx2.Client:
    """The client of someone who may trade."""
    return api_as("trader")


@pytest.fixture
def admin(api_as: ClientOf) -> httpx2.Client:
    """The client of an administrator of users."""
    return api_as("admin")


@pytest.fixture
def book(api: httpx2.Client, make: Any, cleanup: Any) -> Callable[..., dict[str, Any]]:
    """A function that books a stay for the time of the test, and gives its id and its data."""

    def book(**fixed: object) -> dict[str, Any]:
        stay = {"checkin": "2031-05-02", "checkout": "2031-05-09"}
        new = make(NewBooking, **{"bookingdates": stay, **fixed}).model_dump(mode="json")
        made = expect(api.post("/booking", json=new), 201, CreatedBooking)
        cleanup("booking", made.bookingid)
        return {"bookingid": made.bookingid, **new}

    return book


@pytest.fixture
def open_account(trader: httpx2.Client, make: Any, cleanup: Any) -> Callable[..., dict[str, Any]]:
    """A function that opens an account for the time of the test: `open_account("250.00")`."""

    def open_account(balance: str = "10000.00", currency: str = "EUR") -> dict[str, Any]:
        new = make(NewAccount, currency=currency).model_dump(mode="json")
        new["opening_balance"] = balance
        made = expect(trader.post("/trading/accounts", json=new), 201, Account)
        cleanup("account", made.id)
        return {"id": made.id, **new}

    return open_account


@pytest.fixture
def invite(admin: httpx2.Client, make: Any, cleanup: Any) -> Callable[..., dict[str, Any]]:
    """A function that lets a viewer in for the time of the test."""

    def invite(**fixed: object) -> dict[str, Any]:
        new = make(NewUser, **fixed).model_dump(mode="json")
        made = expect(admin.post("/users", json=new), 201, User)
        cleanup("user", made.id)
        return {"id": made.id, **new}

    return invite
