"""What one can do with bookings, as whoever the client is."""

from collections.abc import Iterator
from itertools import count
from typing import TypeAlias

from bookings.models import Booking, BookingRef, CreatedBooking, NewBooking

from redhanded import Client, Maker, expect

# Books a stay for the time of a test: `booking(totalprice=0)`.
Booker: TypeAlias = Maker[CreatedBooking]


class Bookings:
    """The hotel's bookings."""

    def __init__(self, api: Client) -> None:
        self.api = api

    def create(self, new: NewBooking) -> CreatedBooking:
        """Books a stay."""
        return expect(self.api.post("/booking", json=new), 201, CreatedBooking)

    def get(self, bookingid: int) -> Booking:
        """Reads a booking."""
        return expect(self.api.get(f"/booking/{bookingid}"), 200, Booking)

    def replace(self, bookingid: int, new: NewBooking) -> Booking:
        """Puts another booking in the place of this one."""
        return expect(self.api.put(f"/booking/{bookingid}", json=new), 200, Booking)

    def change(self, bookingid: int, **fields: object) -> Booking:
        """Changes some fields of a booking."""
        return expect(self.api.patch(f"/booking/{bookingid}", json=fields), 200, Booking)

    def delete(self, bookingid: int) -> None:
        """Removes a booking."""
        expect(self.api.delete(f"/booking/{bookingid}"), 204)

    def find(self, **conditions: str | int | None) -> list[int]:
        """The ids of the bookings for which all conditions hold."""
        refs = expect(self.api.get("/booking", params=conditions), 200, list[BookingRef])
        return [ref.bookingid for ref in refs]

    def walk(self, *, limit: int, **conditions: str | int | None) -> Iterator[list[int]]:
        """All pages of a list, up to the first that is not full."""
        for number in count():
            page = self.find(limit=limit, offset=number * limit, **conditions)
            yield page
            if len(page) < limit:
                return

    def version(self, bookingid: int) -> str:
        """The version of a booking, as its entity tag."""
        response = expect(self.api.head(f"/booking/{bookingid}"), 200, headers={"ETag": ...})
        return response.headers["ETag"]
