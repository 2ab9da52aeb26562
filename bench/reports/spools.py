"""The folder of a long run, made in seconds: real events in real spools, of tests by chance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from bench.reports import telling
from bench.reports.telling import Test
from bench.reports.wire import OPERATIONS, ORIGIN, Operation, Wire
from redhanded.core.events import (
    AttemptEnded,
    Concluded,
    Described,
    Emit,
    Event,
    Reported,
    RunEnded,
    RunStarted,
    TestEnded,
    TestStarted,
    Turned,
)
from redhanded.core.exchange import Exchange
from redhanded.core.verdicts import Finding, Verdict
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

    def test(self, number: int) -> Test:
        """The test of that number."""
        worker = number % WORKERS
        operations = tuple(self._random.choices(OPERATIONS, k=CALLS))
        file = f"tests/{operations[0].route.split('/')[2]}/test_{operations[0].method.lower()}.py"
        return Test(
            test_id=f"{file}::test_an_answer_holds_what_was_promised[{number}]",
            trace_id=self._wire.hex(16),
            at=self._next[worker],
            verdict=self._verdicts[number],
            worker=worker,
            operations=operations,
        )

    def events(self, test: Test) -> Iterator[Event]:
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
        yield from telling.steps(test, at)
        findings = telling.findings(test, exchanges[-1])
        yield self._ended(test, exchanges, findings, at)
        yield telling.reported(test, exchanges[-1], at, findings)

    def _call(
        self, test: Test, operation: Operation, at: float, *, is_last: bool
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

    def _beside(self, test: Test, exchanges: list[Exchange], at: float) -> Iterator[Event]:
        """Canaries of what did not hold, and samples of what has an objective."""
        if test.verdict not in (Verdict.PASS, Verdict.RECOVERED):
            health = Operation("GET", "/v1/stores", 200, 0.004)
            canary = self._wire.exchange(health, trace_id=self._wire.hex(16), at=at)
            canary = canary._replace(purpose="canary", url=f"{ORIGIN}/health")
            yield AttemptEnded(test.test_id, canary, "GET /health", 0.0, "2")
            yield telling.examined(test, exchanges[-1], canary)
        for exchange, operation in zip(exchanges, test.operations, strict=False):
            if operation in OPERATIONS[:4] and exchange.failure is None:
                yield telling.sampled(test, exchange, operation)

    def _ended(
        self, test: Test, exchanges: list[Exchange], findings: tuple[Finding, ...], at: float
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
    sentence = f"Red: {made.counts.get('defect', 0)} defects."
    main(
        Concluded(
            at=made.ended, exit_code=1, sentences=(sentence,), counts=made.counts, masked=CALLS
        )
    )
    main(RunEnded(RUN, "main", made.ended, 1))
