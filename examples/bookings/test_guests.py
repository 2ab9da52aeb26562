"""What guests are called, what they wish for, and the days on which they come and go."""

import pytest
from bookings.client import Booker, Bookings
from problems import Problem

from redhanded import Client, expect


@pytest.mark.parametrize(
    "name",
    ["O'Brien", "Null", "None", "Undefined", "Smith-Jones", "van der Berg", "Nguyễn", "X" * 100],
    ids=["apostrophe", "null", "none", "undefined", "hyphen", "spaces", "vietnamese", "longest"],
)
def test_a_guest_of_any_name_can_book_and_is_found(
    bookings: Bookings, booking: Booker, name: str
) -> None:
    guest = booking(lastname=name)

    assert bookings.find(tag=guest.booking.tag, lastname=name) == [guest.bookingid]


def test_a_long_name_is_looked_for_as_a_short_one(bookings: Bookings, booking: Booker) -> None:
    guest = booking(lastname="Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaft")

    assert bookings.find(tag=guest.booking.tag, lastname="Wolfe") == []
    assert bookings.find(tag=guest.booking.tag, lastname=guest.booking.lastname) == [
        guest.bookingid
    ]


@pytest.mark.parametrize(
    "name",
    ["x' OR '1'='1", "x'; DELETE FROM bookings; --", "x' UNION SELECT 1 --", 'x" OR 1=1 --'],
    ids=["always-true", "second-statement", "union", "other-quote"],
)
def test_a_name_that_is_a_query_finds_nobody(
    bookings: Bookings, booking: Booker, name: str
) -> None:
    guest = booking()

    assert bookings.find(tag=guest.booking.tag, lastname=name) == []
    assert bookings.get(guest.bookingid) == guest.booking


@pytest.mark.parametrize("length", [0, 255, 256, 500])
def test_wishes_are_kept_to_the_last_letter(
    bookings: Bookings, booking: Booker, length: int
) -> None:
    wishes = ("A quiet room, please. " * 25)[:length]

    guest = booking(additionalneeds=wishes)

    assert bookings.get(guest.bookingid).additionalneeds == wishes


@pytest.mark.parametrize(
    "checkin, checkout",
    [
        pytest.param("2028-02-28", "2028-02-29", id="to-a-leap-day"),
        pytest.param("2028-02-29", "2028-03-01", id="from-a-leap-day"),
        pytest.param("2000-02-29", "2000-03-01", id="leap-day-of-a-century"),
        pytest.param("2031-02-28", "2031-03-01", id="no-leap-year"),
        pytest.param("2031-12-31", "2032-01-01", id="new-year"),
        pytest.param("2031-03-29", "2031-03-30", id="night-of-23-hours"),
        pytest.param("2031-10-25", "2031-10-26", id="night-of-25-hours"),
    ],
)
def test_a_stay_keeps_its_days(
    bookings: Bookings, booking: Booker, checkin: str, checkout: str
) -> None:
    """Days are days of the calendar: no clock and no time zone moves them."""
    days = {"checkin": checkin, "checkout": checkout}

    guest = booking(bookingdates=days)

    assert bookings.get(guest.bookingid).bookingdates.model_dump(mode="json") == days


@pytest.mark.parametrize("day", ["2031-02-29", "2100-02-29", "2031-04-31"])
def test_a_day_that_no_calendar_has_cannot_be_asked_for(api: Client, day: str) -> None:
    problem = expect(api.get("/booking", params={"checkin": day}), 422, Problem)

    assert problem.pointers == {"/checkin"}
