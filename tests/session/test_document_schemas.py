"""Schemas of a document by name: what `make.schema("POST /booking")` is made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from redhanded.contracts.openapi.document import DocumentUnreachable
from redhanded.core.errors import UsageError
from redhanded.data.factory import Factory
from redhanded.session.contracts import contracts_of
from redhanded.session.session import Session
from tests.session.projects import Project

Made = Callable[..., Factory]
NEW = {"$ref": "#/components/schemas/NewBooking"}
API: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Bookings", "version": "1"},
    "paths": {
        "/booking": {
            "get": {"responses": {"200": {"description": "all"}}},
            "post": {
                "requestBody": {
                    "content": {
                        "text/plain": {"schema": {"type": "string"}},
                        "application/vnd.booking+json": {"schema": NEW},
                    }
                },
                "responses": {"201": {"description": "made"}},
            },
        },
        "/booking/{id}": {
            "put": {
                "requestBody": {"$ref": "#/components/requestBodies/Broken"},
                "responses": {"200": {"description": "put"}},
            },
        },
    },
    "components": {
        "requestBodies": {
            "Broken": {"content": {"application/json": {"schema": {"$ref": "#/nowhere"}}}}
        },
        "schemas": {
            "NewBooking": {
                "type": "object",
                "properties": {
                    "id": {"type": "integer", "readOnly": True},
                    "name": {"type": "string", "maxLength": 40},
                    "note": {"type": "string", "nullable": True},
                    "pay": {"$ref": "#/components/schemas/Payment"},
                    "code": {
                        "type": "string",
                        "pattern": "^(?=.*a)(?=.*b)(?=.{9})[c-f]*ab$",
                        "example": "ccdeffcab",
                    },
                },
                "required": ["id", "name"],
                "additionalProperties": False,
            },
            "Payment": {
                "type": "object",
                "properties": {"way": {"type": "string"}},
                "required": ["way"],
                "discriminator": {"propertyName": "way", "mapping": {"by card": "Card"}},
            },
            "Card": {
                "allOf": [{"$ref": "#/components/schemas/Payment"}],
                "properties": {"number": {"type": "string", "format": "byte"}},
            },
        },
    },
}


@pytest.fixture
def made(project: Project) -> Iterator[Made]:
    """Opens a session whose settings name such a document, and gives its factory."""
    sessions: list[Session] = []

    def opened(document: dict[str, Any] | None = None, *, openapi: str = "api.json") -> Factory:
        project.write("api.json", json.dumps(document or API))
        project.table(f'openapi = "{openapi}"' if openapi else "")
        session = Session(project.load(), run_id="run1", seed=7)
        sessions.append(session)
        session.start()
        session.contracts = contracts_of(session, project.root)
        return session.factory.scoped("test_a.py::test_a")

    yield opened
    for session in sessions:
        session.close(0)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("NewBooking", id="schema"),
        pytest.param("POST /booking", id="operation"),
    ],
)
def test_a_schema_is_known_by_its_name_and_by_its_operation(made: Made, name: str) -> None:
    """The JSON body of a request, without what only the server gives, as 3.0 nullable or not."""
    body = made().schema(name)

    assert body.keys() == {"name", "note", "pay", "code"}
    assert body["note"]
    assert body["code"] == "ccdeffcab"


def test_fields_are_given_as_those_of_a_model(made: Made) -> None:
    """Only the rest is drawn."""
    assert made().schema("POST /booking", name="Ann", note=None)["name"] == "Ann"


def test_what_is_read_only_is_left_out_of_any_version(made: Made) -> None:
    """From 3.1 on it is a remark, which a client follows all the same."""
    assert "id" not in made({**API, "openapi": "3.1.0"}).schema("NewBooking")


def test_a_schema_that_extends_another_says_which_it_is(made: Made) -> None:
    """By the mapping of the discriminator, in which names stand for references."""
    body = made().schema("Card")

    assert body["way"] == "by card"
    assert body.keys() == {"way", "number"}


def test_the_same_schema_is_read_once(made: Made) -> None:
    """And each call makes another value of it."""
    make = made()

    names = {make.schema("NewBooking")["name"] for _ in range(50)}

    assert len(names) == 50


@pytest.mark.parametrize(
    "name, told",
    [
        pytest.param(
            "NewBoking",
            'make.schema("NewBoking"): the document has no such schema; it has "NewBooking".',
            id="schema",
        ),
        pytest.param(
            "x",
            'make.schema("x"): the document has no such schema; it has "NewBooking", "Payment",'
            ' "Card".',
            id="nothing-like-it",
        ),
        pytest.param(
            "POST /bookings",
            'make.schema("POST /bookings"): the document has no such operation; it has'
            ' "POST /booking", "GET /booking", "PUT /booking/{id}".',
            id="operation",
        ),
        pytest.param(
            "GET /booking",
            'make.schema("GET /booking"): the operation takes no JSON body; name another one, or a'
            " schema of the document.",
            id="no-body",
        ),
        pytest.param(
            "PUT /booking/{booking}",
            'make.schema("PUT /booking/{booking}"): the document is broken at'
            " api.json#/components/requestBodies/Broken/content/application~1json/schema/$ref:"
            " api.json has nothing at '/nowhere'; pass the schema itself.",
            id="broken",
        ),
    ],
)
def test_a_name_that_leads_nowhere_is_told(made: Made, name: str, told: str) -> None:
    """With the names that are like it."""
    with pytest.raises(UsageError) as caught:
        made().schema(name)

    assert str(caught.value) == told


def test_without_a_document_the_setting_is_named(made: Made) -> None:
    """A mapping needs none."""
    make = made(openapi="")

    with pytest.raises(UsageError, match="set openapi in"):
        make.schema("NewBooking")
    assert make.schema({"const": 1}) == 1


def test_a_document_that_is_kept_from_us_is_nobodys_fault(made: Made, closed_port: int) -> None:
    """The test is not judged, as those are not that the document was to judge."""
    make = made(openapi=f"http://127.0.0.1:{closed_port}/openapi.json")

    with pytest.raises(DocumentUnreachable):
        make.schema("NewBooking")
