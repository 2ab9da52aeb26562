"""Walks from page to page, while others book and leave."""

import pytest
from bookings.client import Booker, Bookings
from bookings.models import BookingRef, CreatedBooking

from redhanded import Client, expect


@pytest.fixture
def group(booking: Booker) -> list[CreatedBooking]:
    """Five bookings of one travel group, which share their tag."""
    first = booking()
    return [first, *(booking(tag=first.booking.tag) for _ in range(4))]


@pytest.fixture
def tag(group: list[CreatedBooking]) -> str:
    """The group's tag."""
    return str(group[0].booking.tag)


def numbers(group: list[CreatedBooking]) -> list[int]:
    return [each.bookingid for each in group]


def test_a_walk_meets_each_booking_once_whatever_the_step(
    bookings: Bookings, group: list[CreatedBooking], tag: str
) -> None:
    for limit in (1, 2, 3, 5, 100):
        pages = bookings.walk(tag=tag, limit=limit)

        assert [number for page in pages for number in page] == numbers(group)


def test_who_books_during_a_walk_is_met_at_its_end(
    bookings: Bookings, booking: Booker, group: list[CreatedBooking], tag: str
) -> None:
    met = []

    for page in bookings.walk(tag=tag, limit=2):
        met += page
        if len(group) < 8:
            group.append(booking(tag=tag))

    assert met == numbers(group)


def test_who_leaves_before_the_last_page_is_not_on_it(
    bookings: Bookings, group: list[CreatedBooking], tag: str
) -> None:
    pages = bookings.walk(tag=tag, limit=3)
    first = next(pages)

    bookings.delete(group[-1].bookingid)

    assert [*first, *next(pages)] == numbers(group)[:-1]


def test_the_total_follows_what_is_booked_and_left(
    api: Client, bookings: Bookings, booking: Booker, group: list[CreatedBooking], tag: str
) -> None:
    booking(tag=tag)
    bookings.delete(group[0].bookingid)
    bookings.delete(group[1].bookingid)

    expect(api.get("/booking", params={"tag": tag}), 200, headers={"X-Total-Count": 4})


@pytest.mark.usefixtures("group")
def test_the_total_is_that_of_all_pages(api: Client, tag: str) -> None:
    for offset in (0, 2, 4, 6):
        response = api.get("/booking", params={"tag": tag, "limit": 2, "offset": offset})

        expect(response, 200, list[BookingRef], headers={"X-Total-Count": 5})


@pytest.mark.usefixtures("group")
def test_the_total_can_be_asked_for_without_the_list(api: Client, tag: str) -> None:
    response = api.head("/booking", params={"tag": tag})

    assert expect(response, 200, headers={"X-Total-Count": 5}).content == b""
