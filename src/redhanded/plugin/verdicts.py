"""Verdicts in pytest's reports: outcome, evidence, masking, and the words that are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from redhanded.core.errors import UsageError
from redhanded.core.verdicts import Verdict
from redhanded.plugin.blocked import Blocked
from redhanded.plugin.places import typed_id
from redhanded.plugin.quarantine import lift_expectation, quarantine_of
from redhanded.plugin.rounds import OF_THE_API, earlier_of
from redhanded.session.scenes import route, story
from redhanded.session.test_run import Judgement
from redhanded.verdict.words import headline

if TYPE_CHECKING:
    from redhanded.plugin.quarantine import Quarantine
    from redhanded.session.session import Session
    from redhanded.session.test_run import TestRun

VERDICT = "redhanded.verdict"
CAUSE = "redhanded.cause"
HEADLINE = "redhanded.headline"
ROUTE = "redhanded.route"
TRACE = "redhanded.trace_id"
SERVER_ERROR = "redhanded.recovered_5xx"
WAS_RED = "redhanded.red_at_first"
PARKED = "redhanded.parked"
BESIDE = "redhanded.beside_tests"
TITLE = "redhanded"

_HELD = frozenset({Verdict.PASS, Verdict.RECOVERED})
_FINAL = frozenset({"passed", "failed", "skipped"})
_STRICT = "[XPASS(strict)]"
_WHOLE = 2_000  # characters of a headline where nothing else tells the failure
_SHOWN = {
    Verdict.DEFECT: ("failed", "FAILED", "DEFECT", "red"),
    Verdict.DRIFT: ("failed", "FAILED", "DRIFT", "red"),
    Verdict.SLOW: ("failed", "FAILED", "SLOW", "red"),
    Verdict.TEST_BUG: ("error", "ERROR", "TEST BUG", "red"),
    Verdict.INCONCLUSIVE: ("error", "ERROR", "INCONCLUSIVE", "yellow"),
    Verdict.RECOVERED: ("recovered", "RECOVERED", "RECOVERED", "yellow"),
}


def mark_report(
    report: pytest.TestReport,
    excinfo: pytest.ExceptionInfo[BaseException] | None,
    item: pytest.Item,
    run: TestRun,
    session: Session,
) -> None:
    """Judge one phase of a test, and write the verdict into its report."""
    entry = quarantine_of(item, session.surroundings.clock.wall())
    if entry is not None and entry.is_over:
        lift_expectation(report)
    is_expected = hasattr(report, "wasxfail")
    if report.skipped:
        run.skip(was_run=is_expected)
    elif not is_expected:
        judgement = _judgement(report, excinfo and excinfo.value, run)
        earlier = earlier_of(item) if report.when == "call" else None
        if earlier is not None and judgement.verdict in _HELD:
            judgement = run.rest_on(earlier.recovery())
        if entry is not None:
            judgement = _quarantined(report, judgement, entry, run)
        if judgement.verdict is not Verdict.PASS:
            _write(report, judgement, item, run, session)
        if judgement.verdict not in _HELD:
            _show(report, judgement, item, run, session)


def _quarantined(
    report: pytest.TestReport, judgement: Judgement, entry: Quarantine, run: TestRun
) -> Judgement:
    """Settle a judgement by the test's quarantine, which the report says as well."""
    settled = entry.settle(judgement, run, phase=report.when)
    report.user_properties += entry.properties
    if settled is judgement and settled.verdict not in _HELD:
        remark = entry.remark(settled.verdict)
        report.sections += [(f"{TITLE}: quarantine", remark)] * bool(remark)
    return settled


def _judgement(report: pytest.TestReport, error: BaseException | None, run: TestRun) -> Judgement:
    if error is None and report.failed:  # an expected failure that did not come, or a plugin's no
        return run.refuse(_refusal(report.longreprtext))
    if isinstance(error, Blocked):
        return run.rest_on(error.finding())
    if isinstance(error, pytest.fail.Exception):
        is_pytests_own = report.when == "setup" and not error.pytrace  # such as a wrong scope
        kind = UsageError if is_pytests_own else AssertionError
        error = kind(str(error)).with_traceback(error.__traceback__)
    if isinstance(error, pytest.FixtureLookupError):  # whose own text is a pair of objects
        error = UsageError(error.msg or f"fixture {error.argname!r} not found")
    return run.judge(report.when, error)


def _refusal(told: str) -> str:
    """Why a test that held is failed all the same, in a sentence."""
    if not told.startswith(_STRICT):
        return told
    reason = told.removeprefix(_STRICT).strip()
    because = f" (it was marked because: {reason})" if reason else ""
    return f"the test was expected to fail, and held: take its xfail marker away{because}"


