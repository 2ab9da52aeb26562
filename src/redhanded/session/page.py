"""The page of a run, written with all that a session knows of it."""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

from redhanded.reports.html.report import write
from redhanded.session.supplement import supplement
from redhanded.session.trends import remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from redhanded.core.settings import Settings
    from redhanded.reports.dossier.dossier import Dossier
    from redhanded.reports.html.payload import Pairs
    from redhanded.session.trends import Place

LONG: Final = 10.0
"""Seconds of a run with which its page asks history; to open that takes tenths of one."""


class Page:
    """Writes the page of the runs in some folders; it stands in the place of a format's `write`.

    `root` is the project's, to which its history belongs; without it there are no trends. `others`
    are further files of the run by what they are, of which those that are there become links.
    `always` asks history also of a short run. `note` hears what is wrong with history.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        settings: Settings,
        root: Path | None,
        *,
        others: Mapping[Path, str],
        always: bool = False,
        note: Callable[[str], object],
    ) -> None:
        self._folders = folders
        self._settings = settings
        self._root = root
        self._others = others
        self._always = always
        self._note = note

    def __call__(self, dossier: Dossier, path: Path) -> None:
        """Write it; raises OSError where it cannot be written."""
        head = dossier.head
        is_worth_it = self._always or head.ended - head.began >= LONG
        workers = sum(process.worker != "main" for process in head.processes)
        made = supplement(
            dossier,
            self._folders,
            history=(lambda: self._history(max(workers, 1))) if is_worth_it else None,
            links=self._links(path),
            note=self._note,
        )
        write(dossier, path, made)

    def _history(self, workers: int) -> AbstractContextManager[Place | None]:
        if self._root is None:
            return nullcontext()
        return remembered(self._settings, self._root, workers=workers)

    def _links(self, path: Path) -> Pairs:
        """The other files that are there, seen from the page's folder."""
        found: Pairs = []
        for other, what in self._others.items():
            try:
                seen = os.path.relpath(other, path.parent)
            except ValueError:  # on another drive of Windows
                continue
            if other.exists() and other != path:
                found.append((what, seen.replace(os.sep, "/")))
        return found
