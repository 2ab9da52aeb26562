"""What holds for a correct API, one test for each kind of request, as often as it is wanted."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from judging import expect
from models import Booking, BookingRef, CreatedBooking, NewBooking, Order, Page, Tokens, User

Book = Callable[..., dict[str, Any]]
ClientOf = Callable[[str], httpx2.Client]
Make = Callable[..., Any]

STAY = {"checkin": "2031-05-02", "checkout": "2031-05-09"}

every_turn = pytest.mark.parametrize("turn", range(int(os.environ.get("TRUTH_TURNS", "1"))))


@every_turn
def test_get(api: httpx2.Client, book: Book, turn: int) -> None:  # noqa: ARG001  it makes the id
    booked = book()

    found = expect(api.get(f"/booking/{booked['bookingid']}"), 200, Booking)

    assert found.model_dump(mode="json") == _told(booked)


@every_turn
def test_put(api: httpx2.Client, book: Book, make: Make, turn: int) -> None:  # noqa: ARG001
    path = f"/booking/{book()['bookingid']}"
    new = make(NewBooking, bookingdates=STAY).model_dump(mode="json")

    put = expect(api.put(path, json=new), 200, Booking)

    assert put.model_dump(mode="json") == new
    assert expect(api.get(path), 200, Booking) == put


@every_turn
def test_post(api: httpx2.Client, make: Make, turn: int) -> None:  # noqa: ARG001
    new = make(NewBooking, bookingdates=STAY).model_dump(mode="json")

    created = expect(api.post("/booking", json=new), 201, CreatedBooking)

    assert created.booking.model_dump(mode="json") == new
    found = expect(api.get("/booking", params={"tag": new["tag"]}), 200, list[BookingRef])
    assert [ref.bookingid for ref in found] == [created.bookingid]


@every_turn
def test_keyed(trader: httpx2.Client, turn: int) -> None:  # noqa: ARG001
    tag = f"truth-{uuid.uuid4()}"
    new = {
        "account_id": "acc-demo-eur",
        "symbol": _symbol(trader),
        "side": "buy",
        "type": "limit",
        "quantity": 1,
        "limit_price": "0.01",
        "tag": tag,
    }

    headers = {"Idempotency-Key": tag}
    placed = expect(trader.post("/trading/orders", json=new, headers=headers), 201, Order)

    assert (placed.status, placed.tag) == ("open", tag)
    found = expect(trader.get("/trading/orders", params={"tag": tag}), 200, Page[Order])
    assert [order.id for order in found.items] == [placed.id]


@every_turn
def test_list(api: httpx2.Client, book: Book, turn: int) -> None:  # noqa: ARG001
    name = f"Wren {uuid.uuid4()}"
    booked = book(lastname=name)

    found = expect(api.get("/booking", params={"lastname": name}), 200, list[BookingRef])

    assert [ref.bookingid for ref in found] == [booked["bookingid"]]


@every_turn
def test_login(api_as: ClientOf, turn: int) -> None:  # noqa: ARG001
    door = api_as("anonymous")
    who = {"email": "viewer@lab.example", "password": "password123"}

    tokens = expect(door.post("/users/login", json=who), 200, Tokens)

    bearer = {"Authorization": f"Bearer {tokens.access_token}"}
    assert expect(door.get("/users/me", headers=bearer), 200, User).email == who["email"]


def _told(booked: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in booked.items() if name != "bookingid"}


def _symbol(trader: httpx2.Client) -> str:
    page = expect(trader.get("/trading/instruments?currency=EUR&limit=1"), 200).json()
    return str(page["items"][0]["symbol"])
