"""A booking's life: made, read, replaced, changed, removed."""

import pytest
from bookings.client import Booker, Bookings
from bookings.models import Booking, CreatedBooking, NewBooking
from problems import Problem

from redhanded import Cleanup, Client, Factory, expect
from redhanded.data import Case, boundaries


def test_a_created_booking_is_what_the_guest_asked_for(
    bookings: Bookings, make: Factory, cleanup: Cleanup
) -> None:
    new = make(NewBooking)

    created = bookings.create(new)
    cleanup("booking", created.bookingid)

    assert created.booking == Booking.of(new)


def test_a_created_booking_can_be_read(bookings: Bookings, booked: CreatedBooking) -> None:
    assert bookings.get(booked.bookingid) == booked.booking


def test_the_answer_to_a_new_booking_says_where_it_is(
    api: Client, make: Factory, cleanup: Cleanup
) -> None:
    response = api.post("/booking", json=make(NewBooking))
    created = expect(response, 201, CreatedBooking, headers={"ETag": ...})
    cleanup("booking", created.bookingid)

    assert response.headers["Location"] == f"/booking/{created.bookingid}"


def test_each_booking_has_a_number_of_its_own(booking: Booker) -> None:
    numbers = {booking().bookingid for _ in range(3)}

    assert len(numbers) == 3


@pytest.mark.parametrize("field", ["additionalneeds", "tag"])
def test_what_is_optional_may_be_left_out_and_is_null_then(
    api: Client, make: Factory, cleanup: Cleanup, field: str
) -> None:
    body = make(NewBooking).model_dump(mode="json", exclude={field})

    created = expect(api.post("/booking", json=body), 201, CreatedBooking)
    cleanup("booking", created.bookingid)

    assert getattr(created.booking, field) is None


@pytest.mark.parametrize("case", boundaries(NewBooking, without=("tag", "lastname")))
def test_what_is_just_allowed_is_noted_as_it_is(
    bookings: Bookings, make: Factory, cleanup: Cleanup, case: Case
) -> None:
    new = NewBooking.model_validate(case.of(make(NewBooking)))

    created = bookings.create(new)
    cleanup("booking", created.bookingid)

    assert bookings.get(created.bookingid) == Booking.of(new)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Zoë", id="accent"),
        pytest.param("李小龍", id="chinese"),
        pytest.param("Ωμέγα", id="greek"),
        pytest.param("أحمد", id="right-to-left"),
        pytest.param("👩‍👩‍👧", id="joined-emoji"),
        pytest.param("O'Brien; DROP TABLE bookings", id="quote"),
        pytest.param("<b>Bold</b> & \\u0041", id="markup"),
        pytest.param("x" * 100, id="longest"),
    ],
)
def test_a_name_is_kept_letter_by_letter(bookings: Bookings, booking: Booker, name: str) -> None:
    created = booking(firstname=name)

    assert bookings.get(created.bookingid).firstname == name


def test_put_replaces_the_whole_booking(
    bookings: Bookings, booked: CreatedBooking, make: Factory
) -> None:
    other = make(NewBooking)

    replaced = bookings.replace(booked.bookingid, other)

    assert replaced == Booking.of(other)
    assert bookings.get(booked.bookingid) == replaced


def test_put_empties_what_it_leaves_out(api: Client, booked: CreatedBooking, make: Factory) -> None:
    body = make(NewBooking).model_dump(mode="json", exclude={"additionalneeds"})

    replaced = expect(api.put(f"/booking/{booked.bookingid}", json=body), 200, Booking)

    assert replaced.additionalneeds is None


def test_put_twice_is_as_good_as_once(
    bookings: Bookings, booked: CreatedBooking, make: Factory
) -> None:
    other = make(NewBooking)

    assert bookings.replace(booked.bookingid, other) == bookings.replace(booked.bookingid, other)


@pytest.mark.parametrize(
    "field, value",
    [
        ("firstname", "Ada"),
        ("lastname", "Lovelace"),
        ("totalprice", 4711),
        ("depositpaid", False),
        ("additionalneeds", "A quiet room"),
        ("additionalneeds", None),
    ],
    ids=["firstname", "lastname", "price", "deposit", "needs", "no-needs"],
)
def test_patch_changes_what_it_mentions_and_nothing_else(
    bookings: Bookings, booked: CreatedBooking, field: str, value: object
) -> None:
    changed = bookings.change(booked.bookingid, **{field: value})

    assert changed == booked.booking.model_copy(update={field: value})
    assert bookings.get(booked.bookingid) == changed


def test_one_date_can_be_changed_without_the_other(bookings: Bookings, booking: Booker) -> None:
    stay = {"checkin": "2031-05-01", "checkout": "2031-05-08"}
    created = booking(bookingdates=stay)

    changed = bookings.change(created.bookingid, bookingdates={"checkout": "2031-05-10"})

    assert changed.bookingdates.model_dump(mode="json") == stay | {"checkout": "2031-05-10"}


def test_an_empty_patch_changes_nothing(bookings: Bookings, booked: CreatedBooking) -> None:
    assert bookings.change(booked.bookingid) == booked.booking


def test_a_removed_booking_is_gone(api: Client, bookings: Bookings, booked: CreatedBooking) -> None:
    bookings.delete(booked.bookingid)

    expect(api.get(f"/booking/{booked.bookingid}"), 404, Problem)


def test_a_booking_can_be_removed_only_once(
    api: Client, bookings: Bookings, booked: CreatedBooking
) -> None:
    bookings.delete(booked.bookingid)

    expect(api.delete(f"/booking/{booked.bookingid}"), 404, Problem)


def test_a_removed_booking_cannot_be_brought_back_by_a_put(
    api: Client, bookings: Bookings, booked: CreatedBooking, make: Factory
) -> None:
    bookings.delete(booked.bookingid)

    expect(api.put(f"/booking/{booked.bookingid}", json=make(NewBooking)), 404, Problem)


def test_the_number_of_a_removed_booking_is_never_given_again(
    bookings: Bookings, booked: CreatedBooking, booking: Booker
) -> None:
    bookings.delete(booked.bookingid)

    assert booking().bookingid != booked.bookingid


def test_head_tells_what_get_would_without_the_body(api: Client, booked: CreatedBooking) -> None:
    read = expect(api.get(f"/booking/{booked.bookingid}"), 200)

    asked = expect(api.head(f"/booking/{booked.bookingid}"), 200)

    assert asked.content == b""
    assert asked.headers["ETag"] == read.headers["ETag"]
    assert asked.headers["Content-Type"] == read.headers["Content-Type"]
