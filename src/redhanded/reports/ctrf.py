"""Common Test Report Format: JSON that CI dashboards and chat reporters read.

Source: the schema of the package `ctrf` 0.3.0, specification 0.0.0. Times are milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from redhanded.core.verdicts import Verdict
from redhanded.reports.files import writing
from redhanded.reports.json_line import json_line
from redhanded.reports.links import anchor, place, replay_of, trace, web
from redhanded.reports.markdown import clipped
from redhanded.reports.moments import iso, milliseconds
from redhanded.reports.run_ids import run_id, unique
from redhanded.reports.signatures import counted, kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from redhanded.core.events import Stepped
    from redhanded.reports.dossier.case import Case, Round, Row, Sent
    from redhanded.reports.dossier.dossier import Dossier
    from redhanded.reports.dossier.head import Head, Part

SPEC: Final = "0.0.0"
MESSAGE: Final = 2_000  # characters
_TRACE: Final = 100_000
_LINES: Final = 1_000
_STATUSES: Final = {"passed": "passed", "failure": "failed", "error": "failed"}
_ALL: Final = ("passed", "failed", "skipped", "pending", "other")


def write(dossier: Dossier, path: Path) -> None:
    """Write the run as one JSON file; raises OSError where that cannot be."""
    with writing(path) as file:
        for piece in pieces(dossier):
            file.write(piece.encode())


def pieces(dossier: Dossier) -> Iterator[str]:
    """The file in pieces, one for each test."""
    head = dossier.head
    results = {"tool": _tool(head), "summary": _summary(dossier), "environment": _environment(head)}
    opened = json_line({**_document(head), "results": results})
    yield f'{opened.removesuffix("}}")},"tests":['
    for number, case in enumerate(dossier.cases()):
        comma = "," if number else ""
        yield f"{comma}\n{json_line(_test(head, case))}"
    yield "\n]}}\n"


def status(outcome: str, verdict: str) -> str:
    """One of the five statuses: what could not be judged is `other`, never failed nor passed."""
    if outcome == "error" and verdict == Verdict.INCONCLUSIVE:
        return "other"
    return _STATUSES.get(outcome, "skipped")


def _document(head: Head) -> dict[str, Any]:
    return {
        "reportFormat": "CTRF",
        "specVersion": SPEC,
        "reportId": unique(head, "ctrf"),
        "runId": run_id(head) or "none",
        "timestamp": iso(head.ended),
        "generatedBy": " ".join(["redhanded", *filter(None, [_version(head)])]),
    }


def _version(head: Head) -> str:
    return head.parts[0].versions.get("redhanded", "") if head.parts else ""


def _tool(head: Head) -> dict[str, Any]:
    version = _version(head)
    return {"name": "redhanded", **({"version": version} if version else {})}


def _summary(dossier: Dossier) -> dict[str, Any]:
    head, rows = dossier.head, dossier.rows
    counts = dict.fromkeys(_ALL, 0)
    for row in rows:
        counts[status(row.outcome, kind(row))] += 1
    return {
        "tests": len(rows),
        **counts,
        "flaky": sum(_is_flaky(row) for row in rows),
        "suites": len({row.test_id.partition("::")[0] for row in rows}),
        "start": milliseconds(head.began),
        "stop": milliseconds(head.ended),
        "duration": max(milliseconds(head.ended - head.began), 0),
        "extra": {"verdicts": counted(rows), "sentences": [*head.sentences]},
    }


def _environment(head: Head) -> dict[str, Any]:
    first = head.parts[0] if head.parts else None
    told = {"reportName": "redhanded", "appVersion": ", ".join(head.builds)}
    if first is not None:
        told |= {
            "appName": first.target,
            "buildUrl": web(first.source.get("job", "")),
            "commit": first.source.get("commit", ""),
            "branchName": first.source.get("branch", ""),
            "osPlatform": first.platform,
            "testEnvironment": first.env,
            "shardId": first.shard if len(head.parts) == 1 else "",
        }
    known = {name: value for name, value in told.items() if value}
    return {**known, "extra": _run(head)}


def _run(head: Head) -> dict[str, Any]:
    return {
        "exitCode": head.exit_code,
        "masked": head.masked,
        "missing": [*head.missing],
        "parts": [_part(part) for part in head.parts],
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "run": part.run_id,
        "shard": part.shard,
        "seed": part.seed,
        "command": [*part.command],
        "notes": [*part.notes],
    }


def _test(head: Head, case: Case) -> dict[str, Any]:
    row, where = case.row, place(case)
    told: dict[str, Any] = {
        "testId": row.key or row.test_id or row.id,
        "executionId": row.id or "none",
        "name": row.test_id or row.id or "unnamed",
        "status": status(row.outcome, kind(row)),
        "rawStatus": kind(row),
        "duration": milliseconds(row.seconds),
        "start": milliseconds(row.began),
        "stop": milliseconds(row.began + row.seconds),
        "suite": _suite(row.test_id),
        "filePath": where.file,
        "threadId": row.worker,
        "flaky": _is_flaky(row),
        "retries": max(len(case.rounds) - 1, 0),
        "extra": _extra(head, case),
    }
    if where.line is not None:
        told["line"] = where.line
    return {**told, **_beside(case)}


def _beside(case: Case) -> dict[str, Any]:
    """What only a test has of which there is something to tell."""
    row, told = case.row, dict[str, Any]()
    if row.headline:
        told["message"] = clipped(row.headline, MESSAGE)
    if case.story:
        told["trace"] = clipped(case.story, _TRACE)
    if case.output and not row.is_quiet:
        told["stdout"] = case.output.splitlines()[-_LINES:]
    if case.rounds[1:]:
        told["retryAttempts"] = [_earlier(each, case) for each in case.rounds[:-1]]
    if case.last is not None and case.last.steps:
        told["steps"] = [_step(step) for step in case.last.steps]
    return told


def _extra(head: Head, case: Case) -> dict[str, Any]:
    row = case.row
    told = {
        "code": row.code,
        "route": row.route,
        "signature": row.signature,
        "calls": row.calls,
        "attempts": row.attempts,
        "rounds": row.rounds,
        "traceId": row.trace_id,
        "traceUrl": trace(head.trace_url, row.trace_id),
        "owner": row.owner,
        "shard": row.shard,
    }
    known: dict[str, Any] = {name: value for name, value in told.items() if value}
    if not row.is_quiet:
        sent = [_sent(each) for round_ in case.rounds for each in round_.sent]
        known |= {"replay": replay_of(row), "report": anchor(row.id), "exchanges": sent}
    return known


def _sent(sent: Sent) -> dict[str, Any]:
    exchange = sent.exchange
    return {
        "id": exchange.id,
        "method": exchange.method,
        "url": exchange.url,
        "status": exchange.status,
        "phase": exchange.failure.phase.value if exchange.failure else "done",
        "attempt": exchange.number,
        "purpose": exchange.purpose,
        "duration": milliseconds(exchange.elapsed),
    }


def _suite(test_id: str) -> list[str]:
    """The file and the classes around a test."""
    file, *inner = test_id.partition("[")[0].split("::")
    return [file, *inner[:-1]]


def _is_flaky(row: Row) -> bool:
    return kind(row) == Verdict.RECOVERED


def _earlier(round_: Round, case: Case) -> dict[str, Any]:
    """A round before the one that counts; its first finding says what kept it from its verdict."""
    verdict = round_.verdict or ""
    finding = next(iter(round_.findings), None)
    told: dict[str, Any] = {
        "attempt": round_.number + 1,
        "attemptId": f"{case.row.id}.{round_.number + 1}",
        "status": _round_status(verdict),
        "duration": max(milliseconds(round_.seconds), 0),
        "start": milliseconds(round_.began),
        "stop": milliseconds(round_.began + round_.seconds),
        "extra": {"verdict": verdict, "traceId": round_.trace_id, "attempts": len(round_.sent)},
    }
    if finding is not None:
        told["message"] = clipped(f"{finding.code}: {finding.message}", MESSAGE)
    return told


def _round_status(verdict: str) -> str:
    if not verdict:
        return "skipped"
    if verdict in (Verdict.PASS, Verdict.RECOVERED):
        return "passed"
    return "other" if verdict == Verdict.INCONCLUSIVE else "failed"


def _step(step: Stepped) -> dict[str, Any]:
    told: dict[str, Any] = {"parent": step.parent, "duration": milliseconds(step.seconds)}
    if step.error:
        told["error"] = clipped(step.error, MESSAGE)
    return {
        "name": step.name,
        "status": "failed" if step.error else "passed",
        "extra": {"id": step.id, **told},
    }
