"""Where a reader goes on from a test: its replay, its place in the page, its trace, its file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from redhanded.reports.dossier.case import Case, Row

_PLACE: Final = re.compile(r"(?P<file>.+?):(?P<line>\d{1,9})(?::.*)?", re.DOTALL)
# The flag is for the scheme alone: beside ranges beyond ASCII it would leave out plain letters.
_WEB: Final = re.compile(r"(?i:https?)://[^\s<>\"'`\\^{}|\x00-\x20\x7f-\U0010ffff]+")


class Place(NamedTuple):
    """A file as pytest names it, and a line in it, from 1; None where it is not known."""

    file: str
    line: int | None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


def replay(test: str) -> str:
    """The command that sends the calls of the test of this id again."""
    return f"redhanded replay {test}"


def replay_of(row: Row) -> str:
    """The command that sends the calls of the test again; empty where it sent none."""
    return replay(row.id) if row.attempts else ""


def anchor(test: str) -> str:
    """The test of this id in the report's page, seen from the folder of the run."""
    return f"report.html#t={test}"


def trace(template: str, trace_id: str) -> str:
    """The address of a trace by the template of the settings; empty where there is none."""
    if not trace_id or "{trace_id}" not in template:
        return ""
    return web(template.replace("{trace_id}", trace_id))


def web(address: str) -> str:
    """The address where it is one of the web, so that it may become a link; else empty."""
    return address if _WEB.fullmatch(address) else ""


def place(case: Case) -> Place:
    """Where the test failed, or else the file that it stands in."""
    known = _PLACE.fullmatch(case.place)
    if known:
        return Place(known["file"], int(known["line"]))
    return Place(case.place or case.row.test_id.partition("::")[0], None)
