"""A model with a place of each kind, for cases and searches."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, EmailStr, Field, SecretStr, model_validator


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sku: Annotated[str, Field(pattern=r"^[A-Z]{3}-\d{2}$")]
    quantity: Annotated[int, Field(ge=1, le=99)]


class Stay(BaseModel):
    begins: date
    ends: date

    @model_validator(mode="after")
    def in_order(self) -> Stay:
        if self.ends <= self.begins:
            raise ValueError("a stay ends after it begins")
        return self


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=2, max_length=40)]
    customer_name: Annotated[str, Field(min_length=1, max_length=60, alias="customerName")]
    email: EmailStr
    price: Annotated[Decimal, Field(gt=0, le=1000, decimal_places=2)]
    weight: Annotated[float, Field(ge=0.5, multiple_of=0.5)]
    size: Size
    kind: Literal["gift", "order"] = "order"
    lines: Annotated[list[Line], Field(min_length=1, max_length=3)]
    stay: Stay
    due: datetime
    password: SecretStr
    note: Annotated[str, Field(max_length=500)] | None = None
