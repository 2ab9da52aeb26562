"""Passes, counted by test and day as they are written: single ones would be millions to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, case, delete, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from redhanded.history.schema import PASS, outcomes, passes, runs

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

DAY = 86_400
_LAST = 2**31 - 1
_KEY = ("project_id", "day", "environment_id", "test_id")


def day_of(at: float) -> int:
    """The number of the day (UTC) since 1970; a clock that is mad has the first or the last day."""
    return int(min(max(at // DAY, -_LAST), _LAST))


def count(connection: Connection, run_id: int) -> None:
    """Add the passes of a run, whose outcomes have just been written."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    run = connection.execute(select(runs).where(runs.c.id == run_id)).one()
    its = [literal(run.project_id), literal(day_of(run.started_at)), literal(run.environment_id)]
    at = outcomes.c.at
    made = select(*its, outcomes.c.test_id, literal(1), at, at).where(*_passes_of(run_id))
    adding = insert(passes).from_select([*_KEY, "passes", "began", "ended"], made)
    new, old = adding.excluded, passes.c
    connection.execute(
        adding.on_conflict_do_update(
            index_elements=_KEY,
            set_={
                "passes": old.passes + 1,
                "began": case((new.began < old.began, new.began), else_=old.began),
                "ended": case((new.ended > old.ended, new.ended), else_=old.ended),
            },
        )
    )


def discount(connection: Connection, run_id: int) -> None:
    """Take off the passes of a run, whose outcomes are about to go.

    The first and the last time of that day stay: other passes are as good as on it.
    """
    run = connection.execute(select(runs).where(runs.c.id == run_id)).one()
    that_day = and_(
        passes.c.project_id == run.project_id,
        passes.c.day == day_of(run.started_at),
        passes.c.environment_id == run.environment_id,
    )
    its = passes.c.test_id.in_(select(outcomes.c.test_id).where(*_passes_of(run_id)))
    connection.execute(update(passes).where(that_day, its).values(passes=passes.c.passes - 1))
    connection.execute(delete(passes).where(that_day, passes.c.passes < 1))


def _passes_of(run_id: int) -> tuple[ColumnElement[bool], ...]:
    return outcomes.c.run_id == run_id, outcomes.c.verdict_id == PASS
