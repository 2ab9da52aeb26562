"""Testcases made of pytest's reports: one for each test, of its last round."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.plugin.quarantined import is_covered
from redhanded.plugin.verdicts import TITLE, cause_of, verdict_of
from redhanded.reports.junit import MESSAGE, Case, Outcome
from redhanded.reports.rounds import Lost, Rounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_FAILURES = frozenset({Verdict.DEFECT, Verdict.DRIFT, Verdict.SLOW})
_UNJUDGED = "unjudged"
_QUARANTINED = "redhanded.quarantine"
_WEIGHTS = (
    *(str(verdict) for verdict in Verdict if verdict.is_red),
    _UNJUDGED,
    str(Verdict.INCONCLUSIVE),
    _QUARANTINED,
    str(Verdict.RECOVERED),
    "pytest.xfail",
    "pytest.skip",
    "",
)

Report: TypeAlias = pytest.TestReport | pytest.CollectReport


@dataclass(slots=True)
class Ran:
    """What is known of one test in one process: of its last round the reports that say something.

    A report that passed without a verdict says nothing but how long it took. A test is judged once
    its call is over, or cannot come.
    """

    test_id: str
    seconds: float = 0.0
    reports: list[Report] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    is_judged: bool = False

    def take(self, report: pytest.TestReport) -> None:
        """Take in one report; with each set-up a round begins, whoever runs the test again.

        A failure that pytest has counted stays: the same test may stand twice on a command line.
        """
        if report.when == "setup":
            self.seconds, self.is_judged = 0.0, False
            self.reports = [counted for counted in self.reports if counted.failed]
            self.properties.clear()
        if hasattr(report, "context"):  # of a part of the test, by `subtests`: only failures count
            self.reports += [report] * report.failed
            return
        self.seconds += report.duration
        if report.failed or report.skipped or verdict_of(report) is not None:
            self.reports.append(report)
        self.is_judged |= report.when == "call" or not report.passed
        for name, value in report.user_properties:
            self.properties[f"{name}"] = f"{value}"


def worker_of(report: Report) -> str:
    """The worker that ran the test, `main` without workers; also where the worker has crashed."""
    gateway = getattr(getattr(report, "node", None), "gateway", None)
    return str(getattr(report, "worker_id", None) or getattr(gateway, "id", "main"))


def case_of(ran: Ran, rounds: Rounds, mask: Callable[[str], str], *, most: int) -> Case:
    """The testcase of a test, its stories in at most so many characters each before they are cut.

    Everything was masked where it arose; it is masked again, as everything is that is stored.
    """
    outcome, kind, report = worst_of(ran.reports)
    if not (ran.reports or ran.is_judged):
        return _unfinished(ran, rounds, mask)
    told = _message(report) if report is not None else ""
    return Case(
        test_id=mask(ran.test_id),
        seconds=ran.seconds,
        outcome=outcome,
        kind=kind,
        message=mask(told[: 4 * MESSAGE]),
        text=mask("\n\n".join(_stories(ran.reports))[:most]) if outcome != "passed" else "",
        lost=[
            Lost(each.cause, mask(each.message), mask(each.text))
            for each in _lost(rounds, outcome, report)
        ],
        output=mask("\n".join(_output(ran, rounds))),
    )


def _unfinished(ran: Ran, rounds: Rounds, mask: Callable[[str], str]) -> Case:
    """The testcase of a test that was stopped before its verdict: neither green nor red."""
    return Case(
        test_id=mask(ran.test_id),
        seconds=ran.seconds,
        outcome="error",
        kind=str(Verdict.INCONCLUSIVE),
        message="INCONCLUSIVE run.interrupted: stopped before its verdict",
        output=mask("\n".join(_output(ran, rounds))),
    )


def _lost(rounds: Rounds, outcome: Outcome, report: Report | None) -> Sequence[Lost]:
    """What weather took from the test; where it passed, only what its verdict tells."""
    if outcome != "passed":
        return rounds.earlier
    if report is None or verdict_of(report) is None:
        return ()
    return [*rounds.earlier, *rounds.lost] or [Lost(*cause_of(report)[:2])]


def worst_of(reports: Sequence[Report]) -> tuple[Outcome, str, Report | None]:
    """How a test ended, the type of that, and the report that tells it: the one that weighs most.

    Red weighs most, then a failure without any verdict, then what the environment is to blame for.
    """
    ended = [(*_ended(report), report) for report in reports]
    return min(ended, key=lambda each: _WEIGHTS.index(each[1]), default=("passed", "", None))


def _ended(report: Report) -> tuple[Outcome, str]:
    verdict = verdict_of(report)
    if is_covered(report):
        return "skipped", _QUARANTINED
    if hasattr(report, "wasxfail"):
        return ("skipped", "pytest.xfail") if report.skipped else ("passed", "")
    if report.skipped:
        return "skipped", "pytest.skip"
    if verdict is Verdict.RECOVERED:
        return "passed", str(verdict)
    if verdict is not None and report.failed:
        return ("failure" if verdict in _FAILURES else "error"), str(verdict)
    return ("error", _UNJUDGED) if report.failed else ("passed", "")


def _message(report: Report) -> str:
    if hasattr(report, "wasxfail"):
        return str(report.wasxfail)
    if report.skipped:
        return _reason(report)[1]
    headline = cause_of(report)[1]
    if headline:
        return headline
    told = report.longrepr if isinstance(report.longrepr, str) else report.longreprtext
    lines = told.strip().splitlines() or ["failed"]
    return next((line[1:].strip() for line in lines if line.startswith("E  ")), lines[0])


def _reason(report: Report) -> tuple[str, str]:
    """Where a test was skipped, and why."""
    if isinstance(report.longrepr, tuple | list) and len(report.longrepr) == 3:
        path, line, reason = report.longrepr
        return f"{path}:{line}", str(reason).removeprefix("Skipped: ")
    return "", str(report.longrepr)


def _stories(reports: Sequence[Report]) -> Iterator[str]:
    """The whole story of each report that did not pass: pytest's own words, and the evidence."""
    for report in reports:
        is_evident = report.failed or is_covered(report)
        if hasattr(report, "wasxfail") and not is_evident:
            continue
        if not is_evident and report.skipped:
            yield ": ".join(filter(None, _reason(report)))
        elif is_evident:
            ours = [text for title, text in report.sections if title.startswith(TITLE)]
            yield "\n".join([report.longreprtext, *ours])


def _output(ran: Ran, rounds: Rounds) -> Iterator[str]:
    """The attempts of a test, and what it recorded by itself, a line each."""
    if rounds.attempts:
        yield f"trace {rounds.trace_id}"
        yield from rounds.lines()
    for name, value in ran.properties.items():
        if not name.startswith("redhanded."):
            yield f"{name}: {value}"
