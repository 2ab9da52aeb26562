"""The contract that a document is: what it meets, what it tells, in which words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from redhanded.contracts.openapi import patches
from redhanded.contracts.openapi.contract import OpenAPIContract
from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.examination import ABSENT, Examination
from redhanded.contracts.openapi.loading import read
from redhanded.contracts.openapi.suggestions import template_of
from redhanded.core.attempt import Attempt, Failure, Phase
from redhanded.core.contracting import Contracting

from .exchanges import OK, ORIGIN, attempt, contract, document, told

JSON = "application/json"
INTEGER = {"type": "integer"}
BOOKS: dict[str, Any] = {
    "/books/{id}": {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": INTEGER}],
        "get": {
            "responses": {
                "200": {
                    "description": "OK",
                    "headers": {"X-Build": {"required": True, "schema": INTEGER}},
                    "content": {JSON: {"schema": {"type": "object", "required": ["title"]}}},
                },
                "4XX": {"description": "no"},
            }
        },
    }
}


def listing(*parameters: object) -> OpenAPIContract:
    """The contract of one GET that answers with any JSON."""
    answer = {"200": {"description": "OK", "content": {JSON: {}}}}
    return contract({"/things": {"get": {"parameters": list(parameters), "responses": answer}}})


def query(name: str, schema: object) -> dict[str, object]:
    """A parameter of a query."""
    return {"name": name, "in": "query", "schema": schema}


def test_an_examination_says_what_was_met() -> None:
    """The operation, the keys of the document, the values as its schemas see them."""
    body = {"title": "x"}

    found = contract(BOOKS).examine(
        attempt("GET /books/5", body=body, headers={"x-build": "7", "Content-Type": JSON})
    )

    assert found.violations == ()
    assert found.operation is not None
    assert found.operation.name == "GET /books/{id}"
    assert (found.response.status, found.response.media_type) == ("200", JSON)
    assert found.response.schema is not None
    assert found.response.schema.pointer.endswith("/application~1json/schema")
    assert (found.response.value, found.template) == (body, "/books/{id}")
    assert found.request.parameters == {("path", "id"): 5}
    assert found.response.parameters == {("header", "X-Build"): 7}


def test_an_examination_of_a_stream_has_the_schema_of_its_items() -> None:
    """Its value is the list of them."""
    content = {"application/jsonl": {"itemSchema": INTEGER}}
    responses = {"200": {"description": "OK", "content": content}}
    judge = contract({"/things": {"get": {"responses": responses}}}, version="3.2.0")

    found = judge.examine(
        attempt(body=b"1\n2\n", headers={"Content-Type": "application/jsonl"})
    ).response

    assert (found.value, found.schema) == ([1, 2], None)
    assert found.item_schema is not None
    assert found.item_schema.value == INTEGER


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(attempt("GET /books/5", None), id="no answer"),
        pytest.param(
            attempt("GET /books/5", failure=Failure("cut", Phase.READ, "e", "m")), id="cut answer"
        ),
        pytest.param(attempt("GET http://other.test/books/5"), id="another origin"),
    ],
)
def test_what_is_no_answer_of_the_api_meets_nothing(exchange: Attempt) -> None:
    """Weather and strangers are not held against a document."""
    assert contract(BOOKS).examine(exchange) == Examination(None)


def test_what_an_answer_breaks_is_told_in_one_order() -> None:
    """The request first, then the body, then the headers; twice asked, twice the same."""
    judge = contract(BOOKS)
    exchange = attempt("GET /books/x?all=1", body={}, headers={"X-Debug": "1"})

    found = judge.check(exchange)

    assert told(found) == [
        "error parameter_schema path id type",
        "error parameter_undeclared query all parameters",
        "error body_schema $.title required",
        "error header_missing header X-Build required",
        "warning header_undeclared header X-Debug",
    ]
    assert judge.check(exchange) == found


def test_a_status_is_told_with_what_is_documented() -> None:
    """`status 500, want 200 or 4XX`, and the place of the responses."""
    [found] = contract(BOOKS).check(attempt("GET /books/5", 500))

    assert (found.where, found.actual, found.expected) == ("status", "500", "200 or 4XX")
    assert found.source == "api.json#/paths/~1books~1{id}/get/responses"


def test_many_alternatives_are_told_in_part() -> None:
    """What is told has a length that can be read."""
    responses = {str(status): {"description": "x"} for status in range(200, 230)}
    judge = contract({"/things": {"get": {"responses": responses}}})

    [found] = judge.check(attempt(status=418))

    assert found.expected == "200, 201, 202, 203, 204, 205, 206 or 23 others"


def test_an_undocumented_operation_is_told_by_its_shape() -> None:
    """What may be an id, or a secret, is a variable: a hundred books are one cause."""
    path = "/shops/17/books/3f2504e0-4f89-11d3-9a0c-0305e82c3301/pages"

    [found] = contract(BOOKS).check(attempt(f"GET {path}?token=hush"))

    assert found.actual == "GET /shops/{id}/books/{id2}/pages"
    assert "hush" not in str(found)


@pytest.mark.parametrize(
    "path, template",
    [
        pytest.param("/", "/", id="root"),
        pytest.param("/v1/books", "/v1/books", id="words"),
        pytest.param("/books/17", "/books/{id}", id="n"),
        pytest.param("/f/deadbeef", "/f/{id}", id="hexadecimal"),
        pytest.param("/u/ann@example.test", "/u/{id}", id="address"),
        pytest.param("/t/eyJhbGciOiJIUzI1NiJ9.e30", "/t/{id}", id="token"),
        pytest.param("/book-shop_list/x.y", "/book-shop_list/x.y", id="long word"),
        pytest.param("/a" * 20, "/a" * 12, id="too deep"),
    ],
)
def test_a_path_becomes_a_template(path: str, template: str) -> None:
    """Words stay, names of single things do not."""
    assert template_of(path) == template


def test_a_suggested_operation_lies_below_the_servers_path() -> None:
    """A document's templates do not repeat the prefix."""
    judge = contract({}, servers=[{"url": "/v1"}])

    [found] = judge.check(attempt("GET /v1/books/5"))

    assert json.loads(found.suggestion)["path"] == "/paths/~1books~1{id}"


