"""The folder of a long run, made in seconds: real events in real spools, of tests by chance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Literal, NamedTuple

from bench.reports.wire import BUILD, OPERATIONS, ORIGIN, Operation, Wire
from redhanded.core.events import (
    AttemptEnded,
    Concluded,
    Described,
    Emit,
    Event,
    Examined,
    Reported,
    RunEnded,
    RunStarted,
    Sampled,
    Stepped,
    TestEnded,
    TestStarted,
    Turned,
)
from redhanded.core.exchange import Exchange
from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation
from redhanded.reports.lines import Bytes
from redhanded.reports.spool import Spool

BEGAN = 1_767_225_600.0
CALLS = 4
WORKERS = 4
RUN = "5ee1f0aa"
# Of a thousand tests; all others pass.
NON_PASSES = {
    Verdict.DEFECT: 12,
    Verdict.DRIFT: 6,
    Verdict.SLOW: 2,
    Verdict.TEST_BUG: 1,
    Verdict.INCONCLUSIVE: 5,
    Verdict.RECOVERED: 4,
}
_CODES = {
    Verdict.DEFECT: "status",
    Verdict.DRIFT: "contract.body",
    Verdict.SLOW: "latency.ceiling",
    Verdict.TEST_BUG: "test.exception",
    Verdict.INCONCLUSIVE: "net.reset",
    Verdict.RECOVERED: "net.reset",
}
_PHASES = ("setup", "call", "teardown")


class _Test(NamedTuple):
    """One test of the run: when it began, on which worker, and what is to become of it."""

    test_id: str
    trace_id: str
    at: float
    verdict: Verdict
    worker: int
    operations: tuple[Operation, ...]


def fill(folder: Path, *, tests: int, seed: int = 7) -> Path:
    """The folder, with the spools of a run of so many tests of four exchanges each."""
    (folder / "spool").mkdir(parents=True)
    workers = [_spool(folder, f"gw{number}") for number in range(WORKERS)]
    main = _spool(folder, "main")
    _begin(main, workers, tests)
    made = _Made(Random(seed), tests)
    for number in range(tests):
        test = made.test(number)
        for event in made.events(test):
            (main if isinstance(event, Reported) else workers[test.worker])(event)
    _end(main, workers, made)
    for spool in (main, *workers):
        spool.close()
    return folder


def _spool(folder: Path, worker: str) -> Spool:
    return Spool(folder / "spool" / f"{worker}.ndjson", print, open_=_buffered)


def _buffered(path: Path) -> Bytes:
    """A file that is not handed to the system at each line: nobody is killed here."""
    return path.open("ab")


class _Made:
    """The tests of the run, one after the other; `ended` is when the last of them was over."""

    def __init__(self, random: Random, tests: int) -> None:
        self._random = random
        self._wire = Wire(random)
        self._next = [BEGAN] * WORKERS
        self._verdicts = _verdicts(tests)
        random.shuffle(self._verdicts)

    @property
    def counts(self) -> dict[str, int]:
        """The tests by verdict."""
        return {str(word): self._verdicts.count(word) for word in sorted({*self._verdicts})}

    @property
    def ended(self) -> float:
        """When the last test was over."""
        return max(self._next)

    def test(self, number: int) -> _Test:
        """The test of that number."""
        worker = number % WORKERS
        operations = tuple(self._random.choices(OPERATIONS, k=CALLS))
        file = f"tests/{operations[0].route.split('/')[2]}/test_{operations[0].method.lower()}.py"
        return _Test(
            test_id=f"{file}::test_an_answer_holds_what_was_promised[{number}]",
            trace_id=self._wire.hex(16),
            at=self._next[worker],
            verdict=self._verdicts[number],
            worker=worker,
            operations=operations,
        )

    def events(self, test: _Test) -> Iterator[Event]:
        """All that happens in a test."""
        yield TestStarted(test.test_id, test.trace_id, test.at)
        exchanges, at = [], test.at + 0.002
        for place, operation in enumerate(test.operations):
            for exchange in self._call(test, operation, at, is_last=place == CALLS - 1):
                exchanges.append(exchange)
                yield AttemptEnded(test.test_id, exchange, operation.name, 0.0, "2")
                at = exchange.started_at + exchange.elapsed + 0.001
        self._next[test.worker] = at + 0.003
        yield from self._beside(test, exchanges, at)
        yield from _steps(test, at)
        findings = _findings(test, exchanges[-1])
        yield self._ended(test, exchanges, findings, at)
        yield _reported(test, exchanges[-1], at, findings)

    def _call(
        self, test: _Test, operation: Operation, at: float, *, is_last: bool
    ) -> Iterator[Exchange]:
        """The attempts of one call; weather strikes the last call of a test."""
        made = self._wire.exchange(operation, trace_id=test.trace_id, at=at)
        strikes = is_last and test.verdict in (Verdict.INCONCLUSIVE, Verdict.RECOVERED)
        lost = 0 if not strikes else 1 if test.verdict is Verdict.RECOVERED else 3
        for number in range(lost):
            made = self._wire.again(made) if number else made
            yield self._wire.lost(made)
        if test.verdict is Verdict.RECOVERED or not lost:
            yield self._wire.again(made) if lost else made

    def _beside(self, test: _Test, exchanges: list[Exchange], at: float) -> Iterator[Event]:
        """Canaries of what did not hold, and samples of what has an objective."""
        if test.verdict not in (Verdict.PASS, Verdict.RECOVERED):
            health = Operation("GET", "/v1/stores", 200, 0.004)
            canary = self._wire.exchange(health, trace_id=self._wire.hex(16), at=at)
            canary = canary._replace(purpose="canary", url=f"{ORIGIN}/health")
            yield AttemptEnded(test.test_id, canary, "GET /health", 0.0, "2")
            yield _examined(test, exchanges[-1], canary)
        for exchange, operation in zip(exchanges, test.operations, strict=False):
            if operation in OPERATIONS[:4] and exchange.failure is None:
                yield _sampled(test, exchange, operation)

    def _ended(
        self, test: _Test, exchanges: list[Exchange], findings: tuple[Finding, ...], at: float
    ) -> TestEnded:
        is_kept = test.verdict not in (Verdict.PASS, Verdict.RECOVERED)
        return TestEnded(
            test_id=test.test_id,
            trace_id=test.trace_id,
            at=at,
            seconds=at - test.at,
            verdict=test.verdict,
            findings=findings,
            attempts=len(exchanges),
            calls=CALLS,
            checks=CALLS,
            bodies={one.id: self._wire.bodies(one) for one in exchanges} if is_kept else {},
        )


def _verdicts(tests: int) -> list[Verdict]:
    others = [word for word, share in NON_PASSES.items() for _ in range(tests * share // 1000)]
    return [*others, *[Verdict.PASS] * (tests - len(others))]


def _begin(main: Emit, workers: list[Spool], tests: int) -> None:
    versions = {"redhanded": "0.1.0", "httpx2": "2.16.2", "python": "3.11.7"}
    main(RunStarted(RUN, "main", BEGAN - 0.5, 7, ORIGIN, versions))
    main(
        Described(
            run_id=RUN,
            name=RUN,
            shard="",
            env="staging",
            command=("pytest", "-n", str(WORKERS)),
            workers=WORKERS,
            platform="Linux",
            plugins={"xdist": "3.8.0"},
            settings=(("base_url", ORIGIN, "pyproject.toml"), ("tests", str(tests), "default")),
            source={"commit": "3f9c2a7d41b6", "branch": "main"},
        )
    )
    for number, worker in enumerate(workers):
        worker(RunStarted(RUN, f"gw{number}", BEGAN, 7, ORIGIN, versions))
    workers[0](
        Turned(origin=ORIGIN, state="open", epoch=1, at=BEGAN + 1, reason="5 of 9 were reset")
    )
    workers[0](Turned(origin=ORIGIN, state="closed", epoch=2, at=BEGAN + 3))


def _end(main: Emit, workers: list[Spool], made: _Made) -> None:
    for number, worker in enumerate(workers):
        worker(RunEnded(RUN, f"gw{number}", made.ended, 1))
    sentence = f"Red: {made.counts['defect']} defects."
    main(
        Concluded(
            at=made.ended, exit_code=1, sentences=(sentence,), counts=made.counts, masked=CALLS
        )
    )
    main(RunEnded(RUN, "main", made.ended, 1))


def _steps(test: _Test, until: float) -> Iterator[Stepped]:
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


def _examined(test: _Test, exchange: Exchange, canary: Exchange) -> Examined:
    return Examined(
        test_id=test.test_id,
        attempt_id=exchange.id,
        question="Was the canary well?",
        answer="yes, 1 of 1 answers 200 in 4 ms",
        speaks="environment" if test.verdict is Verdict.INCONCLUSIVE else "api",
        asked=(canary.id,),
    )


def _sampled(test: _Test, exchange: Exchange, operation: Operation) -> Sampled:
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


def _findings(test: _Test, exchange: Exchange) -> tuple[Finding, ...]:
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


def _reported(
    test: _Test, exchange: Exchange, until: float, findings: tuple[Finding, ...]
) -> Reported:
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
