"""What a round came to is told by the reports of its phases: what weighs most counts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from redhanded.core.events import Reported
from redhanded.core.verdicts import Verdict
from redhanded.plugin.cases import Ran, reported, worker_of, worst_of
from redhanded.plugin.verdicts import CAUSE, HEADLINE, PARKED, ROUTE, VERDICT


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


def told(ran: Ran, *, keeps_output: bool = False) -> Reported:
    """What everybody was told of a test in whose words nothing is masked."""
    return reported(ran, 17.0, str, keeps_output=keeps_output)


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
    made = told(taken(report(verdict, outcome="failed")))

    assert (made.outcome, made.kind) == (outcome, str(verdict))
    assert made.headline == f"{verdict}!"
    assert made.story == "the story"


WEIGHTS = [
    report(Verdict.DEFECT, outcome="failed"),
    report(Verdict.DRIFT, outcome="failed"),
    report(Verdict.SLOW, outcome="failed"),
    report(Verdict.TEST_BUG, outcome="failed"),
    report(outcome="failed"),
    report(Verdict.INCONCLUSIVE, outcome="failed"),
    report(Verdict.RECOVERED),
    report(wasxfail="known"),
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

    assert told(taken(*first, *first)).seconds == 1.5


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
    made = told(taken(*reports))

    assert made.outcome == outcome
    assert (made.kind == "inconclusive") is (outcome == "error")


def test_a_round_that_was_seen_to_fail_is_not_forgotten() -> None:
    """What pytest has counted as a failure stays one; what a plugin hid of a round does not."""
    again = [report(when="setup"), report(), report(when="teardown")]

    assert told(taken(report(Verdict.DEFECT, outcome="failed"), *again)).outcome == "failure"
    assert told(taken(report(Verdict.DEFECT, outcome="rerun"), *again)).outcome == "passed"


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
    made = told(taken(report(outcome="failed", longrepr=longrepr)))

    assert (made.outcome, made.kind, made.headline) == ("error", "unjudged", message)


@pytest.mark.parametrize(
    "longrepr, message, text",
    [
        pytest.param(("a.py", 7, "Skipped: why"), "why", "a.py:7: why", id="place"),
        pytest.param("why", "why", "why", id="text"),
    ],
)
def test_a_skip_tells_where_and_why(longrepr: object, message: str, text: str) -> None:
    """As pytest's own file does."""
    made = told(taken(report(outcome="skipped", longrepr=longrepr)))

    assert (made.outcome, made.headline, made.story) == ("skipped", message, text)


def test_parts_of_a_test_count_only_where_they_failed() -> None:
    """A part that was skipped or held says nothing of the whole, nor does its time."""
    parts = [
        report(context="one"),
        report(context="two", outcome="skipped"),
        report(Verdict.DEFECT, context="three", outcome="failed"),
    ]

    made = told(taken(*parts, report()))

    assert (made.outcome, made.kind, made.seconds) == ("failure", "defect", 0.5)
    assert told(taken(*parts[:2], report())).outcome == "passed"


def test_stories_and_output_are_short_enough_to_be_held() -> None:
    """A test that prints for an hour does not fill the disk; of what it printed the end counts."""
    failed = report(
        outcome="failed",
        longrepr="x" * 300_000,
        sections=[("Captured stdout call", "a" * 60_000 + "end"), ("redhanded", "evidence")],
    )

    made = told(taken(failed))

    assert made.story == "x" * 200_000
    assert len(made.output) == 50_000
    assert made.output.endswith("aend")


@pytest.mark.parametrize(
    "outcome, keeps_output, output",
    [
        pytest.param("passed", False, "", id="passed"),
        pytest.param("passed", True, "--- Captured log call ---\nhello", id="all-evidence"),
        pytest.param("failed", False, "--- Captured log call ---\nhello", id="failed"),
    ],
)
def test_what_a_test_printed_is_kept_where_it_is_evidence(
    outcome: str, output: str, *, keeps_output: bool
) -> None:
    """As with bodies: of tests that passed only where all evidence is wanted."""
    ran = taken(report(outcome=outcome, sections=[("Captured log call", "hello")]))

    assert told(ran, keeps_output=keeps_output).output == output


def parked(when: str = "setup") -> pytest.TestReport:
    """The report of a parked test, as it is told while the test waits."""
    made = report(when=when)
    made.user_properties = [(PARKED, "yes"), (CAUSE, "net.dns"), (HEADLINE, "I!"), (ROUTE, "GET /")]
    return made


def test_a_parked_round_is_told_as_parked_and_the_next_one_is_not() -> None:
    """INVARIANT: a round that ended without a verdict is in the record, and counts for nobody."""
    ran = taken(report(when="setup"), parked(), report(when="setup"))
    first = told(ran)
    ran.end()
    for when in ("setup", "call", "teardown"):
        ran.take(report(when=when))

    second = told(ran)

    assert (first.is_parked, first.kind, first.code, first.round) == (
        True,
        "inconclusive",
        "net.dns",
        0,
    )
    assert (first.headline, first.route, first.seconds) == ("I!", "GET /", 1.5)
    assert (second.is_parked, second.kind, second.round) == (False, "pass", 1)


@pytest.mark.parametrize(
    "crash, place",
    [
        pytest.param(SimpleNamespace(path="/project/a.py", lineno=17), "a.py:17", id="in-the-test"),
        pytest.param(SimpleNamespace(path="/lib/other.py", lineno=9), "a.py:2", id="elsewhere"),
        pytest.param(SimpleNamespace(path="/a/schema.py", lineno=9), "a.py:2", id="ends-alike"),
        pytest.param(None, "a.py:2", id="nowhere"),
    ],
)
def test_the_place_is_a_line_of_the_test(crash: object, place: str) -> None:
    """What annotates a change needs a line of the file that the test is in."""
    made = report(outcome="failed", longrepr=SimpleNamespace(reprcrash=crash))

    assert taken(report(when="setup"), made, report(when="teardown")).place == place


def test_a_place_without_a_line_is_the_file() -> None:
    """Plugins bring tests that are no functions."""
    made = report()
    made.location = ("a.yaml", None, "t")

    assert taken(made).place == "a.yaml"


def test_what_a_test_recorded_is_told_and_what_we_recorded_is_not() -> None:
    """Properties of ours are told in fields of their own."""
    made = report(Verdict.RECOVERED)
    made.user_properties.append(("owner", 7))

    assert told(taken(made)).properties == (("owner", "7"),)


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