def test_the_prefix_of_the_settings_is_the_only_one() -> None:
    """It is for documents whose servers tell it wrong."""
    judge = contract(BOOKS, settings={"prefix": "/api"}, servers=[{"url": "/v1"}])

    assert judge.examine(attempt("GET /api/books/5", 404)).operation is not None
    assert judge.examine(attempt("GET /v1/books/5", 404)).operation is None


def test_a_secret_is_never_quoted() -> None:
    """A parameter whose name announces one is shown by its length alone."""
    judge = listing(query("access_token", {"type": "string", "maxLength": 3}))

    [found] = judge.check(attempt("GET /things?access_token=hunter2", body=[]))

    assert (found.where, found.actual) == ("query access_token", "a secret of 7 characters")


def test_values_are_shown_as_the_caller_says() -> None:
    """The session hands in what masks secrets."""
    spec = document(BOOKS)
    judge = OpenAPIContract(spec, Contracting(), ORIGIN, see=lambda _: "***")

    [found] = judge.check(
        attempt("GET /books/x", body={"title": 1}, headers={"X-Build": "1", "Content-Type": JSON})
    )

    assert found.actual == "***"


@pytest.mark.parametrize(
    "schema, target, items, is_told",
    [
        pytest.param({"type": "string"}, "state=open", [{"state": "open"}], False, id="kept"),
        pytest.param(
            {"type": "string"}, "state=open", [{"state": "open"}, {"state": "shut"}], True, id="not"
        ),
        pytest.param({"type": "string"}, "state=OP", [{"state": "open"}], False, id="a part of it"),
        pytest.param({"type": "string"}, "state=a,b", [{"state": "c"}], False, id="a list"),
        pytest.param({"type": "string"}, "state=2026-01-01", [{"state": "x"}], False, id="a date"),
        pytest.param({"type": "string"}, "state=open", [{"id": 1}], False, id="no such property"),
        pytest.param({"type": "string"}, "state=open", [], False, id="no items"),
        pytest.param(
            {"type": "integer"}, "state=3", [{"state": 4}, {"state": 2}], True, id="number"
        ),
        pytest.param(
            {"type": "integer"}, "state=3", [{"state": 4}, {"state": 5}], False, id="bound"
        ),
        pytest.param({"type": "boolean"}, "state=true", [{"state": False}], True, id="flag"),
        pytest.param({"type": "string"}, "state=1", [{"state": 2}], False, id="another type"),
    ],
)
def test_a_filter_that_the_items_contradict_was_ignored(
    schema: object, target: str, items: list[object], is_told: bool
) -> None:
    """Where each item has a property of the parameter's name, and one of them another value."""
    judge = listing(query("state", schema))

    found = told(judge.check(attempt(f"GET /things?{target}", body={"items": items, "total": 1})))

    assert found == (["warning parameter_ignored query state"] if is_told else [])


