"""The API answers in time (D78 to D83)."""

from __future__ import annotations

import httpx2
import pytest
from judging import expect
from models import Account, BookingRef, Instrument, Page, Payment, Quote

within_half_a_second = pytest.mark.slo(ceiling=0.5)


@pytest.mark.defect("D78", seconds=0.7)
@within_half_a_second
def test_a_quote_comes_soon(trader: httpx2.Client) -> None:
    expect(trader.get("/trading/quotes/ALDE"), 200, Quote)


@pytest.mark.defect("D79", seconds=0.028)
@within_half_a_second
def test_many_quotes_come_as_soon_as_one(trader: httpx2.Client) -> None:
    for limit in (1, 100):
        quotes = trader.get("/trading/quotes", params={"limit": str(limit)})

        expect(quotes, 200, Page[Quote])


@pytest.mark.defect("D80", seconds=0.7)
@within_half_a_second
def test_every_list_of_accounts_comes_soon(trader: httpx2.Client) -> None:
    for _ in range(19):
        expect(trader.get("/trading/accounts", params={"limit": "1"}), 200, Page[Account])


@pytest.mark.defect("D81", seconds=0.7)
@within_half_a_second
def test_every_list_of_payments_comes_soon(trader: httpx2.Client) -> None:
    for _ in range(9):
        expect(trader.get("/trading/payments", params={"limit": "1"}), 200, Page[Payment])


@pytest.mark.defect("D82", seconds=0.7)
@within_half_a_second
def test_the_hundredth_instrument_comes_as_soon_as_the_first(trader: httpx2.Client) -> None:
    for _ in range(102):
        expect(trader.get("/trading/instruments/ALDE"), 200, Instrument)


@pytest.mark.defect("D83")
def test_a_long_name_is_looked_for_as_a_short_one(api: httpx2.Client) -> None:
    for name in ("Nobody", "Nobody" * 12):
        found = expect(api.get("/booking", params={"lastname": name}), 200, list[BookingRef])

        assert found == []
