"""Orders: filled, open or cancelled, and what that does to cash and positions."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from problems import Problem
from trading.client import Desk, LimitOrders, MarketOrders, OpenAccount
from trading.models import Account, Order, Page, Quote

from redhanded import Cleanup, Client, expect


def commission(traded: Decimal) -> Decimal:
    """A thousandth of what was traded, to the cent, half a cent upwards."""
    return (traded / 1000).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_a_purchase_is_filled_at_once_at_the_asked_price(
    desk: Desk, market_order: MarketOrders, quote: Quote
) -> None:
    order = desk.place(market_order(side="buy", quantity=3))

    assert (order.status, order.fill_price) == ("filled", quote.ask)


def test_a_purchase_is_paid_from_the_account(
    desk: Desk, account: Account, market_order: MarketOrders, quote: Quote
) -> None:
    desk.place(market_order(side="buy", quantity=3))

    paid = 3 * quote.ask + commission(3 * quote.ask)
    assert desk.account(account.id).balance == account.balance - paid


@pytest.mark.parametrize("quantity", [1, 2, 7])
def test_the_commission_is_a_thousandth_to_the_cent(
    desk: Desk, market_order: MarketOrders, quote: Quote, quantity: int
) -> None:
    order = desk.place(market_order(side="buy", quantity=quantity))

    assert order.commission == commission(quantity * quote.ask)


def test_what_was_bought_is_held(
    desk: Desk, account: Account, market_order: MarketOrders, quote: Quote
) -> None:
    desk.place(market_order(side="buy", quantity=3))

    held = [(each.symbol, each.quantity, each.available) for each in desk.positions(account.id)]
    assert held == [(quote.symbol, 3, 3)]


def test_buying_more_adds_to_the_position(
    desk: Desk, account: Account, market_order: MarketOrders
) -> None:
    for quantity in (1, 2):
        desk.place(market_order(side="buy", quantity=quantity))

    assert [position.quantity for position in desk.positions(account.id)] == [3]


def test_a_sale_brings_the_bid_price_less_commission(
    desk: Desk, account: Account, market_order: MarketOrders, quote: Quote
) -> None:
    desk.place(market_order(side="buy", quantity=2))
    before = desk.account(account.id).balance

    sold = desk.place(market_order(side="sell", quantity=1))

    assert sold.fill_price == quote.bid
    assert desk.account(account.id).balance == before + quote.bid - commission(quote.bid)


def test_what_was_sold_altogether_is_held_no_more(
    desk: Desk, account: Account, market_order: MarketOrders
) -> None:
    desk.place(market_order(side="buy", quantity=2))

    desk.place(market_order(side="sell", quantity=2))

    assert desk.positions(account.id) == []


def test_a_limit_that_the_market_meets_is_filled_at_the_market_price(
    desk: Desk, limit_order: LimitOrders, quote: Quote
) -> None:
    order = desk.place(limit_order(side="buy", quantity=1, limit_price=quote.ask + 1))

    assert (order.status, order.fill_price) == ("filled", quote.ask)


def test_a_limit_below_the_market_stays_open(desk: Desk, resting: Order) -> None:
    order = desk.order(resting.id)

    assert (order.status, order.fill_price, order.commission) == ("open", None, Decimal(0))


@pytest.mark.usefixtures("resting")
def test_an_open_purchase_reserves_its_price_and_commission(desk: Desk, account: Account) -> None:
    now = desk.account(account.id)

    assert (now.balance, now.reserved) == (account.balance, Decimal("10.01"))
    assert now.available == now.balance - now.reserved


def test_a_cancelled_order_gives_back_what_it_reserved(
    desk: Desk, account: Account, resting: Order, cleanup: Cleanup
) -> None:
    cancelled = desk.cancel(resting.id)
    cleanup.forget("open_order", resting.id)

    assert cancelled.status == "cancelled"
    assert desk.account(account.id).available == account.balance


def test_an_open_sale_reserves_the_units_it_sells(
    desk: Desk,
    account: Account,
    market_order: MarketOrders,
    limit_order: LimitOrders,
    cleanup: Cleanup,
) -> None:
    desk.place(market_order(side="buy", quantity=3))

    order = desk.place(limit_order(side="sell", quantity=2, limit_price=Decimal("999.00")))
    cleanup("open_order", order.id)

    assert [position.available for position in desk.positions(account.id)] == [1]


def test_the_same_units_cannot_be_offered_twice(
    trader: Client,
    desk: Desk,
    market_order: MarketOrders,
    limit_order: LimitOrders,
    cleanup: Cleanup,
) -> None:
    desk.place(market_order(side="buy", quantity=1))
    offer = limit_order(side="sell", quantity=1, limit_price=Decimal("999.00"))
    cleanup("open_order", desk.place(offer).id)

    problem = expect(trader.post("/trading/orders", json=offer), 422, Problem)

    assert problem.type == "urn:problem:insufficient-position"


def test_a_filled_order_cannot_be_cancelled(
    trader: Client, desk: Desk, market_order: MarketOrders
) -> None:
    filled = desk.place(market_order(side="buy", quantity=1))

    problem = expect(trader.post(f"/trading/orders/{filled.id}/cancel"), 409, Problem)

    assert problem.type == "urn:problem:illegal-transition"
    assert desk.order(filled.id) == filled


def test_an_order_cannot_be_cancelled_twice(
    trader: Client, desk: Desk, resting: Order, cleanup: Cleanup
) -> None:
    cancelled = desk.cancel(resting.id)
    cleanup.forget("open_order", resting.id)

    expect(trader.post(f"/trading/orders/{resting.id}/cancel"), 409, Problem)

    assert desk.order(resting.id) == cancelled


def test_more_than_the_account_holds_cannot_be_spent(
    trader: Client, desk: Desk, account: Account, market_order: MarketOrders
) -> None:
    order = market_order(side="buy", quantity=1_000_000)

    problem = expect(trader.post("/trading/orders", json=order), 422, Problem)

    assert problem.type == "urn:problem:insufficient-funds"
    assert desk.account(account.id) == account


def test_a_refused_order_leaves_no_trace(
    trader: Client, desk: Desk, account: Account, market_order: MarketOrders
) -> None:
    expect(trader.post("/trading/orders", json=market_order(side="sell", quantity=1)), 422)

    assert desk.page("orders", Page[Order], account_id=account.id).items == []
    assert desk.positions(account.id) == []


def test_an_instrument_is_traded_in_its_currency_only(
    trader: Client, open_account: OpenAccount, market_order: MarketOrders
) -> None:
    dollars = open_account(currency="USD")
    order = market_order(side="buy", quantity=1).model_copy(update={"account_id": dollars.id})

    problem = expect(trader.post("/trading/orders", json=order), 422, Problem)

    assert problem.type == "urn:problem:currency-mismatch"


@pytest.mark.parametrize(
    "wrong, pointer",
    [
        pytest.param({"quantity": 0}, "/quantity", id="none"),
        pytest.param({"quantity": -1}, "/quantity", id="negative"),
        pytest.param({"quantity": 1.5}, "/quantity", id="half"),
        pytest.param({"quantity": "1"}, "/quantity", id="text"),
        pytest.param({"side": "hold"}, "/side", id="unknown-side"),
        pytest.param({"type": "stop"}, "/type", id="unknown-type"),
        pytest.param({"limit_price": "5.00"}, "", id="market-order-with-limit"),
        pytest.param({"type": "limit"}, "", id="limit-order-without-limit"),
        pytest.param({"symbol": "ZZZZ"}, "/symbol", id="unknown-symbol"),
        pytest.param({"account_id": "acc-nobody"}, "/account_id", id="unknown-account"),
        pytest.param({"type": "limit", "limit_price": "0"}, "/limit_price", id="limit-nothing"),
        pytest.param({"type": "limit", "limit_price": 5}, "/limit_price", id="limit-a-number"),
        pytest.param({"status": "filled"}, "/status", id="status-of-ones-own-choice"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(
    trader: Client, market_order: MarketOrders, wrong: dict[str, object], pointer: str
) -> None:
    order = market_order(side="buy", quantity=1).model_dump(mode="json") | wrong

    problem = expect(trader.post("/trading/orders", json=order), 422, Problem)

    assert problem.pointers == {pointer}


def test_orders_are_found_by_their_state(
    desk: Desk, account: Account, market_order: MarketOrders, resting: Order
) -> None:
    filled = desk.place(market_order(side="buy", quantity=1))

    def ids(status: str) -> list[str]:
        page = desk.page("orders", Page[Order], account_id=account.id, status=status)
        return [order.id for order in page.items]

    assert (ids("open"), ids("filled"), ids("cancelled")) == ([resting.id], [filled.id], [])


def test_orders_are_listed_page_by_page_the_oldest_first(
    desk: Desk, account: Account, market_order: MarketOrders
) -> None:
    placed = [desk.place(market_order(side="buy", quantity=1)).id for _ in range(3)]

    pages = desk.walk("orders", Page[Order], account_id=account.id, limit=1)

    assert [order.id for page in pages for order in page.items] == placed
