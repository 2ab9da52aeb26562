"""A long history, made inside the database: writing a million outcomes would take minutes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, case, func, insert, literal, select, text

from redhanded.history.database import Database, Patience
from redhanded.history.passes import DAY
from redhanded.history.records import Outcome, Record, Run, State
from redhanded.history.schema import PASS, outcomes, passes, run_builds, run_counts, runs
from redhanded.history.sql import SqlStore
from redhanded.history.texts import numbered

PROJECT, PLACE = "shop", "ci"
FIRST_DAY = 20_000
BEGAN = FIRST_DAY * float(DAY)
DAYS = 90
# Of a thousand outcomes; all others pass.
FAILURES = {"recovered": 10, "inconclusive": 5, "defect": 5}


def fill(url: str, password: str | None, *, tests: int, runs: int) -> None:
    """Keep so many runs of so many tests, over ninety days, each on a build of its own."""
    SqlStore.open(url, password=password).write(_first(tests))
    database = Database(url, password=password, patience=Patience(statement=300.0))
    with database.writing() as connection:
        _more_runs(connection, runs)
        _more_outcomes(connection)
        _count_passes(connection, runs)
        # As both databases do by themselves some time after so much was written.
        connection.execute(text("ANALYZE"))
    database.close()


def _first(tests: int) -> Record:
    keys = [f"tests/test_orders.py::test_case[{number}]" for number in range(tests)]
    return Record(
        run=Run(
            run_id="r1",
            project=PROJECT,
            environment=PLACE,
            started_at=BEGAN,
            state=State.FINISHED,
            builds=("b1",),
            counts={"pass": tests},
        ),
        outcomes=[
            Outcome(test=key, node_id=key, verdict="pass", at=BEGAN, seconds=0.1, build="b1")
            for key in keys
        ],
    )


def _more_runs(connection: Connection, count: int) -> None:
    names = [part for number in range(2, count + 1) for part in (f"r{number}", f"b{number}")]
    numbers = numbered(connection, [*names, *FAILURES, "net.reset"])
    first = dict(connection.execute(select(runs)).mappings().one())
    made: list[dict[str, Any]] = []
    for number in range(2, count + 1):
        day = FIRST_DAY + number * DAYS // count
        at = float(day * DAY + number % 11 * 3600)
        made.append({**first, "id": number, "name_id": numbers[f"r{number}"], "started_at": at})
    connection.execute(insert(runs), made)
    connection.execute(
        insert(run_builds),
        [{"run_id": it["id"], "position": 0, "build_id": numbers[f"b{it['id']}"]} for it in made],
    )
    shares = {"pass": 1000 - sum(FAILURES.values()), **FAILURES}
    connection.execute(
        insert(run_counts),
        [
            {"run_id": it["id"], "verdict_id": numbers[name], "tests": share}
            for it in made
            for name, share in shares.items()
        ],
    )


def _more_outcomes(connection: Connection) -> None:
    numbers = numbered(connection, [*FAILURES, "net.reset"])
    model = outcomes.alias()
    # Scattered evenly, and the same each time.
    lot = (model.c.test_id * 7919 + runs.c.id * 104_729) % 1000
    bounds = [sum(list(FAILURES.values())[: place + 1]) for place in range(len(FAILURES))]
    verdict = case(
        *((lot < bound, numbers[name]) for name, bound in zip(FAILURES, bounds, strict=True)),
        else_=PASS,
    )
    told: dict[str, Any] = {
        "run_id": runs.c.id,
        "verdict_id": verdict,
        "at": runs.c.started_at + model.c.test_id * 0.1,
        "cause_id": case((lot < bounds[-1], numbers["net.reset"]), else_=0),
        "build_id": run_builds.c.build_id,
    }
    made = (
        select(*(told.get(name, column) for name, column in model.c.items()))
        .join(runs, runs.c.id > model.c.run_id)
        .join(run_builds, run_builds.c.run_id == runs.c.id)
        .where(model.c.run_id == 1)
        .order_by(runs.c.id, model.c.test_id)
    )
    connection.execute(insert(outcomes).from_select(list(model.c.keys()), made))


def _count_passes(connection: Connection, count: int) -> None:
    connection.execute(passes.delete())
    its = outcomes.c
    day = literal(FIRST_DAY) + runs.c.id * DAYS // count
    key = (runs.c.project_id, day, runs.c.environment_id, its.test_id)
    made = (
        select(*key, func.count(), func.min(its.at), func.max(its.at))
        .join(runs, runs.c.id == its.run_id)
        .where(its.verdict_id == PASS)
        .group_by(*key)
    )
    connection.execute(insert(passes).from_select(list(passes.c.keys()), made))
