"""Verdicts in pytest's reports: outcome, evidence, masking, and the words that are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.plugin.masking import mask_report
from redhanded.session.scenes import story
from redhanded.verdict.words import headline

if TYPE_CHECKING:
    from redhanded.session.session import Session
    from redhanded.session.test_run import Judgement, TestRun

VERDICT = "redhanded.verdict"
CAUSE = "redhanded.cause"
HEADLINE = "redhanded.headline"
TRACE = "redhanded.trace_id"

_SHOWN = {
    Verdict.DEFECT: ("failed", "DEFECT", "red"),
    Verdict.DRIFT: ("failed", "DRIFT", "red"),
    Verdict.SLOW: ("failed", "SLOW", "red"),
    Verdict.TEST_BUG: ("error", "TEST BUG", "red"),
    Verdict.INCONCLUSIVE: ("error", "INCONCLUSIVE", "yellow"),
    Verdict.RECOVERED: ("recovered", "RECOVERED", "yellow"),
}


def mark_report(
    report: pytest.TestReport,
    call: pytest.CallInfo[None],
    run: TestRun,
    session: Session,
) -> None:
    """Judge one phase of a test, and write the verdict into its report."""
    error = call.excinfo.value if call.excinfo is not None else None
    if not report.skipped and not hasattr(report, "wasxfail") and _is_outcome(error):
        judgement = run.judge(report.when, _as_error(error))
        _write(report, judgement, run, session)
    mask_report(report, session.redactor.text)


def _is_outcome(error: BaseException | None) -> bool:
    """Whether the phase came to an end of its own: an interrupt is no outcome."""
    return error is None or isinstance(error, Exception | pytest.fail.Exception)


def _as_error(error: BaseException | None) -> BaseException | None:
    """What triage is to judge: by pytest.fail() an author says that an assertion failed."""
    if isinstance(error, pytest.fail.Exception):
        return AssertionError(str(error)).with_traceback(error.__traceback__)
    return error


def _write(report: pytest.TestReport, judgement: Judgement, run: TestRun, session: Session) -> None:
    verdict, findings = judgement
    if verdict is Verdict.PASS:
        return
    line = session.redactor.text(headline(findings[0]))
    report.user_properties += [
        (VERDICT, str(verdict)),
        (CAUSE, findings[0].code),
        (HEADLINE, line),
        (TRACE, run.scope.trace_id),
    ]
    if verdict is Verdict.RECOVERED:
        return
    if report.passed:  # every assertion held, and still something is wrong: too late, or vacuous
        report.outcome = "failed"
        report.longrepr = line
    _retitle(report, line)
    report.sections.append(("redhanded", story(findings, run, session)))


def _retitle(report: pytest.TestReport, line: str) -> None:
    """Put the verdict's line where pytest's short summary looks for the message of a failure."""
    crash: Any = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        crash.message = line


def _property(report: Any, name: str) -> str:  # noqa: ANN401  a report of any kind
    properties = getattr(report, "user_properties", ())
    return next((str(value) for key, value in properties if key == name), "")


def verdict_of(report: Any) -> Verdict | None:  # noqa: ANN401  a report of any kind
    """The verdict that a report carries; None where it carries none."""
    word = _property(report, VERDICT)
    return Verdict(word) if word else None


def cause_of(report: pytest.TestReport) -> tuple[str, str]:
    """The cause and the headline of a report."""
    return _property(report, CAUSE), _property(report, HEADLINE)


def status_of(
    report: pytest.TestReport,
) -> tuple[str, str, str | tuple[str, dict[str, bool]]] | None:
    """Category, letter and word for a report that carries a verdict; None leaves it to pytest."""
    verdict = verdict_of(report)
    if verdict is None or verdict is Verdict.PASS:
        return None
    category, word, colour = _SHOWN[verdict]
    return category, verdict.letter, (word, {colour: True})
