"""Tests as they are mostly written, of one call each: a fault that comes and goes shows in a few.

The witnesses of the same defects call so often that they must meet them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from judging import expect
from models import Account, Booking, Instrument, Page, Payment

Book = Callable[..., dict[str, Any]]

every_turn = pytest.mark.parametrize("turn", range(int(os.environ.get("TRUTH_TURNS", "1"))))


@every_turn
@pytest.mark.glimpse("D84")
def test_a_booking_costs_what_was_agreed(api: httpx2.Client, book: Book, turn: int) -> None:
    booked = book(totalprice=120 + turn)

    found = expect(api.get(f"/booking/{booked['bookingid']}"), 200, Booking)

    assert found.totalprice == 120 + turn


@every_turn
@pytest.mark.glimpse("D85")
def test_an_instrument_has_its_fields(trader: httpx2.Client, turn: int) -> None:  # noqa: ARG001
    expect(trader.get("/trading/instruments/ALDE"), 200, Instrument)


@every_turn
@pytest.mark.glimpse("D86")
def test_payments_can_be_listed(trader: httpx2.Client, turn: int) -> None:
    expect(trader.get("/trading/payments", params={"limit": 1 + turn}), 200, Page[Payment])


@every_turn
@pytest.mark.glimpse("D87")
def test_a_change_is_there(api: httpx2.Client, book: Book, turn: int) -> None:
    path = f"/booking/{book(totalprice=120)['bookingid']}"
    expect(api.patch(path, json={"totalprice": turn}), 200, Booking)

    assert expect(api.get(path), 200, Booking).totalprice == turn


@every_turn
@pytest.mark.glimpse("D88")
def test_accounts_can_be_listed(trader: httpx2.Client, turn: int) -> None:
    expect(trader.get("/trading/accounts", params={"limit": 1 + turn}), 200, Page[Account])


@every_turn
@pytest.mark.glimpse("D80", seconds=0.7)
@pytest.mark.slo(ceiling=0.5)
def test_accounts_come_soon(trader: httpx2.Client, turn: int) -> None:
    expect(trader.get("/trading/accounts", params={"limit": 1 + turn}), 200, Page[Account])


@every_turn
@pytest.mark.glimpse("D81", seconds=0.7)
@pytest.mark.slo(ceiling=0.5)
def test_payments_come_soon(trader: httpx2.Client, turn: int) -> None:
    expect(trader.get("/trading/payments", params={"limit": 1 + turn}), 200, Page[Payment])
