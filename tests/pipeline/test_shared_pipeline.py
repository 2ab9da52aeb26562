"""The whole pipeline of a process that shares its origins: retries, look-ups and the ledger."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from redhanded.core.settings import Settings
from redhanded.pipeline.assembly import Surroundings, assemble, origins_of
from redhanded.pipeline.breaker import Denied
from redhanded.pipeline.call import Scope
from redhanded.pipeline.errors import CircuitOpen
from redhanded.pipeline.origin import Origin
from redhanded.pipeline.shared_circuit import SEEN_BY_OTHERS
from redhanded.pipeline.shared_gate import Sharing, Turn
from tests.pipeline.driving import HOST, Driven, FakeClock, drive, request, response, unread
from tests.pipeline.failures import FAILURES
from tests.pipeline.sharing import LEAVE, Answer, FakeGate

BOOKINGS = {"POST /booking": {"find": "GET /booking?note={$.note}"}}


class Process:
    """One process of several, on a clock that is moved by hand."""

    def __init__(self, *answers: Answer, **settings: Any) -> None:  # noqa: ANN401  as a file holds them
        self.clock = FakeClock()
        self.gate = FakeGate(*answers)
        self.scope = Scope()
        loaded = Settings.model_validate({"base_url": HOST, **settings})
        around = Surroundings(clock=self.clock, random=lambda: 1.0)
        sharing = Sharing(lambda _: self.gate, lambda: 2)
        self.origins = origins_of(loaded, around, sharing)
        self.proceed = assemble(loaded, self.scope, self.origins, around)

    @property
    def origin(self) -> Origin:
        """The API."""
        return self.origins.of(httpx2.URL(HOST))

    def send(self, asked: httpx2.Request, *answers: object) -> Driven:
        """What comes of a request on its way through all policies."""
        return drive(self.proceed(asked), answers, clock=self.clock)


def test_each_attempt_asks_anew_and_is_told() -> None:
    """A retry is a request of its own to all who share the origin."""
    process = Process()

    process.send(request(), unread(503), unread(200))

    assert len(process.gate.asked) == 2
    assert process.gate.outcomes == ["fail", "success"]


def test_a_refusal_by_others_costs_no_retry() -> None:
    """INVARIANT: who was not let through has sent nothing, and pays nothing."""
    process = Process(Denied(9.0))

    driven = process.send(request())

    assert isinstance(driven.error, CircuitOpen)
    assert process.origin.bucket.is_full
    assert process.scope.attempts == []


def test_a_retry_that_others_refuse_leaves_its_call_as_it_was() -> None:
    """INVARIANT: the first attempt stands, and nothing worse is told of the call."""
    process = Process(LEAVE, Denied(9.0))

    driven = process.send(request(), FAILURES["closed_fresh"])

    assert isinstance(driven.error, CircuitOpen)
    assert [attempt.row for attempt in driven.error.attempts] == ["closed_fresh"]
    assert process.gate.outcomes == ["fail"]


@pytest.mark.parametrize("told, pause", [("5", 5.0), ("61", None)], ids=["heeded", "over the cap"])
def test_a_429_is_told_to_those_who_share_the_origin(told: str, pause: float | None) -> None:
    """INVARIANT: what one process is asked to wait, all wait."""
    process = Process(retry={"capacity": 0})

    process.send(request("POST"), unread(429, headers=[("Retry-After", told)]))

    assert process.gate.paused == [pause]


def test_the_ledger_says_that_others_were_waited_for() -> None:
    """The wait and its reason stand on the attempt that followed."""
    process = Process(Denied(0.5), LEAVE)

    process.send(request(), unread(200))

    (attempt,) = process.scope.attempts
    assert attempt.wait == (0.5, "circuit open")
    assert attempt.notes == (SEEN_BY_OTHERS,)
    assert attempt.row == ""


def test_a_lost_write_is_looked_up_past_a_circuit_that_is_open() -> None:
    """INVARIANT: what became of a write is found out, whatever others have seen meanwhile."""
    past = Turn(-1)
    process = Process(LEAVE, Denied(9.0), past, lookups=BOOKINGS)
    found = response(200, json=[{"note": "n1"}])

    driven = process.send(
        request("POST", "/booking", json={"note": "n1"}), FAILURES["closed_fresh"], found
    )

    assert isinstance(driven.error, httpx2.RemoteProtocolError)
    (call,) = process.scope.calls
    assert call.reconciled == "applied"
    assert [one.held for one in process.gate.asked] == [True, True, False]
