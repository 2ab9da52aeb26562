"""The API is right every time, not most of the time (D84 to D93).

Each call is made so often that a fault of the rate it is watched for must show.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx2
import pytest
from judging import expect
from models import (
    Account,
    Booking,
    BookingRef,
    CreatedBooking,
    Instrument,
    NewBooking,
    Notification,
    Page,
    Payment,
    User,
)
from parallel import at_once

Book = Callable[..., dict[str, Any]]
OpenAccount = Callable[..., dict[str, Any]]
ClientOf = Callable[[str], httpx2.Client]

STAY = {"checkin": "2031-05-02", "checkout": "2031-05-09"}


@pytest.mark.defect("D84")
def test_a_booking_costs_the_same_each_time(api: httpx2.Client, book: Book) -> None:
    booked = book(totalprice=120)

    for _ in range(9):
        found = expect(api.get(f"/booking/{booked['bookingid']}"), 200, Booking)
        assert found.totalprice == 120


@pytest.mark.defect("D85")
def test_an_instrument_has_all_its_fields_each_time(trader: httpx2.Client) -> None:
    for _ in range(39):
        expect(trader.get("/trading/instruments/ALDE"), 200, Instrument)


@pytest.mark.defect("D86")
def test_payments_can_be_listed_each_time(trader: httpx2.Client) -> None:
    for _ in range(5):
        expect(trader.get("/trading/payments", params={"limit": "1"}), 200, Page[Payment])


@pytest.mark.defect("D87")
def test_a_changed_booking_is_read_as_it_is_now(api: httpx2.Client, book: Book) -> None:
    path = f"/booking/{book(totalprice=120)['bookingid']}"
    expect(api.patch(path, json={"totalprice": 7}), 200, Booking)

    for _ in range(19):
        assert expect(api.get(path), 200, Booking).totalprice == 7


@pytest.mark.defect("D88")
def test_a_token_is_good_for_all_its_time(api_as: ClientOf) -> None:
    stranger = api_as("anonymous")
    secret = os.environ["DEMO_TRADING_SECRET"]
    asked = {
        "grant_type": "client_credentials",
        "client_id": "lab-trader",
        "client_secret": secret,
    }
    token = expect(stranger.post("/oauth/token", data=asked), 200).json()["access_token"]

    for _ in range(9):
        answer = stranger.get(
            "/trading/accounts",
            params={"limit": "1"},
            headers={"Authorization": f"Bearer {token}"},
        )
        expect(answer, 200, Page[Account])


@pytest.mark.defect("D89")
def test_each_booking_is_made_once(api: httpx2.Client, make: Any, cleanup: Any) -> None:
    new = make(NewBooking, bookingdates=STAY).model_dump(mode="json")

    made = [expect(api.post("/booking", json=new), 201, CreatedBooking) for _ in range(13)]

    query = {"tag": new["tag"]}
    there = expect(api.get("/booking", params=query), 200, list[BookingRef])
    for ref in there:
        cleanup("booking", ref.bookingid)
    assert [ref.bookingid for ref in there] == [created.bookingid for created in made]


@pytest.mark.defect("D90", seconds=0.3)
def test_users_can_be_listed_after_a_pause(admin: httpx2.Client) -> None:
    expect(admin.get("/users", params={"limit": "1"}), 200, list[User])

    time.sleep(0.5)  # it is the pause itself that is tried

    expect(admin.get("/users", params={"limit": "1"}), 200, list[User])


@pytest.mark.defect("D91", minutes=30)
def test_notifications_can_be_read_at_any_time(trader: httpx2.Client) -> None:
    query = {"limit": "1"}

    expect(trader.get("/trading/notifications", params=query), 200, Page[Notification])


@pytest.mark.defect("D92", seconds=0.4)
def test_two_who_ask_at_the_same_moment_get_their_own_accounts(
    trader: httpx2.Client, open_account: OpenAccount
) -> None:
    wanted = [open_account()["id"] for _ in range(2)]

    answers = at_once(*(partial(trader.get, f"/trading/accounts/{name}") for name in wanted))

    assert [expect(answer, 200, Account).id for answer in answers] == wanted


@pytest.mark.defect("D93")
def test_a_user_is_told_of_nobody_else(api_as: ClientOf) -> None:
    viewer = api_as("viewer")

    for _ in range(99):
        me = expect(viewer.get("/users/me"), 200, User)
        assert me.email == "viewer@lab.example"