def _write(
    report: pytest.TestReport,
    judgement: Judgement,
    item: pytest.Item,
    run: TestRun,
    session: Session,
) -> None:
    earlier = earlier_of(item)
    is_recovery = judgement.verdict is Verdict.RECOVERED
    about = earlier.route if earlier is not None and is_recovery else ""
    report.user_properties += _properties(judgement, run, session, about)
    if is_recovery:
        met_one = run.met_server_error or (earlier is not None and earlier.met_server_error)
        report.user_properties += [(SERVER_ERROR, "yes")] * met_one
        was_red = earlier is not None and earlier.was_red
        report.user_properties += [(WAS_RED, "yes")] * was_red


def _properties(
    judgement: Judgement, run: TestRun, session: Session, about: str = ""
) -> list[tuple[str, object]]:
    finding = judgement.findings[0]
    return [
        (VERDICT, str(judgement.verdict)),
        (CAUSE, finding.code),
        (HEADLINE, headline(finding, mask=session.redactor.text)),
        (ROUTE, about or route(finding, run, session)),
        (TRACE, run.scope.trace_id),
    ]


def _show(
    report: pytest.TestReport,
    judgement: Judgement,
    item: pytest.Item,
    run: TestRun,
    session: Session,
) -> None:
    """Make a failure of the report, whatever it was, and put the evidence beside it."""
    finding, mask = judgement.findings[0], session.redactor.text
    if report.passed:  # every assertion held, and still something is wrong: too late, or vacuous
        report.outcome = "failed"
    if report.longrepr is None or isinstance(report.longrepr, str):
        report.longrepr = headline(finding, width=_WHOLE, mask=mask)
    told, place = report.longreprtext, typed_id(item.nodeid, item.config)
    _retitle(report, headline(finding, mask=mask))
    report.sections += [(TITLE, story(judgement.findings, run, session, told=told, place=place))]
    if (earlier := earlier_of(item)) is not None:
        report.sections += [(f"{TITLE}: earlier rounds of this test", "\n".join(earlier.lines))]


def mark_rerun(report: pytest.TestReport, rerunner: str) -> None:
    """Correct a verdict that was red, of a test that another plugin ran again inside its report."""
    verdict = verdict_of(report)
    if report.passed and verdict not in (None, *_HELD):
        met = f"{verdict} {_property(report, CAUSE)}"
        line = (
            f"RECOVERED run.foreign_rerun: {met} at first, then held when {rerunner} ran it again"
        )
        told = dict(report.user_properties)
        told |= {VERDICT: "recovered", CAUSE: "run.foreign_rerun", HEADLINE: line}
        red = [(WAS_RED, "yes")] * (verdict in OF_THE_API)
        report.user_properties = [*told.items(), *red]


def mark_crash(report: pytest.TestReport, run: TestRun, session: Session) -> None:
    """Write the verdict of a test whose worker died into the report that xdist made of it."""
    judgement = Judgement(Verdict.INCONCLUSIVE, run.findings)
    (finding,) = run.findings
    report.user_properties += _properties(judgement, run, session)
    report.when, report.longrepr = "call", headline(finding, width=_WHOLE)
    report.sections += [(TITLE, story(run.findings, run, session, told="", place=run.test_id))]


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


def cause_of(report: pytest.TestReport | pytest.CollectReport) -> tuple[str, str, str]:
    """The cause, the headline and the route of a report."""
    return _property(report, CAUSE), _property(report, HEADLINE), _property(report, ROUTE)


def trace_of(report: pytest.TestReport) -> str:
    """The trace to which all attempts of a report's test belong; empty where it has none."""
    return _property(report, TRACE)


def was_red(report: pytest.TestReport) -> bool:
    """Whether a recovered test was red before another plugin ran it again."""
    return bool(_property(report, WAS_RED))


def is_parked(report: pytest.TestReport) -> bool:
    """Whether a report says that its test was parked."""
    return bool(_property(report, PARKED))


def is_beside(report: pytest.TestReport) -> bool:
    """Whether a report tells a finding on the run as a whole, which is no test's."""
    return bool(_property(report, BESIDE))


def is_final(report: pytest.TestReport) -> bool:
    """Whether a report counts; a plugin that runs a test again gives its first ones other names."""
    return report.outcome in _FINAL


def met_server_error(report: pytest.TestReport) -> bool:
    """Whether a recovered test had met an answer of 5xx."""
    return bool(_property(report, SERVER_ERROR))


def status_of(
    report: pytest.TestReport, *, is_over: bool
) -> tuple[str, str, str | tuple[str, dict[str, bool]]] | None:
    """Category, letter and word for a report that carries a verdict; None leaves it to pytest.

    While tests run the word is the verdict. Once they are over the verdict stands in the message
    of each line, and the word is pytest's own, by which tools find the line.
    """
    if is_parked(report):
        return "", "P", ("PARKED", {"yellow": True})
    verdict = verdict_of(report)
    if verdict is None or verdict is Verdict.PASS or hasattr(report, "context"):  # a subtest's
        return None
    if not is_final(report):
        return None
    if hasattr(report, "wasxfail"):  # quarantined: pytest's own words, also without its plugin
        return "xfailed", "x", "XFAIL"
    category, plain, word, colour = _SHOWN[verdict]
    return category, verdict.letter, (plain if is_over else word, {colour: True})
