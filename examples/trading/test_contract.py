"""The shape of the desk's answers, apart from what they say: run with `-m contract`."""

import re
from uuid import UUID

import pytest
from problems import Problem
from trading.client import MarketOrders, NewPayments
from trading.models import (
    Account,
    Instrument,
    Notification,
    Order,
    Page,
    Payment,
    Position,
    Quote,
)

from redhanded import Client, expect

pytestmark = pytest.mark.contract

# For tests of shapes alone: what is no quote breaks the shape of one, whatever its status.
ANY_STATUS = range(200, 500)
LISTS = {
    "accounts": Page[Account],
    "instruments": Page[Instrument],
    "quotes": Page[Quote],
    "orders": Page[Order],
    "payments": Page[Payment],
    "notifications": Page[Notification],
}


@pytest.mark.parametrize("what", LISTS)
def test_a_page_has_the_promised_shape(trader: Client, what: str) -> None:
    promised = {"Content-Type": "application/json", "X-Build": ...}

    expect(trader.get(f"/trading/{what}"), 200, LISTS[what], headers=promised)


@pytest.mark.parametrize(
    "what, shape",
    [("instruments", Instrument), ("quotes", Quote)],
    ids=["instruments", "quotes"],
)
def test_what_is_listed_can_be_read_alone(
    trader: Client, quote: Quote, what: str, shape: type
) -> None:
    expect(trader.get(f"/trading/{what}/{quote.symbol}"), ANY_STATUS, shape)


def test_an_account_has_the_promised_shape(trader: Client, account: Account) -> None:
    expect(trader.get(f"/trading/accounts/{account.id}"), 200, Account)


def test_a_placed_order_has_the_promised_shape(trader: Client, market_order: MarketOrders) -> None:
    promised = {"Location": re.compile(r"^/trading/orders/")}
    made = trader.post("/trading/orders", json=market_order(side="buy", quantity=1))

    order = expect(made, 201, Order, headers=promised)

    expect(trader.get(f"/trading/orders/{order.id}"), 200, Order)


def test_positions_have_the_promised_shape(
    trader: Client, account: Account, market_order: MarketOrders
) -> None:
    expect(trader.post("/trading/orders", json=market_order(side="buy", quantity=1)), 201)

    expect(trader.get(f"/trading/accounts/{account.id}/positions"), 200, list[Position], where=len)


def test_a_payment_has_the_promised_shape(trader: Client, payment: NewPayments) -> None:
    new = payment(amount="1.00")
    made = trader.post("/trading/payments", json=new, headers={"Idempotency-Key": new.tag})

    paid = expect(made, 201, Payment, headers={"Location": ...})

    expect(trader.get(f"/trading/payments/{paid.id}"), 200, Payment)


@pytest.mark.parametrize(
    "path",
    [
        "accounts/acc-nobody",
        "instruments/ZZZZ",
        "quotes/ZZZZ",
        f"orders/{UUID(int=0)}",
        f"payments/{UUID(int=0)}",
    ],
)
def test_what_is_not_there_is_a_problem_document(trader: Client, path: str) -> None:
    promised = {"Content-Type": "application/problem+json"}

    expect(trader.get(f"/trading/{path}"), 404, Problem, headers=promised)
