"""Bookings as they are sent and received."""

from __future__ import annotations

from typing import Annotated, Self

from fastapi import Path
from pydantic import Field, SecretStr, model_validator

from redhanded.lab.fields import (
    IS_NUMBER,
    LARGEST_ID,
    Day,
    Flag,
    Limit,
    Note,
    Offset,
    RowId,
    Tag,
    Text,
    Wire,
    absent,
)

BookingId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Price = Annotated[int, Field(ge=0, le=10_000_000), IS_NUMBER]
FullName = Annotated[Text, Field(description="The whole name; upper or lower case is the same.")]


class BookingCredentials(Wire):
    """Who asks for a token."""

    username: Text
    password: Annotated[SecretStr, Field(min_length=1, max_length=100)]


class BookingToken(Wire):
    """A token for changing bookings, sent back as the cookie `token` or as a bearer token."""

    token: str


class BookingDates(Wire):
    """A stay of at least one night."""

    checkin: Day
    checkout: Day

    @model_validator(mode="after")
    def _lasts_a_night(self) -> Self:
        if self.checkout <= self.checkin:
            raise ValueError("checkout must be after checkin")
        return self


class NewBooking(Wire):
    """A booking to be made, or to take the place of one."""

    firstname: Text
    lastname: Text
    totalprice: Price
    depositpaid: Flag
    bookingdates: BookingDates
    additionalneeds: Note | None = None
    tag: Tag | None = None


class Booking(Wire):
    """A booking."""

    firstname: Text
    lastname: Text
    totalprice: Price
    depositpaid: Flag
    bookingdates: BookingDates
    additionalneeds: Note | None
    tag: Tag | None


class DatesChange(Wire):
    """The dates of a stay that are to change."""

    checkin: Day = Field(default_factory=absent)
    checkout: Day = Field(default_factory=absent)


class BookingChange(Wire):
    """The fields of a booking that are to change; what is not mentioned stays as it is."""

    firstname: Text = Field(default_factory=absent)
    lastname: Text = Field(default_factory=absent)
    totalprice: Price = Field(default_factory=absent)
    depositpaid: Flag = Field(default_factory=absent)
    bookingdates: DatesChange = Field(default_factory=absent)
    additionalneeds: Note | None = Field(default_factory=absent)
    tag: Tag | None = Field(default_factory=absent)


class CreatedBooking(Wire):
    """A new booking with the id it was given."""

    bookingid: RowId
    booking: Booking


class BookingRef(Wire):
    """The id of a booking."""

    bookingid: RowId


class BookingFilter(Wire):
    """Which bookings to list: those for which all the given conditions hold, in order of ids."""

    firstname: FullName | None = None
    lastname: FullName | None = None
    checkin: Annotated[Day, Field(description="The stay begins on this day or later.")] | None = (
        None
    )
    checkout: Annotated[Day, Field(description="The stay ends on this day or earlier.")] | None = (
        None
    )
    tag: Tag | None = None
    limit: Limit = 100
    offset: Offset = 0
