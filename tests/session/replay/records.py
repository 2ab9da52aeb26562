"""Requests and answers as a run records them, and whole tests of them."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

from redhanded.core.redaction import Redactor
from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation
from redhanded.reports.dossier.case import Case, Round, Row, Sent
from redhanded.session.replay.plan import Step
from tests.core.attempts import attempt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.core.attempt import Attempt

BASE = "http://api.test"
TOKEN = "tok-7f3c1e2d9a8b4c5d6e7f"
_NUMBERS = count(1)
_JSON = ("Content-Type", "application/json")


def answered(
    target: str = "/orders/7",
    *,
    method: str = "GET",
    body: object = None,
    status: int = 200,
    answer: object = None,
    sent: Sequence[tuple[str, str]] = (),
    received: Sequence[tuple[str, str]] = (_JSON,),
    **facts: Any,  # noqa: ANN401  each fact of an attempt has its type
) -> Attempt:
    """An attempt; `body` and `answer` are JSON, unless they are bytes already."""
    number = next(_NUMBERS)
    ordinary = {"id": f"{number:016x}", "call_id": f"call{number}", "url": f"{BASE}{target}"}
    media = (_JSON,) if isinstance(body, dict | list) else ()
    told = {
        "method": method,
        "request_body": _bytes(body),
        "status": status,
        "response_body": _bytes(answer),
        "sent": (*media, *sent),
        "received": tuple(received),
    }
    return attempt(**ordinary | told | facts)


def recorded(
    made: Attempt,
    *,
    redactor: Redactor | None = None,
    keeps: bool = True,
    index: int = 0,
) -> Sent:
    """What a run keeps of an attempt; of its bodies nothing where it `keeps` none."""
    gate = redactor or Redactor()
    exchange = gate.exchange(made)
    media = [
        dict(headers).get("Content-Type", "")
        for headers in (made.request_headers, made.response_headers)
    ]
    request, response = (
        gate.body(content, kind)
        for content, kind in zip((made.request_body, made.response_body), media, strict=True)
    )
    kept = (request, response) if keeps else (None, None)
    return Sent(
        index=index,
        exchange=exchange,
        operation=f"{made.method} /",
        stall=0.0,
        request=kept[0],
        response=kept[1],
    )


def step(made: Attempt, *findings: Finding, keeps: bool = True) -> Step:
    """That attempt as a step of a replay, with what rests on it."""
    return Step(sent=recorded(made, keeps=keeps), findings=findings)


def finding(
    where: str = "",
    expected: str = "number",
    rule: str = "",
    *,
    verdict: Verdict = Verdict.DEFECT,
    actual: str = "",
    attempt_id: str = "",
) -> Finding:
    """A finding of one breach; of none where no place is given, as of a plain assertion."""
    breaches = (Violation("value", where, actual, expected, rule),) if where else ()
    return Finding(verdict, "value", "it is wrong", attempt_id, breaches)


def case(*rounds: Sequence[Sent], findings: Sequence[Finding] = ()) -> Case:
    """A test with these rounds; the findings are those of its last one."""
    row = Row(
        id="39bd7642",
        test_id="test_a.py::test_it",
        shard="",
        worker="main",
        outcome="failure",
        kind="defect",
        code="value",
        headline="DEFECT value: it is wrong",
        route="",
        began=0.0,
        seconds=1.0,
        calls=1,
        attempts=1,
        rounds=len(rounds),
    )
    last = len(rounds) - 1
    return Case(
        row=row,
        rounds=tuple(
            Round(
                number=number,
                trace_id="",
                worker="main",
                began=0.0,
                seconds=1.0,
                verdict="defect",
                is_over=True,
                findings=tuple(findings) if number == last else (),
                sent=tuple(sent),
            )
            for number, sent in enumerate(rounds)
        ),
    )


def _bytes(content: object) -> bytes | None:
    if content is None or isinstance(content, bytes):
        return content
    return json.dumps(content, separators=(",", ":")).encode()
