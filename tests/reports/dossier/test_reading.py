"""A dossier is read of the spools of a run, whatever became of them."""

from __future__ import annotations

from pathlib import Path

from redhanded.core.verdicts import Verdict
from redhanded.reports.dossier.reading import read
from tests.reports.dossier.made import dossier_of, making

A, B = "test_a.py::test_one", "test_a.py::test_two"


def test_each_test_has_a_row_and_a_case(tmp_path: Path) -> None:
    """Rows in the order in which tests began, and of each all that was kept."""
    dossier = dossier_of(
        tmp_path, (A, Verdict.PASS, ""), (B, Verdict.DEFECT, "status"), exit_code=1
    )

    first, second = dossier.rows
    assert [row.test_id for row in dossier.rows] == [A, B]
    assert (first.outcome, first.kind, first.is_quiet) == ("passed", "pass", True)
    assert (second.outcome, second.kind, second.code) == ("failure", "defect", "status")
    assert dossier.head.counts == {"defect": 1, "pass": 1}
    assert dossier.head.missing == ()
    one, two = dossier.cases()
    assert (one.row, two.row) == (first, second)
    assert two.last is not None
    assert two.last.sent[0].response is not None
    assert two.last.sent[0].response.text == '{"id":7}'
    assert two.last.findings[0].code == "status"
    assert [case.row for case in dossier.of([second])] == [second]


def test_a_run_that_was_killed_is_told_as_far_as_it_came(tmp_path: Path) -> None:
    """What began and never ended is inconclusive, and the head says that the end is lacking."""
    with making(tmp_path) as run:
        run.start(A)
        run.send(A)

    dossier = read([tmp_path])

    (row,) = dossier.rows
    assert (row.outcome, row.kind, row.code) == ("error", "inconclusive", "run.interrupted")
    assert row.attempts == 1
    assert dossier.head.exit_code is None
    assert "spool/main.ndjson has no end" in dossier.head.missing[0]
