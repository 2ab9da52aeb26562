"""A trader's day, over all services of the desk."""

from decimal import Decimal

import pytest
from trading.client import Desk, MarketOrders, NewPayments
from trading.models import Account, Order, Page, Quote

from redhanded import Cleanup, eventually

pytestmark = pytest.mark.integration


def test_from_deposit_to_word_of_the_trade(
    desk: Desk,
    account: Account,
    market_order: MarketOrders,
    quote: Quote,
    payment: NewPayments,
) -> None:
    """A trader pays in, buys, sells a part, pays out, and hears of each step."""
    bought = desk.place(market_order(side="buy", quantity=5))
    sold = desk.place(market_order(side="sell", quantity=2))
    out = payment(amount="100.00")
    paid = desk.pay(out, key=out.tag)

    fees = bought.commission + sold.commission
    left = account.balance - 5 * quote.ask + 2 * quote.bid - fees - paid.amount
    assert desk.account(account.id).balance == left
    assert [position.quantity for position in desk.positions(account.id)] == [3]

    told = eventually(
        lambda: desk.notifications(account.id), within=5.0, until=lambda seen: len(seen) == 3
    )
    assert [word.subject_id for word in told] == [bought.id, sold.id, paid.id]


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

    assert desk.page("orders", Page[Order], tag=order.tag).items == []
