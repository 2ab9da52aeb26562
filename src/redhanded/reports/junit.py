"""JUnit XML of a run: one testcase a test, with its attempts, and what weather took from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redhanded.reports.files import write_text
from redhanded.reports.junit_xml import LIMIT, CaseElement, Document, xml
from redhanded.reports.rounds import Lost, earlier, lines, lost

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from redhanded.reports.dossier.case import Case
    from redhanded.reports.dossier.dossier import Dossier
    from redhanded.reports.dossier.head import Head, Part

_SHORTEST: Final = 2_000  # characters that each story may have, however many there are
_RECOVERED: Final = "recovered"
_VERSIONS: Final = ("python", "redhanded", "httpx2")


def write(dossier: Dossier, path: Path) -> None:
    """Write the run as JUnit XML, and make the folders above the file.

    Raises OSError where that cannot be; a torn file does not stay.
    """
    write_text(path, "".join(xml(document_of(dossier))))


def document_of(dossier: Dossier, *, limit: int = LIMIT) -> Document:
    """The run as testcases, their stories short enough to be held in memory."""
    head = dossier.head
    failing = sum(row.outcome not in ("passed", "skipped") for row in dossier.rows)
    most = max(2 * limit // max(failing, 1), _SHORTEST)
    home = head.parts[0].target if head.parts else ""
    names = ", ".join(part.name for part in head.parts)
    return Document(
        began=head.began,
        seconds=max(head.ended - head.began, 0.0),
        cases=[_testcase(case, home, most) for case in dossier.cases()],
        properties=dict(_properties(head)),
        whole_at=f"the whole is in the folder of the run {names}",
    )


def _testcase(case: Case, home: str, most: int) -> CaseElement:
    row = case.row
    return CaseElement(
        test_id=row.test_id,
        seconds=row.seconds,
        outcome=row.outcome,
        kind=row.kind,
        message=row.headline,
        text=case.story[:most] if row.outcome != "passed" else "",
        lost=_lost(case, home),
        output="\n".join(_output(case, home)),
    )


def _lost(case: Case, home: str) -> Sequence[Lost]:
    """What weather took from the test; where it passed, only what its verdict tells."""
    row = case.row
    if row.outcome != "passed":
        return earlier(case.rounds)
    if row.kind != _RECOVERED:
        return ()
    told = [*earlier(case.rounds), *lost(case.rounds[-1:], home)]
    return told or [Lost(row.code, row.headline)]


def _output(case: Case, home: str) -> Iterator[str]:
    """The attempts of a test, and what it recorded by itself, a line each."""
    if any(each.sent for each in case.rounds):
        yield f"trace {case.rounds[-1].trace_id}"
        yield from lines(case.rounds, home)
    for name, value in case.properties.items():
        yield f"{name}: {value}"


def _properties(head: Head) -> Iterator[tuple[str, str]]:
    parts = head.parts
    yield "redhanded.run_id", _told([part.run_id for part in parts])
    yield "redhanded.seed", _told([f"{part.seed}" for part in parts])
    yield "redhanded.target", _told([part.target for part in parts])
    yield "redhanded.environment", _told([part.env for part in parts])
    yield "redhanded.exit_code", "" if head.exit_code is None else f"{head.exit_code}"
    yield "redhanded.verdict", " ".join(head.sentences)
    if head.missing:
        yield "redhanded.missing", " ".join(head.missing)
    if parts:
        yield from _versions(parts[0])


def _versions(part: Part) -> Iterator[tuple[str, str]]:
    for name in _VERSIONS:
        if name in part.versions:
            yield f"version.{name}", part.versions[name]
    if "pytest" in part.plugins:
        yield "version.pytest", part.plugins["pytest"]


def _told(values: Sequence[str]) -> str:
    """What the parts of a run have in common, and what they do not, each once."""
    return ", ".join(dict.fromkeys(filter(None, values)))
