"""Orders: filled, open, cancelled, and what they do to money and positions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from redhanded.lab.trading.market import Price
from redhanded.lab.trading.rules import Terms, commission_on, cost_after_sale, terms_of
from tests.lab.conftest import FakeClock
from tests.lab.desk import Desk

ASK, BID = Decimal("255.60"), Decimal("255.08")  # of ALDE


def test_a_market_purchase_is_filled_at_the_ask(desk: Desk) -> None:
    """Price and commission leave the balance, the units enter the position."""
    account = desk.account("1000.00")

    order = desk.order(account, "buy", 3, tag="t").json()

    assert (order["status"], order["fill_price"], order["commission"]) == (
        "filled",
        "255.60",
        "0.77",
    )
    spent = 3 * ASK + Decimal("0.77")
    assert desk.money(account) == (str(1000 - spent), str(1000 - spent))
    assert desk.holds(account) == {"ALDE": (3, 3)}
    assert desk.get(f"/orders/{order['id']}").json() == order


def test_a_market_sale_is_filled_at_the_bid(desk: Desk) -> None:
    """Units leave the position, the price less commission enters the balance."""
    account = desk.account("1000.00")
    desk.order(account, "buy", 3)
    before = Decimal(desk.money(account)[0])

    order = desk.order(account, "sell", 2).json()

    assert (order["fill_price"], order["commission"]) == ("255.08", "0.51")
    assert Decimal(desk.money(account)[0]) == before + 2 * BID - Decimal("0.51")
    assert desk.holds(account) == {"ALDE": (1, 1)}


def test_a_position_that_is_sold_whole_disappears(desk: Desk) -> None:
    """An account does not hold nothing of something."""
    account = desk.account()
    desk.order(account, "buy", 2)

    desk.order(account, "sell", 2)

    assert desk.holds(account) == {}


def test_an_average_price_includes_commissions(desk: Desk) -> None:
    """What a unit cost is what left the balance for it, also after a part was sold."""
    account = desk.account()
    desk.order(account, "buy", 3)
    bought = desk.get(f"/accounts/{account}/positions").json()[0]["average_price"]

    desk.order(account, "sell", 1)

    left = desk.get(f"/accounts/{account}/positions").json()[0]["average_price"]
    assert (bought, left) == ("255.86", "255.86")


@pytest.mark.parametrize(
    "side, limit, status",
    [
        pytest.param("buy", "255.60", "filled", id="buy-at-the-ask"),
        pytest.param("buy", "255.59", "open", id="buy-below-the-ask"),
        pytest.param("sell", "255.08", "filled", id="sell-at-the-bid"),
        pytest.param("sell", "255.09", "open", id="sell-above-the-bid"),
    ],
)
def test_a_limit_order_waits_for_its_price(desk: Desk, side: str, limit: str, status: str) -> None:
    """A limit that the market already meets is filled, any other stays open."""
    account = desk.account()
    desk.order(account, "buy", 1)

    order = desk.order(account, side, 1, limit_price=limit).json()

    assert (order["status"], order["limit_price"]) == (status, limit)
    assert (order["fill_price"] is None) == (status == "open")


def test_a_limit_order_is_filled_at_the_better_price(desk: Desk) -> None:
    """Who offers more than the ask still pays the ask."""
    order = desk.order(desk.account(), "buy", 1, limit_price="300").json()

    assert order["fill_price"] == "255.60"


def test_an_open_purchase_reserves_money(desk: Desk) -> None:
    """What an open order may cost cannot be spent twice."""
    account = desk.account("1000.00")

    desk.order(account, "buy", 9, limit_price="100")

    assert desk.money(account) == ("1000.00", "99.10")
    assert desk.order(account, "buy", 1).status_code == 422
    assert desk.pay(account, desk.account(), "99.11", "k").status_code == 422


def test_an_open_sale_reserves_units(desk: Desk) -> None:
    """What an open order may deliver cannot be sold twice."""
    account = desk.account()
    desk.order(account, "buy", 3)

    desk.order(account, "sell", 2, limit_price="900")

    assert desk.holds(account) == {"ALDE": (3, 1)}
    refused = desk.order(account, "sell", 2)
    assert refused.json()["type"] == "urn:problem:insufficient-position"


def test_cancelling_lets_go_of_what_was_reserved(desk: Desk) -> None:
    """A cancelled order leaves the account as if it had not been placed."""
    account = desk.account("1000.00")
    order = desk.order(account, "buy", 9, limit_price="100").json()

    cancelled = desk.post(f"/orders/{order['id']}/cancel")

    assert cancelled.json()["status"] == "cancelled"
    assert desk.money(account) == ("1000.00", "1000.00")


@pytest.mark.parametrize("state", ["filled", "cancelled"])
def test_only_an_open_order_can_be_cancelled(desk: Desk, state: str) -> None:
    """A final state has no way out, and the attempt changes nothing."""
    account = desk.account("1000.00")
    price = {} if state == "filled" else {"limit_price": "1"}
    order = desk.order(account, "buy", 1, **price).json()
    if state == "cancelled":
        desk.post(f"/orders/{order['id']}/cancel")

    refused = desk.post(f"/orders/{order['id']}/cancel")

    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:problem:illegal-transition"
    assert desk.get(f"/orders/{order['id']}").json()["status"] == state


@pytest.mark.parametrize(
    "order, kind",
    [
        pytest.param({"quantity": 4}, "insufficient-funds", id="too-expensive"),
        pytest.param({"side": "sell"}, "insufficient-position", id="nothing-to-sell"),
        pytest.param({"symbol": "TEAL"}, "currency-mismatch", id="other-currency"),
        pytest.param({"symbol": "ZZZZ"}, "invalid", id="unknown-instrument"),
        pytest.param({"account_id": "acc-unknown"}, "invalid", id="unknown-account"),
        pytest.param({"type": "limit"}, "invalid", id="limit-without-price"),
        pytest.param({"limit_price": "1"}, "invalid", id="market-with-price"),
        pytest.param({"type": "limit", "limit_price": "0"}, "invalid", id="limit-of-nothing"),
        pytest.param({"type": "limit", "limit_price": "1.005"}, "invalid", id="too-precise"),
        pytest.param({"quantity": 0}, "invalid", id="no-units"),
        pytest.param({"quantity": 1_000_001}, "invalid", id="too-many-units"),
        pytest.param({"side": "BUY"}, "invalid", id="side-in-capitals"),
    ],
)
def test_an_order_that_cannot_be_taken_changes_nothing(
    desk: Desk, order: dict[str, Any], kind: str
) -> None:
    """A refused order is no order: neither money nor list know of it."""
    account = desk.account("1000.00")
    body = {
        "account_id": account,
        "symbol": "ALDE",
        "side": "buy",
        "type": "market",
        "quantity": 1,
        "tag": "refused",
    }

    refused = desk.post("/orders", {**body, **order})

    assert (refused.status_code, refused.json()["type"]) == (422, f"urn:problem:{kind}")
    assert desk.money(account) == ("1000.00", "1000.00")
    assert desk.get("/orders", tag="refused").json()["items"] == []


def test_the_last_cent_can_be_spent(desk: Desk) -> None:
    """Cost and balance may be equal."""
    account = desk.account("255.86")

    assert desk.order(account, "buy", 1).status_code == 201
    assert desk.money(account) == ("0.00", "0.00")


def test_orders_are_found_by_what_they_are(desk: Desk) -> None:
    """Each filter leaves exactly the orders it names."""
    first, second = desk.account(), desk.account()
    filled = desk.order(first, "buy", 1, tag="a").json()["id"]
    still_open = desk.order(first, "buy", 1, tag="b", limit_price="1").json()["id"]
    other = desk.order(second, "buy", 1, tag="a", symbol="BASA", limit_price="1").json()["id"]

    def found(**query: str) -> list[str]:
        return [order["id"] for order in desk.get("/orders", **query).json()["items"]]

    assert found() == [filled, still_open, other]
    assert found(tag="a") == [filled, other]
    assert found(account_id=first) == [filled, still_open]
    assert found(status="open") == [still_open, other]
    assert found(symbol="BASA", tag="a") == [other]
    assert found(status="cancelled") == []


def test_an_order_knows_when_it_was_placed_and_changed(desk: Desk, clock: FakeClock) -> None:
    """Times are UTC, and a cancellation moves only the second."""
    order = desk.order(desk.account(), "buy", 1, limit_price="1").json()

    clock.advance(60)
    cancelled = desk.post(f"/orders/{order['id']}/cancel").json()

    assert order["created_at"] == order["updated_at"] == "2027-01-15T08:00:00Z"
    assert cancelled["created_at"] == order["created_at"]
    assert cancelled["updated_at"] == "2027-01-15T08:01:00Z"


def test_notifications_arrive_a_moment_after_the_event(desk: Desk, clock: FakeClock) -> None:
    """Word of an event comes late, but within the declared half second."""
    account = desk.account()
    order = desk.order(account, "buy", 1, limit_price="1", tag="t").json()

    def seen() -> list[tuple[str, str]]:
        found = desk.get("/notifications", account_id=account, tag="t").json()["items"]
        return [(each["kind"], each["subject_id"]) for each in found]

    assert seen() == []
    clock.advance(0.29)
    assert seen() == []
    clock.advance(0.21)
    assert seen() == [("order_opened", order["id"])]
    desk.post(f"/orders/{order['id']}/cancel")
    clock.advance(0.5)
    assert [kind for kind, _ in seen()] == ["order_opened", "order_cancelled"]


def test_each_event_is_told_once_to_its_account(desk: Desk, clock: FakeClock) -> None:
    """A fill and a payment reach the account they concern, and no other."""
    account, other = desk.account(), desk.account()
    desk.order(account, "buy", 1)
    desk.pay(account, other, "1", "k")

    clock.advance(0.5)

    found = desk.get("/notifications", account_id=account).json()["items"]
    assert [each["kind"] for each in found] == ["order_filled", "payment_completed"]
    assert desk.get("/notifications", account_id=other).json()["items"] == []


@pytest.mark.parametrize(
    "traded, commission",
    [(0, 0), (499, 0), (500, 1), (1_499, 1), (1_500, 2), (1_000_000, 1_000)],
)
def test_the_commission_is_rounded_half_up(traded: int, commission: int) -> None:
    """Half a minor unit and more counts as one."""
    assert commission_on(traded) == commission


def test_terms_reserve_what_an_open_order_may_need() -> None:
    """An open purchase reserves price and commission, an open sale the units."""
    price = Price(bid=990, ask=1000)

    assert terms_of("buy", 2, 900, price) == Terms(
        fill_price=None, commission=0, reserved_cash=1802
    )
    assert terms_of("sell", 2, 1100, price) == Terms(
        fill_price=None, commission=0, reserved_quantity=2
    )
    assert terms_of("buy", 2, None, price) == Terms(fill_price=1000, commission=2)


def test_the_cost_of_what_is_left_is_never_negative() -> None:
    """Selling piece by piece ends at a cost of nothing, whatever the rounding."""
    cost, held = 100, 7
    while held:
        cost, held = cost_after_sale(cost, held, 1), held - 1
        assert cost >= 0

    assert cost == 0
