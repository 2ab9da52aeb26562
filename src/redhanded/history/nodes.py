"""The node ids of tests that ever had another one than their key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from redhanded.history.bulk import insert_all
from redhanded.history.schema import digest, nodes, tests
from redhanded.history.texts import next_id, storable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from redhanded.history.records import Outcome


class Nodes:
    """Numbers node ids; a test that was always known by its key alone has none.

    `seen` tells when the tests that were known before were last seen.
    """

    def __init__(self, connection: Connection, project: int, *, seen: Mapping[int, float]) -> None:
        self._connection = connection
        self._seen = seen
        self._next = next_id(connection, nodes.c.id)
        self._rows: dict[int, dict[bytes, dict[str, Any]]] = {}
        self._fresh: list[dict[str, Any]] = []
        self._renewed: dict[int, dict[str, Any]] = {}
        query = select(nodes).join(tests, tests.c.id == nodes.c.test_id)
        for row in connection.execute(query.where(tests.c.project_id == project)).mappings():
            self._rows.setdefault(row["test_id"], {})[bytes(row["digest"])] = dict(row)

    def met(self, test: int, made: Outcome) -> int | None:
        """The number of an outcome's node id; None where the test's key says it all."""
        node, key = storable(made.node_id), storable(made.test)
        if test not in self._rows and node == key:
            return None
        if test not in self._rows and test in self._seen:
            self._begin(test, key, self._seen[test])
        row = self._rows.get(test, {}).get(digest(node)) or self._begin(test, node, made.at)
        if made.at > row["last_seen"]:
            row["last_seen"] = made.at
            self._renewed[row["id"]] = row
        return int(row["id"])

    def keep(self) -> None:
        """Write down what is new."""
        insert_all(self._connection, nodes, self._fresh)
        renewal = update(nodes).where(nodes.c.id == bindparam("its"))
        changes = [{"its": it, "last_seen": row["last_seen"]} for it, row in self._renewed.items()]
        if changes:
            self._connection.execute(renewal, changes)

    def _begin(self, test: int, node: str, at: float) -> dict[str, Any]:
        its = digest(node)
        row: dict[str, Any] = {
            "id": self._next,
            "test_id": test,
            "digest": its,
            "value": node,
            "last_seen": at,
        }
        self._next += 1
        self._fresh.append(row)
        self._rows.setdefault(test, {})[its] = row
        return row
