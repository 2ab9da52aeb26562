"""The shape of answers, apart from what they say: run with `-m contract`."""

import re
from typing import Annotated, Any

import pytest
from annotated_types import Len
from bookings.client import Booker
from bookings.models import Booking, BookingRef, CreatedBooking, NewBooking, Token
from clients import ClientOf
from problems import Problem

from redhanded import Cleanup, Client, Factory, expect

pytestmark = pytest.mark.contract

VERSIONED = {"Content-Type": "application/json", "ETag": ..., "X-Build": ...}
# For tests of shapes alone: what is no booking breaks the shape of one, whatever its status.
ANY_STATUS = range(200, 500)
PROBLEM = {"Content-Type": "application/problem+json", "X-Build": ...}


def test_a_booking_has_the_promised_shape(api: Client, booked: CreatedBooking) -> None:
    expect(api.get(f"/booking/{booked.bookingid}"), 200, Booking, headers=VERSIONED)


def test_a_created_booking_has_the_promised_shape(
    api: Client, make: Factory, cleanup: Cleanup
) -> None:
    promised = VERSIONED | {"Location": re.compile(r"^/booking/\d+$")}

    created = expect(
        api.post("/booking", json=make(NewBooking)), 201, CreatedBooking, headers=promised
    )
    cleanup("booking", created.bookingid)


def test_a_replaced_booking_has_the_promised_shape(
    api: Client, booked: CreatedBooking, make: Factory
) -> None:
    response = api.put(f"/booking/{booked.bookingid}", json=make(NewBooking))

    expect(response, 200, Booking, headers=VERSIONED)


def test_a_changed_booking_has_the_promised_shape(api: Client, booked: CreatedBooking) -> None:
    response = api.patch(f"/booking/{booked.bookingid}", json={"totalprice": 3})

    expect(response, 200, Booking, headers=VERSIONED)


@pytest.mark.usefixtures("booked")
def test_a_list_has_the_promised_shape(api: Client) -> None:
    promised = {"Content-Type": "application/json", "X-Total-Count": re.compile(r"^\d+$")}

    expect(api.get("/booking"), 200, list[BookingRef], headers=promised, where=len)


@pytest.mark.usefixtures("booked")
def test_a_list_is_never_longer_than_the_total_it_tells(api: Client) -> None:
    response = api.get("/booking")

    total = int(response.headers.get("X-Total-Count", 0))
    expect(response, 200, Annotated[list[BookingRef], Len(max_length=total)])


def test_a_page_is_never_longer_than_was_asked_for(api: Client, booking: Booker) -> None:
    tag = booking().booking.tag
    booking(tag=tag)

    response = api.get("/booking", params={"tag": tag, "limit": 1})

    expect(response, 200, Annotated[list[BookingRef], Len(max_length=1)])


@pytest.mark.parametrize("optional", ["additionalneeds", "tag"])
def test_what_was_optional_still_is(
    api: Client, make: Factory, cleanup: Cleanup, optional: str
) -> None:
    body = make(NewBooking).model_dump(mode="json", exclude={optional})

    created = expect(api.post("/booking", json=body), ANY_STATUS, CreatedBooking)
    cleanup("booking", created.bookingid)


def test_a_token_has_the_promised_shape(api_as: ClientOf, credentials: dict[str, str]) -> None:
    expect(api_as("anonymous").post("/auth", json=credentials), 200, Token)


def test_a_removal_has_no_body(api: Client, booked: CreatedBooking) -> None:
    response = expect(api.delete(f"/booking/{booked.bookingid}"), 204)

    assert response.content == b""


@pytest.mark.parametrize(
    "method, path, sent, status",
    [
        pytest.param("POST", "/booking", {"content": b"{"}, 400, id="malformed"),
        pytest.param("POST", "/auth", {"json": {"username": "a", "password": "b"}}, 401, id="401"),
        pytest.param("GET", f"/booking/{2**53 - 1}", {}, 404, id="not-found"),
        pytest.param("DELETE", "/booking", {}, 405, id="method"),
        pytest.param("POST", "/booking", {"content": b"{}"}, 415, id="media-type"),
        pytest.param("POST", "/booking", {"json": {}}, 422, id="not-valid"),
    ],
)
def test_each_refusal_is_a_problem_document(
    api_as: ClientOf, method: str, path: str, sent: dict[str, Any], status: int
) -> None:
    headers = {"Content-Type": "application/json"} if status == 400 else {}

    response = api_as("anonymous").request(method, path, headers=headers, **sent)

    assert expect(response, status, Problem, headers=PROBLEM).status == status


def test_the_document_describes_every_booking_operation(api: Client) -> None:
    document = expect(api.get("/openapi.json"), 200).json()

    paths = document["paths"]
    assert {"get", "post"} <= set(paths["/booking"])
    assert {"get", "put", "patch", "delete"} <= set(paths["/booking/{bookingid}"])


def test_the_service_answers_with_the_trace_that_all_requests_of_a_test_share(api: Client) -> None:
    first = expect(api.get("/health"), 200, headers={"X-Trace-Id": ...})
    second = expect(api.get("/booking"), 200, headers={"X-Trace-Id": ...})

    assert first.headers["X-Trace-Id"] == second.headers["X-Trace-Id"]
