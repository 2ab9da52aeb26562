"""The pipeline as a whole: its order, and the settings that reach its policies."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import partial
from types import MethodType
from typing import Any, cast

import httpx2
import pytest

from redhanded.core.ids import tag
from redhanded.core.settings import Settings
from redhanded.pipeline.assembly import Surroundings, assemble, origins_of
from redhanded.pipeline.call import ATTEMPT, CALL, Call, Scope
from redhanded.pipeline.errors import BodyTooLarge, CircuitOpen
from redhanded.pipeline.flow import Flow, Proceed, Read, compose
from redhanded.pipeline.origin import Origins
from redhanded.pipeline.shared_gate import Sharing
from tests.pipeline.driving import (
    HOST,
    Driven,
    FakeClock,
    at_wire,
    drive,
    open_call,
    request,
    response,
    unread,
)
from tests.pipeline.failures import FAILURES
from tests.pipeline.sharing import FakeGate

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Pipeline:
    """The whole pipeline under settings, on a clock that is moved by hand."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  as a file holds them
        self.clock = FakeClock()
        self.settings = Settings.model_validate({"base_url": f"{HOST}/v1", **settings})
        self.surroundings = Surroundings(
            clock=self.clock, random=lambda: 1.0, entropy=lambda size: b"\x07" * size
        )
        self.scope = Scope(TRACE)
        self.origins: Origins = origins_of(self.settings, self.surroundings)
        self.proceed: Proceed = assemble(self.settings, self.scope, self.origins, self.surroundings)

    def send(self, asked: httpx2.Request, *answers: object) -> Driven:
        """What comes of a request on its way through all policies."""
        return drive(self.proceed(asked), answers, clock=self.clock)


def policies(proceed: Proceed) -> Iterator[object]:
    """The policies around the wire, outermost first."""
    while isinstance(proceed, partial):
        yield cast("MethodType", proceed.func).__self__
        proceed = proceed.keywords["proceed"]


def booked(method: str = "GET", **options: Any) -> httpx2.Request:  # noqa: ANN401  httpx2's
    """A request below the base URL."""
    return request(method, "/v1/booking/7", **options)


def call_of(asked: httpx2.Request) -> Call:
    """The call that the pipeline opened."""
    call: Call = asked.extensions[CALL]
    return call


def test_policies_run_from_the_first_to_the_last() -> None:
    """The first policy is outermost: it is asked first, and sees the response last."""
    seen: list[str] = []

    class Named:
        def __init__(self, name: str) -> None:
            self.name = name

        def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
            seen.append(self.name)
            response = yield from proceed(request)
            seen.append(self.name.upper())
            return response

    asked = request()
    open_call(asked)
    drive(compose(Named("a"), Named("b"), Named("c"), last=at_wire)(asked), [unread()])

    assert "".join(seen) == "abcCBA"


def test_the_order_of_the_policies() -> None:
    """INVARIANT: what holds for the call is outside of Retry, what holds for an attempt within."""
    names = [type(policy).__name__ for policy in policies(Pipeline().proceed)]

    assert names == [
        "Calls", "Deadline", "Ceiling", "Reconcile", "Retry", "InFlight", "CircuitBreaker",
        "RateLimiter", "Timeouts", "Correlation", "CrossOrigin", "Observe", "Integrity",
    ]  # fmt: skip


def test_the_shared_circuit_stands_next_to_that_of_the_process() -> None:
    """It is there for those who share an origin, and costs nobody else anything."""
    alone = Pipeline()
    sharing = Sharing(lambda _: FakeGate(), lambda: 2)
    origins = origins_of(alone.settings, alone.surroundings, sharing)
    shared = assemble(alone.settings, alone.scope, origins, alone.surroundings)

    names = [type(policy).__name__ for policy in policies(shared)]

    assert names[6:9] == ["CircuitBreaker", "SharedCircuit", "RateLimiter"]
    names.remove("SharedCircuit")
    assert names == [type(policy).__name__ for policy in policies(alone.proceed)]


def test_a_good_call_is_one_request_and_one_reading() -> None:
    """A call that is well takes no pause, no probe and no second request; it is in the ledger."""
    pipeline, asked = Pipeline(), booked()

    driven = pipeline.send(asked, unread(200, b"{}", [("Content-Length", "2")]))

    assert [type(effect).__name__ for effect in driven.effects] == ["Send", "Read"]
    (attempt,) = pipeline.scope.attempts
    assert driven.result.extensions[ATTEMPT] is attempt
    assert driven.result.extensions[CALL] is call_of(asked) is pipeline.scope.calls[0]
    assert (attempt.trace_id, attempt.id) == (TRACE, "07" * 8)


