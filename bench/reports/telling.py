"""What is told of a made-up test beside its exchanges: steps, questions, findings, its report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from bench.reports.wire import BUILD, Operation
from redhanded.core.events import Examined, Reported, Sampled, Stepped
from redhanded.core.exchange import Exchange
from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation

_CODES = {
    Verdict.DEFECT: "status",
    Verdict.DRIFT: "contract.body",
    Verdict.SLOW: "latency.ceiling",
    Verdict.TEST_BUG: "test.exception",
    Verdict.INCONCLUSIVE: "net.reset",
    Verdict.RECOVERED: "net.reset",
}
_PHASES = ("setup", "call", "teardown")


class Test(NamedTuple):
    """One test of the run: when it began, on which worker, and what is to become of it."""

    test_id: str
    trace_id: str
    at: float
    verdict: Verdict
    worker: int
    operations: tuple[Operation, ...]


def steps(test: Test, until: float) -> Iterator[Stepped]:
    """The phases of a test; in every fourth one the call has two steps."""
    took, test_id = until - test.at, test.test_id
    for number, name in enumerate(_PHASES, 1):
        yield Stepped(
            test_id=test_id, id=str(number), parent="", name=name, at=test.at, seconds=took / 3
        )
    if test.trace_id[0] in "0123":
        for number, name in ((4, "fill a cart"), (5, "place the order")):
            yield Stepped(
                test_id=test_id, id=str(number), parent="2", name=name, at=test.at, seconds=took / 6
            )


def examined(test: Test, exchange: Exchange, canary: Exchange) -> Examined:
    """The one question that was put about a test which did not hold."""
    return Examined(
        test_id=test.test_id,
        attempt_id=exchange.id,
        question="Was the canary well?",
        answer="yes, 1 of 1 answers 200 in 4 ms",
        speaks="environment" if test.verdict is Verdict.INCONCLUSIVE else "api",
        asked=(canary.id,),
    )


def sampled(test: Test, exchange: Exchange, operation: Operation) -> Sampled:
    """An answer as the objective of its operation counts it."""
    return Sampled(
        test_id=test.test_id,
        operation=operation.name,
        measure="p95",
        limit=0.1,
        at=exchange.started_at,
        seconds=exchange.elapsed,
        is_bad=exchange.elapsed > 0.1,
        build=BUILD,
    )


def findings(test: Test, exchange: Exchange) -> tuple[Finding, ...]:
    """What the verdict rests on; nothing of a test that passed."""
    if test.verdict is Verdict.PASS:
        return ()
    operation = test.operations[-1]
    violation = Violation("body.schema", "$.total", '"90.00"', "number", "type", "openapi.yaml")
    return (
        Finding(
            test.verdict,
            _CODES[test.verdict],
            f"{operation.name}: $.total is a string, want number",
            exchange.id,
            (violation,),
            ("a whole answer came over HTTP/1.1 from 127.0.0.1:8443",),
            "certain: one whole answer of the API's own is proof",
        ),
    )


def reported(
    test: Test, exchange: Exchange, until: float, findings: tuple[Finding, ...]
) -> Reported:
    """What everybody was told of a test."""
    headline = findings[0].message if findings else ""
    story = f"{test.verdict.upper()} {headline}\n" + "    more of the same\n" * 12
    return Reported(
        test_id=test.test_id,
        worker=f"gw{test.worker}",
        at=until,
        seconds=until - test.at,
        outcome=_outcome(test.verdict),
        kind=test.verdict,
        code=findings[0].code if findings else "",
        headline=headline,
        route=f"{exchange.method} {exchange.url}" if findings else "",
        story=story if findings else "",
        place=f"{test.test_id.partition('::')[0]}:41",
    )


def _outcome(verdict: Verdict) -> Literal["passed", "failure", "error"]:
    if verdict in (Verdict.INCONCLUSIVE, Verdict.TEST_BUG):
        return "error"
    return "failure" if verdict.is_red else "passed"
