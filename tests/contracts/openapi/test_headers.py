"""Headers of responses: declared, missing, undeclared, usual."""

from __future__ import annotations

import pytest

from redhanded.contracts.openapi.contract import OpenAPIContract
from redhanded.contracts.openapi.headers import USUAL_HEADERS

from .exchanges import attempt, contract, told

INTEGERS = {"type": "array", "items": {"type": "integer"}}


def headed(headers: object) -> OpenAPIContract:
    """The contract of one GET whose answer has these headers."""
    responses = {"200": {"description": "OK", "headers": headers}}
    return contract({"/things": {"get": {"responses": responses}}})


@pytest.mark.parametrize(
    "schema, lines, value",
    [
        pytest.param({"type": "string"}, ["a, b"], "a, b", id="text"),
        pytest.param({"type": "integer"}, ["5"], 5, id="integer"),
        pytest.param({"type": "string", "minLength": 4}, ["a", "b"], "a, b", id="lines as one"),
        pytest.param(INTEGERS, ["1,2", "3"], [1, 2, 3], id="lines as a list"),
        pytest.param({"const": "a b"}, ["a%20b"], "a b", id="encoded all the same"),
        pytest.param({"type": ["null", "integer"]}, [""], None, id="null"),
        pytest.param({}, ["5"], 5, id="anything"),
    ],
)
def test_a_header_is_read_as_its_schema_wants_it(
    schema: object, lines: list[str], value: object
) -> None:
    """The value is among what was met, and nothing is told."""
    found = headed({"X-A": {"schema": schema}}).examine(
        attempt(headers=[("x-a", line) for line in lines])
    )

    assert told(found.violations) == []
    assert found.response.parameters == {("header", "X-A"): value}


@pytest.mark.parametrize(
    "header, line",
    [
        pytest.param({"description": "any"}, "x", id="no schema"),
        pytest.param({"content": {"text/plain": {}}}, "x", id="content that is no JSON"),
        pytest.param({"content": {"application/json": {}}}, "[1]", id="JSON without a schema"),
    ],
)
def test_a_header_without_a_schema_may_be_anything(header: object, line: str) -> None:
    """A document that says nothing of the value forbids none."""
    assert told(headed({"X-A": header}).check(attempt(headers={"X-A": line}))) == []


def test_a_header_that_is_no_json_is_told() -> None:
    """Where its content is declared as JSON."""
    judge = headed({"X-A": {"content": {"application/json": {}}}})

    assert told(judge.check(attempt(headers={"X-A": "{"}))) == [
        "error header_schema header X-A syntax"
    ]


def test_a_header_whose_object_cannot_be_read_has_the_text_judged() -> None:
    """What is no object in any style is a text where an object is wanted."""
    judge = headed({"X-A": {"schema": {"type": "object", "properties": {"a": {}}}}})

    assert told(judge.check(attempt(headers={"X-A": "odd"}))) == [
        "error header_schema header X-A type"
    ]


def test_a_schema_that_cannot_be_used_is_the_documents_fault() -> None:
    """Once per exchange that needs it, and not the header's."""
    judge = headed({"X-A": {"schema": {"type": "nothing"}}})

    [one] = judge.check(attempt(headers={"X-A": "1"}))

    assert one.code == "contract.document"
    assert one.source.endswith("/headers/X-A/schema/type")


def test_a_declaration_that_cannot_be_read_is_no_reason_to_call_a_header_undeclared() -> None:
    """It is declared, only nobody can say how."""
    judge = headed({"X-A": {"$ref": "#/nowhere"}})

    assert told(judge.check(attempt(headers={"X-A": "1"}))) == []


def test_a_declaration_that_is_none_is_the_documents_fault() -> None:
    """A header beside it may be the one that was meant."""
    [found] = headed({"X-A": 5}).check(attempt(headers={"X-A": "1"}))

    assert (found.code, found.source) == (
        "contract.document",
        "api.json#/paths/~1things/get/responses/200/headers/X-A",
    )


@pytest.mark.parametrize("name", ["Date", "SET-COOKIE", "Content-Language", "x-request-id"])
def test_what_every_server_may_send_is_usual(name: str) -> None:
    """In any case, and by the families that HTTP has."""
    assert told(headed({}).check(attempt(headers={name: "x"}))) == []


def test_a_usual_header_that_is_declared_is_judged() -> None:
    """The list excuses only what the document does not speak of."""
    judge = headed({"Retry-After": {"schema": {"type": "integer"}}})

    assert told(judge.check(attempt(headers={"Retry-After": "soon"}))) == [
        "error header_schema header Retry-After type"
    ]


def test_undeclared_headers_are_told_once_each() -> None:
    """However many lines and answers there are; names that were met are not kept for ever."""
    judge = headed({})
    answers = [attempt(headers=[(f"X-{n}", "1"), (f"X-{n}", "2")]) for n in range(1100)]

    found = [judge.check(one) for one in answers]

    assert {len(told(one)) for one in found} == {1}


def test_the_usual_headers_are_written_in_lower_case() -> None:
    """As they are looked up."""
    assert {name.lower() for name in USUAL_HEADERS} == USUAL_HEADERS