@pytest.mark.parametrize(
    "name, count, is_told",
    [
        pytest.param("limit", 3, True, id="more than asked"),
        pytest.param("limit", 2, False, id="as many"),
        pytest.param("pageSize", 3, True, id="other spelling"),
        pytest.param("offset", 3, False, id="no limit"),
    ],
)
def test_a_limit_that_is_exceeded_was_ignored(name: str, count: int, is_told: bool) -> None:
    """More items than asked for."""
    judge = listing(query(name, INTEGER))

    found = judge.check(attempt(f"GET /things?{name}=2", body=[{}] * count))

    assert bool(found) is is_told


def test_two_lists_in_an_answer_say_nothing_of_a_filter() -> None:
    """Nobody knows which of them was asked for."""
    judge = listing(query("limit", INTEGER))
    body: dict[str, list[object]] = {"a": [{}, {}], "b": [{}, {}]}

    assert judge.check(attempt("GET /things?limit=1", body=body)) == []


LEFT_OUT = [
    pytest.param({"/a": {"get": {}}}, attempt("GET /a", 201, {"x": 1}), id="status, no responses"),
    pytest.param({"/a": {"get": {"responses": OK}}}, attempt("GET /a", 201, {"x": 1}), id="status"),
    pytest.param({"/a": {"get": {"responses": OK}}}, attempt("GET /a", 299), id="unknown status"),
    pytest.param({"/a": {"get": {"responses": OK}}}, attempt("GET /a", body={"x": 1}), id="body"),
    pytest.param(
        {"/a": {"get": {"responses": {"200": {"description": "OK", "content": {"text/csv": {}}}}}}},
        attempt("GET /a", body={"x": 1}),
        id="media type",
    ),
    pytest.param({"/a": {"get": {"responses": OK}}}, attempt("GET /a?x=1&y=2"), id="parameters"),
    pytest.param(
        {"/a": {"get": {"parameters": [query("x", {})], "responses": OK}}},
        attempt("GET /a?x=1&y=2"),
        id="one more parameter",
    ),
    pytest.param(
        {"/a": {"get": {"parameters": [{**query("x", {}), "required": True}], "responses": OK}}},
        attempt("GET /a"),
        id="missing parameter",
    ),
    pytest.param(
        {"/a": {"get": {"responses": OK}}},
        attempt("GET /a", headers={"X-A": "1", "X-B": "2"}),
        id="headers",
    ),
    pytest.param(
        {
            "/a": {
                "get": {
                    "responses": {
                        "200": {"description": "OK", "headers": {"X-A": {"required": True}}}
                    }
                }
            }
        },
        attempt("GET /a"),
        id="missing header",
    ),
    pytest.param({"/a": {"post": {"responses": OK}}}, attempt("POST /a", sent=1), id="request"),
    pytest.param(
        {"/a": {"post": {"requestBody": {"content": {"text/csv": {}}}, "responses": OK}}},
        attempt("POST /a", sent=1),
        id="request media type",
    ),
    pytest.param(
        {
            "/a": {
                "post": {
                    "requestBody": {"required": True, "content": {"text/csv": {}}},
                    "responses": OK,
                }
            }
        },
        attempt("POST /a"),
        id="missing request",
    ),
    pytest.param({}, attempt("PUT /b/17/c?q=1", 202, {"x": 1}, sent={"y": 2}), id="operation"),
    pytest.param(
        {"/b/{n}": {"get": {"responses": OK}}},
        attempt("PATCH /b/17?q=1", 202, {"x": 1}, sent={"y": 2}),
        id="method",
    ),
]


@pytest.mark.parametrize("paths, exchange", LEFT_OUT)
def test_a_document_with_all_that_is_suggested_allows_the_exchange(
    paths: dict[str, Any], exchange: Attempt
) -> None:
    """INVARIANT: a suggestion is enough, and leaves a document that can be used."""
    spec = document(paths)
    found = OpenAPIContract(spec, Contracting(), ORIGIN).check(exchange)

    patch = patches.merged((one.suggestion for one in found), version=spec.version)
    mended = read(json.dumps(patches.patched(spec.root, patch)).encode(), "api.json")

    assert found
    assert mended.flaws == spec.flaws
    assert OpenAPIContract(mended, Contracting(), ORIGIN).check(exchange) == []


