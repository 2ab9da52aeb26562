"""A trader's day, over all services of the desk."""

from decimal import Decimal

import pytest
from problems import Problem
from trading.client import Desk, LimitOrders, MarketOrders, NewPayments
from trading.models import Account, Order, Page, Quote

from redhanded import Cleanup, eventually, expect, step

pytestmark = pytest.mark.integration


def test_from_deposit_to_word_of_the_trade(
    desk: Desk,
    account: Account,
    market_order: MarketOrders,
    quote: Quote,
    payment: NewPayments,
) -> None:
    """A trader pays in, buys, sells a part, pays out, and hears of each step."""
    with step("buy five and sell two"):
        bought = desk.place(market_order(side="buy", quantity=5))
        sold = desk.place(market_order(side="sell", quantity=2))
    with step("pay a part out"):
        out = payment(amount="100.00")
        paid = desk.pay(out, key=out.tag)

    with step("count the money and the units"):
        fees = bought.commission + sold.commission
        left = account.balance - 5 * quote.ask + 2 * quote.bid - fees - paid.amount
        assert desk.account(account.id).balance == left
        assert [position.quantity for position in desk.positions(account.id)] == [3]
    with step("hear of each step"):
        told = eventually(
            lambda: desk.notifications(account.id), within=3.0, until=lambda seen: len(seen) == 3
        )
        assert [word.subject_id for word in told] == [bought.id, sold.id, paid.id]


def test_an_order_rests_until_it_is_taken_back(
    desk: Desk, account: Account, limit_order: LimitOrders, quote: Quote
) -> None:
    """Money is set aside, is no one's meanwhile, comes back, and is free for the next order."""
    with step("leave an order that nobody meets"):
        low = limit_order(side="buy", quantity=1900, limit_price=Decimal("5.00"))
        resting = desk.place(low)
        units = desk.account(account.id).available // quote.ask + 1
    with step("find that the money is set aside"):
        more = limit_order(side="buy", quantity=int(units), limit_price=quote.ask)
        response = desk.api.post("/trading/orders", json=more)
        assert expect(response, 422, Problem).type == "urn:problem:insufficient-funds"
    with step("take it back and buy with the money"):
        desk.cancel(resting.id)
        assert desk.place(more).status == "filled"

    assert desk.order(resting.id).status == "cancelled"
    assert [position.quantity for position in desk.positions(account.id)] == [units]


def test_an_order_changed_of_mind_costs_nothing(
    desk: Desk, account: Account, resting: Order, cleanup: Cleanup
) -> None:
    """Placing and cancelling leaves the account as it was, but for the record of it."""
    desk.cancel(resting.id)
    cleanup.forget("open_order", resting.id)

    assert desk.account(account.id) == account
    history = desk.page("orders", Page[Order], account_id=account.id).items
    assert [order.status for order in history] == ["cancelled"]


def test_buying_and_selling_at_once_loses_the_spread_and_two_commissions(
    desk: Desk, account: Account, market_order: MarketOrders, quote: Quote
) -> None:
    bought = desk.place(market_order(side="buy", quantity=4))
    sold = desk.place(market_order(side="sell", quantity=4))

    lost = 4 * (quote.ask - quote.bid) + bought.commission + sold.commission
    assert desk.account(account.id).balance == account.balance - lost
    assert lost > Decimal(0)


def test_a_closed_account_takes_its_orders_with_it(
    desk: Desk, account: Account, market_order: MarketOrders
) -> None:
    """Nothing of a closed account is found under its tag any more."""
    order = desk.place(market_order(side="buy", quantity=1))

    desk.close(account.id)

    expect(desk.api.get(f"/trading/orders/{order.id}"), 404, Problem)
    assert desk.page("orders", Page[Order], tag=order.tag).items == []
