"""Accounts, instruments, orders, payments and notifications as they are sent and received."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, Literal, Self, TypeVar

from fastapi import Path
from pydantic import Field, model_validator

from redhanded.lab.fields import IS_NUMBER, Cursor, Limit, RowId, Tag, Text, Wire
from redhanded.lab.trading.money import Amount, Currency, Money

Item = TypeVar("Item")

UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

AccountId = Annotated[str, Field(pattern=r"^acc-[a-z0-9-]{3,40}$", examples=["acc-demo-eur"])]
Identity = Annotated[str, Field(pattern=UUID, json_schema_extra={"format": "uuid"})]
Symbol = Annotated[str, Field(pattern=r"^[A-Z]{4}$", examples=["ALDE"])]
Quantity = Annotated[int, Field(ge=1, le=1_000_000), IS_NUMBER]
Side = Literal["buy", "sell"]
OrderType = Literal["market", "limit"]
OrderStatus = Literal["open", "filled", "cancelled"]
Event = Literal["order_opened", "order_filled", "order_cancelled", "payment_completed"]
IdentityInPath = Annotated[Identity, Path()]
AccountIdInPath = Annotated[AccountId, Path()]
SymbolInPath = Annotated[Symbol, Path()]


class Page(Wire, Generic[Item]):
    """Some of the items; `next` is the cursor of the page after it, or null on the last."""

    items: list[Item]
    next: Cursor | None


class PageFilter(Wire):
    """Which page to list."""

    limit: Limit = 20
    cursor: Cursor | None = None


class TaggedFilter(PageFilter):
    """Which items to list: all, or those with the tag."""

    tag: Tag | None = None


class AccountFilter(TaggedFilter):
    """Which items to list: those for which all the given conditions hold."""

    account_id: AccountId | None = None


class OrderFilter(AccountFilter):
    """Which orders to list: those for which all the given conditions hold."""

    symbol: Symbol | None = None
    status: OrderStatus | None = None


class InstrumentFilter(PageFilter):
    """Which instruments to list: all, or those in the currency."""

    currency: Currency | None = None


class NewAccount(Wire):
    """An account to be opened, with play money."""

    owner: Text
    currency: Currency
    opening_balance: Amount = "0"
    tag: Tag | None = None


class Account(Wire):
    """A cash account; `available` is the balance without what open orders reserve."""

    id: AccountId
    owner: Text
    currency: Currency
    balance: Money
    reserved: Money
    available: Money
    tag: Tag | None
    created_at: datetime


class Position(Wire):
    """How much of an instrument an account holds, and what a unit cost on average."""

    symbol: Symbol
    quantity: Annotated[int, Field(ge=1)]
    available: Annotated[int, Field(ge=0)]
    average_price: Money


class Instrument(Wire):
    """Something that can be bought and sold."""

    symbol: Symbol
    name: Text
    currency: Currency


class Quote(Wire):
    """What a unit of an instrument costs (ask) and brings (bid)."""

    symbol: Symbol
    currency: Currency
    bid: Money
    ask: Money
    as_of: datetime


class NewOrder(Wire):
    """An order to be placed; a limit order needs a limit price, a market order has none."""

    account_id: AccountId
    symbol: Symbol
    side: Side
    type: OrderType
    quantity: Quantity
    limit_price: Amount | None = None
    tag: Tag | None = None

    @model_validator(mode="after")
    def _limit_fits_type(self) -> Self:
        if (self.type == "limit") != (self.limit_price is not None):
            raise ValueError("a limit order needs limit_price, a market order must not have it")
        return self


class Order(Wire):
    """An order; the commission is 0.1 % of what was traded, rounded half up."""

    id: Identity
    account_id: AccountId
    symbol: Symbol
    side: Side
    type: OrderType
    quantity: Quantity
    limit_price: Money | None
    status: OrderStatus
    fill_price: Money | None
    commission: Money
    currency: Currency
    tag: Tag | None
    created_at: datetime
    updated_at: datetime


class NewPayment(Wire):
    """Money to be moved between two accounts of one currency."""

    from_account: AccountId
    to_account: AccountId
    amount: Amount
    reference: Text
    tag: Tag | None = None


class Payment(Wire):
    """Money that was moved."""

    id: Identity
    from_account: AccountId
    to_account: AccountId
    amount: Money
    currency: Currency
    reference: Text
    status: Literal["completed"]
    tag: Tag | None
    created_at: datetime


class Notification(Wire):
    """Word of an event, which arrives a moment after the event."""

    id: RowId
    account_id: AccountId
    kind: Event
    subject_id: Identity
    tag: Tag | None
    created_at: datetime
