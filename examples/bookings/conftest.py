"""What the tests of bookings start from."""

from typing import Any

import pytest
from bookings.client import Booker, Bookings
from bookings.models import CreatedBooking, NewBooking

from redhanded import Client, Settings, resource


@pytest.fixture
def bookings(api: Client) -> Bookings:
    """The bookings, as the hotel's editor sees them."""
    return Bookings(api)


# Makes a booking, which is removed when its test ends; pyproject.toml says how.
booking = resource("booking", model=NewBooking, shape=CreatedBooking)


@pytest.fixture
def booked(booking: Booker) -> CreatedBooking:
    """A booking that is there for the time of the test."""
    return booking()


@pytest.fixture
def credentials(settings: Settings) -> dict[str, str]:
    """The editor's user name and password, for tests of the login itself."""
    auth: Any = settings.auth
    return {"username": "admin", "password": auth.body["password"].get_secret_value()}
