"""The API keeps to what HTTP itself promises (D70 to D77)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from judging import expect
from models import Booking, CreatedBooking, Instrument, NewBooking, Page, Quote, User

Book = Callable[..., dict[str, Any]]
ClientOf = Callable[[str], httpx2.Client]

STAY = {"checkin": "2031-05-02", "checkout": "2031-05-09"}

NOTHING_LEFT = re.compile(r"r=0\b")


@pytest.mark.defect("D70")
def test_a_new_booking_is_told_with_place_and_version(
    api: httpx2.Client, make: Any, cleanup: Any
) -> None:
    new = make(NewBooking, bookingdates=STAY).model_dump(mode="json")

    answer = api.post("/booking", json=new)

    created = expect(answer, 201, CreatedBooking)
    cleanup("booking", created.bookingid)
    place = {"location": f"/booking/{created.bookingid}", "etag": ...}
    expect(answer, 201, headers=place)


@pytest.mark.defect("D71")
def test_personal_data_is_kept_by_no_cache(api_as: ClientOf) -> None:
    answer = api_as("viewer").get("/users/me")

    expect(answer, 200, User)
    assert "public" not in answer.headers["cache-control"]


@pytest.mark.defect("D72")
def test_a_changed_booking_is_sent_to_who_holds_the_old_one(api: httpx2.Client, book: Book) -> None:
    booked = book()
    path = f"/booking/{booked.pop('bookingid')}"
    version = expect(api.get(path), 200).headers["etag"]
    expect(api.put(path, json=booked | {"totalprice": 7}), 200, Booking)

    found = expect(api.get(path, headers={"If-None-Match": version}), 200, Booking)

    assert found.totalprice == 7


@pytest.mark.defect("D73")
def test_a_cache_is_told_what_an_encoding_depends_on(trader: httpx2.Client) -> None:
    path = "/trading/instruments"
    answers = [
        trader.get(path, headers={"Accept-Encoding": encoding}) for encoding in ("gzip", "identity")
    ]

    first, second = (expect(answer, 200, Page[Instrument]) for answer in answers)
    assert first == second
    packed, plain = (answer.headers.get("content-encoding") for answer in answers)
    assert packed == plain or "accept-encoding" in answers[0].headers.get("vary", "").lower()


@pytest.mark.defect("D74")
def test_who_has_to_wait_is_told_how_long(trader: httpx2.Client) -> None:
    for _ in range(8):
        answer = trader.get("/trading/instruments", params={"limit": "1"})

        if answer.status_code == 429:
            expect(answer, 429, headers={"retry-after": re.compile(r"^\d+$")})
        else:
            expect(answer, 200, Page[Instrument])


@pytest.mark.defect("D75")
def test_only_who_has_used_up_the_quota_has_to_wait(trader: httpx2.Client) -> None:
    for _ in range(8):
        answer = trader.get("/trading/quotes", params={"limit": "1"})

        if answer.status_code == 429:
            expect(answer, 429, headers={"ratelimit": NOTHING_LEFT})
        else:
            expect(answer, 200, Page[Quote])


@pytest.mark.defect("D76")
def test_a_list_can_be_unpacked_whatever_its_size(trader: httpx2.Client) -> None:
    packed = {"Accept-Encoding": "gzip"}

    for limit in (1, 25):
        query = {"limit": str(limit)}
        answer = trader.get("/trading/quotes", params=query, headers=packed)

        assert len(expect(answer, 200, Page[Quote]).items) == limit


@pytest.mark.defect("D77")
def test_an_answer_is_as_long_as_it_says(trader: httpx2.Client) -> None:
    found = expect(trader.get("/trading/instruments/ALDE"), 200, Instrument)

    assert found.name == "Alder"
