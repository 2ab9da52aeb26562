"""A folder of results for Allure: one file for each round of a test, and what is attached to it.

Allure shows results of one `historyId` as one test and its retries. Names are made of the ids of
the run, so that the same run, written again, takes its own place. Source: "Allure Report, how it
works" (test result, environment, executor and categories files) and the model of
allure-python-commons 2.16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from redhanded.core.verdicts import Verdict
from redhanded.reports import allure_names as names
from redhanded.reports.allure_attachments import OF_TEST, attached, references
from redhanded.reports.allure_run import categories, environment, executor, word
from redhanded.reports.allure_steps import steps
from redhanded.reports.files import write_text
from redhanded.reports.json_line import json_line
from redhanded.reports.kinds import QUARANTINED
from redhanded.reports.links import trace
from redhanded.reports.markdown import clipped
from redhanded.reports.moments import milliseconds
from redhanded.reports.run_ids import unique
from redhanded.reports.signatures import kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from redhanded.reports.allure_steps import Attachments
    from redhanded.reports.dossier.case import Case, Round, Row
    from redhanded.reports.dossier.dossier import Dossier
    from redhanded.reports.dossier.head import Head

MESSAGE: Final = 2_000  # characters
_TRACE: Final = 100_000
_FAILED: Final = frozenset({Verdict.DEFECT, Verdict.DRIFT, Verdict.SLOW})
_STATUSES: Final = {"passed": "passed", "failure": "failed", "error": "broken"}


def write(dossier: Dossier, path: Path) -> None:
    """Write the results into the folder, beside what others left there.

    Raises OSError where that cannot be; no file of them is torn.
    """
    head = dossier.head
    write_text(path / "environment.properties", environment(head))
    write_text(path / "executor.json", json_line(executor(head)))
    write_text(path / "categories.json", json_line(categories()))
    for case in dossier.cases():
        _write_case(head, case, path)


def _write_case(head: Head, case: Case, folder: Path) -> None:
    files = attached(head, case)
    for file in files:
        write_text(folder / file.file, file.text)
    told = references(files)
    earlier = [_earlier(head, case, round_, told) for round_ in case.rounds[:-1]]
    for result in [*earlier, _last(head, case, told)]:
        write_text(folder / f"{result['uuid']}-result.json", json_line(result))


def _last(head: Head, case: Case, told: Mapping[int, Attachments]) -> dict[str, Any]:
    """The result of the test, by the round that counts."""
    row, last = case.row, case.last
    began, seconds = (last.began, last.seconds) if last else (row.began, row.seconds)
    details = {
        "message": clipped(row.headline, MESSAGE),
        "trace": clipped(case.story, _TRACE),
        "known": kind(row) == QUARANTINED,
        "flaky": kind(row) == Verdict.RECOVERED,
    }
    return {
        **_known_by(head, row),
        "uuid": unique(head, row.id),
        "status": _STATUSES.get(row.outcome, "skipped"),
        "statusDetails": {name: value for name, value in details.items() if value},
        "steps": steps(last, told) if last else [],
        "attachments": told.get(OF_TEST, []),
        "start": milliseconds(began),
        "stop": milliseconds(began + seconds),
    }


def _earlier(
    head: Head, case: Case, round_: Round, told: Mapping[int, Attachments]
) -> dict[str, Any]:
    """The result of a round before the one that counts, which is a retry to Allure."""
    finding = next(iter(round_.findings), None)
    said = f"{word(finding.verdict)} {finding.code}: {finding.message}" if finding else ""
    return {
        **_known_by(head, case.row),
        "uuid": unique(head, case.row.id, round_.number),
        "status": _round_status(round_.verdict),
        "statusDetails": {"message": clipped(said, MESSAGE)} if said else {},
        "steps": steps(round_, told),
        "attachments": [],
        "start": milliseconds(round_.began),
        "stop": milliseconds(round_.began + round_.seconds),
    }


def _known_by(head: Head, row: Row) -> dict[str, Any]:
    address = trace(head.trace_url, row.trace_id)
    return {
        "historyId": names.history_id(row),
        "testCaseId": names.test_case_id(row),
        "fullName": names.full_name(row),
        "titlePath": names.title_path(row),
        "name": names.name(row),
        "labels": names.labels(row),
        "links": [{"type": "link", "name": "trace", "url": address}] if address else [],
        "parameters": names.parameters(row),
        "stage": "finished",
    }


def _round_status(verdict: str | None) -> str:
    if verdict is None:
        return "skipped"
    if verdict in (Verdict.PASS, Verdict.RECOVERED):
        return "passed"
    return "failed" if verdict in _FAILED else "broken"
