"""Witnesses: passes that show that a test did both on one build."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, func, literal_column, select

from redhanded.history.schema import PASS, UNFINISHED, outcomes, run_builds, runs

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select

# A literal, not a parameter: only so does it match the condition of the index on these outcomes.
TELLING = outcomes.c.verdict_id > literal_column(str(UNFINISHED))


class Witness(NamedTuple):
    """A pass on a build on which the same test also did otherwise, and when its run began."""

    test_id: int
    environment_id: int
    build_id: int
    at: float
    started_at: float


def witnesses(connection: Connection, project: int, *, since: float) -> list[Witness]:
    """One pass of each test for each build and environment in which it did otherwise, too."""
    recent = and_(runs.c.project_id == project, runs.c.started_at >= since)
    # A test runs once a run: on a build of one run it cannot have done both.
    its = run_builds.c.build_id
    many = select(its).join(runs, runs.c.id == run_builds.c.run_id).where(recent)
    builds = many.group_by(its).having(func.count() > 1)
    if connection.execute(builds.limit(1)).first() is None:
        return []
    found = _found(_others(recent, builds), since)
    return [Witness(*row) for row in connection.execute(_told(found))]


def _others(recent: ColumnElement[bool], builds: Select[Any]) -> Select[Any]:
    """Tests and builds on which they did not pass."""
    return (
        select(outcomes.c.test_id, runs.c.environment_id, outcomes.c.build_id)
        .join(runs, runs.c.id == outcomes.c.run_id)
        .where(recent, TELLING, outcomes.c.build_id.in_(builds))
        .distinct()
    )


def _found(others: Select[Any], since: float) -> Select[Any]:
    """The same, each with a run in which the test passed; none where there is no such run."""
    other, passed, of, its = others.subquery(), outcomes.alias(), run_builds.alias(), runs.alias()
    run = (
        select(passed.c.run_id)
        .join(of, of.c.run_id == passed.c.run_id)
        .join(its, its.c.id == passed.c.run_id)
        .where(
            of.c.build_id == other.c.build_id,
            its.c.environment_id == other.c.environment_id,
            its.c.started_at >= since,
            passed.c.test_id == other.c.test_id,
            passed.c.verdict_id == PASS,
            passed.c.build_id == other.c.build_id,
        )
        .limit(1)
    )
    return select(other, run.scalar_subquery().label("run_id"))


def _told(found: Select[Any]) -> Select[Any]:
    """What is told of a witness."""
    its = found.subquery().c
    is_it = and_(outcomes.c.run_id == its.run_id, outcomes.c.test_id == its.test_id)
    return (
        select(its.test_id, its.environment_id, its.build_id, outcomes.c.at, runs.c.started_at)
        .join(runs, runs.c.id == its.run_id)
        .join(outcomes, is_it)
    )
