"""The API answers with the status it promises, and does what the status says (D21 to D30)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from judging import expect
from models import Account, Booking, BookingRef, NewAccount, Order, Page, Problem, Quote

Book = Callable[..., dict[str, Any]]
OpenAccount = Callable[..., dict[str, Any]]
Make = Callable[..., Any]

MISSING = "/booking/9007199254740991"


@pytest.mark.defect("D21")
def test_an_opened_account_is_created(trader: httpx2.Client, make: Make, cleanup: Any) -> None:
    new = make(NewAccount, currency="EUR", opening_balance="1.00").model_dump(mode="json")

    opened = expect(trader.post("/trading/accounts", json=new), 201, Account)

    cleanup("account", opened.id)
    assert opened.owner == new["owner"]


@pytest.mark.defect("D22")
def test_a_booking_that_is_not_there_is_not_found(api: httpx2.Client) -> None:
    assert expect(api.get(MISSING), 404, Problem).status == 404


@pytest.mark.defect("D23")
def test_a_name_with_an_apostrophe_is_found(api: httpx2.Client, book: Book) -> None:
    booked = book(lastname="O'Brien")

    query = {"tag": booked["tag"], "lastname": "O'Brien"}
    found = expect(api.get("/booking", params=query), 200, list[BookingRef])

    assert [ref.bookingid for ref in found] == [booked["bookingid"]]


@pytest.mark.defect("D24")
def test_a_cancelled_order_is_still_there(trader: httpx2.Client, open_account: OpenAccount) -> None:
    [quote] = expect(trader.get("/trading/quotes?currency=EUR&limit=1"), 200, Page[Quote]).items
    new = {
        "account_id": open_account()["id"],
        "symbol": quote.symbol,
        "side": "buy",
        "type": "limit",
        "limit_price": "0.01",
        "quantity": 1,
    }
    placed = expect(trader.post("/trading/orders", json=new), 201, Order)

    expect(trader.post(f"/trading/orders/{placed.id}/cancel"), 200, Order)

    found = expect(trader.get(f"/trading/orders/{placed.id}"), 200, Order)
    assert found.status == "cancelled"


@pytest.mark.defect("D25")
def test_the_dearest_stay_can_be_booked(api: httpx2.Client, book: Book) -> None:
    booked = book(totalprice=10_000_000)

    found = expect(api.get(f"/booking/{booked['bookingid']}"), 200, Booking)

    assert found.totalprice == 10_000_000


@pytest.mark.defect("D26")
def test_a_part_of_a_cent_cannot_be_paid(trader: httpx2.Client, open_account: OpenAccount) -> None:
    payer, payee = open_account("10.00"), open_account("0")
    new = {
        "from_account": payer["id"],
        "to_account": payee["id"],
        "amount": "1.005",
        "reference": "rent",
    }

    response = trader.post("/trading/payments", json=new, headers={"Idempotency-Key": payer["tag"]})

    assert [error.pointer for error in expect(response, 422, Problem).errors] == ["/amount"]


@pytest.mark.defect("D27")
def test_a_deleted_booking_is_gone(api: httpx2.Client, book: Book) -> None:
    path = f"/booking/{book()['bookingid']}"

    expect(api.delete(path), 204)

    expect(api.get(path), 404, Problem)


@pytest.mark.defect("D28")
def test_an_account_that_is_refused_is_not_opened(trader: httpx2.Client, make: Make) -> None:
    new = make(NewAccount, currency="EUR", opening_balance="1.005").model_dump(mode="json")

    expect(trader.post("/trading/accounts", json=new), 422, Problem)

    found = expect(trader.get("/trading/accounts", params={"tag": new["tag"]}), 200, Page[Account])
    assert found.items == []


@pytest.mark.defect("D29")
def test_a_refused_method_names_those_that_there_are(api: httpx2.Client) -> None:
    expect(api.put("/booking", json={}), 405, Problem, headers={"Allow": "GET, HEAD, POST"})


@pytest.mark.defect("D30")
def test_head_tells_what_get_tells(api: httpx2.Client, book: Book) -> None:
    query = {"tag": book()["tag"]}
    expect(api.get("/booking", params=query), 200, headers={"X-Total-Count": "1"})

    expect(api.head("/booking", params=query), 200, headers={"X-Total-Count": "1"})


@pytest.mark.parametrize("price", [0, 1, 9_999_999])
def test_any_price_can_be_booked(api: httpx2.Client, book: Book, price: int) -> None:
    booked = book(totalprice=price)

    expect(api.get(f"/booking/{booked['bookingid']}"), 200, Booking)


def test_a_booking_that_is_refused_is_not_made(api: httpx2.Client, make: Make) -> None:
    tag = make(NewAccount, currency="EUR", opening_balance="0").tag

    expect(api.post("/booking", json={"tag": tag}), 422, Problem)

    assert expect(api.get("/booking", params={"tag": tag}), 200, list[BookingRef]) == []
