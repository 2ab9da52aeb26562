"""Coverage: what of the documents the tests of this process have met, told test by test."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from redhanded.contracts.openapi import marks
from redhanded.contracts.openapi.sightings import Sightings
from redhanded.contracts.openapi.universe import universe_of
from redhanded.core.events import Covered
from redhanded.session.judges import LACKS

if TYPE_CHECKING:
    from pathlib import Path

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.examination import Examination
    from redhanded.contracts.openapi.marks import Mark
    from redhanded.contracts.openapi.unseen import Accepting
    from redhanded.core.events import Emit
    from redhanded.core.violation import Violation

FOLDER: Final = "contract"
"""Where the folder of a run keeps what its documents let tests see, each by its digest."""


class Coverage:
    """What one process has seen of one document; for one thread at a time.

    `emit` is told of it when a test is over. What the document lets tests see is written into
    `folder`, that of the run, so that a report needs no document; `worker` is this process.
    """

    def __init__(
        self, document: Document, accepting: Accepting, *, emit: Emit, folder: Path, worker: str
    ) -> None:
        self._document = document
        self._sightings = Sightings(document, accepting)
        self._emit = emit
        self._folder = folder / FOLDER
        self._worker = worker
        self._found: defaultdict[str, list[Mark]] = defaultdict(list)
        self._undocumented: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._is_kept = False

    def see(
        self, test_id: str, examination: Examination, *, operation: str, is_checked: bool
    ) -> None:
        """Take in one answered exchange of a test.

        `operation` names it where the document lacks it, redacted and without the values in its
        path; `is_checked` says that its answer was held against something, and stood.
        """
        if examination.operation is None and any(map(_is_undocumented, examination.violations)):
            self._undocumented[test_id][operation] += 1
        self._found[test_id] += self._sightings.see(examination, is_checked=is_checked)

    def end(self, test_id: str) -> None:
        """Tell what a test was the first of this process to see; nothing where it is nothing."""
        seen = self._found.pop(test_id, [])
        unknown = self._undocumented.pop(test_id, Counter())
        seen += [marks.undocumented(name, times) for name, times in sorted(unknown.items())]
        if seen:
            self.keep()
            self._emit(Covered(test_id, self._document.name, self._document.digest, tuple(seen)))

    def keep(self) -> None:
        """Write down what the document lets tests see, once for the run."""
        if self._is_kept:
            return
        self._is_kept = True
        path = self._folder / f"{self._document.digest}.json"
        with suppress(OSError):  # a folder that takes nothing is told elsewhere
            if not path.exists():
                self._folder.mkdir(mode=0o700, exist_ok=True)
                part = path.with_suffix(f".{self._worker}.part")
                text = json.dumps(universe_of(self._document).record(), separators=(",", ":"))
                part.write_text(text, "utf-8")
                part.replace(path)


def _is_undocumented(violation: Violation) -> bool:
    return violation.code in LACKS
