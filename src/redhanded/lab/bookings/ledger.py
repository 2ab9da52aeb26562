"""The bookings the house has, independent of how they are asked for."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from redhanded.lab.bookings.models import (
    Booking,
    BookingChange,
    BookingDates,
    BookingFilter,
    NewBooking,
)
from redhanded.lab.problems import from_validation, not_found


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A booking with its id and version."""

    bookingid: int
    version: int
    booking: Booking

    @property
    def etag(self) -> str:
        """The version as an entity tag."""
        return f'"{self.bookingid}-{self.version}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of the bookings that were asked for, and how many there are in all."""

    bookingids: Sequence[int]
    total: int


class Bookings:
    """The bookings of a store."""

    def add(self, tx: sqlite3.Connection, new: NewBooking) -> Entry:
        """The new booking."""
        cursor = tx.execute(
            "INSERT INTO bookings (firstname, lastname, folded_firstname, folded_lastname,"
            " totalprice, depositpaid, checkin, checkout, additionalneeds, tag)"
            " VALUES (:firstname, :lastname, :folded_firstname, :folded_lastname,"
            " :totalprice, :depositpaid, :checkin, :checkout, :additionalneeds, :tag)",
            _columns(new),
        )
        return self.get(tx, cursor.lastrowid or 0)

    def find(self, tx: sqlite3.Connection, wanted: BookingFilter) -> Page:
        """The page of ids that was asked for."""
        rows = tx.execute(
            "WITH found AS (SELECT bookingid FROM bookings"
            " WHERE (:firstname IS NULL OR folded_firstname = :firstname)"
            " AND (:lastname IS NULL OR folded_lastname = :lastname)"
            " AND (:checkin IS NULL OR checkin >= :checkin)"
            " AND (:checkout IS NULL OR checkout <= :checkout)"
            " AND (:tag IS NULL OR tag = :tag))"
            " SELECT count(*) AS value FROM found UNION ALL SELECT bookingid FROM"
            " (SELECT bookingid FROM found ORDER BY bookingid LIMIT :limit OFFSET :offset)",
            wanted.model_dump(mode="json")
            | {"firstname": fold(wanted.firstname), "lastname": fold(wanted.lastname)},
        ).fetchall()
        total, *bookingids = [row["value"] for row in rows]
        return Page(bookingids=bookingids, total=total)

    def get(self, tx: sqlite3.Connection, bookingid: int) -> Entry:
        """The booking with this id, or a 404 problem."""
        row = tx.execute("SELECT * FROM bookings WHERE bookingid = ?", (bookingid,)).fetchone()
        if row is None:
            raise not_found("booking", bookingid)
        return _entry(row)

    def replace(self, tx: sqlite3.Connection, entry: Entry, new: NewBooking) -> Entry:
        """The booking after the new one took its place."""
        tx.execute(
            "UPDATE bookings SET version = version + 1, firstname = :firstname,"
            " lastname = :lastname, folded_firstname = :folded_firstname,"
            " folded_lastname = :folded_lastname, totalprice = :totalprice,"
            " depositpaid = :depositpaid, checkin = :checkin, checkout = :checkout,"
            " additionalneeds = :additionalneeds, tag = :tag WHERE bookingid = :bookingid",
            _columns(new) | {"bookingid": entry.bookingid},
        )
        return self.get(tx, entry.bookingid)

    def remove(self, tx: sqlite3.Connection, entry: Entry) -> None:
        """Forgets the booking; its id is never given again."""
        tx.execute("DELETE FROM bookings WHERE bookingid = ?", (entry.bookingid,))


def merge(booking: Booking, change: BookingChange) -> NewBooking:
    """The booking with the change, or a 422 problem when the two do not go together."""
    merged = booking.model_dump(mode="json")
    changed = change.model_dump(mode="json", exclude_unset=True)
    dates = merged["bookingdates"] | changed.pop("bookingdates", {})
    try:
        return NewBooking.model_validate(merged | changed | {"bookingdates": dates})
    except ValidationError as error:
        raise from_validation(
            {**found, "loc": ("body", *found["loc"])} for found in error.errors()
        ) from error


def fold(name: str | None) -> str | None:
    """The name in the form that names are compared in, whatever case and accents' encoding."""
    return name and unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _columns(new: NewBooking) -> dict[str, object]:
    columns = new.model_dump(mode="json")
    return {
        **columns,
        **columns.pop("bookingdates"),
        "folded_firstname": fold(new.firstname),
        "folded_lastname": fold(new.lastname),
    }


def _entry(row: sqlite3.Row) -> Entry:
    booking = Booking(
        firstname=row["firstname"],
        lastname=row["lastname"],
        totalprice=row["totalprice"],
        depositpaid=bool(row["depositpaid"]),
        bookingdates=BookingDates(checkin=row["checkin"], checkout=row["checkout"]),
        additionalneeds=row["additionalneeds"],
        tag=row["tag"],
    )
    return Entry(bookingid=row["bookingid"], version=row["version"], booking=booking)
