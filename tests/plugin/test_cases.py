"""Testcases are made of the reports of a test: what weighs most tells how it ended."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.plugin.cases import Ran, case_of, worker_of, worst_of
from redhanded.plugin.verdicts import CAUSE, HEADLINE, VERDICT
from redhanded.reports.junit import Case
from redhanded.reports.rounds import Lost, Rounds


def report(
    verdict: Verdict | None = None,
    *,
    when: str = "call",
    outcome: str = "passed",
    longrepr: object = "the story",
    **fields: Any,  # noqa: ANN401  whatever a plugin adds
) -> pytest.TestReport:
    """A report of one phase, as pytest makes it."""
    properties = [(VERDICT, str(verdict)), (CAUSE, "net.dns"), (HEADLINE, f"{verdict}!")]
    return pytest.TestReport(
        nodeid="a.py::t",
        location=("a.py", 1, "t"),
        keywords={},
        outcome=outcome,  # type: ignore[arg-type]
        longrepr=None if outcome == "passed" else longrepr,  # type: ignore[arg-type]
        when=when,  # type: ignore[arg-type]
        duration=0.5,
        user_properties=[] if verdict is None else properties,
        **fields,
    )


def taken(*reports: pytest.TestReport) -> Ran:
    """A test with these reports."""
    ran = Ran("a.py::t")
    for each in reports:
        ran.take(each)
    return ran


def case(ran: Ran, rounds: Rounds | None = None, *, most: int = 1_000) -> Case:
    """The testcase of a test in whose words nothing is masked."""
    return case_of(ran, rounds or Rounds(), str, most=most)


@pytest.mark.parametrize(
    "verdict, outcome",
    [
        pytest.param(Verdict.DEFECT, "failure", id="defect"),
        pytest.param(Verdict.DRIFT, "failure", id="drift"),
        pytest.param(Verdict.SLOW, "failure", id="slow"),
        pytest.param(Verdict.TEST_BUG, "error", id="test-bug"),
        pytest.param(Verdict.INCONCLUSIVE, "error", id="inconclusive"),
    ],
)
def test_the_verdict_is_the_type(verdict: Verdict, outcome: str) -> None:
    """Only what is the API's own fault is a failure."""
    made = case(taken(report(verdict, outcome="failed")))

    assert (made.outcome, made.kind) == (outcome, str(verdict))
    assert made.message == f"{verdict}!"
    assert made.text == "the story"


WEIGHTS = [
    report(Verdict.DEFECT, outcome="failed"),
    report(Verdict.DRIFT, outcome="failed"),
    report(Verdict.SLOW, outcome="failed"),
    report(Verdict.TEST_BUG, outcome="failed"),
    report(outcome="failed"),
    report(Verdict.INCONCLUSIVE, outcome="failed"),
    report(Verdict.RECOVERED),
    report(outcome="skipped", wasxfail="known"),
    report(outcome="skipped"),
]


@pytest.mark.parametrize("better", range(1, len(WEIGHTS)))
def test_the_worst_phase_tells_how_a_test_ended(better: int) -> None:
    """INVARIANT: no later phase, skip or weather covers what is worse."""
    worse, other = WEIGHTS[better - 1], WEIGHTS[better]

    assert worst_of([worse, other])[2] is worst_of([other, worse])[2] is worse


def test_the_time_is_that_of_all_phases_of_the_last_round() -> None:
    """As in pytest's own file; what a parked round took is told by its attempts."""
    first = [report(when=when) for when in ("setup", "call", "teardown")]

    assert case(taken(*first, *first)).seconds == 1.5


@pytest.mark.parametrize(
    "reports, outcome",
    [
        pytest.param([report(when="setup")], "error", id="cut-in-set-up"),
        pytest.param([report(when="setup"), report(when="teardown")], "error", id="never-called"),
        pytest.param([report(when="setup"), report()], "passed", id="called"),
        pytest.param(
            [report(when="setup", outcome="skipped"), report(when="teardown")],
            "skipped",
            id="skipped",
        ),
        pytest.param([], "error", id="nothing"),
    ],
)
def test_a_test_whose_call_never_ended_is_no_pass(
    reports: list[pytest.TestReport], outcome: str
) -> None:
    """INVARIANT: silence is not green."""
    made = case(taken(*reports))

    assert made.outcome == outcome
    assert (made.kind == "inconclusive") is (outcome == "error")