@pytest.mark.parametrize(
    "item",
    [
        pytest.param({"$ref": "#/nowhere"}, id="path item"),
        pytest.param("odd", id="no path item"),
        pytest.param({"get": 5, "put": {}}, id="no operation"),
        pytest.param({"get": {"responses": []}}, id="no responses"),
        pytest.param({"get": {"responses": {"200": 5, "404": {}}}}, id="no response"),
        pytest.param(
            {"get": {"responses": {"200": {"description": "", "content": {JSON: 5}}}}},
            id="no media type",
        ),
        pytest.param({"get": {"responses": {"200": {"$ref": "#/nowhere"}}}}, id="response"),
        pytest.param(
            {
                "get": {
                    "responses": {
                        "200": {"description": "", "content": {JSON: {"$ref": "#/nowhere"}}}
                    }
                }
            },
            id="media type",
        ),
        pytest.param(
            {
                "get": {
                    "responses": {
                        "200": {
                            "description": "",
                            "content": {JSON: {"schema": {"$ref": "#/nowhere"}}},
                        }
                    }
                }
            },
            id="schema",
        ),
    ],
)
def test_what_cannot_be_used_is_the_documents_fault(item: object) -> None:
    """Its place is told to whoever needs it, and nobody else is blamed."""
    [found] = contract({"/a": item}).check(attempt("GET /a", body={"x": 1}))

    assert (found.code, found.where) == ("contract.document", "document")
    assert found.source.startswith("api.json#/paths/~1a")


@pytest.mark.parametrize(
    "operation, exchange",
    [
        pytest.param(
            {"parameters": [{"$ref": "#/nowhere"}]}, attempt("GET /a?x=1"), id="parameter"
        ),
        pytest.param({"parameters": [5]}, attempt("GET /a?x=1"), id="no parameter"),
        pytest.param(
            {"parameters": [query("x", {"type": "nothing"})]}, attempt("GET /a?x=1"), id="schema"
        ),
        pytest.param({"requestBody": 5}, attempt("GET /a", sent=1), id="no body"),
        pytest.param({"requestBody": {"$ref": "#/nowhere"}}, attempt("GET /a", sent=1), id="body"),
        pytest.param(
            {"requestBody": {"content": {JSON: {"$ref": "#/nowhere"}}}},
            attempt("GET /a", sent=1),
            id="media type",
        ),
    ],
)
def test_what_of_a_request_cannot_be_used_is_the_documents_fault(
    operation: dict[str, object], exchange: Attempt
) -> None:
    """A query is not called undeclared where a parameter cannot be read."""
    [found] = contract({"/a": {"get": {**operation, "responses": OK}}}).check(exchange)

    assert found.code == "contract.document"


def test_a_refused_property_may_have_a_schema_that_is_none() -> None:
    """It is refused for its mark, whatever else would be said of it."""
    odd = {"type": "object", "properties": {"id": {"type": "nothing", "readOnly": True}}}
    body = {"content": {JSON: {"schema": odd}}}
    judge = contract({"/a": {"post": {"requestBody": body, "responses": OK}}}, version="3.0.4")

    found = judge.check(attempt("POST /a", sent={"id": 1}))

    assert told(found) == ["error request_read_only request $.id readOnly"]


def test_a_suggestion_leaves_other_files_alone() -> None:
    """A patch is of one document; what stands in another file is told without one."""
    responses = {"200": {"$ref": "other.json#/R"}}
    root = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"responses": responses}}},
    }
    others = {"file:///api/other.json": {"R": {"description": "R"}}}
    spec = Document("api.json", (3, 1), root, "file:///api/api.json", others)

    [found] = OpenAPIContract(spec, Contracting(), ORIGIN).check(attempt("GET /a", body={"x": 1}))

    assert (found.code, found.suggestion) == ("contract.body_undocumented", "")


def test_of_a_stream_that_is_all_wrong_a_part_is_told() -> None:
    """A hundred broken items say as much as ten thousand."""
    content = {"application/jsonl": {"itemSchema": INTEGER}}
    responses = {"200": {"description": "OK", "content": content}}
    judge = contract({"/things": {"get": {"responses": responses}}}, version="3.2.0")
    lines = b'"x"\n' * 1000

    found = judge.check(attempt(body=lines, headers={"Content-Type": "application/jsonl"}))

    assert [one.where for one in found] == [f"$[{number}]" for number in range(100)]


def test_a_document_without_paths_has_no_operations() -> None:
    """It may describe webhooks alone (OAS 3.1.1, section 4.8.1)."""
    root = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "webhooks": {}}
    judge = OpenAPIContract(read(json.dumps(root).encode(), "api.json"), Contracting(), ORIGIN)

    [found] = judge.check(attempt("GET /a"))

    assert (judge.operations, found.code) == ((), "contract.operation_undocumented")
    assert json.loads(found.suggestion)["path"] == "/paths"


def test_an_unread_request_is_not_judged() -> None:
    """A body that was streamed is nobody's to blame, nor is it missing."""
    body = {"required": True, "content": {JSON: {}}}
    judge = contract({"/a": {"post": {"requestBody": body, "responses": OK}}})

    found = judge.examine(attempt("POST /a", sent=None))

    assert (found.violations, found.request.value) == ((), ABSENT)
