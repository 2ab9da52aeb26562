"""A room, its seats, and a look at them; one seat is removed by the test itself."""

from __future__ import annotations

from typing import Any

import httpx2

from redhanded import expect


def test_a_room_has_seats(api: httpx2.Client, room: Any, seat: Any, cleanup: Any) -> None:
    hall = room({"size": 12})
    seats = [seat({"row": row}, parent=hall) for row in (1, 2)]
    expect(api.get(f"/rooms/{hall['id']}"), 200)

    removed = seats[0]["id"]
    expect(api.delete(f"/seats/{removed}"), 204)
    cleanup.forget("seat", removed)

    expect(api.get(f"/seats/{removed}"), 404)
