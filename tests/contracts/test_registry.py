"""The registry of models: which shape an answer is held against, and what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from redhanded.contracts.registry import ModelRegistry
from redhanded.core.errors import UsageError
from tests.verdict.answers import answered

HOME = "http://shop.test"


class Booking(BaseModel):
    """What the hotel has noted."""

    id: int


class Me(BaseModel):
    """Who asks."""

    name: str


class Problem(BaseModel):
    """How the API says no."""

    title: str


REGISTRY = ModelRegistry(
    {
        "GET /booking/{id}": Booking,
        "GET /booking/{id} 404": Problem,
        "GET /booking/{id} 5XX": Problem,
        "GET /booking/me": Me,
        "GET /booking": list[Booking],
        "POST /booking 201": Booking,
    }
)


def ask(method: str, path: str, status: int = 200, body: bytes = b"{}", **facts: Any) -> Any:  # noqa: ANN401
    """An answered attempt."""
    headers = ((b"Content-Type", b"application/json"),)
    ordinary = {"method": method, "url": HOME + path, "response_body": body}
    return answered(status, raw_response_headers=headers, **ordinary | facts)


@pytest.mark.parametrize(
    "request_line, status, shape",
    [
        pytest.param("GET /booking/7", 200, Booking, id="template"),
        pytest.param("GET /booking/7?full=1", 203, Booking, id="any success"),
        pytest.param("GET /booking/7/", 200, Booking, id="trailing slash"),
        pytest.param("GET /booking/me", 200, Me, id="literal before template"),
        pytest.param("GET /booking/me", 404, None, id="literal hides template"),
        pytest.param("GET /booking", 200, list[Booking], id="list"),
        pytest.param("GET /booking/7", 404, Problem, id="status of its own"),
        pytest.param("GET /booking/7", 503, Problem, id="class of statuses"),
        pytest.param("GET /booking/7", 304, None, id="nothing new"),
        pytest.param("GET /booking/7", 204, None, id="no content"),
        pytest.param("GET /booking/7", 403, None, id="another refusal"),
        pytest.param("HEAD /booking/7", 200, None, id="headers alone"),
        pytest.param("POST /booking", 200, None, id="another success"),
        pytest.param("POST /booking", 201, Booking, id="this success"),
        pytest.param("DELETE /booking/7", 200, None, id="another method"),
        pytest.param("GET /booking/7/rooms", 200, None, id="deeper"),
    ],
)
def test_an_answer_is_held_against_the_entry_that_says_most(
    request_line: str, status: int, shape: object
) -> None:
    """The fewest variables win, then a status over a class of them over every success."""
    method, _, path = request_line.partition(" ")

    entry = REGISTRY.entry_of(ask(method, path, status))

    assert (entry.shape if entry else None) == shape


def test_a_breach_is_that_of_expect() -> None:
    """The same violation, from the same model."""
    (found,) = REGISTRY.check(ask("GET", "/booking/7", body=b'{"id": "7"}'))

    assert (found.code, found.where, found.source) == ("body.schema", "$.id", "Booking")


def test_an_answer_that_no_entry_means_breaks_nothing() -> None:
    """Also where its body is nobody's."""
    assert REGISTRY.check(ask("GET", "/elsewhere", body=b"no")) == []


def test_what_a_test_reads_itself_is_no_empty_body() -> None:
    """Of a stream the ledger has no body; an empty one is a breach."""
    assert REGISTRY.check(ask("GET", "/booking/7", response_body=None)) == []
    assert [each.code for each in REGISTRY.check(ask("GET", "/booking/7", body=b""))] == [
        "body.empty"
    ]


def test_routes_begin_below_the_base_url() -> None:
    """Its path is part of every request, and of no route."""
    registry = ModelRegistry({"GET /booking": list[Booking]}, below="/api/")

    assert registry.entry_of(ask("GET", "/api/booking")) is not None
    assert registry.entry_of(ask("GET", "/booking")) is None


def test_how_strictly_a_model_is_read_can_be_said() -> None:
    """An undeclared field and a number as text are let pass where the project says so."""
    lenient = ModelRegistry({"GET /booking/{id}": Booking}, strict=False, extra="ignore")

    assert lenient.check(ask("GET", "/booking/7", body=b'{"id": "7", "x": 1}')) == []


def test_a_secret_is_masked_in_what_a_violation_shows() -> None:
    """INVARIANT: what a model refuses is shown through the mask."""
    registry = ModelRegistry({"GET /booking/{id}": Booking}, mask=lambda _: "***")

    (found,) = registry.check(ask("GET", "/booking/7", body=b'{"id": "s3cret"}'))

    assert found.actual == '"***"'


def test_a_path_that_was_forgotten_is_found_anew() -> None:
    """Of paths there is no end, and so not all of them are remembered."""
    registry = ModelRegistry({"GET /booking/{id}": Booking})

    entries = [registry.entry_of(ask("GET", f"/booking/{number % 4500}")) for number in range(4600)]

    assert {entry.shape if entry else None for entry in entries} == {Booking}


@pytest.mark.parametrize(
    "models, sentence",
    [
        pytest.param({"booking": Booking}, "'booking' is not a route", id="no route"),
        pytest.param({"GET /x 20": Booking}, "is not a route", id="no status"),
        pytest.param({7: Booking}, "'7' is not a route|7 is not a route", id="no text"),
        pytest.param({"GET /x": pytest}, "is no shape", id="no shape"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_once(models: dict[Any, Any], sentence: str) -> None:
    """Before the first test, with a sentence."""
    with pytest.raises(UsageError, match=sentence):
        ModelRegistry(models)
