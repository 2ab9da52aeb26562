"""What may be asked of a live hotel before anything else: reads of what has always been there."""

import pytest
from bookings.client import Bookings

from redhanded import Client, expect

pytestmark = pytest.mark.canary


def test_the_hotel_says_that_it_is_well(api: Client) -> None:
    expect(api.get("/health"), 200, where={"$.status": "ok"}, within=2.0)


def test_the_first_guest_of_all_is_still_in_the_book(bookings: Bookings) -> None:
    first = bookings.get(1)

    assert (first.firstname, first.lastname) == ("Sally", "Brown")


def test_the_book_can_be_searched(bookings: Bookings) -> None:
    assert bookings.find(firstname="Sally", lastname="Brown", limit=1) == [1]
