"""The register of a project's tests: the numbers of their keys, their node ids, what is new."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from redhanded.history.bulk import insert_all
from redhanded.history.nodes import Nodes
from redhanded.history.schema import digest, outcomes, tests
from redhanded.history.texts import chunks, next_id, storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from redhanded.history.records import Record


@dataclass(slots=True)
class Register:
    """Enters the tests of a record; afterwards `tests` and `nodes` have their numbers.

    `nodes` has only the node ids that are not, and never were, all that their test is known by.
    """

    connection: Connection
    project: int
    numbers: Mapping[str, int]
    tests: dict[str, int] = field(default_factory=dict)
    nodes: dict[tuple[str, str], int] = field(default_factory=dict)

    def enter(self, record: Record) -> None:
        """Give every test of a record its number."""
        keys = dict.fromkeys(made.test for made in record.outcomes)
        keys |= dict.fromkeys(made.test for made in record.latencies)
        digests = {key: digest(storable(key)) for key in keys}
        known = self._known(digests.values())
        self.tests = {key: known[its][0] for key, its in digests.items() if its in known}
        self._begin({key: its for key, its in digests.items() if its not in known}, record)
        nodes = Nodes(self.connection, self.project, seen=dict(known.values()))
        for made in sorted(record.outcomes, key=lambda it: it.at):
            node = nodes.met(self.tests[made.test], made)
            if node is not None:
                self.nodes[made.test, made.node_id] = node
        nodes.keep()

    def renew(self, run_id: int) -> None:
        """Take over from the outcomes of a run when its tests were seen, and whose they are."""
        made = outcomes.c.run_id == run_id
        its = select(outcomes.c.at).where(made, outcomes.c.test_id == tests.c.id)
        at = its.scalar_subquery()
        met = tests.c.id.in_(select(outcomes.c.test_id).where(made))
        new = {
            name: its.with_only_columns(outcomes.c[name]).scalar_subquery()
            for name in ("owner_id", "until_id")
        }
        self.connection.execute(
            update(tests).where(met, tests.c.last_seen <= at).values(last_seen=at, **new)
        )
        self.connection.execute(
            update(tests).where(met, tests.c.first_seen > at).values(first_seen=at)
        )

    def _known(self, digests: Iterable[bytes]) -> dict[bytes, tuple[int, float]]:
        found: dict[bytes, tuple[int, float]] = {}
        query = select(tests.c.digest, tests.c.id, tests.c.last_seen).where(
            tests.c.project_id == self.project,
            tests.c.digest.in_(bindparam("digests", expanding=True)),
        )
        for chunk in chunks(digests):
            rows = self.connection.execute(query, {"digests": chunk})
            found |= {bytes(row.digest): (row.id, row.last_seen) for row in rows}
        return found

    def _begin(self, fresh: Mapping[str, bytes], record: Record) -> None:
        made = {it.test: it for it in record.outcomes}
        rows: list[dict[str, Any]] = []
        for number, (key, its) in enumerate(fresh.items(), next_id(self.connection, tests.c.id)):
            self.tests[key] = number
            at = made[key].at if key in made else record.run.started_at
            rows.append(
                {
                    "id": number,
                    "project_id": self.project,
                    "digest": its,
                    "key": storable(key),
                    "first_seen": at,
                    "last_seen": at,
                    "owner_id": self.numbers[made[key].owner if key in made else ""],
                    "until_id": self.numbers[made[key].until if key in made else ""],
                }
            )
        insert_all(self.connection, tests, rows)
