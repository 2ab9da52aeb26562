"""The details of the sample's tests: requests, bodies, and why each was judged so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from redhanded.reports.html.details import Chunk, Detail, Step, Thing
from tests.reports.html.sample.attempts import (
    attempt_of,
    json_body,
    lost,
    quiet,
    round_of,
    told,
    violation,
)
from tests.reports.html.sample.stories import DEEP, ROUTES, SCRIPT

if TYPE_CHECKING:
    from redhanded.reports.html.details import Body, Finding, Question
    from redhanded.reports.html.payload import Rows


def chunk_of(details: list[Detail]) -> Chunk:
    """The details with their words."""
    return {"words": [*ROUTES, "backoff", "gateway.503", "connect.refused"], "details": details}


def detail_of(place: int, rows: Rows) -> Detail:
    """The details of the test at this place."""
    if place == 0:
        return _drifted()
    if place in {1, 12}:
        return _hostile(place)
    if place == 6:
        return _inconclusive()
    if place == 8:
        return _recovered()
    if place in {10, 11}:
        return {"rounds": []}
    began = rows["at"][place]
    return {"rounds": [round_of(began, [quiet(place, 0), quiet(place, 1)], "pass")]}


def _drifted() -> Detail:
    body = {
        "id": 12345678901234567890,
        "total": "90.00",
        "items": [{"sku": "A-1", "count": 2}, {"count": 1}],
        "note": "מזל טוב 🎉",
        "legacy": {"kind": 3},
        "paid": None,
        "lines": list(range(200)),
    }
    undeclared = violation("/legacy", "3", "no undeclared field", "additionalProperties")
    undeclared["is_undeclared"] = True
    missing = violation("/items/1/sku", "missing", "required", "required")
    violations = [
        violation("/total", '"90.00"', "number", "type"),
        missing,
        violation("/paid", "null", "boolean", "type"),
        undeclared,
    ]
    attempts = [
        attempt_of(
            1,
            status=201,
            at=40,
            phases=[4, 22, 120, 260, 6, 430, 18],
            step=1,
            told=told("/orders", "b1", "b0"),
        ),
        attempt_of(
            2, call=1, purpose="probe", route=1, at=980, phases=[1, 0, 0, 0, 2, 300, 9], is_reused=1
        ),
        attempt_of(
            3, call=2, purpose="canary", route=5, at=1_330, phases=[0, 0, 0, 0, 1, 60, 2], step=1
        ),
        attempt_of(
            4, call=3, purpose="cleanup", route=3, status=204, at=1_500, phases=[0, 0, 0, 0, 2, 90]
        ),
    ]
    found: Finding = {
        "verdict": "drift",
        "code": "body.schema",
        "message": '$.total is "90.00", want number',
        "attempt": 0,
        "violations": violations,
        "evidence": [
            "a whole answer over TLS, from the build under test",
            "canary 200 before and after",
        ],
        "confidence": "certain: one whole answer of the API's own is proof",
    }
    drifted = round_of(3_000, attempts, "drift")
    drifted["steps"] = [
        Step("setup", -1, 0, 30),
        Step("call", -1, 30, 1_450, "ContractViolated"),
        Step("create an order", 1, 32, 900, "$.total is a string"),
        Step("teardown", -1, 1_480, 130),
    ]
    drifted["findings"] = [found]
    drifted["questions"] = _questions()
    drifted["things"] = [
        Thing("order", "12345678901234567890", "made", 880, 0),
        Thing("order", "12345678901234567890", "removed", 1_592, 3),
        Thing("customer", "c-7", "left", 1_600, -1),
    ]
    drifted["breaches"] = [
        {
            "contract": "openapi.yaml",
            "operation": ROUTES[0],
            "attempt": 0,
            "count": 3,
            "passed": "baseline",
            "violation": violation("/note", '"..."', "at most 5 characters", "maxLength"),
        }
    ]
    return {
        "rounds": [drifted],
        "place": "tests/api/test_0.py:42",
        "story": "DRIFT body.schema: $.total is a string, want number (+3)\n\n"
        "  41 |     order = api.post(...)\n > 42 |     expect(order, 201, Order)",
        "output": "14:02:11 INFO orders: created\n\x1b[33mWARNING\x1b[0m retry budget is low\n",
        "properties": {"requirement": "ORD-17"},
        "bodies": {
            "b0": json_body('{"customer":"c-7","password":"masked_password_12chars"}'),
            "b1": json_body(json.dumps(body, ensure_ascii=False)),
        },
    }


def _questions() -> list[Question]:
    return [
        {
            "attempt": 0,
            "question": "Is the answer whole and the API's own?",
            "answer": "Yes: its length is as declared, and it carries the trace that was sent.",
            "speaks": "api",
            "asked": [],
        },
        {
            "attempt": 0,
            "question": "Does the same request fail again?",
            "answer": "Yes, with the same body.",
            "speaks": "api",
            "asked": [1],
        },
        {
            "attempt": 0,
            "question": "Is the API well?",
            "answer": "The canary answered 200 in 6 ms.",
            "speaks": "nobody",
            "asked": [2],
        },
    ]


def _hostile(place: int) -> Detail:
    bodies: dict[str, Body] = {
        "script": json_body(json.dumps({"html": SCRIPT, "__proto__": {"x": 1}, "<b>": 1})),
        "deep": json_body("[" * DEEP + "]" * DEEP),
        "control": {
            "kind": "text",
            "size": 60,
            "text": f"{SCRIPT}\x00\x1b[2J\u202egnp.exe\u2066\u200b \ufffd\ufffd \ud800 end",
        },
        "long": json_body(json.dumps({"long": "x" * 65_000})),
        "cut": {
            "kind": "json",
            "size": 900_000,
            "text": '{"items":[{"a":1},{"b":"hal',
            "is_cut": True,
            "tail": '"z":1}]}',
            "file": "evidence/cut.json",
        },
        "binary": {"kind": "binary", "size": 2_048},
        "broken": json_body('{"a": NaN, "b": }'),
    }
    attempts = [
        attempt_of(
            100 + number,
            call=number,
            route=1,
            status=500,
            at=number * 300,
            phases=[0, 0, 0, 0, 5, 200, 40],
            told=told(f"/orders/{number}?q=<b>'", key),
        )
        for number, key in enumerate(bodies)
    ]
    found: Finding = {
        "verdict": "defect",
        "code": "status",
        "message": f"500, want 200 {SCRIPT}",
        "attempt": 0 if place == 1 else 1,
        "violations": [violation(None, "500", "200", "")],
        "evidence": [],
        "confidence": "",
    }
    whole = round_of(20_000, attempts, "defect")
    whole["findings"] = [found]
    return {"rounds": [whole], "output": SCRIPT, "bodies": bodies}


def _inconclusive() -> Detail:
    attempts = [lost(200, 1, 20, 0), lost(201, 2, 900, 500), lost(202, 3, 2_300, 1_000)]
    found: Finding = {
        "verdict": "inconclusive",
        "code": "net.connect",
        "message": "refused 3 of 3 connects",
        "attempt": 2,
        "violations": [],
        "evidence": ["the canary is down too"],
        "confidence": "not judged: the facts above are the environment's",
    }
    first, second = (round_of(at, attempts, "inconclusive") for at in (410_000, 700_000))
    first["is_cut"] = True
    second["findings"] = [found]
    return {"rounds": [first, second]}


def _recovered() -> Detail:
    first = attempt_of(
        300,
        route=3,
        status=503,
        at=20,
        phases=[0, 4, 30, 70, 2, 90, 4],
        row=7,
        told=told("/orders/9", ""),
    )
    second = attempt_of(
        301,
        attempt=2,
        route=3,
        status=204,
        at=820,
        phases=[0, 0, 0, 0, 2, 88],
        wait=500,
        reason=6,
        told=told("/orders/9", ""),
    )
    return {"rounds": [round_of(560_000, [first, second], "recovered")]}