@pytest.mark.parametrize(
    "method, fresh",
    [("GET", False), ("HEAD", False), ("OPTIONS", False)]
    + [(method, True) for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE")],
)
def test_a_write_goes_on_a_fresh_connection(method: str, *, fresh: bool) -> None:
    """INVARIANT: only safe requests ride on a connection that the server may be closing."""
    driven = Pipeline().send(booked(method), unread(200))

    assert [send.fresh for send in driven.sends] == [fresh]


def test_a_safe_request_that_asks_for_it_goes_on_a_fresh_connection() -> None:
    """A GET whose row says so is resent on a connection that has carried nothing."""
    driven = Pipeline().send(booked(), unread(421), unread(200))

    assert [send.fresh for send in driven.sends] == [False, True]


def test_timeouts_reach_the_attempt() -> None:
    """The four timeouts and the total are those of the settings."""
    times = {"connect": 1.0, "read": 2.0, "write": 3.0, "pool": 4.0, "total": 8.0}
    pipeline, asked = Pipeline(timeouts=times), booked()

    pipeline.send(asked, unread())

    assert {**asked.extensions["timeout"], "total": 8.0} == times
    assert call_of(asked).deadline == pipeline.clock.monotonic() + 8.0


def test_the_body_limit_reaches_the_reading() -> None:
    """A body is decoded up to `body_limit`, and read up to it and what its coding may add."""
    bomb = gzip.compress(bytes(100_000))
    headers = [("Content-Encoding", "gzip"), ("Content-Length", str(len(bomb)))]

    driven = Pipeline(body_limit=1000).send(booked("POST"), unread(200, bomb, headers))

    (read,) = [effect for effect in driven.effects if isinstance(effect, Read)]
    assert 1000 <= read.limit <= 1000 * 65 / 64 + 1024
    assert isinstance(driven.error, BodyTooLarge)


@pytest.mark.parametrize(
    "settings, method, status, count",
    [
        pytest.param({}, "GET", 503, 2, id="as the table says"),
        pytest.param({"capacity": 0}, "GET", 503, 1, id="no budget"),
        pytest.param({"capacity": 9, "cost": 10}, "GET", 503, 1, id="too dear"),
        pytest.param({"capacity": 3, "throttled_cost": 4}, "GET", 429, 1, id="throttled, too dear"),
        pytest.param(
            {"capacity": 4, "throttled_cost": 4}, "GET", 429, 2, id="throttled, just enough"
        ),
        pytest.param({}, "POST", 503, 1, id="a write"),
        pytest.param(
            {"unsafe_503": ["POST /booking/{id}"]},
            "POST",
            503,
            2,
            id="503 opted in",
        ),
        pytest.param({"throttled": ["POST /booking/{id}"]}, "POST", 429, 2, id="429 opted in"),
        pytest.param({"timeout408": ["POST /booking/{id}"]}, "POST", 408, 2, id="408 opted in"),
        pytest.param({"keys": ["POST /booking/{id}"]}, "POST", 502, 2, id="a key"),
    ],
)
def test_retry_settings_reach_the_policy(
    settings: dict[str, Any], method: str, status: int, count: int
) -> None:
    """Budget, costs and opted-in routes, which are below the base URL, decide on a retry."""
    headers = {"Idempotency-Key": "k"} if "keys" in settings else {}
    told = [("Retry-After", "1")] if "unsafe_503" in settings else []

    driven = Pipeline(retry=settings).send(
        booked(method, headers=headers),
        unread(status, headers=told),
        *[unread()] * (count - 1),
    )

    assert len(driven.sends) == count


ROOM = {
    "create": "POST /rooms",
    "delete": "DELETE /rooms/{id}",
    "tag": "$.note",
    "list_by_tag": "GET /rooms?note={tag}",
}


@pytest.mark.parametrize(
    "declared, asked",
    [
        pytest.param({}, "/v1/rooms?note=", id="by-its-resource"),
        pytest.param(
            {"POST /rooms": {"find": "GET /search?q={$.note}"}}, "/v1/search?q=", id="own"
        ),
    ],
)
def test_a_lost_creation_is_looked_up_as_its_resource_tells(
    declared: dict[str, Any], asked: str
) -> None:
    """What the author declares for the route itself comes first."""
    mark = tag("3f2a9c1e", at=1_700_000_000)
    pipeline = Pipeline(resources={"room": ROOM}, lookups=declared)
    found = response(200, json=[{"note": mark}])

    driven = pipeline.send(
        request("POST", "/v1/rooms", json={"note": mark}), FAILURES["closed_fresh"], found
    )

    assert isinstance(driven.error, httpx2.TransportError)
    assert driven.sends[1].request.url.raw_path.decode() == f"{asked}{mark}"
    assert pipeline.scope.calls[0].reconciled == "applied"


def test_the_health_path_is_below_the_base_url() -> None:
    """A write that waits for a probe asks the configured health path, below the base URL."""
    pipeline = Pipeline(health="/ready")
    breaker = pipeline.origins.of(httpx2.URL(HOST)).breaker
    for _ in range(3):
        breaker.record(breaker.permit, "fail")

    driven = pipeline.send(booked("POST"), *[unread() for _ in range(4)])

    assert [str(send.request.url.path) for send in driven.sends] == (
        ["/v1/ready"] * 3 + ["/v1/booking/7"]
    )
    assert [attempt.purpose for attempt in pipeline.scope.attempts] == ["probe"] * 3 + ["test"]


def test_without_a_base_url_the_health_path_is_at_the_root() -> None:
    """Where no base URL is set, the origin's own root is taken."""
    pipeline = Pipeline(base_url=None)
    gate: Any = next(one for one in policies(pipeline.proceed) if hasattr(one, "health"))

    assert gate.health == "/health"


def test_breaker_settings_reach_the_origins() -> None:
    """When a circuit opens, and for how long, is as the settings say."""
    limits = {
        "window": 5.0, "minimum": 4, "rate": 0.25, "consecutive": 2, "open": 3.0, "longest": 9.0,
    }  # fmt: skip
    pipeline = Pipeline(breaker=limits)
    breaker = pipeline.origins.of(httpx2.URL(HOST)).breaker

    assert {name: getattr(breaker.limits, name) for name in limits} == limits


def test_an_open_circuit_blocks_the_call() -> None:
    """A call to an origin that is down ends in CircuitOpen, and nothing was sent."""
    pipeline = Pipeline(breaker={"open": 20.0, "longest": 40.0}, timeouts={"total": 10.0})
    breaker = pipeline.origins.of(httpx2.URL(HOST)).breaker
    for _ in range(3):
        breaker.record(breaker.permit, "fail")

    driven = pipeline.send(booked())

    assert isinstance(driven.error, CircuitOpen)
    assert driven.effects == []


@pytest.mark.parametrize(
    "limit, sleeps",
    [
        pytest.param({}, [0.0, 0.0, 0.0], id="no limit"),
        pytest.param({"rate": 2.0, "burst": 1}, [0.0, 0.5, 0.5], id="rate"),
        pytest.param({"rate": 2.0}, [0.0, 0.0, 0.5], id="a second's worth at once"),
        pytest.param({"rate": 0.5}, [0.0, 2.0, 2.0], id="less than one a second"),
        pytest.param({"rate": 2.0, "burst": 3}, [0.0, 0.0, 0.0], id="burst"),
    ],
)
def test_the_pace_is_that_of_the_settings(limit: dict[str, float], sleeps: list[float]) -> None:
    """Requests go at `limit.rate`, with `limit.burst` at once: by default a second's worth."""
    pipeline = Pipeline(limit=limit)

    driven = [pipeline.send(booked(), unread()) for _ in range(3)]

    assert [sum(one.sleeps) for one in driven] == sleeps


def test_ceilings_are_below_the_base_url() -> None:
    """A route's ceiling reaches the calls that go by it."""
    pipeline, asked = Pipeline(ceilings={"GET /booking/{id}": 0.5}), booked()

    pipeline.send(asked, unread())

    assert call_of(asked).ceiling == 0.5


def test_configured_headers_stay_at_the_base_url() -> None:
    """A call elsewhere does without the headers that the settings give to the base URL."""
    pipeline = Pipeline(headers={"X-Tenant": "acme"})
    elsewhere = request(path="http://other.test/", headers={"X-Tenant": "acme"})
    at_home = booked(headers={"X-Tenant": "acme"})

    pipeline.send(elsewhere, unread())
    pipeline.send(at_home, unread())

    assert "x-tenant" not in elsewhere.headers
    assert at_home.headers["x-tenant"] == "acme"


def test_the_surroundings_are_the_machines_own_by_default() -> None:
    """Where nobody gives another world, clock, chance and pauses are the machine's."""
    surroundings = Surroundings()

    assert 0.0 <= surroundings.random() < 1.0
    assert len(surroundings.entropy(8)) == 8
    assert surroundings.clock.monotonic() <= surroundings.clock.monotonic()
    assert surroundings.sleep(0.0) is None
