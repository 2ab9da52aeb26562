"""The document, and whether every operation keeps what it declares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from redhanded.lab.seed import API_KEYS, TRADER
from tests.lab.conftest import Headers, booking_login, client_login
from tests.lab.contract import Contract

UUID = "5f6e7d8c-1111-4222-8333-944455566677"
UNKNOWN = {
    "{bookingid}": "999999",
    "{user_id}": "999999",
    "{account_id}": "acc-unknown",
    "{symbol}": "ZZZZ",
    "{order_id}": UUID,
    "{payment_id}": UUID,
}

Operation = tuple[str, str, dict[str, Any]]


def operations(contract: Contract, *, declaring: int | None = None) -> Iterator[Operation]:
    """Method, path and declaration of each operation, with ids of things that are not there."""
    for template, path in contract.document["paths"].items():
        for method, operation in path.items():
            if declaring is None or str(declaring) in operation["responses"]:
                yield method.upper(), concrete(template), operation


def concrete(template: str) -> str:
    """The path with ids that nothing has."""
    for name, value in UNKNOWN.items():
        template = template.replace(name, value)
    return template


@pytest.fixture
def everything(api: TestClient) -> dict[str, Headers]:
    """Credentials that allow everything, by the first part of the path."""
    return {
        "booking": booking_login(api, "admin"),
        "trading": {**client_login(api, TRADER), "Idempotency-Key": "key"},
        "users": {"X-API-Key": API_KEYS["admin"]},
    }


def allowed(path: str, everything: dict[str, Headers]) -> Headers:
    """The credentials for the path."""
    return everything.get(path.split("/")[1], {})


def reads_json(operation: dict[str, Any]) -> bool:
    """Whether the operation takes a JSON body."""
    return "application/json" in operation.get("requestBody", {}).get("content", {})


def test_the_document_is_served_as_it_is_checked(api: TestClient, contract: Contract) -> None:
    """The address /openapi.json gives the document that the answers are held against."""
    served = TestClient(api.app).get("/openapi.json")

    assert served.json() == contract.document
    assert served.json()["openapi"].startswith("3.1")


def test_operation_ids_are_unique(contract: Contract) -> None:
    """A generated client needs one name for one operation."""
    names = [operation["operationId"] for _, _, operation in operations(contract)]

    assert len(names) == len(set(names)) == len(list(operations(contract)))
    assert "create_booking" in names


def test_every_schema_is_a_valid_one(contract: Contract) -> None:
    """Each schema of the document is valid by the dialect that OpenAPI 3.1 names."""
    schemas = contract.document["components"]["schemas"]

    assert "Booking" in schemas
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


def test_no_object_takes_fields_that_are_not_declared(contract: Contract) -> None:
    """A field nobody declared is an error in both directions."""
    open_ones = [
        name
        for name, schema in contract.document["components"]["schemas"].items()
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False
    ]

    assert open_ones == []


def test_every_refusal_is_declared_as_a_problem(contract: Contract) -> None:
    """All 4xx answers, and only they, are application/problem+json."""
    for method, path, operation in operations(contract):
        for status, declared in operation["responses"].items():
            problem = "application/problem+json" in declared.get("content", {})
            expected = status.startswith("4") and method != "HEAD"
            assert problem == expected, f"{method} {path} {status}"


def test_no_parameter_may_be_null(contract: Contract) -> None:
    """A query or a header cannot hold null, so no parameter is declared to take it."""
    for method, path, operation in operations(contract):
        for parameter in operation.get("parameters", ()):
            assert "anyOf" not in parameter["schema"], f"{method} {path} {parameter['name']}"


def test_an_undeclared_method_is_405_with_the_declared_ones(
    api: TestClient, contract: Contract
) -> None:
    """The header Allow names exactly the methods that the document has for the path."""
    for template, declared in contract.document["paths"].items():
        answer = api.request("TRACE", concrete(template))

        assert answer.status_code == 405, template
        allow = answer.headers["Allow"].split(", ")
        assert sorted(allow) == sorted(method.upper() for method in declared), template


def test_what_declares_401_demands_credentials(api: TestClient, contract: Contract) -> None:
    """Each operation that declares security refuses a caller without, before it looks further."""
    guarded = [found for found in operations(contract, declaring=401) if "security" in found[2]]

    assert len(guarded) > 30
    for method, path, _ in guarded:
        answer = api.request(method, path)
        assert answer.status_code == 401, f"{method} {path}"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_what_declares_no_security_can_be_called_without(
    api: TestClient, contract: Contract
) -> None:
    """An operation without declared security never asks an anonymous caller to authenticate."""
    free = [found for found in operations(contract) if "security" not in found[2]]

    assert {path.split("/")[1] for _, path, _ in free} == {
        "auth", "booking", "health", "oauth", "users",
    }  # fmt: skip
    for method, path, _ in free:
        answer = api.request(method, path, json={})
        assert answer.status_code != 401, f"{method} {path}"


def test_a_made_up_token_is_401(api: TestClient, contract: Contract) -> None:
    """A credential that nobody issued is worth no more than none."""
    for method, path, operation in operations(contract, declaring=401):
        if "security" in operation:
            answer = api.request(method, path, headers={"Authorization": "Bearer made-up"})
            assert answer.status_code == 401, f"{method} {path}"


def test_unknown_ids_are_404(
    api: TestClient, contract: Contract, everything: dict[str, Headers]
) -> None:
    """Each operation that declares 404 gives it for an id that nothing has."""
    valid = {"NewBooking": BOOKING, "BookingChange": {}, "UserChange": {}, "RoleChange": ROLE}

    for method, path, operation in operations(contract, declaring=404):
        body = schema_name(operation)
        answer = api.request(
            method,
            path,
            headers=allowed(path, everything),
            json=valid[body] if body else None,
        )
        assert answer.status_code == 404, f"{method} {path}"


@pytest.mark.parametrize(
    "content, media_type, status",
    [
        pytest.param(b"{", "application/json", 400, id="cut-json"),
        pytest.param(b'{"tag": NaN}', "application/json", 400, id="nan"),
        pytest.param(b'{"tag": "a", "tag": "b"}', "application/json", 400, id="name-twice"),
        pytest.param(b'{"tag": "\xff"}', "application/json", 400, id="not-utf-8"),
        pytest.param(b"[" * 200_000, "application/json", 400, id="endless-nesting"),
        pytest.param(b"9" * 5_000, "application/json", 400, id="endless-number"),
        pytest.param(b"{}", "text/plain", 415, id="other-media-type"),
        pytest.param(b"{}", "application/json; charset=latin-1", 415, id="other-charset"),
        pytest.param(b" " * (1024 * 1024 + 1), "application/json", 413, id="over-a-mebibyte"),
        pytest.param(b" " * (17 * 1024 * 1024), "application/json", 413, id="without-an-end"),
        pytest.param(b"[]", "application/json", 422, id="not-an-object"),
        pytest.param(b"", "application/json", 422, id="nothing"),
        pytest.param(b'{"surprise": 1}', "application/json", 422, id="undeclared-field"),
        pytest.param(b'{"tag": "\\ud800"}', "application/json", 422, id="half-a-character"),
    ],
)
def test_unusable_bodies_are_refused_by_every_operation(  # noqa: PLR0917 - asked for by name
    api: TestClient,
    contract: Contract,
    everything: dict[str, Headers],
    content: bytes,
    media_type: str,
    status: int,
) -> None:
    """Size, media type, syntax and shape of a body are checked alike wherever one is read."""
    reading = [found for found in operations(contract) if reads_json(found[2])]

    assert len(reading) == 12
    for method, path, _ in reading:
        headers = {**allowed(path, everything), "Content-Type": media_type}
        answer = api.request(method, path, headers=headers, content=content)
        assert answer.status_code == status, f"{method} {path}: {answer.text}"


def test_undeclared_query_parameters_are_refused_by_every_list(
    api: TestClient, contract: Contract, everything: dict[str, Headers]
) -> None:
    """A misspelt filter is an error and not a list of everything."""
    lists = [
        (method, path)
        for method, path, operation in operations(contract)
        if any(parameter["in"] == "query" for parameter in operation.get("parameters", ()))
    ]

    assert len(lists) == 16
    for method, path in lists:
        answer = api.request(method, f"{path}?colour=red", headers=allowed(path, everything))
        assert answer.status_code == 422, f"{method} {path}"


@pytest.mark.parametrize("limit", ["0", "101", "-1", "ten", "1.0", "", "1_0", "\u0663"])
def test_limits_outside_the_declared_range_are_refused_by_every_list(
    api: TestClient, contract: Contract, everything: dict[str, Headers], limit: str
) -> None:
    """A page holds 1 to 100 items, written as plain digits."""
    for method, path, operation in operations(contract):
        names = {parameter["name"] for parameter in operation.get("parameters", ())}
        if "limit" in names and method == "GET":
            query = {"limit": limit}
            answer = api.get(path, params=query, headers=allowed(path, everything))
            assert answer.status_code == 422, path
            assert answer.json()["errors"][0]["pointer"] == "/limit"


def test_head_equals_get_without_its_body(
    api: TestClient, contract: Contract, everything: dict[str, Headers]
) -> None:
    """Each GET has a HEAD with the same status and headers."""
    for method, path, _ in operations(contract):
        if method == "GET":
            headers = allowed(path, everything)
            got, head = api.get(path, headers=headers), api.head(path, headers=headers)
            assert (head.status_code, dict(head.headers)) == (got.status_code, dict(got.headers))
            assert head.content == b""


BOOKING = {
    "firstname": "Ann",
    "lastname": "Lee",
    "totalprice": 1,
    "depositpaid": False,
    "bookingdates": {"checkin": "2026-01-01", "checkout": "2026-01-02"},
}
ROLE = {"role": "agent"}


def schema_name(operation: dict[str, Any]) -> str:
    """The name of the schema of the operation's JSON body, if it has one."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return str(content.get("schema", {}).get("$ref", "")).rpartition("/")[2]
