"""The API sends what its document says (D01 to D20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from judging import expect
from models import Booking

Book = Callable[..., dict[str, Any]]


@pytest.mark.defect("D01")
def test_a_booking_has_every_field_by_its_name(api: httpx2.Client, book: Book) -> None:
    booked = book()

    expect(api.get(f"/booking/{booked['bookingid']}"), 200, Booking)
