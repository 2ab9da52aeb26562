"""Bookings, as guests and the hotel's staff speak of them."""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

Name = Annotated[str, Field(min_length=1, max_length=100)]
Tag = Annotated[str, Field(min_length=1, max_length=100)]
Price = Annotated[int, Field(ge=0, le=10_000_000)]


class BookingDates(BaseModel):
    """A stay of at least one night."""

    checkin: date
    checkout: date

    @model_validator(mode="after")
    def ends_after_it_begins(self) -> Self:
        if self.checkout <= self.checkin:
            raise ValueError("checkout must be after checkin")
        return self


class NewBooking(BaseModel):
    """What a guest asks for."""

    firstname: Name
    lastname: Name
    totalprice: Price
    depositpaid: bool
    bookingdates: BookingDates
    additionalneeds: str | None = Field(None, max_length=500)
    tag: Tag  # optional, but ours all carry one


class Booking(BaseModel):
    """What the hotel has noted: every field is there, if only to say null."""

    firstname: Name
    lastname: Name
    totalprice: Price
    depositpaid: bool
    bookingdates: BookingDates
    additionalneeds: str | None
    tag: str | None

    @classmethod
    def of(cls, new: NewBooking) -> Self:
        """The booking that a guest who asks for this should get."""
        return cls.model_validate(new.model_dump())


class CreatedBooking(BaseModel):
    """A new booking and the number it was given."""

    bookingid: Annotated[int, Field(ge=1)]
    booking: Booking


class BookingRef(BaseModel):
    """A line of a list."""

    bookingid: Annotated[int, Field(ge=1)]


class Token(BaseModel):
    """What a login brings."""

    token: str = Field(min_length=20)
