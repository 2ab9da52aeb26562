"""What the tests of the desk start from."""

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from clients import AsyncClientOf, ClientOf
from trading.client import Desk, LimitOrders, MarketOrders, NewPayments, OpenAccount
from trading.models import (
    Account,
    LimitOrder,
    MarketOrder,
    NewAccount,
    NewPayment,
    Order,
    Page,
    Quote,
)

from redhanded import AsyncClient, Cleanup, Client, Factory, Settings


@pytest.fixture
def trader(api_as: ClientOf) -> Client:
    """The client of someone who may trade."""
    return api_as("trader")


@pytest.fixture
def async_trader(async_api_as: AsyncClientOf) -> AsyncClient:
    """The same for tests that do several things at once."""
    return async_api_as("trader")


@pytest.fixture
def desk(trader: Client) -> Desk:
    """The desk, as a trader sees it."""
    return Desk(trader)


@pytest.fixture
def open_account(desk: Desk, make: Factory, cleanup: Cleanup) -> OpenAccount:
    """A function that opens an account for the time of the test: `open_account("250.00")`."""

    def open_account(balance: str = "10000.00", currency: str = "EUR", **fixed: object) -> Account:
        new = make(NewAccount, opening_balance=Decimal(balance), currency=currency, **fixed)
        account = desk.open(new)
        cleanup("account", account.id)
        return account

    return open_account


@pytest.fixture
def account(open_account: OpenAccount) -> Account:
    """An account with 10,000.00 EUR."""
    return open_account()


@pytest.fixture
def quote(desk: Desk) -> Quote:
    """What some instrument costs in EUR."""
    return desk.page("quotes", Page[Quote], currency="EUR", limit=1).items[0]


@pytest.fixture
def market_order(make: Factory, account: Account, quote: Quote) -> MarketOrders:
    """A function that writes an order of the account: `market_order(side="buy", quantity=3)`."""
    return partial(make, MarketOrder, account_id=account.id, symbol=quote.symbol)


@pytest.fixture
def limit_order(make: Factory, account: Account, quote: Quote) -> LimitOrders:
    """The same with a limit: `limit_order(side="buy", quantity=3, limit_price=...)`."""
    return partial(make, LimitOrder, account_id=account.id, symbol=quote.symbol)


@pytest.fixture
def resting(desk: Desk, limit_order: LimitOrders, cleanup: Cleanup) -> Order:
    """An order to buy two units for 5.00 each, which nobody sells for so little."""
    order = desk.place(limit_order(side="buy", quantity=2, limit_price=Decimal("5.00")))
    cleanup("open_order", order.id)
    return order


@pytest.fixture
def payment(make: Factory, account: Account, open_account: OpenAccount) -> NewPayments:
    """A function that writes a payment from the account to an empty one: `payment(amount=...)`."""
    payee = open_account("0")
    return partial(make, NewPayment, from_account=account.id, to_account=payee.id)


@pytest.fixture
def secret(settings: Settings) -> str:
    """The trader's client secret, for tests of the token endpoint itself."""
    trader: Any = settings.identities["trader"]
    return str(trader.client_secret.get_secret_value())
