"""A run with a test of every kind, as its spools hold it, and runs of what nobody means to send."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from redhanded.core.attempt import Attempt, Failure, Phase, Wait
from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation
from redhanded.reports.dossier.reading import Spooled, read
from tests.reports.dossier.made import NOON, Made

HOSTILE = {
    "markup": "</script><img src=x onerror=alert(1)></details></summary>",
    "markdown": "``` ` | a | \\| **b** [c](http://evil.test) ~~d~~ <!-- # \n\n# head\n- item",
    "calls": "@octocat #1 !2 %3 org/repo#4 GH-5 a@b.example https://evil.test www.evil.test :bug:",
    "commands": "\n::stop-commands::x\r\n::error file=a,line=1::b%0A::set-output::d\r##[error]e",
    "controls": "\x00\x07\x1b[31mred\x1b]8;;http://evil.test\x07\x7f\x85\u2028\u2029",
    "directions": "\u202egnp.exe\u2066\u200b\u200f\ufeff\u00ad",
    "surrogates": "\ud800 \udfff \udc80",
    "deep": "[" * 10_000 + "]" * 10_000,
    "long": "x" * 1_000_000,
}
SAID = [pytest.param(text, id=name) for name, text in HOSTILE.items()]
PHASES = (
    *((Phase.POOL, 0.0), (Phase.CONNECT, 0.001), (Phase.TLS, 0.01), (Phase.SEND, 0.03)),
    *((Phase.WAIT, 0.031), (Phase.READ, 0.1), (Phase.DONE, 0.125)),
)
ASKED = "https://shop.test/orders?page=2&tag=a%20b&flag="
SENT = (("Accept", "*/*"), ("Cookie", "theme=dark; lang=en"), ("Content-Type", "application/json"))
RECEIVED = (
    ("Content-Type", "application/json"),
    ("Set-Cookie", "theme=light; Path=/; HttpOnly; Expires=Wed, 21 Oct 2026 07:28:00 GMT"),
    ("Location", "/orders/17"),
)
BROKEN = Violation("body.schema", "$.total", '"90.00"', "number", "number_type", "Order")
REFUSED = Failure("R02", Phase.CONNECT, "ConnectError", "connection refused")
KINDS = {
    **{str(verdict): 1 for verdict in Verdict},
    "unjudged": 1,
    "redhanded.quarantine": 1,
    "pytest.xfail": 1,
    "pytest.skip": 1,
}
# Two tests fail for one reason; one recovered within its round, the other was run again.
COUNTS = KINDS | {"defect": 2, "recovered": 2}
BESIDE = 1


def rich(folder: Path, text: str = "", **described: Any) -> Spooled:  # noqa: ANN401
    """The dossier of a run with a test of every kind; `text` is said wherever a run may speak."""
    run = Made(folder)
    run.begin(**described)
    for tell in (_held, _failed, _unjudged, _set_aside):
        tell(run, text)
    said = f"Red: 3 tests found a defect.{text[:1_000]}"
    run.over(exit_code=1, sentences=(said,), notes=(text,), masked=3)
    run.close()
    return read([folder])


def _held(run: Made, text: str) -> None:
    run.test("tests/test_a.py::test_pass", at=1, sent=2)
    test = f"tests/test_a.py::TestB::test_recovered[{text[:200]}]"
    run.start(test, at=2)
    lost: dict[str, Any] = {"id": "a" * 16, "failure": REFUSED, "row": "R02", "status": None}
    run.send(test, **lost, response_body=None, marks=((Phase.CONNECT, 0.0),))
    run.send(test, number=2, wait=Wait(0.25, "retry"), marks=PHASES, url=ASKED, reused=True)
    run.end(test, Verdict.RECOVERED, findings=[Finding(Verdict.RECOVERED, "net.refused", text)])
    told = f"RECOVERED net.refused: {text}"
    run.report(test, Verdict.RECOVERED, code="net.refused", headline=told, output=text)
    again = "tests/test_a.py::test_again"
    for round_, verdict in enumerate((Verdict.INCONCLUSIVE, Verdict.PASS)):
        run.start(again, at=3 + round_, round_=round_)
        run.send(again)
        lost_to = [Finding(verdict, "net.refused", "refused", evidence=(text,))] * (round_ == 0)
        run.end(again, verdict, findings=lost_to, round=round_)
        told = f"RECOVERED net.refused: {text}"
        facts: dict[str, Any] = {"code": "net.refused", "headline": told, "round": round_}
        run.report(again, Verdict.RECOVERED, is_parked=round_ == 0, **facts)


def _failed(run: Made, text: str) -> None:
    for number in (1, 2):
        test = f"tests/test_a.py::test_defect[{number}]"
        run.start(test, at=5)
        made = _order(run, test, text)
        run.step(test, name=f"pay {text[:300]}", id="s1", parent="call", at=NOON + 5, seconds=0.2)
        run.step(test, at=NOON + 5, seconds=0.3, error=text)
        found = Finding(
            Verdict.DEFECT, "body.schema", f"$.total {text}", made.id, (BROKEN,), (text,)
        )
        run.end(test, Verdict.DEFECT, findings=[found], bodies=[made])
        facts: dict[str, Any] = {"code": "body.schema", "place": f"tests/test_a.py:{40 + number}"}
        facts |= {"headline": f"DEFECT body.schema: $.total{text}", "story": f"E  {text}"}
        run.report(test, Verdict.DEFECT, route="POST /orders", output=text, **facts)
    run.test("tests/test_b.py::test_drift", Verdict.DRIFT, "contract.type", at=6)
    run.test("tests/test_b.py::test_slow", Verdict.SLOW, "latency", at=7)
    run.test("tests/test_b.py::test_bug", Verdict.TEST_BUG, "test.fixture", at=8)
    beside: dict[str, Any] = {
        "outcome": "failure",
        "kind": "defect",
        "is_beside": True,
        "code": "objective.missed",
    }
    run.report(
        "redhanded::objectives", Verdict.DEFECT, headline="DEFECT objective.missed", **beside
    )


def _order(run: Made, test: str, text: str) -> Attempt:
    return run.send(
        test,
        step="s1",
        method="POST",
        url=ASKED,
        operation="POST /orders",
        marks=PHASES,
        peer="127.0.0.1:443",
        sent=SENT,
        received=RECEIVED,
        request_body=b'{"n":1}',
        response_body=text.encode("utf-8", "backslashreplace") or b'{"total":"90.00"}',
    )


def _unjudged(run: Made, text: str) -> None:
    run.test("tests/test_c.py::test_out", Verdict.INCONCLUSIVE, "net.refused", at=9)
    said = f"another plugin: {text}"
    run.report("tests/test_c.py::test_unjudged", outcome="error", kind="unjudged", headline=said)


def _set_aside(run: Made, text: str) -> None:
    for name in ("redhanded.quarantine", "pytest.xfail", "pytest.skip"):
        test = f"tests/test_d.py::test_{name.rpartition('.')[2]}"
        run.report(test, outcome="skipped", kind=name, headline=f"{name}: {text}")
