"""Every page of which a part is made of the code, and how that part is put into it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from redhanded.contracts.changes import reference as changes
from redhanded.pipeline import table_page
from redhanded.session import reference as settings
from tests.documents.reference import (
    causes,
    commands,
    decisions,
    events,
    exit_codes,
    fixtures,
    llms,
    markers,
    names,
    options,
)

ROOT: Final = Path(__file__).parents[3]
BEGIN: Final = "<!-- generated: python -m tests.documents.reference -->\n"
END: Final = "<!-- end of what is generated -->"


@dataclass(frozen=True, slots=True)
class Page:
    """A file below the root, and what makes it: all of it, or what stands behind `BEGIN`."""

    name: str
    make: Callable[[], str]
    is_whole: bool = False

    @property
    def path(self) -> Path:
        """Where it is."""
        return ROOT / self.name

    def text(self) -> str:
        """What it should hold: the words that are written by hand, and what the code gives."""
        if self.is_whole:
            return self.make()
        head, begin, rest = self.path.read_text("utf-8").partition(BEGIN)
        assert begin, f"{self.name} does not say where the generated part begins"
        _, end, tail = rest.partition(END)
        return f"{head}{begin}{self.make()}{end}{tail}"

    def write(self) -> bool:
        """Put the generated part in its place; whether that changed anything."""
        known = self.path.read_text("utf-8") if self.path.exists() else None
        text = self.text()
        if text == known:
            return False
        self.path.write_text(text, "utf-8", newline="\n")
        return True


def _schema() -> str:
    return json.dumps(settings.schema(), indent=2) + "\n"


def _changes() -> str:
    return f"\n{changes.markdown()}\n\n"


PAGES: Final = (
    Page("docs/reference/settings.md", settings.markdown),
    Page("docs/reference/fixtures.md", fixtures.markdown),
    Page("docs/reference/markers.md", markers.markdown),
    Page("docs/reference/options.md", options.markdown),
    Page("docs/reference/commands.md", commands.markdown),
    Page("docs/reference/exit-codes.md", exit_codes.markdown),
    Page("docs/reference/causes.md", causes.markdown),
    Page("docs/reference/events.md", events.markdown),
    Page("docs/reference/names.md", names.markdown),
    Page("docs/reference/retries.md", table_page.markdown, is_whole=True),
    Page("docs/how-to/diff.md", _changes),
    Page("docs/explanation/architecture.md", decisions.markdown),
    Page("src/redhanded/settings.schema.json", _schema, is_whole=True),
    Page("docs/llms.txt", llms.markdown, is_whole=True),  # the last: it reads the others
)
