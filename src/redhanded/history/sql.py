"""The store in a database that SQLAlchemy speaks to: a file of SQLite, or PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from sqlalchemy import select

from redhanded.history import series
from redhanded.history.database import Database, Patience
from redhanded.history.forgetting import prune
from redhanded.history.reading import NEWEST_FIRST, Reader
from redhanded.history.records import Record
from redhanded.history.schema import runs
from redhanded.history.tallies import tallies
from redhanded.history.upgrade import upgrade
from redhanded.history.whole import Whole
from redhanded.history.writing import write

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from redhanded.history.records import (
        Known,
        Measured,
        Reading,
        Run,
        Tally,
        Trial,
        Weighed,
    )


class SqlStore:
    """Keeps the runs of any number of projects in one database; see Store for its methods."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(
        cls, url: str, *, password: str | None = None, patience: Patience | None = None
    ) -> Self:
        """A store at this address, its tables made or migrated; raises HistoryUnavailable."""
        database = Database(url, password=password, patience=patience or Patience())
        upgrade(database)
        return cls(database)

    def begin(self, run: Run) -> None:
        """Note that a run has begun; one that is known is left as it is."""
        self.write(Record(run=run))

    def write(self, record: Record) -> None:
        """Keep a run in place of what was known of it, unless that was more."""
        with self._database.writing() as connection:
            write(connection, record)

    def projects(self) -> list[str]:
        """The names of the projects that have runs, in alphabetical order."""
        with self._database.reading() as connection:
            words = Reader(connection).words
            found = connection.scalars(select(runs.c.project_id).distinct())
            return sorted(words[number] for number in found)

    def runs(self, project: str, *, latest: int) -> list[Run]:
        """The latest runs of a project, the newest first."""
        with self._database.reading() as connection:
            reader = Reader(connection)
            query = select(runs).where(reader.of_project(project))
            return list(reader.runs(query.order_by(*NEWEST_FIRST).limit(latest)).values())

    def record(self, project: str, run_id: str) -> Record | None:
        """All that is kept of one run; None where the project has no such run."""
        with self._database.reading() as connection:
            return Whole(connection).record(project, run_id)

    def records(self, projects: Iterable[str] = ()) -> Iterator[Record]:
        """Everything that is kept of these projects, or of all, the oldest run first."""
        with self._database.reading() as connection:
            yield from Whole(connection).records(projects)

    def trials(self, project: str, *, since: float, tests: Collection[str] = ()) -> Iterator[Trial]:
        """The outcomes of the runs that began since then, the oldest run first."""
        with self._database.reading() as connection:
            yield from series.trials(connection, project, since=since, keys=tests)

    def tallies(self, project: str, *, since: float) -> Iterator[Tally]:
        """The outcomes of runs that began on that day (UTC) or later, counted, in any order."""
        with self._database.reading() as connection:
            yield from tallies(connection, project, since=since)

    def tests(self, project: str) -> list[Known]:
        """The tests of a project, by their keys."""
        with self._database.reading() as connection:
            return series.known(connection, project)

    def readings(self, project: str, environment: str, *, runs: int) -> Iterator[Reading]:
        """The latencies of the latest finished runs there, the oldest run first."""
        with self._database.reading() as connection:
            yield from series.readings(connection, project, environment, count=runs)

    def operations(self, project: str, environment: str, *, runs: int) -> Iterator[Measured]:
        """How operations did in the latest finished runs there, the oldest run first."""
        with self._database.reading() as connection:
            yield from series.measured(connection, project, environment, count=runs)

    def evidence(self, project: str, environment: str, *, runs: int) -> list[Weighed]:
        """The evidence of the latest finished runs there, the oldest run first."""
        with self._database.reading() as connection:
            return list(series.weighed(connection, project, environment, count=runs))

    def prune(self, project: str, *, before: float, keep: int) -> int:
        """How many runs of a project were forgotten: older ones, and beyond so many."""
        with self._database.writing() as connection:
            return prune(connection, project, before=before, keep=keep)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()
