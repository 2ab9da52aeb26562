"""Forgetting: the rows of runs that are too old or too many, and of tests that only they had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select

from redhanded.history.passes import discount
from redhanded.history.reading import NEWEST_FIRST, Reader
from redhanded.history.schema import (
    evidence,
    latencies,
    nodes,
    operations,
    outcomes,
    passes,
    run_builds,
    run_counts,
    runs,
    tests,
)
from redhanded.history.texts import chunks

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PARTS = (run_builds, run_counts, outcomes, latencies, operations, evidence)


def empty(connection: Connection, run_id: int) -> None:
    """Take away all that hangs on a run, but not the run itself."""
    discount(connection, run_id)
    for table in _PARTS:
        connection.execute(delete(table).where(table.c.run_id == run_id))


def prune(connection: Connection, project: str, *, before: float, keep: int) -> int:
    """How many runs were forgotten: those that began before then, and beyond so many."""
    reader = Reader(connection)
    mine = reader.of_project(project)
    kept = select(runs.c.id).where(mine).order_by(*NEWEST_FIRST).limit(keep)
    gone = connection.scalars(
        select(runs.c.id).where(mine, or_(runs.c.started_at < before, runs.c.id.not_in(kept)))
    ).all()
    for run_id in gone:
        empty(connection, run_id)
        connection.execute(delete(runs).where(runs.c.id == run_id))
    if gone:
        _forget_tests(connection, reader.number(project))
    return len(gone)


def _forget_tests(connection: Connection, project: int) -> None:
    oldest = select(func.min(runs.c.started_at)).where(runs.c.project_id == project)
    unseen = tests.c.last_seen < func.coalesce(oldest.scalar_subquery(), float("inf"))
    stale = set(connection.scalars(select(tests.c.id).where(tests.c.project_id == project, unseen)))
    if not stale:
        return
    for table in (outcomes, latencies):
        stale -= set(connection.scalars(select(table.c.test_id).distinct()))
    for chunk in chunks(stale):
        connection.execute(delete(passes).where(passes.c.test_id.in_(chunk)))
        connection.execute(delete(nodes).where(nodes.c.test_id.in_(chunk)))
        connection.execute(delete(tests).where(tests.c.id.in_(chunk)))
