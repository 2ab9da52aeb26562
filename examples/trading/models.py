"""The desk's things, as traders speak of them."""

import re
from decimal import Decimal
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field

Item = TypeVar("Item")


def _amount(value: object) -> object:
    """Money travels as text: a JSON number would be a float on its way."""
    is_amount = isinstance(value, str) and re.fullmatch(r"(0|[1-9]\d*)(\.\d{1,3})?", value)
    return Decimal(str(value)) if is_amount else value


Money = Annotated[Decimal, BeforeValidator(_amount), Field(strict=True, ge=0)]
Cents = Annotated[Decimal, Field(gt=0, decimal_places=2)]
Currency = Literal["EUR", "USD", "JPY", "KWD"]
Symbol = Annotated[str, Field(pattern="^[A-Z]{4}$")]
# Optional to the desk, but whatever our tests create carries one, so that it can be found.
Tag = Annotated[str, Field(min_length=1, max_length=100)]


class Page(BaseModel, Generic[Item]):
    """Some of a list; `next` leads to the rest."""

    items: list[Item]
    next: str | None


class NewAccount(BaseModel):
    """An account to be opened with play money."""

    owner: Annotated[str, Field(min_length=1, max_length=100)]
    currency: Currency
    opening_balance: Decimal
    tag: Tag


class Account(BaseModel):
    """What an account holds; open orders keep `reserved` of it back."""

    id: Annotated[str, Field(pattern="^acc-")]
    owner: str
    currency: Currency
    balance: Money
    reserved: Money
    available: Money
    tag: str | None
    created_at: AwareDatetime


class Position(BaseModel):
    """How much of an instrument an account holds."""

    symbol: Symbol
    quantity: Annotated[int, Field(ge=1)]
    available: Annotated[int, Field(ge=0)]
    average_price: Money


class Instrument(BaseModel):
    """Something that can be bought and sold."""

    symbol: Symbol
    name: str
    currency: Currency


class Quote(BaseModel):
    """What a unit brings (bid) and costs (ask)."""

    symbol: Symbol
    currency: Currency
    bid: Money
    ask: Money
    as_of: AwareDatetime


class MarketOrder(BaseModel):
    """Buy or sell now, at the market's price."""

    account_id: str
    symbol: Symbol
    side: Literal["buy", "sell"]
    type: Literal["market"] = "market"
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]
    tag: Tag


class LimitOrder(BaseModel):
    """Buy for at most this price, or sell for at least this price; open until then."""

    account_id: str
    symbol: Symbol
    side: Literal["buy", "sell"]
    type: Literal["limit"] = "limit"
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]
    limit_price: Cents
    tag: Tag


class Order(BaseModel):
    """What became of it."""

    id: str
    account_id: str
    symbol: Symbol
    side: Literal["buy", "sell"]
    type: Literal["market", "limit"]
    quantity: Annotated[int, Field(ge=1)]
    limit_price: Money | None
    status: Literal["open", "filled", "cancelled"]
    fill_price: Money | None
    commission: Money
    currency: Currency
    tag: str | None
    created_at: AwareDatetime
    updated_at: AwareDatetime


class NewPayment(BaseModel):
    """Money to be moved between two accounts of one currency."""

    from_account: str
    to_account: str
    amount: Cents
    reference: Annotated[str, Field(min_length=1, max_length=100)]
    tag: Tag


class Payment(BaseModel):
    """Money that was moved."""

    id: str
    from_account: str
    to_account: str
    amount: Money
    currency: Currency
    reference: str
    status: Literal["completed"]
    tag: str | None
    created_at: AwareDatetime


class Notification(BaseModel):
    """Word of an event."""

    id: Annotated[int, Field(ge=1)]
    account_id: str
    kind: Literal["order_opened", "order_filled", "order_cancelled", "payment_completed"]
    subject_id: str
    tag: str | None
    created_at: AwareDatetime


class AccessToken(BaseModel):
    """What the token endpoint gives a client."""

    access_token: str = Field(min_length=20)
    token_type: Literal["Bearer"]
    expires_in: Annotated[int, Field(ge=1)]
    scope: str
