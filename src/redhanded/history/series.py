"""Series over the runs of a project: outcomes, latencies, operations, evidence, run after run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from redhanded.history.reading import OLDEST_FIRST, Reader
from redhanded.history.records import Known, Measured, Reading, Trial, Weighed
from redhanded.history.schema import (
    evidence,
    latencies,
    nodes,
    operations,
    outcomes,
    runs,
    tests,
)
from redhanded.history.whole import operation, weight

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection, Select, Table


def trials(
    connection: Connection, project: str, *, since: float, keys: Collection[str]
) -> Iterator[Trial]:
    """The outcomes of the runs that began since then, the oldest run first."""
    reader = Reader(connection)
    named = reader.keys(project)
    query = (
        select(outcomes, runs.c.name_id, runs.c.environment_id)
        .join(runs, runs.c.id == outcomes.c.run_id)
        .where(reader.of_project(project), runs.c.started_at >= since)
        .order_by(*OLDEST_FIRST, outcomes.c.test_id)
    )
    if keys:
        wanted = [number for number, key in named.items() if key in keys]
        query = query.where(outcomes.c.test_id.in_(wanted))
    words = reader.words
    for row in reader.rows(query):
        yield Trial(
            test=named[row.test_id],
            run_id=words[row.name_id],
            at=row.at,
            build=words[row.build_id],
            environment=words[row.environment_id],
            verdict=words[row.verdict_id],
            cause=words[row.cause_id],
            first=words[row.first_id],
            spell=row.spell,
        )


def readings(
    connection: Connection, project: str, environment: str, *, count: int
) -> Iterator[Reading]:
    """The latencies of the latest finished runs there, the oldest run first."""
    reader = Reader(connection)
    named, words = reader.keys(project), reader.words
    its = latencies.c
    query = (
        select(
            runs.c.name_id,
            runs.c.started_at,
            its.test_id,
            its.operation_id,
            its.size,
            its.samples,
            its.median,
            runs.c.canary,
        )
        .join(runs, runs.c.id == its.run_id)
        .where(runs.c.id.in_(reader.latest(project, environment, count=count)))
        .order_by(*OLDEST_FIRST, *latencies.primary_key)
    )
    for run, began, test, route, size, samples, median, canary in reader.rows(query):
        sample = words[route], size, samples, median
        yield Reading(words[run], began, named[test], *sample, canary)


def measured(
    connection: Connection, project: str, environment: str, *, count: int
) -> Iterator[Measured]:
    """How operations did in the latest finished runs there, the oldest run first."""
    reader = Reader(connection)
    latest = reader.latest(project, environment, count=count)
    for row in reader.rows(_rows_of(operations, latest)):
        made = operation(row, reader.words)
        yield Measured(reader.words[row.name_id], row.started_at, made)


def weighed(
    connection: Connection, project: str, environment: str, *, count: int
) -> Iterator[Weighed]:
    """The evidence of the latest finished runs there, the oldest run first."""
    reader = Reader(connection)
    latest = reader.latest(project, environment, count=count)
    for row in reader.rows(_rows_of(evidence, latest)):
        made = weight(row, reader.words)
        yield Weighed(reader.words[row.name_id], row.started_at, made)


def _rows_of(table: Table, latest: Select[tuple[int]]) -> Select[Any]:
    """The rows of a table that hang on these runs, the oldest run first, and which run it was."""
    return (
        select(table, runs.c.name_id, runs.c.started_at)
        .join(runs, runs.c.id == table.c.run_id)
        .where(runs.c.id.in_(latest))
        .order_by(*OLDEST_FIRST, *table.primary_key)
    )


def known(connection: Connection, project: str) -> list[Known]:
    """The tests of a project, by their keys."""
    reader = Reader(connection)
    mine = tests.c.project_id == reader.number(project)
    names: dict[int, list[str]] = {}
    query = select(nodes).join(tests, tests.c.id == nodes.c.test_id).where(mine)
    for row in connection.execute(query.order_by(nodes.c.last_seen, nodes.c.id)):
        names.setdefault(row.test_id, []).append(row.value)
    found = []
    for row in connection.execute(select(tests).where(mine)):
        *earlier, latest = names.get(row.id, [row.key])
        found.append(
            Known(
                test=row.key,
                node_id=latest,
                earlier=tuple(earlier),
                first_seen=row.first_seen,
                last_seen=row.last_seen,
                owner=reader.words[row.owner_id],
                until=reader.words[row.until_id],
            )
        )
    return sorted(found)
