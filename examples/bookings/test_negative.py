"""What the hotel refuses, and that it says why."""

import re

import pytest
from bookings.client import Bookings
from bookings.models import CreatedBooking, NewBooking
from problems import Problem

from redhanded import Client, Factory, expect
from redhanded.data import Case, negatives

JSON = {"Content-Type": "application/json"}


def stay(checkin: str, checkout: str) -> dict[str, object]:
    return {"bookingdates": {"checkin": checkin, "checkout": checkout}}


# What the model itself knows to be wrong, one case for each rule; of two like fields one will do.
@pytest.mark.parametrize(
    "case", negatives(NewBooking, strict=True, without=("tag", "lastname", "bookingdates.checkout"))
)
def test_a_booking_that_breaks_a_rule_is_refused(api: Client, make: Factory, case: Case) -> None:
    response = api.post("/booking", json=case.of(make(NewBooking)))

    assert expect(response, 422, Problem).pointers == {case.pointer}


@pytest.mark.parametrize(
    "wrong, pointer",
    [
        pytest.param(stay("2031-05-02", "2031-05-02"), "/bookingdates", id="no-night"),
        pytest.param(stay("2031-05-02", "2031-05-01"), "/bookingdates", id="out-before-in"),
        pytest.param(stay("02.05.2031", "2031-05-09"), "/bookingdates/checkin", id="local-format"),
        pytest.param(stay("2031-05-02T00:00:00", "2031-05-09"), "/bookingdates/checkin", id="time"),
        pytest.param({"bookingid": 1}, "/bookingid", id="number-of-ones-own-choice"),
        pytest.param({"discount": 10}, "/discount", id="unknown-field"),
    ],
)
def test_a_booking_that_makes_no_sense_is_refused(
    api: Client, make: Factory, wrong: dict[str, object], pointer: str
) -> None:
    body = make(NewBooking).model_dump(mode="json") | wrong

    problem = expect(api.post("/booking", json=body), 422, Problem)

    assert problem.pointers == {pointer}


def test_all_bad_values_are_named_at_once(api: Client, make: Factory) -> None:
    wrong = {"firstname": "", "totalprice": -1, "depositpaid": "yes"}
    body = make(NewBooking).model_dump(mode="json") | wrong

    problem = expect(api.post("/booking", json=body), 422, Problem)

    assert problem.pointers == {"/firstname", "/totalprice", "/depositpaid"}


def test_a_refusal_does_not_show_how_the_hotel_is_run(api: Client) -> None:
    problem = expect(api.post("/booking", json={"firstname": "Ada"}), 422, Problem)

    shown = f"{problem.detail} {[error.detail for error in problem.errors]}"
    assert not re.search(r"Traceback|\.py\b|://|password|sqlite", shown, re.IGNORECASE)


def test_a_refused_booking_is_not_made(api: Client, bookings: Bookings, make: Factory) -> None:
    body = make(NewBooking).model_dump(mode="json") | {"totalprice": -1}

    expect(api.post("/booking", json=body), 422)

    assert bookings.find(tag=body["tag"]) == []


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"totalprice": -1}, id="bad-value"),
        pytest.param({"firstname": None}, id="null"),
        pytest.param({"bookingdates": {"checkout": "1999-01-01"}}, id="out-before-in"),
        pytest.param({"discount": 10}, id="unknown-field"),
    ],
)
def test_a_change_to_something_bad_is_refused_and_not_made(
    api: Client, bookings: Bookings, booked: CreatedBooking, wrong: dict[str, object]
) -> None:
    expect(api.patch(f"/booking/{booked.bookingid}", json=wrong), 422, Problem)

    assert bookings.get(booked.bookingid) == booked.booking


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{", id="cut-off"),
        pytest.param(b'{"firstname": "A", "firstname": "B"}', id="name-twice"),
        pytest.param(b'{"totalprice": NaN}', id="not-a-number"),
        pytest.param(b'{"firstname": "\xff"}', id="not-utf-8"),
        pytest.param(b"[" * 100_000, id="bottomless"),
    ],
)
def test_what_is_not_json_is_refused(api: Client, body: bytes) -> None:
    problem = expect(api.post("/booking", content=body, headers=JSON), 400, Problem)

    assert problem.type == "urn:problem:malformed-request"


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "text/html"])
def test_only_json_is_taken(api: Client, make: Factory, media_type: str) -> None:
    body, headers = make(NewBooking).model_dump_json(), {"Content-Type": media_type}

    expect(api.post("/booking", content=body, headers=headers), 415, Problem)


def test_a_body_above_a_mebibyte_is_refused(api: Client) -> None:
    body = b'{"firstname": "' + b"x" * 1024 * 1024 + b'"}'

    expect(api.post("/booking", content=body, headers=JSON), 413, Problem)


@pytest.mark.parametrize(
    "method, path",
    [("PUT", "/booking"), ("DELETE", "/booking"), ("POST", "/booking/1"), ("GET", "/auth")],
    ids=["put-list", "delete-list", "post-one", "get-auth"],
)
def test_a_method_that_is_not_there_is_named_with_those_that_are(
    api: Client, method: str, path: str
) -> None:
    response = expect(api.request(method, path), 405, headers={"Allow": ...})

    assert method not in response.headers["Allow"].split(", ")


def test_the_methods_of_the_list_are_named_and_no_others(api: Client) -> None:
    expect(api.put("/booking", json={}), 405, Problem, headers={"Allow": "GET, HEAD, POST"})


@pytest.mark.parametrize("number", [0, 2**53], ids=["zero", "too-large"])
def test_a_number_that_no_booking_can_have_is_refused(api: Client, number: int) -> None:
    problem = expect(api.get(f"/booking/{number}"), 422, Problem)

    assert [error.place for error in problem.errors] == ["path"]


@pytest.mark.parametrize("word", ["abc", "-1", "1.5", "1e3", "%00"])
def test_what_is_no_number_leads_nowhere(api: Client, word: str) -> None:
    expect(api.get(f"/booking/{word}"), 404, Problem)


@pytest.mark.parametrize(
    "condition, pointer",
    [
        pytest.param({"limit": 0}, "/limit", id="limit-zero"),
        pytest.param({"limit": 101}, "/limit", id="limit-too-high"),
        pytest.param({"limit": "ten"}, "/limit", id="limit-a-word"),
        pytest.param({"offset": -1}, "/offset", id="offset-negative"),
        pytest.param({"checkin": "tomorrow"}, "/checkin", id="checkin-a-word"),
        pytest.param({"checkout": "2031-13-01"}, "/checkout", id="month-13"),
        pytest.param({"firstname": ""}, "/firstname", id="empty-name"),
        pytest.param({"colour": "blue"}, "/colour", id="unknown-condition"),
    ],
)
def test_a_list_is_refused_rather_than_filtered_wrongly(
    api: Client, condition: dict[str, str | int], pointer: str
) -> None:
    problem = expect(api.get("/booking", params=condition), 422, Problem)

    assert [(error.place, error.pointer) for error in problem.errors] == [("query", pointer)]
