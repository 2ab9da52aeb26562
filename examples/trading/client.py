"""What one can do at the desk, as whoever the client is."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from trading.models import (
    Account,
    Item,
    LimitOrder,
    MarketOrder,
    NewAccount,
    NewPayment,
    Notification,
    Order,
    Page,
    Payment,
    Position,
    Quote,
)

from redhanded import Client, expect

# What the fixtures give: functions that open an account, or write an order or a payment of one.
OpenAccount: TypeAlias = Callable[..., Account]
MarketOrders: TypeAlias = Callable[..., MarketOrder]
LimitOrders: TypeAlias = Callable[..., LimitOrder]
NewPayments: TypeAlias = Callable[..., NewPayment]


class Desk:
    """The trading desk."""

    def __init__(self, api: Client) -> None:
        self.api = api

    def open(self, new: NewAccount) -> Account:
        """Opens an account."""
        return expect(self.api.post("/trading/accounts", json=new), 201, Account)

    def account(self, account_id: str) -> Account:
        """What an account holds now."""
        return expect(self.api.get(f"/trading/accounts/{account_id}"), 200, Account)

    def close(self, account_id: str) -> None:
        """Closes an account."""
        expect(self.api.delete(f"/trading/accounts/{account_id}"), 204)

    def positions(self, account_id: str) -> list[Position]:
        """The instruments that an account holds."""
        path = f"/trading/accounts/{account_id}/positions"
        return expect(self.api.get(path), 200, list[Position])

    def quote(self, symbol: str) -> Quote:
        """What a unit of the instrument costs now."""
        return expect(self.api.get(f"/trading/quotes/{symbol}"), 200, Quote)

    def place(self, new: MarketOrder | LimitOrder) -> Order:
        """Places an order."""
        return expect(self.api.post("/trading/orders", json=new), 201, Order)

    def order(self, order_id: str) -> Order:
        """What became of an order."""
        return expect(self.api.get(f"/trading/orders/{order_id}"), 200, Order)

    def cancel(self, order_id: str) -> Order:
        """Takes an open order back."""
        return expect(self.api.post(f"/trading/orders/{order_id}/cancel"), 200, Order)

    def pay(self, new: NewPayment, *, key: str) -> Payment:
        """Moves money; the same key moves it once."""
        headers = {"Idempotency-Key": key}
        return expect(self.api.post("/trading/payments", json=new, headers=headers), 201, Payment)

    def notifications(self, account_id: str) -> list[Notification]:
        """Word that has reached the account by now, the oldest first."""
        return self.page("notifications", Page[Notification], account_id=account_id).items

    def page(
        self, what: str, shape: type[Page[Item]], **conditions: str | int | None
    ) -> Page[Item]:
        """One page of a list: `desk.page("quotes", Page[Quote], limit=3)`."""
        return expect(self.api.get(f"/trading/{what}", params=conditions), 200, shape)

    def walk(
        self, what: str, shape: type[Page[Item]], **conditions: str | int | None
    ) -> Iterator[Page[Item]]:
        """All pages of a list, each led to by the one before."""
        page = self.page(what, shape, **conditions)
        yield page
        while page.next is not None:
            page = self.page(what, shape, **{**conditions, "cursor": page.next})
            yield page
