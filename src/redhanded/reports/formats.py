"""The formats in which a run is reported, by name; each is made of the same dossier."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from redhanded.reports.dossier.dossier import Dossier

Write: TypeAlias = Callable[[Dossier, Path], None]


class Format(NamedTuple):
    """A format: what it is, the module that writes it, a name for its files, and its own name.

    `title` names what was written in a line of the terminal, `example` is a path for it.
    The module has a function `write(dossier, path)`, which makes the folders above the path and
    raises OSError where it cannot write; a torn file does not stay.
    """

    what: str
    module: str
    example: str
    title: str
    is_folder: bool = False

    @property
    def write(self) -> Write:
        """The function that writes it, loaded when it is asked for."""
        written: Write = import_module(f"redhanded.reports.{self.module}").write
        return written


FORMATS: Final = {
    "html": Format(
        "one page for people, which needs no network", "html.report", "report.html", "report"
    ),
    "junit": Format(
        "JUnit XML, with the attempts of each test", "junit", "junit.xml", "JUnit file"
    ),
    "ctrf": Format("Common Test Report Format, JSON", "ctrf", "ctrf.json", "CTRF file"),
    "har": Format("HTTP Archive 1.2 of every attempt", "har", "run.har", "HAR file"),
    "ndjson": Format(
        "one line of JSON for each test and attempt", "ndjson", "run.ndjson", "NDJSON file"
    ),
    "brief": Format(
        "index.md and findings.jsonl: failures alone",
        "brief",
        "findings",
        "brief",
        is_folder=True,
    ),
    "allure": Format(
        "results for Allure", "allure", "allure-results", "Allure results", is_folder=True
    ),
    "summary": Format(
        "Markdown for a job's summary, at most 900 KB, the worst first",
        "summary",
        "summary.md",
        "summary",
    ),
    "comment": Format(
        "Markdown for a comment on a pull request, at most 60 KB",
        "comment",
        "comment.md",
        "comment",
    ),
}
