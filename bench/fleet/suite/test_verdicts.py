"""Each of the seven verdicts at least once, many calls before, between and after them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel

from redhanded import expect

BOOKING = {
    "firstname": "Ann",
    "lastname": "Lee",
    "totalprice": 120,
    "depositpaid": True,
    "bookingdates": {"checkin": "2031-05-02", "checkout": "2031-05-09"},
}


class Ref(BaseModel):
    """A line of the list of bookings."""

    bookingid: int


class Dates(BaseModel):
    """The nights of a booking."""

    checkin: str
    checkout: str


class Booking(BaseModel):
    """A booking as the document declares it."""

    firstname: str
    lastname: str
    totalprice: int
    depositpaid: bool
    bookingdates: Dates
    additionalneeds: str | None = None
    tag: str | None = None


@pytest.mark.parametrize("number", range(8))
def test_a_booking_is_read(api: httpx2.Client, number: int) -> None:
    expect(api.get(f"/booking/{4 + number % 2}"), 200, Booking)


def test_an_answer_that_was_cut_is_asked_for_again(api: httpx2.Client) -> None:
    expect(api.get("/booking/2"), 200, Booking)


@pytest.mark.parametrize("number", range(4))
def test_a_write_is_whole(api: httpx2.Client, number: int) -> None:
    made = expect(api.post("/booking", json=BOOKING | {"totalprice": number + 1}), 201).json()

    assert made["booking"]["totalprice"] == number + 1


@pytest.mark.defect("D01")
def test_a_field_was_renamed(api: httpx2.Client) -> None:
    expect(api.get("/booking/1"), 200, Booking)


@pytest.mark.defect("D78", seconds=0.7)
@pytest.mark.slo(ceiling=0.5)
def test_a_quote_comes_late(api_as: Callable[[str], httpx2.Client]) -> None:
    expect(api_as("trader").get("/trading/quotes/ALDE"), 200)


@pytest.mark.defect("D22")
def test_a_status_is_wrong(api: httpx2.Client) -> None:
    expect(api.get("/booking/999999"), 404)


def test_the_test_itself_is_broken(api: httpx2.Client) -> None:
    found: Any = expect(api.get("/booking/1"), 200, Booking)

    assert found.no_such_field


@pytest.mark.parametrize("number", range(8))
def test_the_list_is_read(api: httpx2.Client, number: int) -> None:
    expect(api.get("/booking", params={"limit": str(number + 1)}), 200, list[Ref])


def test_a_portal_answers_in_place_of_the_api(api: httpx2.Client) -> None:
    expect(api.get("/booking/3"), 200, Booking)


@pytest.mark.parametrize("number", range(4))
def test_a_booking_is_read_at_last(api: httpx2.Client, number: int) -> None:
    expect(api.get(f"/booking/{4 + number % 2}"), 200, Booking)
