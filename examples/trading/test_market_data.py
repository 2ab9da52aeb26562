"""Market data: what is traded, for how much, page by page."""

import re
from decimal import Decimal

import pytest
from problems import Problem
from trading.client import Desk, OpenAccount
from trading.models import Instrument, Page, Quote

from redhanded import Client, expect


@pytest.mark.smoke
@pytest.mark.slo(ceiling=3.0)
def test_the_market_is_open(desk: Desk) -> None:
    assert desk.page("quotes", Page[Quote], limit=1).items


@pytest.mark.parametrize("limit", [1, 7, 100], ids=["one-by-one", "uneven", "all-at-once"])
def test_a_walk_over_all_pages_meets_each_instrument_once(desk: Desk, limit: int) -> None:
    pages = list(desk.walk("instruments", Page[Instrument], limit=limit))

    symbols = [instrument.symbol for page in pages for instrument in page.items]
    assert symbols == sorted(set(symbols))
    assert len(symbols) == 25


def test_only_the_last_page_may_be_short(desk: Desk) -> None:
    *full, last = desk.walk("instruments", Page[Instrument], limit=7)

    assert {len(page.items) for page in full} == {7}
    assert 0 < len(last.items) <= 7


def test_a_list_that_fits_one_page_leads_nowhere(desk: Desk) -> None:
    assert desk.page("instruments", Page[Instrument], limit=100).next is None


def test_a_cursor_goes_on_where_the_page_ended(desk: Desk) -> None:
    whole = desk.page("instruments", Page[Instrument], limit=4).items
    first = desk.page("instruments", Page[Instrument], limit=2)

    second = desk.page("instruments", Page[Instrument], limit=2, cursor=first.next)

    assert first.items + second.items == whole


@pytest.mark.parametrize("currency", ["EUR", "USD", "JPY", "KWD"])
def test_a_currency_finds_only_what_is_traded_in_it(desk: Desk, currency: str) -> None:
    found = desk.page("instruments", Page[Instrument], currency=currency, limit=100).items

    assert {instrument.currency for instrument in found} == {currency}


def test_every_instrument_has_a_quote(desk: Desk) -> None:
    instruments = desk.page("instruments", Page[Instrument], limit=100).items
    quotes = desk.page("quotes", Page[Quote], limit=100).items

    assert [quote.symbol for quote in quotes] == [each.symbol for each in instruments]


def test_every_instrument_and_every_quote_can_be_read_alone(desk: Desk, trader: Client) -> None:
    for listed in desk.page("instruments", Page[Instrument], limit=100).items:
        response = trader.get(f"/trading/instruments/{listed.symbol}")
        assert expect(response, 200, Instrument) == listed
        assert desk.quote(listed.symbol).currency == listed.currency


def test_quotes_can_be_read_in_each_currency(desk: Desk) -> None:
    for currency in ("EUR", "USD", "JPY", "KWD"):
        found = desk.page("quotes", Page[Quote], currency=currency, limit=100).items

        assert {quote.currency for quote in found} == {currency}


@pytest.mark.parametrize("what", ["instruments", "quotes"])
def test_a_list_that_comes_packed_says_the_same_and_that_it_may_come_otherwise(
    trader: Client, what: str
) -> None:
    plain, packed = (
        trader.get(f"/trading/{what}", headers={"Accept-Encoding": encoding})
        for encoding in ("identity", "gzip")
    )

    symbols = [each["symbol"] for each in expect(plain, 200).json()["items"]]
    assert [each["symbol"] for each in expect(packed, 200).json()["items"]] == symbols
    if packed.headers.get("Content-Encoding") != plain.headers.get("Content-Encoding"):
        expect(packed, 200, headers={"Vary": re.compile("accept-encoding", re.IGNORECASE)})


def test_whoever_buys_and_sells_at_once_loses_money(desk: Desk) -> None:
    quotes = desk.page("quotes", Page[Quote], limit=100).items

    assert [quote.symbol for quote in quotes if not Decimal(0) < quote.bid < quote.ask] == []


def test_a_quote_is_the_same_alone_and_in_the_list(desk: Desk, quote: Quote) -> None:
    alone = desk.quote(quote.symbol)

    assert (alone.bid, alone.ask, alone.currency) == (quote.bid, quote.ask, quote.currency)


def test_a_quote_is_never_older_than_the_one_before(desk: Desk, quote: Quote) -> None:
    assert desk.quote(quote.symbol).as_of >= quote.as_of


@pytest.mark.parametrize("what", ["instruments", "quotes"])
def test_an_unknown_symbol_is_not_there(trader: Client, what: str) -> None:
    expect(trader.get(f"/trading/{what}/ZZZZ"), 404, Problem)


@pytest.mark.parametrize("symbol", ["alde", "ALD", "ALDER", "AL E"])
def test_what_cannot_be_a_symbol_is_refused(trader: Client, symbol: str) -> None:
    expect(trader.get(f"/trading/quotes/{symbol}"), 422, Problem)


@pytest.mark.parametrize(
    "cursor", ["made-up", "bm90aGluZzox", "%00"], ids=["no-base64", "of-nothing", "null"]
)
def test_an_invented_cursor_is_refused(trader: Client, cursor: str) -> None:
    response = trader.get("/trading/instruments", params={"cursor": cursor})

    assert expect(response, 422, Problem).pointers == {"/cursor"}


def test_the_cursor_of_another_list_is_refused(
    trader: Client, desk: Desk, open_account: OpenAccount
) -> None:
    tag = open_account().tag
    open_account(tag=tag)
    other = desk.page("accounts", Page[dict[str, object]], tag=tag, limit=1).next

    expect(trader.get("/trading/instruments", params={"cursor": other}), 422, Problem)
