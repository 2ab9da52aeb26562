"""Attempts and rounds of the sample, made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redhanded.reports.html.details import Attempt, Round
from redhanded.reports.html.payload import PHASES, PURPOSES
from tests.reports.html.sample.stories import TRACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.reports.html.details import Body, Told, Violation

_DOCUMENT: Final = "openapi.yaml#/components/schemas/Order/properties"


def quiet(place: int, number: int) -> Attempt:
    """One attempt of a test that passed."""
    phases = [0, 8, 30, 60, 3, 180 + place, 12] if number == 0 else [2, 0, 0, 0, 2, 150 + place, 9]
    return attempt_of(
        place * 10 + number, call=number, at=10 + 500 * number, phases=phases, is_reused=number
    )


def attempt_of(
    number: int,
    *,
    call: int = 0,
    attempt: int = 1,
    purpose: str = "test",
    route: int = 0,
    status: int = 200,
    at: int = 0,
    phases: Sequence[int] = (),
    is_reused: int = 0,
    wait: int = 0,
    reason: int = -1,
    row: int = -1,
    step: int = -1,
    told: Told | None = None,
) -> Attempt:
    """An attempt with these parts; all else is as it mostly is."""
    assert len(phases) <= len(PHASES)
    return Attempt(
        id=f"{number:016x}",
        call=call,
        number=attempt,
        purpose=PURPOSES.index(purpose),
        route=route,
        status=status,
        at=at,
        took=sum(phases),
        phases=list(phases),
        is_reused=is_reused,
        size=1_234,
        body=f"{number * 7919:010x}",
        wait=wait,
        reason=reason,
        row=row,
        step=step,
        told=told,
    )


def round_of(at: int, attempts: list[Attempt], verdict: str | None) -> Round:
    """A round of these attempts."""
    took = max((one.at + one.took for one in attempts), default=0) + 40
    return {
        "worker": "gw0",
        "trace": TRACE,
        "at": at,
        "took": took,
        "verdict": verdict,
        "attempts": attempts,
    }


def told(path: str, response: str, request: str = "") -> Told:
    """What is kept of an attempt at this path; bodies are keys."""
    kept: Told = {
        "url": f"https://api.example.com{path}",
        "http": "HTTP/1.1",
        "request_headers": [
            ("Host", "api.example.com"),
            ("Authorization", "Bearer masked_ORDERS_TOKEN_40chars"),
            ("Content-Type", "application/json"),
            ("traceparent", f"00-{TRACE}-00f067aa0ba902b7-01"),
        ],
        "response_headers": [
            ("Content-Type", "application/json"),
            ("X-Build", "7f3c1e2"),
            ("Set-Cookie", "session=masked_session_32chars; HttpOnly"),
            ("X-Odd", "\x1b[31mred\x1b[0m \u202egnp.exe"),
        ],
        "response": response,
        "peer": "203.0.113.7:443",
    }
    if request:
        kept["request"], kept["request_size"] = request, 80
    return kept


def violation(pointer: str | None, actual: str, expected: str, rule: str) -> Violation:
    """A breach at this place of the body; None is the status."""
    where = "$" + pointer.replace("/", ".") if pointer is not None else "status"
    source = f"{_DOCUMENT}/{pointer.rpartition('/')[2]}" if pointer else "as the test says"
    return {
        "where": where,
        "pointer": pointer,
        "actual": actual,
        "expected": expected,
        "rule": rule,
        "source": source,
        "level": "error",
    }


def json_body(text: str) -> Body:
    """A whole body of JSON."""
    return {"kind": "json", "size": len(text.encode("utf-8", "replace")), "text": text}


def lost(number: int, attempt: int, at: int, wait: int) -> Attempt:
    """An attempt that was refused."""
    kept = told("/orders/1", "")
    kept["response_headers"] = []
    kept["failure"] = {
        "phase": "connect",
        "error": "ConnectError",
        "message": "connection refused by 203.0.113.7:443",
    }
    return attempt_of(
        number,
        attempt=attempt,
        route=1,
        status=0,
        at=at,
        phases=[2, 9, 340],
        wait=wait,
        reason=6 if wait else -1,
        row=8,
        told=kept,
    )
