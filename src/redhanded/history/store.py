"""The store: what keeps records of runs and gives them back, whatever database it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from redhanded.core.errors import RedhandedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from redhanded.history.records import (
        Known,
        Measured,
        Reading,
        Record,
        Run,
        Tally,
        Trial,
        Weighed,
    )


class HistoryUnavailable(RedhandedError):
    """The history cannot be read or written; the message says why and what to do."""


class Store(Protocol):
    """Keeps the runs of any number of projects; every method raises HistoryUnavailable."""

    def begin(self, run: Run) -> None:
        """Note that a run has begun, so that one which never ends is seen."""
        ...

    def write(self, record: Record) -> None:
        """Keep a run, in place of all that was known of it: at once, or not at all."""
        ...

    def projects(self) -> list[str]:
        """The names of the projects that have runs, in alphabetical order."""
        ...

    def runs(self, project: str, *, latest: int) -> list[Run]:
        """The latest runs of a project, the newest first."""
        ...

    def record(self, project: str, run_id: str) -> Record | None:
        """All that is kept of one run; None where the project has no such run."""
        ...

    def trials(self, project: str, *, since: float, tests: Collection[str] = ()) -> Iterator[Trial]:
        """The outcomes of a project's runs that began since then, the oldest first.

        Where tests are named by their keys, only theirs.
        """
        ...

    def tallies(self, project: str, *, since: float) -> Iterator[Tally]:
        """The outcomes of runs that began on that day (UTC) or later, counted, in any order.

        Tests that were skipped or not finished are left out.
        """
        ...

    def tests(self, project: str) -> list[Known]:
        """The tests of a project, by their keys."""
        ...

    def readings(self, project: str, environment: str, *, runs: int) -> Iterator[Reading]:
        """The latencies of the latest finished runs there, the oldest first."""
        ...

    def operations(self, project: str, environment: str, *, runs: int) -> Iterator[Measured]:
        """How operations did in the latest finished runs there, the oldest first."""
        ...

    def evidence(self, project: str, environment: str, *, runs: int) -> list[Weighed]:
        """The evidence of the latest finished runs there, the oldest first."""
        ...

    def records(self, projects: Iterable[str] = ()) -> Iterator[Record]:
        """Everything that is kept of these projects, or of all, the oldest run first."""
        ...

    def prune(self, project: str, *, before: float, keep: int) -> int:
        """How many runs of a project were forgotten: older ones, and beyond so many."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...
