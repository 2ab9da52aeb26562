"""Who may change bookings: staff with a token that allows it."""

import pytest
from bookings.client import Bookings
from bookings.models import Booking, CreatedBooking, NewBooking, Token
from clients import ClientOf
from problems import Problem

from redhanded import Cleanup, Factory, expect

WRITES = pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])


def body_of(method: str, make: Factory) -> NewBooking | None:
    return None if method == "DELETE" else make(NewBooking)


@pytest.mark.parametrize(
    "username, password",
    [("admin", "wrong"), ("nobody", "wrong"), ("ADMIN", "wrong"), ("admin' --", "wrong")],
    ids=["wrong-password", "unknown-user", "other-case", "injection"],
)
def test_wrong_credentials_get_no_token(api_as: ClientOf, username: str, password: str) -> None:
    login = {"username": username, "password": password}

    problem = expect(api_as("anonymous").post("/auth", json=login), 401, Problem)

    assert problem.detail == "The user name or the password is wrong."


def test_a_login_without_password_is_not_valid(api_as: ClientOf) -> None:
    problem = expect(api_as("anonymous").post("/auth", json={"username": "admin"}), 422, Problem)

    assert problem.pointers == {"/password"}


def test_each_login_gets_a_token_of_its_own(api_as: ClientOf, credentials: dict[str, str]) -> None:
    stranger = api_as("anonymous")

    first = expect(stranger.post("/auth", json=credentials), 200, Token)
    second = expect(stranger.post("/auth", json=credentials), 200, Token)

    assert first.token != second.token


def test_a_second_login_leaves_the_first_one_valid(
    api_as: ClientOf, credentials: dict[str, str], booked: CreatedBooking
) -> None:
    stranger, path = api_as("anonymous"), f"/booking/{booked.bookingid}"
    first = expect(stranger.post("/auth", json=credentials), 200, Token)
    expect(stranger.post("/auth", json=credentials), 200, Token)

    login = {"Authorization": f"Bearer {first.token}"}
    response = stranger.patch(path, json={"totalprice": 12}, headers=login)

    assert expect(response, 200, Booking).totalprice == 12


@WRITES
def test_nobody_changes_a_booking_without_a_token(
    api_as: ClientOf, booked: CreatedBooking, make: Factory, method: str
) -> None:
    stranger, path = api_as("anonymous"), f"/booking/{booked.bookingid}"

    response = stranger.request(method, path, json=body_of(method, make))

    expect(response, 401, Problem, headers={"WWW-Authenticate": 'Bearer realm="bookings"'})


@WRITES
def test_an_invented_token_changes_nothing(
    api_as: ClientOf, booked: CreatedBooking, make: Factory, method: str
) -> None:
    forged = {"Authorization": "Bearer not-a-token-of-this-hotel"}

    response = api_as("anonymous").request(
        method, f"/booking/{booked.bookingid}", headers=forged, json=body_of(method, make)
    )

    expect(response, 401, Problem)


@WRITES
def test_someone_who_may_only_read_changes_nothing(
    api_as: ClientOf, booked: CreatedBooking, make: Factory, method: str
) -> None:
    guest, path = api_as("guest"), f"/booking/{booked.bookingid}"

    response = guest.request(method, path, json=body_of(method, make))

    problem = expect(response, 403, Problem)
    assert problem.type == "urn:problem:forbidden"


def test_a_refused_change_leaves_the_booking_as_it_was(
    api_as: ClientOf, bookings: Bookings, booked: CreatedBooking
) -> None:
    expect(api_as("guest").patch(f"/booking/{booked.bookingid}", json={"totalprice": 0}), 403)

    assert bookings.get(booked.bookingid) == booked.booking


def test_anybody_may_read_a_booking(api_as: ClientOf, booked: CreatedBooking) -> None:
    response = api_as("anonymous").get(f"/booking/{booked.bookingid}")

    assert expect(response, 200, Booking) == booked.booking


def test_anybody_may_book(api_as: ClientOf, make: Factory, cleanup: Cleanup) -> None:
    new = make(NewBooking)

    response = api_as("anonymous").post("/booking", json=new)

    created = expect(response, 201, CreatedBooking)
    cleanup("booking", created.bookingid)
    assert created.booking == Booking.of(new)


def test_a_token_also_counts_as_a_cookie(api_as: ClientOf, booked: CreatedBooking) -> None:
    response = api_as("browser").patch(f"/booking/{booked.bookingid}", json={"totalprice": 12})

    assert expect(response, 200, Booking).totalprice == 12