def test_a_round_that_was_seen_to_fail_is_not_forgotten() -> None:
    """What pytest has counted as a failure stays one; what a plugin hid of a round does not."""
    again = [report(when="setup"), report(), report(when="teardown")]

    assert case(taken(report(Verdict.DEFECT, outcome="failed"), *again)).outcome == "failure"
    assert case(taken(report(Verdict.DEFECT, outcome="rerun"), *again)).outcome == "passed"


@pytest.mark.parametrize(
    "reports, lost",
    [
        pytest.param([report(Verdict.RECOVERED)], ["parked", "reset"], id="recovered"),
        pytest.param([report()], [], id="held-at-once"),
        pytest.param([report(Verdict.DEFECT, outcome="failed")], ["parked"], id="red"),
    ],
)
def test_what_was_lost_is_told_where_it_matters(
    reports: list[pytest.TestReport], lost: list[str]
) -> None:
    """Lost attempts where the test recovered, and earlier rounds wherever it has a verdict."""
    rounds = Rounds(earlier=[Lost("parked", "m")], lost=[Lost("reset", "m")])

    assert [each.cause for each in case(taken(*reports), rounds).lost] == lost


def test_a_recovery_without_evidence_tells_its_cause() -> None:
    """The report alone knows it, where the spool was lost."""
    assert case(taken(report(Verdict.RECOVERED))).lost == [Lost("net.dns", "recovered!")]


@pytest.mark.parametrize(
    "longrepr, message",
    [
        pytest.param("one\ntwo", "one", id="first-line"),
        pytest.param("a.py:1: in x\nE   ValueError: no\nE   more", "ValueError: no", id="error"),
        pytest.param("  ", "failed", id="nothing"),
    ],
)
def test_a_failure_without_a_verdict_has_a_message(longrepr: str, message: str) -> None:
    """The line that says something, whoever wrote it."""
    made = case(taken(report(outcome="failed", longrepr=longrepr)))

    assert (made.outcome, made.kind, made.message) == ("error", "unjudged", message)


@pytest.mark.parametrize(
    "longrepr, message, text",
    [
        pytest.param(("a.py", 7, "Skipped: why"), "why", "a.py:7: why", id="place"),
        pytest.param("why", "why", "why", id="text"),
    ],
)
def test_a_skip_tells_where_and_why(longrepr: object, message: str, text: str) -> None:
    """As pytest's own file does."""
    made = case(taken(report(outcome="skipped", longrepr=longrepr)))

    assert (made.outcome, made.message, made.text) == ("skipped", message, text)


def test_parts_of_a_test_count_only_where_they_failed() -> None:
    """A part that was skipped or held says nothing of the whole, nor does its time."""
    parts = [
        report(context="one"),
        report(context="two", outcome="skipped"),
        report(Verdict.DEFECT, context="three", outcome="failed"),
    ]

    made = case(taken(*parts, report()))

    assert (made.outcome, made.kind, made.seconds) == ("failure", "defect", 0.5)
    assert case(taken(*parts[:2], report())).outcome == "passed"


def test_stories_are_short_enough_to_be_held() -> None:
    """Thousands of long stories do not fill the memory before the file is cut to size."""
    assert case(taken(report(outcome="failed", longrepr="x" * 100)), most=10).text == "x" * 10


@pytest.mark.parametrize(
    "fields, worker",
    [
        pytest.param({}, "main", id="no-workers"),
        pytest.param({"worker_id": "gw1"}, "gw1", id="worker"),
        pytest.param(
            {"node": SimpleNamespace(gateway=SimpleNamespace(id="gw2"))}, "gw2", id="crashed"
        ),
    ],
)
def test_a_report_names_its_worker(fields: dict[str, Any], worker: str) -> None:
    """The report of a crash is made in the controller, which knows the worker as a node."""
    assert worker_of(report(**fields)) == worker
