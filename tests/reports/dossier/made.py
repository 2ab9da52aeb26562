"""Runs that never were: events written as a run writes them, and the dossier of what they left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from redhanded.core.attempt import Attempt
from redhanded.core.events import (
    AttemptEnded,
    Concluded,
    Described,
    Event,
    Reported,
    RunEnded,
    RunStarted,
    Stepped,
    TestEnded,
    TestStarted,
)
from redhanded.core.redaction import Redactor
from redhanded.core.verdicts import Finding, Verdict
from redhanded.reports.dossier.reading import Spooled, read
from redhanded.reports.spool import Spool
from tests.core.attempts import attempt

NOON = 1_700_000_000.0
FAILURES = (Verdict.DEFECT, Verdict.DRIFT, Verdict.SLOW)
HELD = (Verdict.PASS, Verdict.RECOVERED)


@dataclass
class Made:
    """A run folder under construction; times are seconds since noon.

    `seen` is the process that sees all, and each worker has a scribe of its own.
    """

    folder: Path
    shard: str = ""
    name: str = "run1"
    redactor: Redactor = field(default_factory=Redactor)
    _spools: dict[str, Spool] = field(default_factory=dict)
    _count: int = 0

    def write(self, event: Event, worker: str = "main") -> None:
        """Write any event into the spool of a process."""
        if worker not in self._spools:
            path = self.folder / "spool" / f"{worker}.ndjson"
            path.parent.mkdir(parents=True, exist_ok=True)
            self._spools[worker] = Spool(path, complain=pytest.fail)
        self._spools[worker](event)

    def begin(self, worker: str = "main", at: float = 0.0, **described: Any) -> None:  # noqa: ANN401
        """A process takes part in the run; the one that sees all describes it."""
        versions = {"redhanded": "1.0", "httpx2": "2.16", "python": "3.11.9"}
        self.write(RunStarted("run1", worker, NOON + at, 7, "http://shop.test", versions), worker)
        if worker == "main":
            told: dict[str, Any] = {
                "run_id": "run1",
                "name": self.name,
                "shard": self.shard,
                "env": "staging",
                "command": ("pytest", "-q"),
                "workers": 0,
                "platform": "Linux-6.1-x86_64",
                "plugins": {"pytest-xdist": "3.8.0"},
                "settings": (("timeouts.read", "3", "pyproject.toml"),),
                "source": {"commit": "0a1b2c3", "branch": "main"},
            }
            self.write(Described(**told | described))

    def start(self, test_id: str, worker: str = "main", at: float = 0.0, round_: int = 0) -> None:
        """A round of a test begins."""
        self.write(TestStarted(test_id, f"{round_:032x}", NOON + at, round_, ""), worker)

    def send(
        self,
        test_id: str,
        worker: str = "main",
        *,
        operation: str = "GET /booking/{id}",
        step: str = "",
        stall: float = 0.0,
        **facts: Any,  # noqa: ANN401  each fact of an attempt has its type
    ) -> Attempt:
        """An attempt of a test, answered 200 where the facts do not say otherwise."""
        self._count += 1
        ordinary = {"id": f"{self._count:016x}", "call_id": f"c{self._count}"}
        made = attempt(**{**ordinary, "started_at": NOON + self._count / 100, **facts})
        exchange = self.redactor.exchange(made)
        self.write(AttemptEnded(test_id, exchange, operation, stall, step), worker)
        return made

    def step(self, test_id: str, name: str = "call", worker: str = "main", **facts: Any) -> None:  # noqa: ANN401
        """A step of a test is over."""
        told = {"id": name, "parent": "", "at": NOON, "seconds": 0.1}
        self.write(Stepped(**{"test_id": test_id, "name": name, **told, **facts}), worker)

    def end(
        self,
        test_id: str,
        verdict: Verdict | None = Verdict.PASS,
        worker: str = "main",
        *,
        findings: Sequence[Finding] = (),
        bodies: Sequence[Attempt] = (),
        at: float = 1.0,
        **facts: Any,  # noqa: ANN401  each has its type
    ) -> None:
        """A round of a test is over; the bodies of these attempts are kept."""
        body = self.redactor.body
        kept = {
            each.id: {
                "request": body(each.request_body, "application/json").record(),
                "response": body(each.response_body, "application/json").record(),
            }
            for each in bodies
        }
        told: dict[str, Any] = {
            "trace_id": "0" * 32,
            "at": NOON + at,
            "seconds": 0.5,
            "verdict": verdict,
            "findings": tuple(findings),
            "attempts": 1,
            "calls": 1,
            "checks": 1,
            "bodies": kept,
        }
        self.write(TestEnded(test_id, **told | facts), worker)

    def report(
        self,
        test_id: str,
        verdict: Verdict = Verdict.PASS,
        worker: str = "main",
        **facts: Any,  # noqa: ANN401
    ) -> None:
        """What everybody was told of a round, in the spool of the process that sees all."""
        failed = "failure" if verdict in FAILURES else "error"
        told: dict[str, Any] = {
            "worker": worker,
            "at": NOON + 1,
            "seconds": 0.5,
            "outcome": "passed" if verdict in HELD else failed,
            "kind": str(verdict),
        }
        self.write(Reported(test_id=test_id, **told | facts))

    def test(
        self,
        test_id: str,
        verdict: Verdict = Verdict.PASS,
        code: str = "",
        worker: str = "main",
        *,
        at: float = 0.0,
        sent: int = 1,
        **reported: Any,  # noqa: ANN401  each has its type
    ) -> None:
        """A whole test of one round: begun, its attempts, ended, and reported."""
        self.start(test_id, worker, at)
        made = [self.send(test_id, worker, started_at=NOON + at) for _ in range(sent)]
        failed = verdict not in HELD
        finding = Finding(verdict, code, "200, want 404", made[-1].id if made else "")
        findings = (finding,) if code else ()
        bodies = made if failed else ()
        self.end(test_id, verdict, worker, findings=findings, bodies=bodies, at=at + 0.5)
        headline = f"{verdict.upper()} {code}: 200, want 404" if code else ""
        told = {"at": NOON + at + 0.5, "code": code, "headline": headline, "story": headline}
        self.report(test_id, verdict, worker, **told | reported)

    def over(self, worker: str = "main", exit_code: int = 0, at: float = 9.0, **facts: Any) -> None:  # noqa: ANN401
        """A process ends well; the one that sees all concludes the run."""
        if worker == "main":
            told: dict[str, Any] = {
                "at": NOON + at,
                "exit_code": exit_code,
                "sentences": ("Green: all held.",),
                "counts": {},
                "masked": 0,
            }
            self.write(Concluded(**told | facts))
        self.write(RunEnded("run1", worker, NOON + at, exit_code), worker)

    def close(self) -> None:
        """Close the spools."""
        for spool in self._spools.values():
            spool.close()

    def dossier(self) -> Spooled:
        """What there is, as every report sees it."""
        return read([self.folder])


@contextmanager
def making(folder: Path, *, shard: str = "", name: str = "run1") -> Iterator[Made]:
    """A run folder, with the process that sees all begun; its spools are closed afterwards."""
    made = Made(folder, shard, name)
    made.begin()
    try:
        yield made
    finally:
        made.close()


def dossier_of(folder: Path, *tests: tuple[str, Verdict, str], exit_code: int = 0) -> Spooled:
    """The dossier of a run of whole tests, each with its verdict and its cause."""
    with making(folder) as run:
        for number, (test_id, verdict, code) in enumerate(tests):
            run.test(test_id, verdict, code, at=float(number))
        run.over(exit_code=exit_code)
    return read([folder])
