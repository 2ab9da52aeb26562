"""A run with something of everything that the page shows, and what its session knows beside it.

`text` is said wherever an API, a test or a machine may speak.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from redhanded.core.attempt import Failure, Phase, Wait
from redhanded.core.events import Breached, Examined, RemovalFailed, Tracked, Turned
from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation
from redhanded.reports.dossier.reading import Spooled, read
from redhanded.reports.html.payload import Objective, Share, Trends
from redhanded.reports.html.supplement import Coverage, Documented, Supplement
from tests.reports.dossier.made import NOON, Made

ORIGIN = "https://shop.test"
TOKEN = "s3cr3t-0123456789abcdef0123456789abcdef"
TOTALS = 7
"""Tests that fail for one reason."""
PASSED = 60
ORDER = b"""{"id": 7, "total": "90.00", "paid": false, "note": null, "surprise": 1,
"items": [{"sku": "A-1", "price": 12.50}, {"sku": "B-2", "price": 1e2}], "tags": [], "at": {}}"""
BREACHES = (
    Violation("body.schema", "$.total", '"90.00"', "number", "type", "shop.yaml#/Order"),
    Violation("body.schema", "$.currency", "missing", "required", "required", "shop.yaml#/Order"),
    Violation(
        "body.schema", "$.surprise", "1", "not declared", "additionalProperties", "shop.yaml#/Order"
    ),
    Violation("header", "headers.Content-Language", "missing", "required"),
)
MARKS = (
    *((Phase.POOL, 0.0), (Phase.DNS, 0.002), (Phase.CONNECT, 0.01), (Phase.TLS, 0.02)),
    *((Phase.SEND, 0.04), (Phase.WAIT, 0.045), (Phase.READ, 0.13), (Phase.DONE, 0.15)),
)
REFUSED = Failure("R02", Phase.CONNECT, "ConnectError", "connection refused")
SENT = (("Accept", "*/*"), ("Authorization", f"Bearer {TOKEN}"), ("X-Request-Id", "r-1"))
CREATE = "tests/test_orders.py::test_create"
AWAY = "tests/test_away.py::test_read"
AGAIN = "tests/test_away.py::test_again"
LOST = "tests/test_away.py::test_delete"
CUT = "tests/test_cut.py::test_cut"
SENTENCE = "Red: 7 defects, 1 drift, 1 slow and 1 test bug; 2 tests could not be judged."


def tell(folder: Path, text: str = "") -> Spooled:
    """The dossier of the run, whose folder is made."""
    told = _Told(Made(folder), text)
    told.begin()
    for part in (told.created, told.totals, told.others, told.away, told.aside, told.passed):
        part()
    told.end()
    return read([folder])


def supplement(text: str = "") -> Supplement:
    """What documents, objectives and history add to it."""
    shares = [Share("operations", 4, 6), Share("statuses", 5, 9), Share("parameters", 0, 0)]
    p95 = Objective(measure="p95", limit=500.0, state="missed", samples=70, bad=9, note=text)
    errors = Objective(measure="errors", limit=0.01, state="open", samples=3, bad=0)
    runs: list[Any] = [
        {
            "run": f"run-{number}{text[:50]}",
            "began": NOON - (12 - number) * 86_400,
            "seconds": 20.0,
            "counts": {"pass": 70 - number % 3, "defect": number % 3, "drift": 1},
        }
        for number in range(12)
    ]
    suspect: Any = {"channel": "verdict", "past": "..D.D", "flips": 3}
    medians = [300, None, 320, 640]
    pace: Any = {
        "operation": "GET /orders/{id}",
        "medians": medians,
        "note": f"slower than its baseline{text}",
    }
    suspects: list[Any] = [
        {"test": f"{CREATE}{text[:80]}", "row": 0, "word": "new", **suspect},
        {"test": "tests/test_gone.py::test_it", "row": -1, "word": "flaky", **suspect},
    ]
    return Supplement(
        coverage=Coverage(
            documents=[f"shop.yaml{text[:80]}"],
            operations=[
                Documented(operation="GET /orders/{id}", state="checked", statuses=["200", "404"]),
                Documented(operation="POST /orders", state="checked", statuses=["201"]),
                Documented(operation="DELETE /orders/{id}", state="called", statuses=["204"]),
                Documented(
                    operation=f"GET /never{text[:80]}",
                    state="never",
                    statuses=["200", "default"],
                    is_deprecated=True,
                ),
            ],
            shares=shares,
            undocumented={"PATCH /orders/{id}": 1},
        ),
        objectives={"GET /orders/{id}": [p95], "POST /orders": [errors]},
        trends=Trends(
            runs=runs,
            suspects=suspects,
            paces=[pace],
        ),
        past={CREATE: "....R..D"},
        links=[("JUnit XML", "junit.xml"), (f"odd{text[:80]}", f"javascript:{text[:80]}")],
    )


class _Told:
    def __init__(self, made: Made, text: str) -> None:
        self._made = made
        self._text = text
        self._short = text[:300]
        self._name = f"[{text[:120]}]" if text else ""

    def begin(self) -> None:
        text = self._short
        self._made.begin(
            command=("pytest", "-n", "3", *filter(None, [text])),
            env=f"staging{text}",
            settings=(("base_url", ORIGIN, "profile"), (f"timeouts{text}", f"3{text}", text)),
            source={
                "commit": "0a1b2c3",
                "job": f"https://ci.test/1{text}",
                f"by{text}": f"ci{text}",
            },
            plugins={f"xdist{text}": f"3.8{text}"},
            platform=f"Linux{text}",
        )
        for number in (0, 1, 2):
            self._made.begin(f"gw{number}", at=0.2 * number)

    def send(self, test: str, at: float, **facts: Any) -> str:  # noqa: ANN401
        received = (("Content-Type", "application/json"), ("Server", f"shop{_line(self._text)}"))
        ordinary: dict[str, Any] = {
            "operation": "GET /orders/{id}",
            "url": f"{ORIGIN}/orders/7?page=2&sort={_line(self._short)}",
            "marks": MARKS,
            "elapsed": 0.15,
            "sent": SENT,
            "received": received,
            "started_at": NOON + at,
            "peer": "198.51.100.7:443",
            "bucket": 10.0,
            "worker": "gw0",
        }
        told = ordinary | facts
        self._last = self._made.send(test, **told)
        return self._last.id

    def created(self) -> None:
        test, text, made = CREATE + self._name, self._text, self._made
        made.start(test, "gw0", at=1)
        body = ORDER if not text else b'{"a": %s}' % _json(text)
        sent = self.send(
            test,
            1.1,
            method="POST",
            operation="POST /orders",
            status=201,
            request_body=b'{"n": 1}',
            response_body=body,
            step="s1",
            notes=(text,) if text else (),
            stall=0.02,
        )
        kept = self._last
        for facts in (
            {"name": f"pay {self._short}", "id": "s1", "parent": "call", "seconds": 0.2},
            {"name": "setup", "id": "setup", "seconds": 0.01},
            {"name": "call", "id": "call", "seconds": 0.3, "error": f"AssertionError {text}"},
        ):
            made.step(test, worker="gw0", at=NOON + 1.1, **facts)  # type: ignore[arg-type]
        asked = self.send(test, 1.5, purpose="probe", id="p" * 16, operation="GET /orders/{id}")
        for state in ("made", "failed"):
            thing: dict[str, Any] = {"state": state, "at": NOON + 1.4, "attempt_id": sent}
            made.write(Tracked(test_id=test, kind=f"order{text}", id=f"7{text}", **thing), "gw0")
        removal = ("order", f"7{text}", NOON + 1.6, sent, (f"it said {text}",))
        made.write(RemovalFailed(test, "DELETE /orders/{id}", 500, *removal), "gw0")
        for question, answer, by in (
            ("Does the same request break it again?", "Yes, 3 of 3.", (asked,)),
            ("Is the canary well?", "Yes: 200 in 18 ms.", ()),
        ):
            told: dict[str, Any] = {"question": question + text, "answer": answer + text}
            told |= {"attempt_id": sent, "speaks": "api", "asked": by}
            made.write(Examined(test_id=test, **told), "gw0")
        warned = Violation("body.schema", "$.note", "null", "string", "type", level="warning")
        breach = (sent, f"shop.yaml{text}", "document", "POST /orders", warned, 2, "warning")
        made.write(Breached(test, *breach), "gw0")  # type: ignore[arg-type]
        said = f'$.total is "90.00", want number{text}'
        violations = BREACHES if not text else (Violation("body.schema", "$.a", text, text, text),)
        finding = Finding(
            Verdict.DRIFT,
            "body.schema",
            said,
            sent,
            violations,
            (f"the build did not change{text}",),
            f"certain{text}",
        )
        made.end(test, Verdict.DRIFT, "gw0", findings=[finding], bodies=[kept], at=1.8, attempts=2)
        made.report(
            test,
            Verdict.DRIFT,
            "gw0",
            code="body.schema",
            route="POST /orders",
            headline=f"DRIFT body.schema: {said}",
            story=f"E   {said}",
            output=f"INFO shop: a line {text}",
            place="tests/test_orders.py:41",
            properties=((f"ticket{self._short}", f"SHOP-7{text}"),),
        )

    def totals(self) -> None:
        for number in range(TOTALS):
            test = f"tests/test_orders.py::test_total[{number}]"
            self._failed(test, Verdict.DEFECT, "status", at=2 + number / 10, status=500)

    def others(self) -> None:
        self._failed("tests/test_pace.py::test_slow", Verdict.SLOW, "latency", at=4)
        self._failed("tests/test_bug.py::test_bug", Verdict.TEST_BUG, "test.error", at=4.2)
        self._made.report(
            "redhanded::objectives",
            Verdict.DEFECT,
            outcome="failure",
            is_beside=True,
            code="objective.missed",
            headline=f"DEFECT objective.missed: 9 of 70 late{self._short}",
        )

    def _failed(self, test: str, verdict: Verdict, code: str, *, at: float, **facts: Any) -> None:  # noqa: ANN401
        self._made.start(test, "gw1", at=at)
        sent = self.send(test, at, worker="gw1", **facts)
        said = f"500, want 200{self._short}"
        found = Finding(verdict, code, said, sent)
        self._made.end(test, verdict, "gw1", findings=[found], bodies=[self._last], at=at + 0.2)
        headline = f"{verdict.replace('_', ' ').upper()} {code}: {said}"
        told: dict[str, Any] = {"code": code, "headline": headline, "story": f"E   {said}"}
        self._made.report(test, verdict, "gw1", route="GET /orders/{id}", **told)

    def away(self) -> None:
        text = self._short
        self._parked(AWAY, (Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE))
        self._parked(AGAIN, (Verdict.INCONCLUSIVE, Verdict.PASS))
        self._made.start(LOST, "gw0", at=6)
        facts: dict[str, Any] = {"method": "DELETE", "operation": "DELETE /orders/{id}"}
        facts |= {"call_id": "c-lost", "response_body": None}
        lost = self.send(
            LOST, 6, failure=REFUSED, row="R02", status=None, marks=MARKS[:3], elapsed=0.1, **facts
        )
        wait = Wait(0.25, f"connection refused{text}")
        self.send(LOST, 6.35, number=2, wait=wait, status=204, reused=True, **facts)
        found = Finding(Verdict.RECOVERED, "net.refused", f"refused once{text}", lost)
        self._made.end(
            LOST, Verdict.RECOVERED, "gw0", findings=[found], at=6.6, attempts=2, calls=1
        )
        said = f"RECOVERED net.refused: refused once{text}"
        self._made.report(LOST, Verdict.RECOVERED, "gw0", code="net.refused", headline=said)
        for at, state, why in (
            (5.0, "open", "3 refused"), (5.5, "half_open", "0.5 s over"), (5.6, "closed", "well"),
        ):  # fmt: skip
            turned: dict[str, Any] = {"state": state, "epoch": 1, "at": NOON + at}
            self._made.write(Turned(origin=ORIGIN, reason=why + text, **turned), "gw0")

    def _parked(self, test: str, verdicts: tuple[Verdict, ...]) -> None:
        told = f"INCONCLUSIVE net.refused: refused{self._short}"
        for number, verdict in enumerate(verdicts):
            self._made.start(test, "gw0", at=5 + number, round_=number)
            is_out = verdict is Verdict.INCONCLUSIVE
            facts: dict[str, Any] = {"failure": REFUSED, "status": None, "response_body": None}
            self.send(test, 5 + number, **(facts if is_out else {}))
            canary: dict[str, Any] = {"url": f"{ORIGIN}/health", "status": 503 if is_out else 200}
            self.send(test, 5.2 + number, purpose="canary", operation="GET /health", **canary)
            found = [Finding(verdict, "net.refused", "refused", evidence=(told,))] * is_out
            self._made.end(
                test, verdict, "gw0", findings=found, round=number, at=5.4 + number, attempts=2
            )
            kind = verdicts[-1] if is_out else Verdict.RECOVERED
            headline = told if kind is Verdict.INCONCLUSIVE else "RECOVERED requeued: ran again"
            facts = {"code": "net.refused", "headline": headline, "round": number}
            self._made.report(test, kind, "gw0", is_parked=number == 0, **facts)

    def aside(self) -> None:
        text = self._short
        test = "tests/test_known.py::test_known"
        self._made.start(test, "gw1", at=7)
        sent = self.send(test, 7, worker="gw1", status=500)
        found = Finding(Verdict.DEFECT, "status", f"500, want 200{text}", sent)
        bounds: dict[str, Any] = {"owner": f"team-orders{text}", "until": "2026-12-24"}
        self._made.end(test, Verdict.DEFECT, "gw1", findings=[found], at=7.2, **bounds)
        held: dict[str, Any] = {"outcome": "skipped", "kind": "redhanded.quarantine"}
        said = f"DEFECT status: 500, want 200{text}"
        self._made.report(test, Verdict.DEFECT, "gw1", code="status", headline=said, **held)
        for kind in ("pytest.xfail", "pytest.skip"):
            name = f"tests/test_known.py::test_{kind[7:]}"
            self._made.report(name, outcome="skipped", kind=kind, headline=f"not here{text}")
        self._made.start(CUT, "gw2", at=7.5)
        self.send(CUT, 7.6, worker="gw2")

    def passed(self) -> None:
        for number in range(PASSED):
            test, at = f"tests/test_many.py::test_many[{number}]", 2 + number / 10
            self._made.start(test, "gw1", at=at)
            spent = 0.01 * (1 + number % 9)
            marks = ((Phase.SEND, 0.001), (Phase.WAIT, 0.002), (Phase.READ, 0.002 + spent))
            done = ((Phase.DONE, 0.003 + spent),)
            self.send(test, at, worker="gw1", marks=marks + done, bucket=10.0 - number % 4)
            self._made.end(test, Verdict.PASS, "gw1", at=at + 0.1)
            told: dict[str, Any] = {"at": NOON + at + 0.1, "seconds": (number % 7 + 1) / 100}
            self._made.report(test, Verdict.PASS, "gw1", **told)

    def end(self) -> None:
        for worker in ("gw0", "gw1"):
            self._made.over(worker, exit_code=1)
        self._made.over(
            exit_code=1,
            at=10.0,
            sentences=(f"{SENTENCE}{self._short}", f"One outage took 1 test.{self._short}"),
            notes=(f"History was away.{self._short}",),
            masked=91,
        )
        self._made.close()


def _line(text: str) -> str:
    """The text as it can stand on the wire: one line of bytes."""
    return (
        "".join(sign if sign.isprintable() else "" for sign in text[:400])
        .encode("utf-8", "ignore")
        .decode("latin-1")
    )


def _json(text: str) -> bytes:
    return json.dumps(text).encode()
