"""The same question gets the same answer, not most of the time but each time.

A fault that shows in one answer of ten is met by asking twenty times.
"""

from bookings.client import Booker, Bookings
from bookings.models import NewBooking

from redhanded import Cleanup, Client, Factory, expect

OFTEN = 19


def test_a_booking_reads_the_same_each_time(bookings: Bookings, booking: Booker) -> None:
    guest = booking(totalprice=120)

    for _ in range(OFTEN):
        assert bookings.get(guest.bookingid) == guest.booking


def test_a_change_is_seen_by_every_reader_after_it(bookings: Bookings, booking: Booker) -> None:
    guest = booking(totalprice=120)

    changed = bookings.change(guest.bookingid, totalprice=90)

    for _ in range(OFTEN):
        assert bookings.get(guest.bookingid) == changed


def test_each_guest_of_a_group_gets_one_booking(
    bookings: Bookings, make: Factory, cleanup: Cleanup
) -> None:
    guest = make(NewBooking)

    made = [bookings.create(guest).bookingid for _ in range(13)]

    found = bookings.find(tag=guest.tag)
    for number in found:
        cleanup("booking", number)
    assert found == made


def test_the_house_is_as_well_as_it_says(api: Client, bookings: Bookings) -> None:
    expect(api.get("/health"), 200, where={"$.status": "ok"})

    assert len(bookings.find(limit=1)) <= 1
