"""Accounts and market data."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lab.conftest import Headers
from tests.lab.desk import Desk


def walk(desk: Desk, path: str, limit: int, **query: str) -> list[dict[str, Any]]:
    """All items of a list, page after page."""
    items: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = desk.get(path, limit=limit, **cursor, **query).json()
        assert len(page["items"]) <= limit
        items += page["items"]
        if page["next"] is None:
            return items
        cursor = {"cursor": page["next"]}


@pytest.mark.parametrize(
    "currency, sent, stored",
    [
        pytest.param("EUR", "1250.5", "1250.50", id="cents"),
        pytest.param("USD", "0", "0.00", id="nothing"),
        pytest.param("JPY", "1250", "1250", id="no-minor-unit"),
        pytest.param("KWD", "0.001", "0.001", id="three-places"),
        pytest.param("EUR", "999999999.99", "999999999.99", id="most"),
        pytest.param("JPY", "7.000", "7", id="places-that-say-nothing"),
    ],
)
def test_money_keeps_the_places_of_its_currency(
    desk: Desk, currency: str, sent: str, stored: str
) -> None:
    """An amount comes back exact, with as many places as the currency has."""
    account = desk.account(sent, currency)

    assert desk.money(account) == (stored, stored)


@pytest.mark.parametrize(
    "currency, amount",
    [
        pytest.param("EUR", "1.005", id="too-precise-for-euros"),
        pytest.param("JPY", "1.5", id="too-precise-for-yen"),
        pytest.param("EUR", "-1", id="negative"),
        pytest.param("EUR", "1e3", id="exponent"),
        pytest.param("EUR", "1,000", id="thousands"),
        pytest.param("EUR", "01", id="leading-zero"),
        pytest.param("EUR", "1000000000", id="too-much"),
        pytest.param("EUR", "\u0661", id="other-digits"),
        pytest.param("EUR", 10, id="number-instead-of-text"),
        pytest.param("EUR", "", id="empty"),
    ],
)
def test_what_is_no_amount_is_refused(desk: Desk, currency: str, amount: object) -> None:
    """Money is decimal text that the currency can express."""
    refused = desk.post(
        "/accounts", {"owner": "Ann", "currency": currency, "opening_balance": amount}
    )

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/opening_balance"


def test_a_new_account_is_where_location_says(desk: Desk) -> None:
    """The answer to an opening names the account."""
    opened = desk.post("/accounts", {"owner": "Ann", "currency": "EUR", "tag": "t"})

    read = desk.api.get(opened.headers["Location"], headers=desk.headers)
    assert read.json() == opened.json()
    assert (read.json()["balance"], read.json()["tag"]) == ("0.00", "t")


def test_accounts_are_found_by_tag_over_pages(desk: Desk) -> None:
    """A walk over pages of any size gives each account once, the oldest first."""
    opened = [desk.account(tag="mine") for _ in range(5)]
    desk.account(tag="other")

    for limit in (1, 2, 5, 100):
        assert [each["id"] for each in walk(desk, "/accounts", limit, tag="mine")] == opened


def test_a_page_does_not_skip_what_is_added_meanwhile(desk: Desk) -> None:
    """A cursor stays right while accounts are opened between two pages."""
    first = desk.account(tag="mine")
    second = desk.account(tag="mine")
    page = desk.get("/accounts", tag="mine", limit=1).json()
    third = desk.account(tag="mine")

    rest = desk.get("/accounts", tag="mine", limit=5, cursor=page["next"]).json()

    assert [page["items"][0]["id"], *(each["id"] for each in rest["items"])] == [
        first,
        second,
        third,
    ]


@pytest.mark.parametrize(
    "cursor",
    [
        pytest.param("nonsense", id="nonsense"),
        pytest.param("b3JkZXJzOjE=", id="of-another-list"),
        pytest.param("YWNjb3VudHM6LTE=", id="negative"),
        pytest.param("YWNjb3VudHM6OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ==", id="out-of-range"),
        pytest.param("x" * 101, id="too-long"),
    ],
)
def test_a_cursor_nobody_gave_is_refused(desk: Desk, cursor: str) -> None:
    """A made-up cursor is an error and not a first page."""
    refused = desk.get("/accounts", cursor=cursor)

    assert refused.status_code == 422
    assert refused.json()["errors"][0] == {
        "in": "query",
        "pointer": "/cursor",
        "detail": refused.json()["errors"][0]["detail"],
    }


def test_a_closed_account_takes_everything_along(desk: Desk) -> None:
    """No order, payment or notification of a closed account stays behind."""
    account, other = desk.account(), desk.account()
    order = desk.order(account, "buy", 1, tag="gone").json()
    payment = desk.pay(account, other, "1", "k", tag="gone").json()

    assert desk.delete(f"/accounts/{account}").status_code == 204

    assert desk.get(f"/accounts/{account}").status_code == 404
    assert desk.get(f"/accounts/{account}/positions").status_code == 404
    assert desk.get(f"/orders/{order['id']}").status_code == 404
    assert desk.get(f"/payments/{payment['id']}").status_code == 404
    assert desk.get("/orders", tag="gone").json()["items"] == []
    assert desk.delete(f"/accounts/{account}").status_code == 404


def test_an_account_with_an_open_order_cannot_be_closed(desk: Desk) -> None:
    """Open orders come first: they have to be cancelled before the account can go."""
    account = desk.account()
    order = desk.order(account, "buy", 1, limit_price="1").json()

    refused = desk.delete(f"/accounts/{account}")
    desk.post(f"/orders/{order['id']}/cancel")

    assert refused.status_code == 409
    assert desk.delete(f"/accounts/{account}").status_code == 204


def test_instruments_and_quotes_are_the_same_on_every_machine(desk: Desk) -> None:
    """Prices follow from a seed: a test may know them."""
    assert desk.get("/quotes/ALDE").json() | {"as_of": ""} == {
        "symbol": "ALDE",
        "currency": "EUR",
        "bid": "255.08",
        "ask": "255.60",
        "as_of": "",
    }
    assert desk.get("/instruments/ALDE").json() == {
        "symbol": "ALDE",
        "name": "Alder",
        "currency": "EUR",
    }


def test_lists_of_the_market_have_every_instrument_once(desk: Desk) -> None:
    """Instruments and quotes are listed in the order of symbols, over pages of any size."""
    instruments = [each["symbol"] for each in walk(desk, "/instruments", 7)]

    assert instruments == sorted(set(instruments))
    assert len(instruments) == 25
    assert [each["symbol"] for each in walk(desk, "/quotes", 4)] == instruments


def test_a_bid_is_always_below_its_ask(desk: Desk) -> None:
    """No quote lets anyone gain by buying and selling at once."""
    for quote in walk(desk, "/quotes", 100):
        assert 0 < float(quote["bid"]) < float(quote["ask"]), quote


@pytest.mark.parametrize("path", ["/instruments", "/quotes"])
def test_the_market_can_be_asked_by_currency(desk: Desk, path: str) -> None:
    """The filter leaves what it says, over pages as well."""
    found = walk(desk, path, 2, currency="JPY")

    assert {each["currency"] for each in found} == {"JPY"}
    assert len(found) == 5


@pytest.mark.parametrize("symbol, status", [("ZZZZ", 404), ("alde", 422), ("ALDER", 422)])
def test_an_unknown_symbol_is_404_and_what_is_none_is_422(
    desk: Desk, symbol: str, status: int
) -> None:
    """A symbol that could exist and does not is another thing than no symbol."""
    assert desk.get(f"/quotes/{symbol}").status_code == status
    assert desk.get(f"/instruments/{symbol}").status_code == status


@pytest.mark.parametrize(
    "method, path",
    [
        pytest.param("POST", "/trading/accounts", id="open"),
        pytest.param("DELETE", "/trading/accounts/acc-demo-eur", id="close"),
        pytest.param("POST", "/trading/orders", id="order"),
        pytest.param(
            "POST", "/trading/orders/5f6e7d8c-1111-4222-8333-944455566677/cancel", id="cancel"
        ),
        pytest.param("POST", "/trading/payments", id="pay"),
    ],
)
def test_reading_is_not_trading(api: TestClient, auditor: Headers, method: str, path: str) -> None:
    """A token with the scope `read` sees everything and changes nothing."""
    refused = api.request(method, path, json={}, headers=auditor)

    assert refused.status_code == 403
    assert 'scope="trade"' in refused.headers["WWW-Authenticate"]
    assert api.get("/trading/accounts/acc-demo-eur", headers=auditor).status_code == 200
