"""Models as an author writes them: none of them asks for strictness."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AnyUrl, BaseModel, ConfigDict, Field


class Item(BaseModel):
    sku: str
    quantity: int


class Order(BaseModel):
    id: int
    total: float
    items: list[Item]
    note: str | None = None


class Size(Enum):
    SMALL = "S"
    LARGE = "L"


class Everything(BaseModel):
    """Each type that JSON can only carry as text, or as an array."""

    day: date
    at: datetime
    key: UUID
    price: Decimal
    size: Size
    pair: tuple[int, str]
    lasted: timedelta
    tags: set[str]
    home: AnyUrl
    share: float


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    bark: str


class Owner(BaseModel):
    pet: Cat | Dog | None = None
    tagged: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None
    code: int | str | None = None
    pets: list[Cat | list[Dog]] = []


class Open(BaseModel):
    """A model that decided for itself that there may be more."""

    model_config = ConfigDict(extra="allow")

    id: int
    item: Item | None = None
    next: Open | None = None


class Lax(BaseModel):
    """A model that decided for itself that texts may be numbers."""

    model_config = ConfigDict(strict=False)

    id: int
    item: Item | None = None


class Box(BaseModel):
    """A silent model around those that decided."""

    opened: list[Open] | dict[str, Open] | None = None
    lax: Lax | None = None
    loose: Annotated[int, Field(strict=False)] = 0
    pair: tuple[Open, Item] | None = None
