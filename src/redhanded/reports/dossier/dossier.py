"""The dossier itself: the head, a row for each test, and the whole case of any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from redhanded.reports.dossier.case import Case, Row
    from redhanded.reports.dossier.head import Head


class Dossier(Protocol):
    """What every report is made of; rows are in memory, cases are read when they are asked for."""

    @property
    def head(self) -> Head:
        """The run as a whole."""
        ...

    @property
    def rows(self) -> Sequence[Row]:
        """A row for each test, in the order in which they began."""
        ...

    def cases(self) -> Iterator[Case]:
        """Every test with all that was kept of it, in the order of the rows, one at a time."""
        ...

    def of(self, rows: Iterable[Row]) -> Iterator[Case]:
        """The cases of these rows alone, in their order."""
        ...
