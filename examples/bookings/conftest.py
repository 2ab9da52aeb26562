"""What the tests of bookings start from."""

from typing import Any

import pytest
from bookings.client import Book, Bookings
from bookings.models import CreatedBooking, NewBooking

from redhanded import Cleanup, Client, Factory, Settings


@pytest.fixture
def bookings(api: Client) -> Bookings:
    """The bookings, as the hotel's editor sees them."""
    return Bookings(api)


@pytest.fixture
def book(bookings: Bookings, make: Factory, cleanup: Cleanup) -> Book:
    """A function that books a stay for the time of the test: `book(totalprice=0)`."""

    def book(**fixed: object) -> CreatedBooking:
        created = bookings.create(make(NewBooking, **fixed))
        cleanup("booking", created.bookingid)
        return created

    return book


@pytest.fixture
def booked(book: Book) -> CreatedBooking:
    """A booking that is there for the time of the test."""
    return book()


@pytest.fixture
def credentials(settings: Settings) -> dict[str, str]:
    """The editor's user name and password, for tests of the login itself."""
    auth: Any = settings.auth
    return {"username": "admin", "password": auth.body["password"].get_secret_value()}
