"""The same question gets the same answer, each time, and whoever else is asking.

A fault that shows in one answer of twenty is met by asking forty times, one of five by ten.
"""

import re
from asyncio import gather

import pytest
from problems import Problem
from trading.client import Desk, OpenAccount
from trading.models import Account, Instrument, Notification, Order, Page, Payment, Quote

from redhanded import AsyncClient, Client, expect

OFTEN, NOW_AND_THEN = 39, 9
SECONDS = re.compile(r"^\d+$")
NOTHING_LEFT = re.compile(r"r=0\b")


def test_an_instrument_reads_the_same_each_time(trader: Client, quote: Quote) -> None:
    path = f"/trading/instruments/{quote.symbol}"
    first = expect(trader.get(path), 200, Instrument)

    for _ in range(OFTEN):
        assert expect(trader.get(path), 200, Instrument) == first


@pytest.mark.parametrize(
    "what, shape",
    [
        ("accounts", Page[Account]),
        ("orders", Page[Order]),
        ("payments", Page[Payment]),
        ("notifications", Page[Notification]),
    ],
    ids=["accounts", "orders", "payments", "notifications"],
)
def test_a_list_can_be_read_again_and_again(desk: Desk, what: str, shape: type) -> None:
    for _ in range(NOW_AND_THEN):
        assert len(desk.page(what, shape, limit=1).items) <= 1


@pytest.mark.parametrize("what", ["instruments", "quotes"])
def test_only_who_has_used_up_the_quota_has_to_wait_and_is_told_how_long(
    trader: Client, what: str
) -> None:
    promised = {"Retry-After": SECONDS, "RateLimit": NOTHING_LEFT}

    for _ in range(12):
        response = trader.get(f"/trading/{what}", params={"limit": 1})
        if expect(response, {200, 429}).status_code == 429:
            expect(response, 429, Problem, headers=promised)


async def test_who_asks_at_the_same_moment_gets_their_own_account(
    async_trader: AsyncClient, open_account: OpenAccount
) -> None:
    wanted = [open_account(f"{number}.00") for number in range(1, 5)]

    responses = await gather(
        *(async_trader.get(f"/trading/accounts/{account.id}") for account in wanted)
    )

    assert [expect(response, 200, Account) for response in responses] == wanted
