"""The API answers with the status it promises, and does what the status says (D21 to D30)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from judging import expect
from models import BookingRef

Book = Callable[..., dict[str, Any]]


@pytest.mark.defect("D23")
def test_a_name_with_an_apostrophe_is_found(api: httpx2.Client, book: Book) -> None:
    booked = book(lastname="O'Brien")

    query = {"tag": booked["tag"], "lastname": "O'Brien"}
    found = expect(api.get("/booking", params=query), 200, list[BookingRef])

    assert [ref.bookingid for ref in found] == [booked["bookingid"]]
