"""A dossier that says how many of its cases were read, while a report is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from redhanded.reports.dossier.case import Case, Row
    from redhanded.reports.dossier.dossier import Dossier
    from redhanded.reports.dossier.head import Head


class Counted:
    """The same dossier; `count` hears how many cases of how many were read in one go."""

    def __init__(self, dossier: Dossier, count: Callable[[int, int], None]) -> None:
        self._dossier = dossier
        self._count = count

    @property
    def head(self) -> Head:
        """The run as a whole."""
        return self._dossier.head

    @property
    def rows(self) -> Sequence[Row]:
        """A row for each test, in the order in which they began."""
        return self._dossier.rows

    def cases(self) -> Iterator[Case]:
        """Every test with all that was kept of it, in the order of the rows, one at a time."""
        return self._counted(self._dossier.cases(), len(self.rows))

    def of(self, rows: Iterable[Row]) -> Iterator[Case]:
        """The cases of these rows alone, in their order."""
        wanted = list(rows)
        return self._counted(self._dossier.of(wanted), len(wanted))

    def _counted(self, cases: Iterator[Case], total: int) -> Iterator[Case]:
        for done, case in enumerate(cases, 1):
            self._count(done, total)
            yield case
