"""Is the hotel open at all? The few tests to run first, and after each deployment."""

import pytest
from bookings.client import Bookings
from bookings.models import CreatedBooking, NewBooking

from redhanded import Cleanup, Client, Factory, expect

pytestmark = pytest.mark.smoke


@pytest.mark.slo(ceiling=3.0)
def test_the_service_says_that_it_is_well(api: Client) -> None:
    expect(api.get("/health"), 200, where={"$.status": "ok"}, headers={"X-Build": ...})


def test_bookings_can_be_listed(bookings: Bookings) -> None:
    assert len(bookings.find(limit=1)) <= 1


def test_a_guest_can_book_and_read_the_booking(
    bookings: Bookings, make: Factory, cleanup: Cleanup
) -> None:
    created = bookings.create(make(NewBooking))
    cleanup("booking", created.bookingid)

    assert bookings.get(created.bookingid) == created.booking


def test_staff_can_log_in_and_change_a_booking(bookings: Bookings, booked: CreatedBooking) -> None:
    assert bookings.change(booked.bookingid, totalprice=1).totalprice == 1
