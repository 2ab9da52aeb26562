"""What looks like the network's fault may be the API's (D94 to D100)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from judging import expect
from models import BookingRef, Instrument, Order, Page, Position, Quote

Book = Callable[..., dict[str, Any]]
OpenAccount = Callable[..., dict[str, Any]]


@pytest.mark.defect("D94")
def test_every_instrument_can_be_read(trader: httpx2.Client) -> None:
    for symbol, name in (("ALDE", "Alder"), ("TEAL", "Teal")):
        found = expect(trader.get(f"/trading/instruments/{symbol}"), 200, Instrument)

        assert found.name == name


@pytest.mark.defect("D94")
def test_someone_whose_name_is_null_can_book(book: Book) -> None:
    assert book(lastname="Null")["bookingid"] > 0


@pytest.mark.defect("D95")
def test_quotes_can_be_read_in_every_currency(trader: httpx2.Client) -> None:
    for currency in ("EUR", "KWD"):
        page = trader.get("/trading/quotes", params={"currency": currency})

        assert expect(page, 200, Page[Quote]).items


@pytest.mark.defect("D96")
def test_every_quote_can_be_read(trader: httpx2.Client) -> None:
    for symbol in ("ALDE", "SAFF"):
        found = expect(trader.get(f"/trading/quotes/{symbol}"), 200, Quote)

        assert found.symbol == symbol


@pytest.mark.defect("D97", calls=5)
def test_orders_can_be_listed_again_and_again(trader: httpx2.Client) -> None:
    for _ in range(8):
        expect(trader.get("/trading/orders", params={"limit": "1"}), 200, Page[Order])


@pytest.mark.defect("D98")
def test_no_instrument_keeps_its_reader_waiting(trader: httpx2.Client) -> None:
    for symbol in ("ALDE", "UMBE"):
        found = expect(trader.get(f"/trading/instruments/{symbol}"), 200, Instrument)

        assert found.symbol == symbol


@pytest.mark.defect("D99")
def test_what_was_bought_is_held(trader: httpx2.Client, open_account: OpenAccount) -> None:
    account = open_account()
    order = {
        "account_id": account["id"],
        "symbol": "ALDE",
        "side": "buy",
        "type": "market",
        "quantity": 3,
        "tag": account["tag"],
    }
    expect(trader.post("/trading/orders", json=order), 201, Order)

    path = f"/trading/accounts/{account['id']}/positions"
    held = expect(trader.get(path), 200, list[Position])

    assert [(position.symbol, position.quantity) for position in held] == [("ALDE", 3)]


@pytest.mark.defect("D100")
def test_bookings_can_be_listed_while_the_service_says_that_it_is_well(api: httpx2.Client) -> None:
    expect(api.get("/health"), 200)

    expect(api.get("/booking", params={"limit": "1"}), 200, list[BookingRef])
