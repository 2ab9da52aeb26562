"""Notifications: each event is told once, to its account, a moment after it happened."""

from collections.abc import Callable
from typing import TypeAlias

import pytest
from problems import Problem
from trading.client import Desk, MarketOrders, NewPayments, OpenAccount
from trading.models import Account, Notification, Order, Page

from redhanded import Cleanup, Client, eventually, expect

Told: TypeAlias = Callable[[str, int], list[Notification]]

SOON = 3.0  # the desk promises half a second; a busy laptop may need more


@pytest.fixture
def told(desk: Desk) -> Told:
    """A function that waits until an account has been told of as many events."""

    def told(account_id: str, count: int) -> list[Notification]:
        return eventually(
            lambda: desk.notifications(account_id),
            within=SOON,
            every=0.1,
            until=lambda seen: len(seen) >= count,
        )

    return told


def test_a_filled_order_is_told(
    desk: Desk, account: Account, market_order: MarketOrders, told: Told
) -> None:
    order = desk.place(market_order(side="buy", quantity=1))

    words = [(word.kind, word.subject_id, word.tag) for word in told(account.id, 1)]
    assert words == [("order_filled", order.id, order.tag)]


def test_an_order_that_stays_open_is_told(account: Account, resting: Order, told: Told) -> None:
    words = [(word.kind, word.subject_id) for word in told(account.id, 1)]

    assert words == [("order_opened", resting.id)]


def test_a_payment_is_told_to_who_paid(desk: Desk, payment: NewPayments, told: Told) -> None:
    new = payment(amount="10.00")
    paid = desk.pay(new, key=new.tag)

    words = [(word.kind, word.subject_id) for word in told(new.from_account, 1)]
    assert words == [("payment_completed", paid.id)]


def test_a_payment_sent_twice_is_told_once(desk: Desk, payment: NewPayments, told: Told) -> None:
    new = payment(amount="10.00")
    desk.pay(new, key=new.tag)
    desk.pay(new, key=new.tag)
    desk.pay(new, key=f"{new.tag}-other")

    assert len(told(new.from_account, 2)) == 2


def test_events_are_told_in_the_order_in_which_they_happened(
    desk: Desk, account: Account, resting: Order, told: Told, cleanup: Cleanup
) -> None:
    desk.cancel(resting.id)
    cleanup.forget("open_order", resting.id)

    seen = told(account.id, 2)

    assert [word.kind for word in seen] == ["order_opened", "order_cancelled"]


def test_a_refused_order_is_not_told(
    trader: Client, desk: Desk, account: Account, market_order: MarketOrders, told: Told
) -> None:
    expect(trader.post("/trading/orders", json=market_order(side="sell", quantity=1)), 422)
    bought = desk.place(market_order(side="buy", quantity=1))

    assert [word.subject_id for word in told(account.id, 1)] == [bought.id]


def test_nobody_hears_of_the_events_of_others(
    desk: Desk, account: Account, open_account: OpenAccount, market_order: MarketOrders, told: Told
) -> None:
    other = open_account()
    desk.place(market_order(side="buy", quantity=1))
    told(account.id, 1)

    assert desk.notifications(other.id) == []


def test_notifications_are_found_by_the_tag_of_their_order(
    desk: Desk, market_order: MarketOrders
) -> None:
    order = desk.place(market_order(side="buy", quantity=1))

    for look in eventually(within=SOON, every=0.1):
        with look:
            found = desk.page("notifications", Page[Notification], tag=order.tag).items
            assert [word.subject_id for word in found] == [order.id]


def test_a_notification_comes_after_its_event(
    desk: Desk, account: Account, market_order: MarketOrders, told: Told
) -> None:
    order = desk.place(market_order(side="buy", quantity=1))

    assert all(word.created_at >= order.created_at for word in told(account.id, 1))


def test_an_account_that_cannot_be_is_refused(trader: Client) -> None:
    response = trader.get("/trading/notifications", params={"account_id": "Ada's"})

    assert expect(response, 422, Problem).pointers == {"/account_id"}
