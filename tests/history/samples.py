"""Records in short, and one in which every field says something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from redhanded.history.records import (
    Evidence,
    Latency,
    Operation,
    Outcome,
    Record,
    Run,
    State,
)

DAY = 86_400.0
NOON = 1_800_000_000.0 - 1_800_000_000.0 % DAY + DAY / 2


def run(run_id: str = "r1", *, at: float = NOON, **changes: Any) -> Run:  # noqa: ANN401
    """A finished run of the project `shop` on the environment `ci`."""
    values: dict[str, Any] = {"state": State.FINISHED, **changes}
    return Run(**{"project": "shop", "environment": "ci", **values}, run_id=run_id, started_at=at)


def outcome(test: str = "t1", verdict: str = "pass", **changes: Any) -> Outcome:  # noqa: ANN401
    """What became of a test whose node id is its key."""
    values: dict[str, Any] = {"node_id": test, "at": NOON, "seconds": 0.5, **changes}
    return Outcome(test=test, verdict=verdict, **values)


def record(
    run_id: str = "r1",
    outcomes: Sequence[Outcome] = (),
    *,
    at: float = NOON,
    **changes: Any,  # noqa: ANN401
) -> Record:
    """A run of these outcomes, each at the time when the run began."""
    made = run(run_id, at=at, **changes)
    return Record(run=made, outcomes=tuple(replace(one, at=at) for one in outcomes))


def latency(test: str = "t1", operation: str = "GET /orders", median: float = 0.1) -> Latency:
    """How long an operation took in a test."""
    return Latency(test=test, operation=operation, size=3, samples=2, median=median)


def operation(name: str = "GET /orders", *, samples: int = 20) -> Operation:
    """How an operation did in a run."""
    times = {"median": 0.1, "p95": 0.2, "p99": 0.3, "longest": 0.4}
    return Operation(operation=name, samples=samples, errors=1, **times)


def evidence(gain: float = -0.25, *, build: str = "b1", measure: str = "p95") -> Evidence:
    """What a run adds to the evidence against an objective."""
    return Evidence(
        operation="GET /orders",
        measure=measure,
        limit=0.3,
        build=build,
        samples=12,
        bad=1,
        gain=gain,
        decision="open",
    )


def full() -> Record:
    """A record in which no field has its default."""
    return Record(
        run=Run(
            run_id="0a1b2c3d",
            project="shop",
            environment="staging, linux-x86_64, 4 workers",
            started_at=NOON + 0.123456789,
            state=State.INTERRUPTED,
            ended_at=NOON + 12.5,
            seconds=12.376543211,
            exit_code=75,
            seed=2**63 - 1,
            target="https://shop.example",
            host="runner-7",
            builds=("2.0", "1.9"),
            versions={"redhanded": "0.4", "python": "3.11.9"},
            canary=0.0123,
            canaries=7,
            counts={"pass": 1, "defect": 1, "skipped": 3},
        ),
        outcomes=(
            Outcome(
                test="booking-create",
                node_id="tests/test_bookings.py::test_create",
                verdict="defect",
                at=NOON + 1.25,
                seconds=0.75,
                cause="status",
                first="defect",
                build="2.0",
                rounds=2,
                spell=4,
                owner="ann",
                until="2027-01-31",
                classes={"ok": 2, "connect_refused": 1},
            ),
            outcome("tests/test_bookings.py::test_read", at=NOON + 2.5, classes={"ok": 1}),
        ),
        latencies=(
            latency("booking-create", "POST /booking"),
            latency("tests/test_bookings.py::test_read", "GET /booking/{id}"),
        ),
        operations=(operation("GET /booking/{id}"), operation("POST /booking", samples=3)),
        evidence=(evidence(), evidence(1.5, measure="errors", build="2.0")),
    )
