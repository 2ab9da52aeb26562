"""Each area's routes answer a known-good request: what a diagnosis compares a failure with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from judging import expect
from models import (
    Account,
    Booking,
    BookingRef,
    Instrument,
    NewBooking,
    Notification,
    Order,
    Page,
    Payment,
    Quote,
    User,
)

ClientOf = Callable[[str], httpx2.Client]
Make = Callable[..., Any]

STAY = {"checkin": "2031-05-02", "checkout": "2031-05-09"}


@pytest.mark.parametrize(
    "who, path, shape",
    [
        pytest.param("trader", "/trading/instruments?limit=3", Page[Instrument], id="instruments"),
        pytest.param("trader", "/trading/quotes?limit=3", Page[Quote], id="quotes"),
        pytest.param("trader", "/trading/instruments/CEDA", Instrument, id="instrument"),
        pytest.param("trader", "/trading/quotes/CEDA", Quote, id="quote"),
        pytest.param("trader", "/trading/payments?limit=3", Page[Payment], id="payments"),
        pytest.param("trader", "/trading/notifications", Page[Notification], id="notifications"),
        pytest.param("trader", "/trading/accounts?limit=3", Page[Account], id="accounts"),
        pytest.param("trader", "/trading/accounts/acc-demo-eur", Account, id="account"),
        pytest.param("trader", "/trading/orders?limit=3", Page[Order], id="orders"),
        pytest.param("admin", "/users?limit=3", list[User], id="users"),
        pytest.param("viewer", "/users/me", User, id="me"),
        pytest.param("admin", "/users/1", User, id="user"),
        pytest.param("viewer", "/booking?limit=3", list[BookingRef], id="bookings"),
    ],
)
def test_route(api_as: ClientOf, who: str, path: str, shape: type[object]) -> None:
    expect(api_as(who).get(path), 200, shape)


def test_booking(api: httpx2.Client, make: Make, cleanup: Any) -> None:
    new = make(NewBooking, bookingdates=STAY).model_dump(mode="json")

    made = expect(api.post("/booking", json=new), 201).json()

    cleanup("booking", made["bookingid"])
    path = f"/booking/{made['bookingid']}"
    assert expect(api.get(path), 200, Booking).tag == new["tag"]
    expect(api.put(path, json=new), 200, Booking)
    expect(api.patch(path, json={"depositpaid": True}), 200, Booking)
