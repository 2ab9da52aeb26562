"""Money: whole minor units inside, decimal text on the wire, never a float."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

Currency: TypeAlias = Literal["EUR", "USD", "JPY", "KWD"]
Money = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]*)(\.[0-9]{1,3})?$", examples=["1250.00"])]
Amount = Annotated[
    str,
    Field(
        pattern=r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,3})?$",
        description="A decimal number with no more places than the currency has.",
        examples=["1250.00"],
    ),
]

_PLACES: dict[Currency, int] = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3}  # ISO 4217


def to_minor(amount: str, currency: Currency) -> int:
    """The amount in minor units, such as cents.

    Raises ValueError when the amount has more places than the currency.
    """
    minor = Decimal(amount).scaleb(_PLACES[currency])
    if minor != minor.to_integral_value():
        raise ValueError(f"must have at most {_PLACES[currency]} decimal places in {currency}")
    return int(minor)


def to_text(minor: int, currency: Currency) -> str:
    """The minor units as an amount with all the places of the currency."""
    return f"{Decimal(minor).scaleb(-_PLACES[currency]):f}"
