"""Spools of runs that never were, written as a run writes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from redhanded.core.attempt import Attempt, Failure, Phase
from redhanded.core.events import (
    AttemptEnded,
    Event,
    RunEnded,
    RunStarted,
    Sampled,
    TestEnded,
    TestStarted,
)
from redhanded.core.redaction import Redactor
from redhanded.core.verdicts import Finding, Verdict
from redhanded.history.records import Run
from redhanded.pipeline.table import ROWS
from redhanded.reports.spool import Spool
from tests.core.attempts import attempt

NOON = 1_700_000_000.0
RUN = Run(run_id="run1", project="shop", environment="here", started_at=NOON)


@dataclass
class Scribe:
    """Writes the spool of one process; times are seconds since noon."""

    spool: Spool
    redactor: Redactor

    def __call__(self, event: Event) -> None:
        """Write any event."""
        self.spool(event)

    def run(self, at: float = 0.0) -> None:
        """The process takes part in the run from now on."""
        self(RunStarted("run1", "main", NOON + at, 7, "http://shop.test", {"python": "3.11.9"}))

    def over(self, at: float = 0.0) -> None:
        """The process has ended well."""
        self(RunEnded("run1", "main", NOON + at, 0))

    def start(self, test: str, at: float = 0.0, round_: int = 0, key: str = "") -> None:
        """A round of a test begins."""
        self(TestStarted(test, "t" * 32, NOON + at, round_, key))

    def end(
        self,
        test: str,
        verdict: Verdict | None = Verdict.PASS,
        code: str = "",
        at: float = 1.0,
        **facts: str,
    ) -> None:
        """A round of a test is over, by one finding where there is a code."""
        worst = verdict or Verdict.PASS
        findings = (Finding(worst, code, "m"),) if code else ()
        moment = (test, "t" * 32, NOON + at, 0.5)
        ended = TestEnded(*moment, verdict, findings, attempts=1, calls=1, checks=1, bodies={})
        self(_with(ended, facts))

    def whole(
        self,
        test: str,
        verdict: Verdict | None = Verdict.PASS,
        code: str = "",
        *,
        at: float = 1.0,
        **facts: str,
    ) -> None:
        """A test of one round, with one attempt."""
        self.start(test, at - 0.5)
        self.answer(test)
        self.end(test, verdict, code, at, **facts)

    def answer(
        self,
        test: str,
        wait: float = 0.1,
        *,
        operation: str = "GET /booking/{id}",
        connect: float | None = None,
        stall: float = 0.0,
        **facts: Any,  # noqa: ANN401  each fact has its type
    ) -> None:
        """An attempt that was answered after so many seconds of waiting."""
        way: list[tuple[Phase, float]] = []
        if connect is not None:
            way = [(Phase.CONNECT, 0.0)]
        sent = connect or 0.0
        marks = (
            *way,
            (Phase.SEND, sent),
            (Phase.WAIT, sent),
            (Phase.READ, sent + wait),
            (Phase.DONE, sent + wait),
        )
        made = attempt(**{"marks": marks, "started_at": NOON, **facts})
        self.attempt(test, made, operation=operation, stall=stall)

    def lose(self, test: str, row: str = "refused", **facts: object) -> None:
        """An attempt to which no answer came."""
        failure = Failure(row, Phase.CONNECT, "ConnectError", ROWS[row].failure)
        lost = {"failure": failure, "row": row, "status": None, "marks": ((Phase.CONNECT, 0.0),)}
        self.attempt(test, attempt(**{**lost, **facts}))

    def attempt(
        self, test: str, made: Attempt, *, operation: str = "GET /booking/{id}", stall: float = 0.0
    ) -> None:
        """Any attempt."""
        self(AttemptEnded(test, self.redactor.exchange(made), operation, stall))

    def sample(self, seconds: float, *, is_bad: bool = False, at: float = 0.0) -> None:
        """A sample of an objective."""
        self(Sampled("a", "GET /x", "p95", 0.3, NOON + at, seconds, is_bad, "b1"))


def _with(ended: TestEnded, facts: dict[str, str]) -> TestEnded:
    fields = {name: getattr(ended, name) for name in ended.__slots__}
    return TestEnded(**{**fields, **facts})


@contextmanager
def spooling(folder: Path, worker: str = "main") -> Iterator[Scribe]:
    """A scribe for one process of the run whose folder that is."""
    (folder / "spool").mkdir(parents=True, exist_ok=True)
    spool = Spool(folder / "spool" / f"{worker}.ndjson", complain=pytest.fail)
    yield Scribe(spool, Redactor())
    spool.close()
