"""Walks by cursor, while others open accounts, pay and trade."""

import pytest
from trading.client import Desk, MarketOrders, NewPayments, OpenAccount
from trading.models import Account, Order, Page, Payment


@pytest.fixture
def family(open_account: OpenAccount) -> list[Account]:
    """Five accounts that share their tag."""
    first = open_account("1.00")
    return [first, *(open_account("1.00", tag=first.tag) for _ in range(4))]


def test_a_walk_meets_each_account_once_whatever_the_step(
    desk: Desk, family: list[Account]
) -> None:
    for limit in (1, 2, 4, 5, 100):
        pages = desk.walk("accounts", Page[Account], tag=family[0].tag, limit=limit)

        assert [account for page in pages for account in page.items] == family


def test_accounts_opened_during_a_walk_push_nobody_off_it(
    desk: Desk, open_account: OpenAccount, family: list[Account]
) -> None:
    met = []

    for page in desk.walk("accounts", Page[Account], tag=family[0].tag, limit=2):
        met += page.items
        if len(family) < 8:
            family.append(open_account("1.00", tag=family[0].tag))

    assert met == family


def test_an_account_closed_during_a_walk_pulls_nobody_off_it(
    desk: Desk, family: list[Account]
) -> None:
    pages = desk.walk("accounts", Page[Account], tag=family[0].tag, limit=2)
    first = next(pages).items

    desk.close(family[0].id)

    assert first + [account for page in pages for account in page.items] == family


def test_the_orders_on_a_page_are_the_oldest_first(
    desk: Desk, account: Account, market_order: MarketOrders
) -> None:
    placed = [desk.place(market_order(side="buy", quantity=1)).id for _ in range(3)]

    page = desk.page("orders", Page[Order], account_id=account.id)

    assert [order.id for order in page.items] == placed


def test_a_payment_made_during_a_walk_is_met_at_its_end(desk: Desk, payment: NewPayments) -> None:
    new = payment(amount="1.00")
    paid = [desk.pay(new, key=f"{new.tag}-{number}") for number in range(3)]

    pages = desk.walk("payments", Page[Payment], account_id=new.from_account, limit=2)
    met = [*next(pages).items]
    paid.append(desk.pay(new, key=f"{new.tag}-3"))

    assert met + [payment for page in pages for payment in page.items] == paid
