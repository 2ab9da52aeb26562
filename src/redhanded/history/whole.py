"""Whole records, put together again from their rows."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from redhanded.history import schema
from redhanded.history.profiles import profiles_by_id
from redhanded.history.reading import OLDEST_FIRST, Reader
from redhanded.history.records import Evidence, Latency, Operation, Outcome, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Row, Select, Table

    from redhanded.history.records import Run


class Whole:
    """Puts records together; what their runs share is read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._reader = Reader(connection)
        self._profiles = profiles_by_id(connection, self._reader.words)
        rows = connection.execute(select(schema.nodes.c.id, schema.nodes.c.value))
        self._nodes: dict[int, str] = {row.id: row.value for row in rows}
        self._keys = cache(self._reader.keys)

    def record(self, project: str, run_id: str) -> Record | None:
        """All that is kept of one run; None where the project has no such run."""
        named = schema.runs.c.name_id == self._reader.number(run_id)
        query = select(schema.runs).where(self._reader.of_project(project), named)
        return next(self._found(query), None)

    def records(self, projects: Iterable[str]) -> Iterator[Record]:
        """Every record of these projects, or of all, the oldest run first."""
        query = select(schema.runs).order_by(*OLDEST_FIRST)
        numbers = [self._reader.number(project) for project in projects]
        return self._found(query.where(schema.runs.c.project_id.in_(numbers)) if numbers else query)

    def _found(self, query: Select[Any]) -> Iterator[Record]:
        for run_id, run in self._reader.runs(query).items():
            yield self._put_together(run_id, run)

    def _put_together(self, run_id: int, run: Run) -> Record:
        keys, words = self._keys(run.project), self._reader.words
        return Record(
            run=run,
            outcomes=tuple(
                sorted(
                    (
                        self._outcome(row, keys[row.test_id])
                        for row in self._of(schema.outcomes, run_id)
                    ),
                    key=lambda made: (made.at, made.test),
                )
            ),
            latencies=tuple(
                Latency(
                    test=keys[row.test_id],
                    operation=words[row.operation_id],
                    size=row.size,
                    samples=row.samples,
                    median=row.median,
                )
                for row in self._of(schema.latencies, run_id)
            ),
            operations=tuple(operation(row, words) for row in self._of(schema.operations, run_id)),
            evidence=tuple(weight(row, words) for row in self._of(schema.evidence, run_id)),
        )

    def _of(self, table: Table, run_id: int) -> Sequence[Row[Any]]:
        query = select(table).where(table.c.run_id == run_id).order_by(*table.primary_key)
        return self._connection.execute(query).all()

    def _outcome(self, row: Row[Any], key: str) -> Outcome:
        words = self._reader.words
        return Outcome(
            test=key,
            node_id=key if row.node_id is None else self._nodes[row.node_id],
            verdict=words[row.verdict_id],
            at=row.at,
            seconds=row.seconds,
            cause=words[row.cause_id],
            first=words[row.first_id],
            build=words[row.build_id],
            rounds=row.rounds,
            spell=row.spell,
            owner=words[row.owner_id],
            until=words[row.until_id],
            classes=self._profiles.get(row.profile_id, {}),
        )


def operation(row: Row[Any], words: Mapping[int, str]) -> Operation:
    """How an operation did, from its row."""
    return Operation(
        operation=words[row.operation_id],
        samples=row.samples,
        errors=row.errors,
        median=row.median,
        p95=row.p95,
        p99=row.p99,
        longest=row.longest,
    )


def weight(row: Row[Any], words: Mapping[int, str]) -> Evidence:
    """Evidence against an objective, from its row."""
    return Evidence(
        operation=words[row.operation_id],
        measure=words[row.measure_id],
        limit=row.limit,
        build=words[row.build_id],
        samples=row.samples,
        bad=row.bad,
        gain=row.gain,
        decision=words[row.decision_id],
    )
