"""Several people at one booking: versions, and what happens at the same time."""

from asyncio import gather

import pytest
from bookings.client import Booker, Bookings
from bookings.models import Booking, CreatedBooking, NewBooking
from problems import Problem

from redhanded import AsyncClient, Cleanup, Client, Factory, expect


def test_a_change_of_the_current_version_is_made(
    api: Client, bookings: Bookings, booked: CreatedBooking
) -> None:
    current = {"If-Match": bookings.version(booked.bookingid)}

    response = api.patch(f"/booking/{booked.bookingid}", json={"totalprice": 5}, headers=current)

    assert expect(response, 200, Booking).totalprice == 5


def test_each_change_makes_a_new_version(bookings: Bookings, booked: CreatedBooking) -> None:
    versions = [bookings.version(booked.bookingid)]
    for price in (1, 2):
        bookings.change(booked.bookingid, totalprice=price)
        versions.append(bookings.version(booked.bookingid))

    assert len(set(versions)) == 3


def test_reading_makes_no_new_version(bookings: Bookings, booked: CreatedBooking) -> None:
    before = bookings.version(booked.bookingid)

    bookings.get(booked.bookingid)

    assert bookings.version(booked.bookingid) == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_write_to_an_old_version_is_refused_and_changes_nothing(
    api: Client, bookings: Bookings, booked: CreatedBooking, make: Factory, method: str
) -> None:
    old = {"If-Match": bookings.version(booked.bookingid)}
    theirs = bookings.change(booked.bookingid, totalprice=77)
    body = None if method == "DELETE" else make(NewBooking)

    response = api.request(method, f"/booking/{booked.bookingid}", headers=old, json=body)

    problem = expect(response, 412, Problem)
    assert problem.type == "urn:problem:precondition-failed"
    assert bookings.get(booked.bookingid) == theirs


def test_any_version_will_do_for_a_star(api: Client, booked: CreatedBooking) -> None:
    path = f"/booking/{booked.bookingid}"

    expect(api.patch(path, json={"totalprice": 6}, headers={"If-Match": "*"}), 200, Booking)


def test_what_the_reader_already_has_is_not_sent_again(
    api: Client, bookings: Bookings, booked: CreatedBooking
) -> None:
    known = bookings.version(booked.bookingid)

    response = api.get(f"/booking/{booked.bookingid}", headers={"If-None-Match": known})

    assert expect(response, 304, headers={"ETag": known}).content == b""


def test_a_reader_with_an_old_version_gets_the_new_one(
    api: Client, bookings: Bookings, booked: CreatedBooking
) -> None:
    old = {"If-None-Match": bookings.version(booked.bookingid)}
    bookings.change(booked.bookingid, totalprice=88)

    response = api.get(f"/booking/{booked.bookingid}", headers=old)

    assert expect(response, 200, Booking).totalprice == 88


async def test_of_many_changes_to_one_version_exactly_one_is_made(
    async_api: AsyncClient, bookings: Bookings, booked: CreatedBooking
) -> None:
    path = f"/booking/{booked.bookingid}"
    current = {"If-Match": bookings.version(booked.bookingid)}

    responses = await gather(
        *(async_api.patch(path, json={"totalprice": n}, headers=current) for n in range(8))
    )

    winners = [n for n, response in enumerate(responses) if response.status_code == 200]
    for response in responses:
        expect(response, {200, 412})
    assert [bookings.get(booked.bookingid).totalprice] == winners


async def test_who_reads_again_after_a_refusal_loses_no_update(
    async_api: AsyncClient, bookings: Bookings, booking: Booker
) -> None:
    """Six desks add ten to the price at once; whoever comes too late reads anew and tries again."""
    booked = booking(totalprice=100)
    path = f"/booking/{booked.bookingid}"

    async def add_ten() -> None:
        for _ in range(6):
            read = await async_api.get(path)
            price = expect(read, 200, Booking, headers={"ETag": ...}).totalprice
            current = {"If-Match": read.headers["ETag"]}
            written = await async_api.patch(path, json={"totalprice": price + 10}, headers=current)
            if expect(written, {200, 412}).is_success:
                return

    await gather(*(add_ten() for _ in range(6)))

    assert bookings.get(booked.bookingid).totalprice == 160


async def test_changes_to_different_fields_do_not_undo_each_other(
    async_api: AsyncClient, bookings: Bookings, booked: CreatedBooking
) -> None:
    path = f"/booking/{booked.bookingid}"
    changes = {"firstname": "Ada", "lastname": "Lovelace", "totalprice": 1815}

    answers = await gather(
        *(async_api.patch(path, json={name: value}) for name, value in changes.items())
    )

    for answer in answers:
        expect(answer, 200, Booking)
    assert bookings.get(booked.bookingid) == booked.booking.model_copy(update=changes)


async def test_guests_who_book_at_the_same_time_all_get_their_own_room(
    async_api: AsyncClient, make: Factory, cleanup: Cleanup
) -> None:
    wishes = make.many(NewBooking, 8)

    responses = await gather(*(async_api.post("/booking", json=wish) for wish in wishes))

    created = [expect(response, 201, CreatedBooking) for response in responses]
    for each in created:
        cleanup("booking", each.bookingid)
    assert len({each.bookingid for each in created}) == 8
    assert [each.booking for each in created] == [Booking.of(wish) for wish in wishes]


async def test_a_booking_is_removed_once_however_many_try(
    async_api: AsyncClient, booked: CreatedBooking
) -> None:
    path = f"/booking/{booked.bookingid}"

    responses = await gather(*(async_api.delete(path) for _ in range(4)))

    statuses = sorted(expect(response, {204, 404}).status_code for response in responses)
    assert statuses == [204, 404, 404, 404]
