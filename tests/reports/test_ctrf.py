"""CTRF: valid by its published schema, and no verdict told as another status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.reports.ctrf import pieces, status, write
from redhanded.reports.dossier.reading import read
from tests.reports.dossier.made import NOON, dossier_of, making
from tests.reports.rich import BESIDE, COUNTS, SAID, rich
from tests.reports.schemas import breaches


def report(folder: Path, text: str = "") -> Any:  # noqa: ANN401
    """The file of a run with a test of every kind, as a reader of JSON has it."""
    return json.loads("".join(pieces(rich(folder, text))))


def by_name(told: Any) -> dict[str, Any]:  # noqa: ANN401
    """Its tests by their names."""
    return {test["name"]: test for test in told["results"]["tests"]}


@pytest.mark.parametrize("text", [pytest.param("", id="plain"), *SAID])
def test_a_report_holds_to_the_published_schema(tmp_path: Path, text: str) -> None:
    """Whatever servers and tests have said."""
    assert breaches("ctrf", report(tmp_path, text)) == []


def test_the_schema_sees_what_is_wrong(tmp_path: Path) -> None:
    """A check that could not fail would show nothing."""
    told = report(tmp_path)
    told["results"]["tests"][0]["status"] = "green"

    assert "green" in breaches("ctrf", told)[0]


@pytest.mark.parametrize(
    "outcome, verdict, told",
    [
        pytest.param("passed", "pass", "passed", id="pass"),
        pytest.param("passed", "recovered", "passed", id="recovered"),
        pytest.param("failure", "defect", "failed", id="defect"),
        pytest.param("error", "test_bug", "failed", id="test-bug"),
        pytest.param("error", "unjudged", "failed", id="unjudged"),
        pytest.param("error", "inconclusive", "other", id="inconclusive"),
        pytest.param("skipped", "pytest.skip", "skipped", id="skip"),
        pytest.param("skipped", "redhanded.quarantine", "skipped", id="quarantine"),
    ],
)
def test_what_could_not_be_judged_is_neither_failed_nor_passed(
    outcome: str, verdict: str, told: str
) -> None:
    """INVARIANT: inconclusive is never red and never green."""
    assert status(outcome, verdict) == told


def test_the_summary_counts_what_the_tests_say(tmp_path: Path) -> None:
    """Readers take the counts on trust; verdicts stand beside them."""
    told = report(tmp_path)

    summary, statuses = (
        told["results"]["summary"],
        [test["status"] for test in by_name(told).values()],
    )
    for name in ("passed", "failed", "skipped", "pending", "other"):
        assert summary[name] == statuses.count(name)
    assert summary["tests"] == len(statuses) == sum(COUNTS.values()) + BESIDE
    assert summary["extra"]["verdicts"] == COUNTS
    assert summary["flaky"] == COUNTS["recovered"]
    assert (summary["start"], summary["duration"]) == (NOON * 1000, 9_000)


def test_a_failure_is_told_with_its_place_and_its_evidence(tmp_path: Path) -> None:
    """Message, story, file and line, and how to see and send it again."""
    test = by_name(report(tmp_path, "wrong"))["tests/test_a.py::test_defect[1]"]

    assert (test["status"], test["rawStatus"]) == ("failed", "defect")
    assert (test["filePath"], test["line"]) == ("tests/test_a.py", 41)
    assert (test["message"], test["trace"]) == ("DEFECT body.schema: $.totalwrong", "E  wrong")
    assert [step["name"] for step in test["steps"]] == ["pay wrong", "call"]
    assert [step["status"] for step in test["steps"]] == ["passed", "failed"]
    extra = test["extra"]
    assert (extra["code"], extra["route"]) == ("body.schema", "POST /orders")
    assert extra["replay"] == f"redhanded replay {test['executionId']}"
    assert extra["report"] == f"report.html#t={test['executionId']}"
    assert [sent["status"] for sent in extra["exchanges"]] == [200]


def test_a_pass_is_told_in_few_words(tmp_path: Path) -> None:
    """A run has thousands of them."""
    test = by_name(report(tmp_path))["tests/test_a.py::test_pass"]

    assert {"message", "trace", "stdout", "retryAttempts"}.isdisjoint(test)
    assert "exchanges" not in test["extra"]
    assert (test["flaky"], test["retries"]) == (False, 0)


def test_rounds_before_the_last_are_retries(tmp_path: Path) -> None:
    """A test that weather kept from judging and that held later is flaky, and says what it met."""
    test = by_name(report(tmp_path))["tests/test_a.py::test_again"]

    assert (test["status"], test["flaky"], test["retries"]) == ("passed", True, 1)
    (earlier,) = test["retryAttempts"]
    assert (earlier["attempt"], earlier["status"]) == (1, "other")
    assert earlier["message"] == "net.refused: refused"
    assert earlier["extra"]["attempts"] == 1


@pytest.mark.parametrize(
    "verdict, told",
    [
        pytest.param(None, "skipped", id="none"),
        pytest.param(Verdict.PASS, "passed", id="pass"),
        pytest.param(Verdict.RECOVERED, "passed", id="recovered"),
        pytest.param(Verdict.DEFECT, "failed", id="defect"),
        pytest.param(Verdict.TEST_BUG, "failed", id="test-bug"),
        pytest.param(Verdict.INCONCLUSIVE, "other", id="inconclusive"),
    ],
)
def test_an_earlier_round_keeps_its_own_status(
    tmp_path: Path, verdict: Verdict | None, told: str
) -> None:
    """A later success does not erase it."""
    with making(tmp_path) as run:
        for round_, came_to in enumerate((verdict, Verdict.PASS)):
            run.start("a.py::b", at=round_, round_=round_)
            run.end("a.py::b", came_to, round=round_)
        run.report("a.py::b")

    (test,) = json.loads("".join(pieces(run.dossier())))["results"]["tests"]
    (earlier,) = test["retryAttempts"]
    assert (earlier["status"], test["status"]) == (told, "passed")


def test_the_suite_is_the_file_and_its_classes(tmp_path: Path) -> None:
    """Readers show tests as a tree."""
    test = by_name(report(tmp_path))["tests/test_a.py::TestB::test_recovered[]"]

    assert test["suite"] == ["tests/test_a.py", "TestB"]


def test_the_environment_says_what_was_tested_and_where_it_comes_from(tmp_path: Path) -> None:
    """Commit, branch and job are those that the run was started for."""
    source = {"commit": "abc", "branch": "main", "job": "https://ci.example/job/7"}
    told = json.loads("".join(pieces(rich(tmp_path, source=source))))

    environment = told["results"]["environment"]
    assert environment["appName"] == "http://shop.test"
    assert (environment["commit"], environment["branchName"]) == ("abc", "main")
    assert environment["buildUrl"] == "https://ci.example/job/7"
    assert environment["extra"]["exitCode"] == 1


def test_a_trace_is_linked_where_it_can_be_found(tmp_path: Path) -> None:
    """The template of the settings makes the link."""
    settings = (("trace_url", "https://traces.test/{trace_id}", "pyproject.toml"),)
    told = json.loads("".join(pieces(rich(tmp_path, settings=settings))))

    test = by_name(told)["tests/test_a.py::test_defect[1]"]
    assert test["extra"]["traceUrl"] == f"https://traces.test/{test['extra']['traceId']}"


def test_a_run_without_tests_is_a_valid_report(tmp_path: Path) -> None:
    """Nothing collected, or no run at all where the folder should be."""
    for dossier in (dossier_of(tmp_path / "run"), read([tmp_path / "none"])):
        told = json.loads("".join(pieces(dossier)))

        assert breaches("ctrf", told) == []
        assert told["results"]["tests"] == []


def test_the_same_run_makes_the_same_file(tmp_path: Path) -> None:
    """Ids come from the run, not from chance."""
    dossier = dossier_of(tmp_path / "run", ("a.py::b", Verdict.DEFECT, "status"))

    for name in ("one", "two"):
        write(dossier, tmp_path / name)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
