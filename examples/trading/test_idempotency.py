"""One key, one order: sent again it is answered again, and placed once."""

from asyncio import gather

from problems import Problem
from trading.client import Desk, MarketOrders
from trading.models import Account, MarketOrder, Order, Page

from redhanded import AsyncClient, Client, expect

PATH = "/trading/orders"


def key(order: MarketOrder) -> dict[str, str]:
    return {"Idempotency-Key": order.tag}


def test_an_order_sent_twice_with_one_key_is_placed_once(
    trader: Client, desk: Desk, account: Account, market_order: MarketOrders
) -> None:
    order = market_order(side="buy", quantity=1)

    first = expect(trader.post(PATH, json=order, headers=key(order)), 201, Order)
    again = expect(trader.post(PATH, json=order, headers=key(order)), 201, Order)

    assert again == first
    assert desk.page("orders", Page[Order], account_id=account.id).items == [first]
    assert [position.quantity for position in desk.positions(account.id)] == [1]


def test_the_key_of_an_order_cannot_be_used_for_another(
    trader: Client, desk: Desk, account: Account, market_order: MarketOrders
) -> None:
    order = market_order(side="buy", quantity=1)
    expect(trader.post(PATH, json=order, headers=key(order)), 201, Order)

    more = order.model_copy(update={"quantity": 2})
    problem = expect(trader.post(PATH, json=more, headers=key(order)), 422, Problem)

    assert problem.type == "urn:problem:key-reused"
    assert [position.quantity for position in desk.positions(account.id)] == [1]


def test_an_order_without_key_is_a_new_one_each_time(
    desk: Desk, account: Account, market_order: MarketOrders
) -> None:
    order = market_order(side="buy", quantity=1)

    assert desk.place(order).id != desk.place(order).id
    assert [position.quantity for position in desk.positions(account.id)] == [2]


async def test_an_order_sent_many_times_at_once_is_placed_once(
    async_trader: AsyncClient, desk: Desk, account: Account, market_order: MarketOrders
) -> None:
    order = market_order(side="buy", quantity=1)

    responses = await gather(
        *(async_trader.post(PATH, json=order, headers=key(order)) for _ in range(6))
    )

    placed = [response for response in responses if expect(response, {201, 409}).is_success]
    assert len({expect(response, 201, Order).id for response in placed}) == 1
    assert [position.quantity for position in desk.positions(account.id)] == [1]
