"""What failed and nothing else, for scripts and assistants: `index.md` and `findings.jsonl`.

`findings.schema.json` beside this module describes a line of `findings.jsonl`. Of a run without
failures `index.md` is its sentence, and `findings.jsonl` is empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from redhanded.core.verdicts import Verdict
from redhanded.reports.files import writing
from redhanded.reports.json_line import json_line
from redhanded.reports.links import anchor, place, replay_of, trace
from redhanded.reports.markdown import code, link, prose
from redhanded.reports.signatures import alike, is_failure, kind
from redhanded.verdict.words import many

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from redhanded.core.verdicts import Finding
    from redhanded.core.violation import Violation
    from redhanded.reports.dossier.case import Case, Row
    from redhanded.reports.dossier.dossier import Dossier
    from redhanded.reports.dossier.head import Head
    from redhanded.reports.signatures import Alike

VERSION: Final = 1
_NOT_HELD_AGAINST: Final = frozenset({Verdict.PASS, Verdict.RECOVERED})
_REASONS: Final = 200
_TESTS: Final = 20
_FINDINGS: Final = 10


def write(dossier: Dossier, path: Path) -> None:
    """Write both files into the folder; raises OSError where that cannot be."""
    with writing(path / "findings.jsonl") as file:
        for line in findings(dossier):
            file.write(f"{line}\n".encode())
    with writing(path / "index.md") as file:
        for piece in index(dossier):
            file.write(piece.encode("utf-8", "backslashreplace"))


def failing(dossier: Dossier) -> list[Row]:
    """The tests that the run failed of; where no test did, those that had to recover."""
    failed = [row for row in dossier.rows if is_failure(row)]
    if failed or not dossier.head.exit_code:
        return failed
    return [row for row in dossier.rows if kind(row) == Verdict.RECOVERED]


def findings(dossier: Dossier) -> Iterator[str]:
    """A line of JSON for each breach, in the order of the tests."""
    for case in dossier.of(failing(dossier)):
        for told in _findings(dossier.head, case):
            yield json_line(told)


def index(dossier: Dossier) -> Iterator[str]:
    """The page in pieces: the verdict sentence, then what failed, by its reason."""
    yield f"{prose(' '.join(dossier.head.sentences))}\n"
    for note in dossier.head.missing:
        yield f"\nnote: {prose(note)}\n"
    groups = alike(failing(dossier))
    for group in groups[:_REASONS]:
        yield from _group(dossier, group)
    if len(groups) > _REASONS:
        left = many(len(groups) - _REASONS, "more reason")
        yield f"\n{left} of failures: see findings.jsonl.\n"


def _group(dossier: Dossier, group: Alike) -> Iterator[str]:
    tests = f" ({many(len(group.rows), 'test')})" if len(group.rows) > 1 else ""
    yield f"\n## {code(group.first.headline or group.kind)}{tests}\n"
    for case in dossier.of(group.rows[:_TESTS]):
        yield "\n" + "\n".join(_lines(dossier.head, case)) + "\n"
    if len(group.rows) > _TESTS:
        yield f"\n{len(group.rows) - _TESTS} more tests like these stand in findings.jsonl.\n"


def _lines(head: Head, case: Case) -> Iterator[str]:
    row = case.row
    yield f"- {code(row.test_id)} at {code(str(place(case)))}"
    if row.route:
        yield f"  - request {code(row.route)}"
    for told in [*_findings(head, case)][:_FINDINGS]:
        if told["where"]:
            where, actual, wanted = (code(told[key]) for key in ("where", "actual", "expected"))
            yield f"  - {where}: {actual}, want {wanted} ({code(told['code'])})"
    address = trace(head.trace_url, row.trace_id)
    links = f", {link('trace', address)}" if address else ""
    leads = ", ".join(map(code, filter(None, [replay_of(row), anchor(row.id)])))
    yield f"  - {leads}{links}"


def _findings(head: Head, case: Case) -> Iterator[dict[str, Any]]:
    """What the round that counts was held to: a value for each breach, or one for the test."""
    found = _held_against(case)
    for finding in found:
        for violation in finding.violations or (None,):
            yield _told(head, case, finding, violation)
    if not found:
        yield _told(head, case, None, None)


def _held_against(case: Case) -> Sequence[Finding]:
    given = case.last.findings if case.last else ()
    return [finding for finding in given if finding.verdict not in _NOT_HELD_AGAINST] or given


def _told(
    head: Head, case: Case, finding: Finding | None, violation: Violation | None
) -> dict[str, Any]:
    row, where = case.row, place(case)
    return {
        "v": VERSION,
        "test": row.id,
        "test_id": row.test_id,
        "verdict": str(finding.verdict) if finding else kind(row),
        "code": finding.code if finding else row.code,
        "message": finding.message if finding else row.headline,
        "route": row.route,
        **_breach(violation),
        "file": where.file,
        "line": where.line,
        "evidence": [*finding.evidence] if finding else [],
        "confidence": finding.confidence if finding else "",
        "attempt_id": finding.attempt_id if finding else "",
        "signature": row.signature,
        "replay": replay_of(row),
        "report": anchor(row.id),
        "trace_id": row.trace_id,
        "trace_url": trace(head.trace_url, row.trace_id),
    }


def _breach(violation: Violation | None) -> dict[str, str]:
    names = ("where", "actual", "expected", "rule", "source", "suggestion")
    return {name: getattr(violation, name, "") for name in names}
