"""Annotations of a job of GitHub Actions, as its runner reads them from what a step prints.

A step may make ten of a kind, and more are dropped in silence: nine reasons are told, and how many
more there are. Source: "Workflow commands for GitHub Actions", sections on messages and escapes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redhanded.core.verdicts import Verdict
from redhanded.reports.links import anchor, place, replay_of
from redhanded.reports.markdown import clipped, visible
from redhanded.reports.signatures import alike, is_failure, kind
from redhanded.verdict.words import many

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redhanded.reports.dossier.case import Case, Row
    from redhanded.reports.dossier.dossier import Dossier
    from redhanded.reports.signatures import Alike

MOST: Final = 9
_TITLE: Final = 200
_MESSAGE: Final = 2_000
_WEATHER: Final = frozenset({Verdict.INCONCLUSIVE, Verdict.RECOVERED})


def lines(dossier: Dossier) -> Iterator[str]:
    """The commands, one a line: an error for each red reason, a warning for each of weather."""
    red = [row for row in dossier.rows if is_failure(row) and kind(row) not in _WEATHER]
    lost = [row for row in dossier.rows if kind(row) in _WEATHER]
    yield from _commands(dossier, "error", red)
    yield from _commands(dossier, "warning", lost)


def _commands(dossier: Dossier, level: str, rows: Sequence[Row]) -> Iterator[str]:
    groups = alike(rows)
    shown = {group.first.id: group for group in groups[:MOST]}
    for case in dossier.of(group.first for group in shown.values()):
        yield _command(level, shown[case.row.id], case)
    left = groups[MOST:]
    if left:
        tests = many(sum(len(group.rows) for group in left), "test")
        told = f"{many(len(left), 'more reason')} in {tests}: see the summary and report.html"
        yield f"::{level} title={_property(f'{len(left)} more')}::{_data(told)}"


def _command(level: str, group: Alike, case: Case) -> str:
    where = place(case)
    given = {"file": where.file, "line": where.line, "title": _title(group)}
    told = ",".join(f"{name}={_property(f'{value}')}" for name, value in given.items() if value)
    return f"::{level} {told}::{_data(chr(10).join(_message(group, case)))}"


def _title(group: Alike) -> str:
    return clipped(group.first.headline or group.kind, _TITLE)


def _message(group: Alike, case: Case) -> Iterator[str]:
    row = group.first
    yield row.test_id
    if len(group.rows) > 1:
        yield f"and {many(len(group.rows) - 1, 'more test')} like it"
    for finding in (case.last.findings if case.last else ())[:1]:
        yield from finding.evidence[:3]
    yield ", ".join(filter(None, [replay_of(row), anchor(row.id)]))


def _data(text: str) -> str:
    shown = visible(clipped(text, _MESSAGE), keep="\n")
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text.replace("\n", " ")).replace(":", "%3A").replace(",", "%2C")
