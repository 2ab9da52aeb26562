"""Reading runs: rows as the values that were written, and which runs are the latest."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import desc, select

from redhanded.history import texts
from redhanded.history.records import Run, State
from redhanded.history.schema import RESERVED, STATES, run_builds, run_counts, runs, tests

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Row, Select

# Rows that are fetched at a time.
BATCH = 5000
OLDEST_FIRST = (runs.c.started_at, runs.c.id)
NEWEST_FIRST = tuple(desc(column) for column in OLDEST_FIRST)


class Reader:
    """Turns rows into values; the texts of the database are read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.words: dict[int, str] = texts.values(connection)
        self._numbers = {text: number for number, text in self.words.items()}

    def number(self, text: str) -> int:
        """The number of a text; one that no row has where the database does not know it."""
        return self._numbers.get(texts.storable(text), -1)

    def of_project(self, project: str) -> ColumnElement[bool]:
        """The runs of a project."""
        return runs.c.project_id == self.number(project)

    def latest(self, project: str, environment: str, *, count: int) -> Select[tuple[int]]:
        """The numbers of the latest finished runs there."""
        there = runs.c.environment_id == self.number(environment)
        finished = runs.c.state_id == RESERVED[State.FINISHED]
        query = select(runs.c.id).where(self.of_project(project), there, finished)
        return query.order_by(*NEWEST_FIRST).limit(count)

    def keys(self, project: str) -> dict[int, str]:
        """The keys of a project's tests by their numbers."""
        query = select(tests.c.id, tests.c.key).where(tests.c.project_id == self.number(project))
        return {row.id: row.key for row in self._connection.execute(query)}

    def rows(self, query: Select[Any]) -> Iterator[Any]:
        """The rows of a query that may have a million of them."""
        return iter(self._connection.execute(query, execution_options={"yield_per": BATCH}))

    def runs(self, query: Select[Any]) -> dict[int, Run]:
        """The runs that a query of their table finds, by their numbers and in its order."""
        found = self._connection.execute(query.with_only_columns(runs)).all()
        wanted = query.with_only_columns(runs.c.id)
        builds: dict[int, list[str]] = defaultdict(list)
        for row in self._connection.execute(
            select(run_builds)
            .where(run_builds.c.run_id.in_(wanted))
            .order_by(run_builds.c.run_id, run_builds.c.position)
        ):
            builds[row.run_id].append(self.words[row.build_id])
        counts: dict[int, dict[str, int]] = defaultdict(dict)
        for row in self._connection.execute(
            select(run_counts).where(run_counts.c.run_id.in_(wanted))
        ):
            counts[row.run_id][self.words[row.verdict_id]] = row.tests
        return {row.id: self._run(row, builds[row.id], counts[row.id]) for row in found}

    def _run(self, row: Row[Any], builds: Sequence[str], counts: dict[str, int]) -> Run:
        versions = self.words[row.versions_id]
        return Run(
            run_id=self.words[row.name_id],
            project=self.words[row.project_id],
            environment=self.words[row.environment_id],
            started_at=row.started_at,
            state=STATES[row.state_id],
            ended_at=row.ended_at,
            seconds=row.seconds,
            exit_code=row.exit_code,
            seed=row.seed,
            target=self.words[row.target_id],
            host=self.words[row.host_id],
            builds=tuple(builds),
            versions=json.loads(versions) if versions else {},
            canary=row.canary,
            canaries=row.canaries,
            counts=counts,
        )
