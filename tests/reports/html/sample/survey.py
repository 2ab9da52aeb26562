"""What the sample tells beside its tests: endpoints, latencies, health and history."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final, Literal

from redhanded.reports.html.payload import Endpoint, Latency, Quantile, Status
from tests.reports.html.sample.stories import ROUTES, past_of

if TYPE_CHECKING:
    from redhanded.reports.html.payload import Suspect

_STATES: Final[tuple[Literal["checked", "called", "undocumented"], ...]] = (
    "checked",
    "checked",
    "called",
    "checked",
    "undocumented",
    "called",
)


def endpoints() -> list[Endpoint]:
    """An endpoint of each state."""
    return [
        {
            "operation": "GET /reports/{id}",
            "state": "never",
            "statuses": [Status("200", True, 0), Status("404", True, 0)],
            "calls": 0,
            "checks": 0,
            "p50": None,
            "p95": None,
            "is_deprecated": True,
        },
        *(
            Endpoint(
                operation=route,
                state=state,
                statuses=[
                    Status("200", is_documented=True, seen=40 * number + 1),
                    Status("404", is_documented=True, seen=0),
                    Status("500", is_documented=False, seen=number),
                ],
                calls=40 * number + 1,
                checks=30 * number,
                p50=200 + 90 * number,
                p95=900 + 400 * number,
            )
            for number, (route, state) in enumerate(zip(ROUTES, _STATES, strict=True))
        ),
    ]


def latencies() -> list[Latency]:
    """A latency of each state."""
    chance = random.Random(3)
    counts = [[chance.randrange(1, 60 - bin_) for bin_ in range(24)] for _ in ROUTES[:5]]
    timed = [
        Latency(
            operation=route,
            samples=sum(count),
            edges=[bin_ * 400 for bin_ in range(25)],
            counts=count,
            quantiles=[
                Quantile("p50", 2_000, 1_800, 2_200),
                Quantile("p95", 7_600, 6_900, None),
            ],
            objectives=[],
        )
        for route, count in zip(ROUTES, counts, strict=False)
    ]
    missed, held, thin = timed[2], timed[1], timed[3]
    missed["objectives"] = [
        {"measure": "p95", "limit": 8_000.0, "state": "missed", "samples": 40, "bad": 22},
    ]
    held["objectives"] = [
        {"measure": "p95", "limit": 9_000.0, "state": "held", "samples": 40, "bad": 1},
        {"measure": "errors", "limit": 0.01, "state": "open", "samples": 40, "bad": 0},
    ]
    thin["objectives"] = [
        {
            "measure": "p99",
            "limit": 12_000.0,
            "state": "open",
            "samples": 9,
            "bad": 0,
            "note": "too small to judge: 40 samples are enough",
        },
    ]
    thin["samples"] = 9
    return timed


def suspects() -> list[Suspect]:
    """Tests with a history."""
    chance = random.Random(5)
    found: list[tuple[str, int, str]] = [
        ("test_update_customer", 2, "new"),
        ("test_flaky_total", 9, "flaky"),
        ("test_gone", -1, "fixed"),
    ]
    return [
        {
            "test": f"tests/api/test_{max(row, 0) % 4}.py::{name}",
            "row": row,
            "word": word,  # type: ignore[typeddict-item]  # one of the words above
            "channel": "API" if word == "new" else "test",
            "past": past_of(chance, "defect"),
            "flips": 3,
        }
        for name, row, word in found
    ]
