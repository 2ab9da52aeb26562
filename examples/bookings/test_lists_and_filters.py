"""Finding bookings: by name, by date, by tag, page by page.

Other tests book at the same time, so each of these looks only at bookings with a tag of its own.
"""

import pytest
from bookings.client import Booker, Bookings
from bookings.models import BookingRef, NewBooking

from redhanded import Client, Factory, expect


@pytest.fixture
def tag(make: Factory) -> str:
    """A tag that only this test's bookings carry."""
    return make(NewBooking).tag


def stay(checkin: str, checkout: str) -> dict[str, str]:
    return {"checkin": checkin, "checkout": checkout}


def test_a_tag_finds_what_carries_it_and_nothing_else(
    bookings: Bookings, booking: Booker, tag: str
) -> None:
    marked = [booking(tag=tag).bookingid, booking(tag=tag).bookingid]
    booking()

    assert bookings.find(tag=tag) == marked


def test_an_unknown_tag_finds_nothing_and_is_no_error(bookings: Bookings, tag: str) -> None:
    assert bookings.find(tag=tag) == []


@pytest.mark.parametrize(
    "spelled", ["Zoë", "ZOË", "zoë", "Zoe\u0308"], ids=["same", "upper", "lower", "decomposed"]
)
def test_a_first_name_is_found_however_it_is_spelled(
    bookings: Bookings, booking: Booker, tag: str, spelled: str
) -> None:
    zoe = booking(tag=tag, firstname="Zoë").bookingid
    booking(tag=tag, firstname="Zoe")

    assert bookings.find(tag=tag, firstname=spelled) == [zoe]


def test_a_name_is_matched_as_a_whole(bookings: Bookings, booking: Booker, tag: str) -> None:
    booking(tag=tag, lastname="Brownie")

    assert bookings.find(tag=tag, lastname="Brown") == []


@pytest.mark.parametrize("wild", ["%", "_rown", "*", "Bro.*"])
def test_there_are_no_wild_cards_in_names(
    bookings: Bookings, booking: Booker, tag: str, wild: str
) -> None:
    booking(tag=tag, lastname="Brown")

    assert bookings.find(tag=tag, lastname=wild) == []


@pytest.mark.parametrize(
    "day, count",
    [("2031-05-01", 1), ("2031-05-02", 1), ("2031-05-03", 0)],
    ids=["day-before", "same-day", "day-after"],
)
def test_checkin_finds_stays_that_begin_on_that_day_or_later(
    bookings: Bookings, booking: Booker, tag: str, day: str, count: int
) -> None:
    booking(tag=tag, bookingdates=stay("2031-05-02", "2031-05-09"))

    assert len(bookings.find(tag=tag, checkin=day)) == count


@pytest.mark.parametrize(
    "day, count",
    [("2031-05-08", 0), ("2031-05-09", 1), ("2031-05-10", 1)],
    ids=["day-before", "same-day", "day-after"],
)
def test_checkout_finds_stays_that_end_on_that_day_or_earlier(
    bookings: Bookings, booking: Booker, tag: str, day: str, count: int
) -> None:
    booking(tag=tag, bookingdates=stay("2031-05-02", "2031-05-09"))

    assert len(bookings.find(tag=tag, checkout=day)) == count


def test_of_several_conditions_all_must_hold(bookings: Bookings, booking: Booker, tag: str) -> None:
    ann_may = booking(tag=tag, firstname="Ann", bookingdates=stay("2031-05-02", "2031-05-09"))
    booking(tag=tag, firstname="Ann", bookingdates=stay("2031-04-02", "2031-04-09"))
    booking(tag=tag, firstname="Bob", bookingdates=stay("2031-05-02", "2031-05-09"))

    assert bookings.find(tag=tag, firstname="Ann", checkin="2031-05-01") == [ann_may.bookingid]


def test_pages_hold_each_booking_once_and_in_order(
    bookings: Bookings, booking: Booker, tag: str
) -> None:
    all_of_them = [booking(tag=tag).bookingid for _ in range(5)]

    pages = [bookings.find(tag=tag, limit=2, offset=offset) for offset in (0, 2, 4)]

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [number for page in pages for number in page] == all_of_them


def test_a_page_says_how_many_there_are_on_all_pages(
    api: Client, booking: Booker, tag: str
) -> None:
    for _ in range(3):
        booking(tag=tag)

    response = api.get("/booking", params={"tag": tag, "limit": 1})
    page = expect(response, 200, list[BookingRef], headers={"X-Total-Count": 3})

    assert len(page) == 1


def test_a_page_behind_the_last_is_empty(bookings: Bookings, booking: Booker, tag: str) -> None:
    booking(tag=tag)

    assert bookings.find(tag=tag, offset=1) == []


def test_a_removed_booking_is_listed_no_more(bookings: Bookings, booking: Booker, tag: str) -> None:
    gone, kept = booking(tag=tag), booking(tag=tag)

    bookings.delete(gone.bookingid)

    assert bookings.find(tag=tag) == [kept.bookingid]


def test_a_changed_booking_is_found_under_its_new_name(
    bookings: Bookings, booking: Booker, tag: str
) -> None:
    created = booking(tag=tag, firstname="Before")

    bookings.change(created.bookingid, firstname="After")

    assert bookings.find(tag=tag, firstname="After") == [created.bookingid]
    assert bookings.find(tag=tag, firstname="Before") == []
