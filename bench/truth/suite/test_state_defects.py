"""The API remembers what it was told, once, and lets nothing happen that may not (D49 to D59)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import httpx2
import pytest
from judging import eventually, expect
from models import (
    Account,
    Booking,
    NewAccount,
    NewUser,
    Notification,
    Order,
    Page,
    Problem,
)
from parallel import at_once

Book = Callable[..., dict[str, Any]]
OpenAccount = Callable[..., dict[str, Any]]


def order_of(account: dict[str, Any], *, quantity: int = 1) -> dict[str, Any]:
    """A purchase at the market's price."""
    return {
        "account_id": account["id"],
        "symbol": "ALDE",
        "side": "buy",
        "type": "market",
        "quantity": quantity,
        "tag": account["tag"],
    }


def payment_of(payer: dict[str, Any], payee: dict[str, Any], amount: str) -> dict[str, Any]:
    """Money from one account to the other."""
    return {
        "from_account": payer["id"],
        "to_account": payee["id"],
        "amount": amount,
        "reference": "rent",
        "tag": payer["tag"],
    }


@pytest.mark.defect("D49")
def test_a_change_of_an_outdated_version_is_refused(api: httpx2.Client, book: Book) -> None:
    booked = book()
    path = f"/booking/{booked.pop('bookingid')}"
    version = expect(api.get(path), 200).headers["etag"]
    expect(api.put(path, json=booked | {"totalprice": 7}), 200, Booking)

    late = api.put(path, json=booked, headers={"If-Match": version})

    expect(late, 412, Problem)
    assert expect(api.get(path), 200, Booking).totalprice == 7


@pytest.mark.defect("D50")
def test_a_booking_that_is_put_twice_is_the_same(api: httpx2.Client, book: Book) -> None:
    booked = book(depositpaid=True)
    path = f"/booking/{booked.pop('bookingid')}"
    wanted = booked | {"totalprice": 7}
    expect(api.put(path, json=wanted), 200, Booking)

    expect(api.put(path, json=wanted), 200, Booking)

    assert expect(api.get(path), 200).json() == wanted


@pytest.mark.defect("D51")
def test_a_booking_that_is_gone_is_not_found_by_a_second_delete(
    api: httpx2.Client, book: Book
) -> None:
    path = f"/booking/{book()['bookingid']}"
    expect(api.delete(path), 204)

    expect(api.delete(path), 404, Problem)


@pytest.mark.defect("D52")
def test_an_order_with_one_key_is_placed_once(
    trader: httpx2.Client, open_account: OpenAccount
) -> None:
    account = open_account()
    key = {"Idempotency-Key": f"{account['id']}-1"}

    for _ in range(2):
        placed = trader.post("/trading/orders", json=order_of(account), headers=key)
        expect(placed, 201, Order)

    query = {"account_id": account["id"]}
    assert len(expect(trader.get("/trading/orders", params=query), 200, Page[Order]).items) == 1


@pytest.mark.defect("D53")
def test_a_key_cannot_be_used_for_another_order(
    trader: httpx2.Client, open_account: OpenAccount
) -> None:
    account = open_account()
    key = {"Idempotency-Key": f"{account['id']}-1"}
    first = trader.post("/trading/orders", json=order_of(account), headers=key)
    expect(first, 201, Order)

    other = order_of(account, quantity=2)

    expect(trader.post("/trading/orders", json=other, headers=key), 422, Problem)


@pytest.mark.defect("D54", seconds=0.4)
def test_money_is_spent_once_by_two_payments_at_the_same_moment(
    trader: httpx2.Client, open_account: OpenAccount
) -> None:
    payer, payee = open_account("100.00"), open_account("0")
    payment = payment_of(payer, payee, "80.00")
    expect(trader.get(f"/trading/accounts/{payer['id']}"), 200, Account)

    def pay(number: int) -> httpx2.Response:
        key = {"Idempotency-Key": f"{payer['id']}-{number}"}
        return trader.post("/trading/payments", json=payment, headers=key)

    answers = at_once(partial(pay, 1), partial(pay, 2))

    assert sorted(answer.status_code for answer in answers) == [201, 422]
    received = expect(trader.get(f"/trading/accounts/{payee['id']}"), 200, Account)
    assert received.balance == "80.00"


@pytest.mark.defect("D55")
def test_word_of_a_payment_arrives_within_the_promised_time(
    trader: httpx2.Client, open_account: OpenAccount
) -> None:
    payer, payee = open_account("100.00"), open_account("0")
    payment = payment_of(payer, payee, "80.00")
    key = {"Idempotency-Key": f"{payer['id']}-1"}
    expect(trader.post("/trading/payments", json=payment, headers=key), 201)

    def arrived() -> list[Notification]:
        query = {"account_id": payer["id"]}
        page = trader.get("/trading/notifications", params=query)
        items = expect(page, 200, Page[Notification]).items
        assert items
        return items

    # Half a second is promised; a machine under load may need a little longer to ask.
    assert len(eventually(arrived, within=1.0)) == 1


@pytest.mark.defect("D56", seconds=0.4)
def test_an_address_belongs_to_one_of_two_who_ask_at_the_same_moment(
    admin: httpx2.Client, make: Any, cleanup: Any
) -> None:
    new = make(NewUser).model_dump(mode="json")
    expect(admin.get("/users/me"), 200)

    answers = at_once(*[partial(admin.post, "/users", json=new)] * 2)

    for answer in answers:
        if answer.status_code == 201:
            cleanup("user", answer.json()["id"])
    assert sorted(answer.status_code for answer in answers) == [201, 409]


@pytest.mark.defect("D57")
def test_a_filled_order_cannot_be_cancelled(
    trader: httpx2.Client, open_account: OpenAccount
) -> None:
    order = expect(trader.post("/trading/orders", json=order_of(open_account())), 201, Order)
    assert order.status == "filled"

    expect(trader.post(f"/trading/orders/{order.id}/cancel"), 409, Problem)


@pytest.mark.defect("D58")
def test_the_orders_of_a_closed_account_are_gone(
    trader: httpx2.Client, open_account: OpenAccount
) -> None:
    account = open_account()
    order = expect(trader.post("/trading/orders", json=order_of(account)), 201, Order)

    expect(trader.delete(f"/trading/accounts/{account['id']}"), 204)

    expect(trader.get(f"/trading/orders/{order.id}"), 404, Problem)


@pytest.mark.defect("D59")
def test_a_walk_meets_every_account_although_another_is_opened(
    trader: httpx2.Client, make: Any, cleanup: Any
) -> None:
    new = make(NewAccount, currency="EUR", opening_balance="0").model_dump(mode="json")

    def open_one() -> str:
        opened = expect(trader.post("/trading/accounts", json=new), 201, Account)
        cleanup("account", opened.id)
        return opened.id

    there = [open_one() for _ in range(4)]
    query = {"tag": new["tag"], "limit": "2"}
    page = expect(trader.get("/trading/accounts", params=query), 200, Page[Account])
    met = [account.id for account in page.items]
    open_one()
    while page.next:
        after = query | {"cursor": page.next}
        page = expect(trader.get("/trading/accounts", params=after), 200, Page[Account])
        met += [account.id for account in page.items]

    assert met[:4] == there
