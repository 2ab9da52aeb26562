"""Times are moments in UTC, by one clock, and in the order of what happened."""

from datetime import datetime, timedelta

import pytest
from trading.client import Desk, NewPayments
from trading.models import Account, Order, Payment

from redhanded import Cleanup, Client, expect

A_MOMENT = timedelta(seconds=30)


def now(client: Client) -> datetime:
    """What the clock of the API says."""
    return datetime.fromisoformat(expect(client.get("/health"), 200).json()["time"])


def test_a_payment_was_made_just_now(trader: Client, desk: Desk, payment: NewPayments) -> None:
    new = payment(amount="1.00")
    paid = desk.pay(new, key=new.tag)

    found = expect(trader.get(f"/trading/payments/{paid.id}"), 200, Payment)

    assert abs(now(trader) - found.created_at) < A_MOMENT
    assert found.created_at == paid.created_at


def test_an_account_was_opened_just_now(trader: Client, account: Account) -> None:
    assert abs(now(trader) - account.created_at) < A_MOMENT


def test_an_order_is_never_changed_before_it_was_placed(
    desk: Desk, resting: Order, cleanup: Cleanup
) -> None:
    cancelled = desk.cancel(resting.id)
    cleanup.forget("open_order", resting.id)

    assert resting.created_at == resting.updated_at == cancelled.created_at
    assert cancelled.updated_at >= resting.updated_at


@pytest.mark.parametrize("field", ["created_at", "updated_at"])
def test_a_time_says_that_it_is_in_utc(trader: Client, resting: Order, field: str) -> None:
    order = expect(trader.get(f"/trading/orders/{resting.id}"), 200).json()

    assert datetime.fromisoformat(order[field]).utcoffset() == timedelta(0)
