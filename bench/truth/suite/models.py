"""What the API sends and takes, as its document says."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, Field

Item = TypeVar("Item")

Name = Annotated[str, Field(min_length=1, max_length=100)]
Tag = Annotated[str, Field(min_length=1, max_length=100)]
Id = Annotated[int, Field(ge=1)]
Price = Annotated[int, Field(ge=0, le=10_000_000)]
Currency = Literal["EUR", "USD", "JPY", "KWD"]
Money = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]*)(\.[0-9]{1,3})?$")]
Symbol = Annotated[str, Field(pattern="^[A-Z]{4}$")]
Identity = Annotated[str, Field(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class Dates(BaseModel):
    """A stay."""

    checkin: date
    checkout: date


class NewBooking(BaseModel):
    """A booking to be made."""

    firstname: Name
    lastname: Name
    totalprice: Price
    depositpaid: bool
    bookingdates: Dates
    additionalneeds: str | None = Field(None, max_length=500)
    tag: Tag


class Booking(BaseModel):
    """A booking."""

    firstname: Name
    lastname: Name
    totalprice: Price
    depositpaid: bool
    bookingdates: Dates
    additionalneeds: str | None
    tag: str | None


class CreatedBooking(BaseModel):
    """A new booking and its number."""

    bookingid: Id
    booking: Booking


class BookingRef(BaseModel):
    """A line of the list of bookings."""

    bookingid: Id


class Page(BaseModel, Generic[Item]):
    """Some of a list; `next` leads to the rest."""

    items: list[Item]
    next: str | None


class NewAccount(BaseModel):
    """An account to be opened."""

    owner: Name
    currency: Currency
    opening_balance: Money = "0"
    tag: Tag


class Account(BaseModel):
    """An account."""

    id: Annotated[str, Field(pattern="^acc-")]
    owner: Name
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
    name: Name
    currency: Currency


class Quote(BaseModel):
    """What a unit brings (bid) and costs (ask)."""

    symbol: Symbol
    currency: Currency
    bid: Money
    ask: Money
    as_of: AwareDatetime


class Order(BaseModel):
    """An order."""

    id: Identity
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


class Payment(BaseModel):
    """Money that was moved."""

    id: Identity
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

    id: Id
    account_id: str
    kind: Literal["order_opened", "order_filled", "order_cancelled", "payment_completed"]
    subject_id: Identity
    tag: str | None
    created_at: AwareDatetime


class NewUser(BaseModel):
    """Someone to be let in as a viewer."""

    email: Annotated[str, Field(max_length=254)]
    name: Name
    password: Annotated[str, Field(min_length=8, max_length=100)]
    tag: Tag


class User(BaseModel):
    """A user."""

    id: Id
    email: str
    name: Name
    role: Literal["admin", "agent", "viewer"]
    status: Literal["active", "suspended"]
    tag: str | None
    created_at: AwareDatetime
    updated_at: AwareDatetime


class Tokens(BaseModel):
    """What a login gives."""

    access_token: Annotated[str, Field(min_length=20)]
    token_type: Literal["Bearer"]
    expires_in: Id
    refresh_token: Annotated[str, Field(min_length=20)]


class Health(BaseModel):
    """How the service is."""

    status: Literal["ok"]
    build: str
    time: AwareDatetime


class FieldProblem(BaseModel):
    """One value that was refused."""

    place: Literal["body", "query", "path", "header", "cookie"] = Field(alias="in")
    pointer: str
    detail: str


class Problem(BaseModel):
    """A refusal (RFC 9457)."""

    type: Annotated[str, Field(pattern="^urn:problem:")]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    errors: list[FieldProblem] = []
