"""What may be asked of a live desk before anything else: reads of what has always been there."""

import pytest
from trading.client import Desk

pytestmark = pytest.mark.canary


@pytest.mark.parametrize("currency", ["EUR", "USD", "JPY", "KWD"])
def test_the_desks_own_account_is_there(desk: Desk, currency: str) -> None:
    account = desk.account(f"acc-demo-{currency.lower()}")

    assert (account.currency, account.owner) == (currency, "Demo desk")


def test_the_market_has_a_price(desk: Desk) -> None:
    quote = desk.quote("ALDE")

    assert 0 < quote.bid < quote.ask
