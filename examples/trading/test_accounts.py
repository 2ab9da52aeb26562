"""Accounts: opened with play money, counted to the last cent, closed when nothing is pending."""

from decimal import Decimal

import pytest
from problems import Problem
from trading.client import Desk, OpenAccount
from trading.models import Account, Order, Page

from redhanded import Cleanup, Client, expect


@pytest.mark.smoke
def test_an_account_can_be_opened_and_read(desk: Desk, open_account: OpenAccount) -> None:
    account = open_account("250.00")

    assert desk.account(account.id) == account


def test_a_new_account_holds_what_was_paid_in_and_reserves_nothing(
    open_account: OpenAccount,
) -> None:
    account = open_account("250.00")

    assert (account.balance, account.available) == (Decimal("250.00"), Decimal("250.00"))
    assert account.reserved == 0


def test_an_account_without_opening_balance_is_empty(trader: Client, cleanup: Cleanup) -> None:
    response = trader.post("/trading/accounts", json={"owner": "Ada", "currency": "EUR"})

    account = expect(response, 201, Account)
    cleanup("account", account.id)
    assert account.balance == 0


@pytest.mark.parametrize(
    "currency, sent, written",
    [("EUR", "250.5", "250.50"), ("JPY", "250", "250"), ("KWD", "250.125", "250.125")],
    ids=["cents", "no-places", "three-places"],
)
def test_money_is_text_with_all_places_of_its_currency(
    trader: Client, open_account: OpenAccount, currency: str, sent: str, written: str
) -> None:
    account = open_account(sent, currency)

    response = trader.get(f"/trading/accounts/{account.id}")

    expect(response, 200, where={"$.balance": written, "$.available": written})


@pytest.mark.parametrize(
    "currency, amount",
    [
        pytest.param("EUR", "1.001", id="tenth-of-a-cent"),
        pytest.param("JPY", "1.5", id="half-a-yen"),
        pytest.param("EUR", "-1", id="negative"),
        pytest.param("EUR", "1e3", id="exponent"),
        pytest.param("EUR", "1,50", id="comma"),
        pytest.param("EUR", "", id="empty"),
        pytest.param("EUR", 1.5, id="number"),
        pytest.param("EUR", "1000000000", id="too-much"),
    ],
)
def test_an_amount_that_is_none_opens_no_account(
    trader: Client, currency: str, amount: object
) -> None:
    body = {"owner": "Ada", "currency": currency, "opening_balance": amount}

    problem = expect(trader.post("/trading/accounts", json=body), 422, Problem)

    assert problem.pointers == {"/opening_balance"}


@pytest.mark.parametrize(
    "currency", ["eur", "GBP", "", None], ids=["lower", "other", "empty", "null"]
)
def test_only_the_currencies_of_the_desk_are_kept(trader: Client, currency: str) -> None:
    body = {"owner": "Ada", "currency": currency}

    assert expect(trader.post("/trading/accounts", json=body), 422, Problem).pointers == {
        "/currency"
    }


def test_accounts_are_found_by_tag(desk: Desk, open_account: OpenAccount) -> None:
    mine = open_account()
    open_account()

    assert desk.page("accounts", Page[Account], tag=mine.tag).items == [mine]


def test_the_same_amount_in_two_accounts_makes_two_accounts(open_account: OpenAccount) -> None:
    assert open_account("5.00").id != open_account("5.00").id


def test_a_closed_account_is_gone(trader: Client, desk: Desk, account: Account) -> None:
    desk.close(account.id)

    expect(trader.get(f"/trading/accounts/{account.id}"), 404, Problem)


def test_an_account_with_an_open_order_cannot_be_closed(
    trader: Client, desk: Desk, account: Account, resting: Order
) -> None:
    problem = expect(trader.delete(f"/trading/accounts/{account.id}"), 409, Problem)

    assert problem.type == "urn:problem:illegal-transition"
    assert desk.order(resting.id).status == "open"


@pytest.mark.parametrize("path", ["", "/positions"], ids=["account", "positions"])
def test_an_unknown_account_is_not_there(trader: Client, path: str) -> None:
    expect(trader.get(f"/trading/accounts/acc-nobody{path}"), 404, Problem)
