"""What each round of a test came to, made of pytest's reports of its phases."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import pytest

from redhanded.core.events import Reported
from redhanded.core.verdicts import Verdict
from redhanded.plugin.quarantined import is_covered
from redhanded.plugin.verdicts import TITLE, cause_of, is_beside, is_parked, verdict_of
from redhanded.reports.kinds import (
    EXPECTED,
    PASS,
    QUARANTINED,
    RANKS,
    SKIPPED,
    UNEXPECTED,
    UNJUDGED,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Outcome: TypeAlias = Literal["passed", "failure", "error", "skipped"]
Report: TypeAlias = pytest.TestReport | pytest.CollectReport

_FAILURES = frozenset({Verdict.DEFECT, Verdict.DRIFT, Verdict.SLOW})
_STOPPED = "INCONCLUSIVE run.interrupted: stopped before its verdict"
_CAPTURED = "Captured "
_LINE = 2_000  # characters of a line that nothing else tells
_STORY = 200_000  # characters of a story
_OUTPUT = 50_000  # characters of what a test printed, the last of it


@dataclass(slots=True)
class Ran:
    """What is known of one test in one process: of its last round the reports that say something.

    A report that passed without a verdict says nothing but how long it took. A test is judged once
    its call is over, or cannot come. `parked` is why a round ended without anybody being told,
    where it did: its cause, headline and route. `round` counts the rounds that were told before.
    """

    test_id: str
    worker: str = "main"
    seconds: float = 0.0
    reports: list[Report] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    captured: list[tuple[str, str]] = field(default_factory=list)
    place: str = ""
    is_judged: bool = False
    parked: tuple[str, str, str] | None = None
    is_told: bool = False
    is_forgettable: bool = False
    round: int = 0

    def take(self, report: pytest.TestReport) -> None:
        """Take in one report; with each set-up a round begins, whoever runs the test again.

        A failure that pytest has counted stays: the same test may stand twice on a command line.
        """
        self.is_told = False
        if is_parked(report):
            self.parked = cause_of(report)
        elif report.when != "setup":
            self.parked = None
        elif self.parked is None:  # else it is the tear-down, told as a set-up
            self._begin()
        if hasattr(report, "context"):  # of a part of the test, by `subtests`: only failures count
            self.reports += [report] * report.failed
            return
        self.seconds += report.duration
        if report.failed or not self.place:
            self.place = _place(report)
        self.captured = [each for each in report.sections if each[0].startswith(_CAPTURED)]
        is_marked = hasattr(report, "wasxfail") or verdict_of(report) is not None
        if report.failed or report.skipped or is_marked:
            self.reports.append(report)
        self.is_judged |= report.when == "call" or not report.passed
        for name, value in report.user_properties:
            self.properties[f"{name}"] = f"{value}"

    def _begin(self) -> None:
        self.seconds, self.is_judged = 0.0, False
        self.reports = [counted for counted in self.reports if counted.failed]
        self.properties.clear()
        self.place = ""

    def end(self) -> None:
        """The round was told; what is of no use for another one is forgotten."""
        self.is_forgettable = self.parked is None and not any(one.failed for one in self.reports)
        self.is_told, self.round, self.parked, self.captured = True, self.round + 1, None, []


def worker_of(report: Report) -> str:
    """The worker that ran the test, `main` without workers; also where the worker has crashed."""
    gateway = getattr(getattr(report, "node", None), "gateway", None)
    return str(getattr(report, "worker_id", None) or getattr(gateway, "id", "main"))


def reported(
    ran: Ran, at: float, mask: Callable[[str], str], *, keeps_output: bool = False
) -> Reported:
    """What everybody was told of a round; `keeps_output` also where it passed.

    Everything was masked where it arose; it is masked again, as everything is that is stored.
    """
    ended = _ending(ran)
    is_quiet = ended.outcome == "passed" and not keeps_output
    stories = () if ended.outcome == "passed" else _stories(ran.reports)
    own = {name: told for name, told in ran.properties.items() if not _is_ours(name)}
    return Reported(
        test_id=ran.test_id,
        worker=ran.worker,
        at=at,
        seconds=ran.seconds,
        outcome=ended.outcome,
        kind=ended.kind,
        code=ended.code,
        headline=mask(ended.headline),
        route=mask(ended.route),
        story=mask("\n\n".join(stories)[:_STORY]),
        output="" if is_quiet else mask("\n".join(_printed(ran.captured))[-_OUTPUT:]),
        place=ran.place,
        round=ran.round,
        is_parked=ran.parked is not None,
        is_beside=ended.is_beside,
        properties=tuple((mask(name), mask(told)) for name, told in own.items()),
    )


def _is_ours(name: str) -> bool:
    return name.startswith("redhanded.")


class _Ending(NamedTuple):
    """How a round ended, and what tells it."""

    outcome: Outcome
    kind: str
    code: str = ""
    headline: str = ""
    route: str = ""
    is_beside: bool = False


def _ending(ran: Ran) -> _Ending:
    outcome, kind, report = worst_of(ran.reports)
    if ran.parked is not None:
        return _Ending("error", str(Verdict.INCONCLUSIVE), *ran.parked)
    if not (ran.reports or ran.is_judged):  # it was stopped: neither green nor red
        return _Ending("error", str(Verdict.INCONCLUSIVE), "run.interrupted", _STOPPED)
    if report is None:
        return _Ending(outcome, kind)
    code, _, route = cause_of(report)
    return _Ending(outcome, kind, code, _message(report)[:_LINE], route, _is_beside(report))


def _is_beside(report: Report) -> bool:
    return isinstance(report, pytest.TestReport) and is_beside(report)


def worst_of(reports: Sequence[Report]) -> tuple[Outcome, str, Report | None]:
    """How a test ended, the type of that, and the report that tells it: the one that weighs most.

    Red weighs most, then a failure without any verdict, then what the environment is to blame for.
    """
    ended = [(*_ended(report), report) for report in reports]
    return min(ended, key=lambda each: RANKS[each[1]], default=("passed", PASS, None))


def _ended(report: Report) -> tuple[Outcome, str]:
    verdict = verdict_of(report)
    if is_covered(report):
        return "skipped", QUARANTINED
    if hasattr(report, "wasxfail"):
        return ("skipped", EXPECTED) if report.skipped else ("passed", UNEXPECTED)
    if report.skipped:
        return "skipped", SKIPPED
    if verdict is Verdict.RECOVERED:
        return "passed", str(verdict)
    if verdict is not None and report.failed:
        return ("failure" if verdict in _FAILURES else "error"), str(verdict)
    return ("error", UNJUDGED) if report.failed else ("passed", PASS)


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


def _printed(captured: Sequence[tuple[str, str]]) -> Iterator[str]:
    """What the test printed and logged, each stream under its title."""
    for title, text in captured:
        yield f"--- {title} ---"
        yield text


def _place(report: pytest.TestReport) -> str:
    """The file and line of a test, from the root: where it failed, else where it begins.

    With slashes on every system, as ids have them and readers of reports want them.
    """
    file, line, _ = report.location
    crash = getattr(report.longrepr, "reprcrash", None)
    shown, parts = Path(file).as_posix(), Path(file).parts
    if crash is not None and Path(f"{crash.path}").parts[-len(parts) :] == parts:
        return f"{shown}:{crash.lineno}"
    return shown if line is None else f"{shown}:{line + 1}"
