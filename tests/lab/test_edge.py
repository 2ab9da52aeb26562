"""What holds for every answer, and for what the framework answers by itself."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from dataclasses import replace

import pytest
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from redhanded.lab import Store, create_app
from redhanded.lab.bookings.ledger import Bookings, Entry
from redhanded.lab.edge import Edge
from redhanded.lab.services import Services
from tests.lab.conftest import FakeClock, checked
from tests.lab.contract import Contract

TRACE = "0af7651916cd43dd8448eb211c80319c"


def test_health_tells_build_and_time(api: TestClient, clock: FakeClock) -> None:
    """The health endpoint is a canary: it says who answers and what the time is there."""
    clock.now = 1_800_000_000.5

    health = api.get("/health")

    assert health.json() == {
        "status": "ok",
        "build": "b1",
        "time": "2027-01-15T08:00:00.500000Z",
    }


@pytest.mark.parametrize(
    "method, path",
    [
        pytest.param("GET", "/health", id="success"),
        pytest.param("GET", "/nothing", id="unknown-path"),
        pytest.param("GET", "/booking/999", id="unknown-resource"),
        pytest.param("DELETE", "/booking", id="unknown-method"),
        pytest.param("GET", "/trading/accounts", id="without-credentials"),
        pytest.param("GET", f"/booking?tag={'x' * 4_000}", id="endless-address"),
        pytest.param("GET", "/openapi.json", id="document"),
    ],
)
def test_every_answer_has_the_common_headers(
    store: Store, clock: FakeClock, method: str, path: str
) -> None:
    """Build, server and caching are told whatever the answer is."""
    with TestClient(create_app(store, build="b1", clock=clock)) as client:
        answer = client.request(method, path)

    assert answer.headers["X-Build"] == "b1"
    assert answer.headers["Server"] == "redhanded-lab"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "X-Trace-Id" not in answer.headers


def test_the_trace_id_is_echoed(api: TestClient) -> None:
    """A caller can tell from the answer that its request, and no other, was answered here."""
    answer = api.get("/health", headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"})

    assert answer.headers["X-Trace-Id"] == TRACE


@pytest.mark.parametrize(
    "traceparent",
    [
        pytest.param(f"ff-{TRACE}-b7ad6b7169203331-01", id="forbidden-version"),
        pytest.param(f"00-{'0' * 32}-b7ad6b7169203331-01", id="no-trace"),
        pytest.param(f"00-{TRACE}-{'0' * 16}-01", id="no-span"),
        pytest.param(f"00-{TRACE.upper()}-b7ad6b7169203331-01", id="upper-case"),
        pytest.param("nonsense", id="nonsense"),
    ],
)
def test_an_invalid_trace_is_ignored(api: TestClient, traceparent: str) -> None:
    """What is no traceparent by the W3C's rules is treated as absent."""
    answer = api.get("/health", headers={"traceparent": traceparent})

    assert answer.status_code == 200
    assert "X-Trace-Id" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/nothing", "/booking/", "/booking/1/", "/health/deep"])
def test_what_is_not_there_is_a_404_problem(api: TestClient, path: str) -> None:
    """An address without a resource is neither redirected nor guessed."""
    answer = api.get(path, follow_redirects=False)

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:problem:not-found"


def test_an_endless_address_is_414(api: TestClient) -> None:
    """An address longer than any real one is refused before anything looks at it."""
    answer = api.get(f"/booking/{'9' * 5_000}")

    assert (answer.status_code, answer.json()["status"]) == (414, 414)


class Failing(Bookings):
    """Bookings that cannot be read."""

    def get(self, tx: sqlite3.Connection, bookingid: int) -> Entry:
        raise RuntimeError("the secret reason")


def test_a_failure_of_ours_is_a_problem_without_its_reason(
    store: Store, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The caller of a failing service learns that it failed; the log learns why."""

    def alter(services: Services) -> Services:
        return replace(services, bookings=Failing())

    with TestClient(create_app(store, build="b1", clock=clock, alter=alter)) as client:
        with caplog.at_level(logging.ERROR, "redhanded.lab"):
            answer = client.get("/booking/1")
        well = client.get("/health")

    assert (answer.status_code, well.status_code) == (500, 200)
    assert answer.json()["type"] == "urn:problem:internal"
    assert answer.headers["X-Build"] == "b1"
    assert "secret" not in answer.text
    assert "the secret reason" in caplog.text


def test_a_failure_in_a_write_undoes_the_write(
    store: Store, clock: FakeClock, contract: Contract
) -> None:
    """Nothing of a request that failed half way stays behind."""
    api = create_app(
        store, clock=clock, alter=lambda services: replace(services, bookings=Failing())
    )
    body = {
        "firstname": "Ann",
        "lastname": "Lee",
        "totalprice": 1,
        "depositpaid": True,
        "bookingdates": {"checkin": "2026-01-01", "checkout": "2026-01-02"},
        "tag": "half",
    }
    with TestClient(api) as failing:
        failed = failing.post("/booking", json=body)

    with checked(TestClient(create_app(store, clock=clock)), contract) as client:
        assert failed.status_code == 500
        assert client.get("/booking", params={"tag": "half"}).json() == []


@pytest.mark.parametrize("build", ["", "two words", "line\nbreak", "x" * 65, "ü"])
def test_a_build_that_cannot_stand_in_a_header_is_refused(store: Store, build: str) -> None:
    """A wrong build is found when the API is made, with a sentence that says what is right."""
    with pytest.raises(ValueError, match="must be 1 to 64 letters"):
        create_app(store, build=build)


def test_the_framework_refuses_with_problems_too(store: Store) -> None:
    """What the framework refuses by itself has the shape of every other refusal."""
    app = create_app(store)

    @app.get("/unreadable")
    def unreadable() -> None:
        raise HTTPException(400)

    with TestClient(app) as client:
        refused = client.get("/unreadable")

    assert (refused.status_code, refused.json()["type"]) == (400, "urn:problem:malformed-request")


def test_the_document_has_its_methods_as_well(store: Store) -> None:
    """The one resource that the document does not describe is the document."""
    with TestClient(create_app(store)) as client:
        refused = client.delete("/openapi.json")

    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")


def test_a_failure_in_mid_answer_cuts_the_answer() -> None:
    """An answer that has begun is not followed by a second one: the caller sees it cut."""
    sent: list[Message] = []

    async def fails_late(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("too late")

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    with pytest.raises(RuntimeError, match="too late"):
        asyncio.run(Edge(fails_late, build="b1")(scope, receive, send))

    assert [message["type"] for message in sent] == ["http.response.start"]


def test_what_is_no_request_passes_through() -> None:
    """The edge is about requests: a server's start and end are none of its business."""
    passed: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        passed.append(scope["type"])

    async def nothing(*_: object) -> Message:
        return {}

    asyncio.run(Edge(app, build="b1")({"type": "lifespan"}, nothing, nothing))  # type: ignore[arg-type]

    assert passed == ["lifespan"]


def test_problems_are_json_with_their_status(api: TestClient) -> None:
    """A problem repeats the status for those who see only the body (RFC 9457, 3.1.3)."""
    answer = api.delete("/booking")

    assert json.loads(answer.content)["status"] == answer.status_code == 405
