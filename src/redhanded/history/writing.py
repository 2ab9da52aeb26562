"""Writing a record: rows of a dozen tables in the transaction that the caller has begun."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from redhanded.history import passes, schema
from redhanded.history.bulk import insert_all
from redhanded.history.forgetting import empty
from redhanded.history.profiles import profile_ids
from redhanded.history.records import State
from redhanded.history.register import Register
from redhanded.history.texts import next_id, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection, Table

    from redhanded.history.records import Record

# What is known of a run is never replaced by less.
_RANKS = {State.RUNNING: 0, State.KILLED: 1, State.INTERRUPTED: 2, State.FINISHED: 2}


@dataclass(frozen=True, slots=True)
class Writing:
    """One record on its way into the tables."""

    connection: Connection
    record: Record
    numbers: Mapping[str, int]

    def perform(self) -> None:
        """Keep the record in place of what was known of its run, unless that was more."""
        run, known = self.record.run, self._known()
        if known is not None and _RANKS[known[1]] > _RANKS[run.state]:
            return
        if known is None:
            run_id = next_id(self.connection, schema.runs.c.id)
            self.connection.execute(insert(schema.runs), {"id": run_id, **self._run()})
        else:
            run_id = known[0]
            empty(self.connection, run_id)
            this = schema.runs.c.id == run_id
            self.connection.execute(update(schema.runs).where(this).values(self._run()))
        self._insert(run_id)

    def _known(self) -> tuple[int, State] | None:
        run = self.record.run
        query = select(schema.runs.c.id, schema.runs.c.state_id).where(
            schema.runs.c.project_id == self.numbers[run.project],
            schema.runs.c.name_id == self.numbers[run.run_id],
        )
        row = self.connection.execute(query).one_or_none()
        return None if row is None else (row.id, schema.STATES[row.state_id])

    def _run(self) -> dict[str, Any]:
        run, numbers = self.record.run, self.numbers
        return {
            "project_id": numbers[run.project],
            "name_id": numbers[run.run_id],
            "environment_id": numbers[run.environment],
            "started_at": run.started_at,
            "state_id": numbers[run.state],
            "ended_at": run.ended_at,
            "seconds": run.seconds,
            "exit_code": run.exit_code,
            "seed": run.seed,
            "target_id": numbers[run.target],
            "host_id": numbers[run.host],
            "versions_id": numbers[versions(run.versions)],
            "canary": run.canary,
            "canaries": run.canaries,
        }

    def _insert(self, run_id: int) -> None:
        record, numbers = self.record, self.numbers
        register = Register(self.connection, numbers[record.run.project], numbers)
        register.enter(record)
        parts = {
            schema.run_builds: self._builds(),
            schema.run_counts: self._counts(),
            schema.outcomes: self._outcomes(register),
            schema.latencies: self._latencies(register),
            schema.operations: self._operations(),
            schema.evidence: self._evidence(),
        }
        for table, made in parts.items():
            # By their key: what a damaged file tells twice is kept once.
            rows = {_key(table, row): row for row in ({"run_id": run_id, **it} for it in made)}
            insert_all(self.connection, table, [rows[key] for key in sorted(rows)])
        register.renew(run_id)
        passes.count(self.connection, run_id)

    def _builds(self) -> Iterator[dict[str, Any]]:
        for position, build in enumerate(self.record.run.builds):
            yield {"position": position, "build_id": self.numbers[build]}

    def _counts(self) -> Iterator[dict[str, Any]]:
        for verdict, tests in self.record.run.counts.items():
            yield {"verdict_id": self.numbers[verdict], "tests": tests}

    def _outcomes(self, register: Register) -> Iterator[dict[str, Any]]:
        numbers = self.numbers
        profiles = profile_ids(
            self.connection, [made.classes for made in self.record.outcomes], numbers
        )
        for made, profile in zip(self.record.outcomes, profiles, strict=True):
            yield {
                "test_id": register.tests[made.test],
                "node_id": register.nodes.get((made.test, made.node_id)),
                "verdict_id": numbers[made.verdict],
                "at": made.at,
                "seconds": made.seconds,
                "cause_id": numbers[made.cause],
                "first_id": numbers[made.first],
                "build_id": numbers[made.build],
                "rounds": made.rounds,
                "spell": made.spell,
                "owner_id": numbers[made.owner],
                "until_id": numbers[made.until],
                "profile_id": profile,
            }

    def _latencies(self, register: Register) -> Iterator[dict[str, Any]]:
        for made in self.record.latencies:
            yield {
                "test_id": register.tests[made.test],
                "operation_id": self.numbers[made.operation],
                "size": made.size,
                "samples": made.samples,
                "median": made.median,
            }

    def _operations(self) -> Iterator[dict[str, Any]]:
        for made in self.record.operations:
            yield {
                "operation_id": self.numbers[made.operation],
                "samples": made.samples,
                "errors": made.errors,
                "median": made.median,
                "p95": made.p95,
                "p99": made.p99,
                "longest": made.longest,
            }

    def _evidence(self) -> Iterator[dict[str, Any]]:
        for position, made in enumerate(self.record.evidence):
            yield {
                "position": position,
                "operation_id": self.numbers[made.operation],
                "measure_id": self.numbers[made.measure],
                "limit": made.limit,
                "build_id": self.numbers[made.build],
                "samples": made.samples,
                "bad": made.bad,
                "gain": made.gain,
                "decision_id": self.numbers[made.decision],
            }


def write(connection: Connection, record: Record) -> None:
    """Keep a record in place of what was known of its run, unless that was more."""
    Writing(connection, record, numbered(connection, sorted(words(record)))).perform()


def versions(told: Mapping[str, str]) -> str:
    """The versions as one text, the same for the same ones; empty for none."""
    return json.dumps(dict(told), sort_keys=True, ensure_ascii=False) if told else ""


def words(record: Record) -> set[str]:
    """Every text of a record that has a number: all but keys and node ids of tests."""
    run = record.run
    found = {run.project, run.run_id, run.environment, run.state, run.target, run.host}
    found |= {versions(run.versions), *run.builds, *run.counts}
    for made in record.outcomes:
        found |= {made.verdict, made.cause, made.first, made.build, made.owner, made.until}
        found.update(made.classes)
    found |= {latency.operation for latency in record.latencies}
    found |= {operation.operation for operation in record.operations}
    for weight in record.evidence:
        found |= {weight.operation, weight.measure, weight.build, weight.decision}
    return found


def _key(table: Table, row: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(row[column.name] for column in table.primary_key)
