"""The tables of history, as the newest migration leaves them.

Every text that comes again (a verdict, a cause, a build, an operation) stands once in `rh_texts`
and is referred to by its number; the numbers of RESERVED are the same in every database. A text of
any length is found by its digest, which is as long everywhere.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from redhanded.history.records import State

if TYPE_CHECKING:
    from sqlalchemy.schema import SchemaItem

HEAD: Final = "0002"
RESERVED = {
    text: number
    for number, text in enumerate(
        ("", "pass", "skipped", "unfinished", "running", "finished", "interrupted", "killed")
    )
}
PASS = RESERVED["pass"]
UNFINISHED = RESERVED["unfinished"]
STATES = {RESERVED[state]: state for state in State}

metadata: MetaData = MetaData()


def digest(text: str) -> bytes:
    """Sixteen bytes that stand for a text of any length."""
    return blake2b(text.encode(), digest_size=16).digest()


def _table(name: str, *parts: SchemaItem) -> Table:
    # Clustered by their keys: the rows of a run lie together, and no key is kept twice.
    return Table(f"rh_{name}", metadata, *parts, sqlite_with_rowid=False)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=False)


def _run() -> Column[int]:
    return Column("run_id", Integer, ForeignKey("rh_runs.id"), primary_key=True)


def _key(name: str) -> Column[int]:
    # Without a reference that the database keeps: each would be looked up for each row.
    return Column(name, Integer, primary_key=True, autoincrement=False)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _real(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Double, nullable=nullable)


version: Table = Table("rh_version", metadata, Column("version_num", Text, nullable=False))

texts: Table = _table(
    "texts",
    _id(),
    Column("digest", LargeBinary(16), nullable=False, unique=True),
    Column("value", Text, nullable=False),
)

runs: Table = _table(
    "runs",
    _id(),
    _number("project_id"),
    _number("name_id"),
    _number("environment_id"),
    _real("started_at"),
    _number("state_id"),
    _real("ended_at", nullable=True),
    _real("seconds"),
    Column("exit_code", Integer),
    Column("seed", BigInteger, nullable=False),
    _number("target_id"),
    _number("host_id"),
    _number("versions_id"),
    _real("canary", nullable=True),
    _number("canaries"),
    UniqueConstraint("project_id", "name_id", name="rh_runs_name"),
    Index("rh_runs_started", "project_id", "started_at", "id"),
)

run_builds: Table = _table("run_builds", _run(), _key("position"), _number("build_id"))
Index("rh_run_builds_build", run_builds.c.build_id)

run_counts: Table = _table("run_counts", _run(), _key("verdict_id"), _number("tests"))

tests: Table = _table(
    "tests",
    _id(),
    _number("project_id"),
    Column("digest", LargeBinary(16), nullable=False),
    Column("key", Text, nullable=False),
    _real("first_seen"),
    _real("last_seen"),
    _number("owner_id"),
    _number("until_id"),
    UniqueConstraint("project_id", "digest", name="rh_tests_key"),
)

# The node ids of a test that ever had another one than its key; without any, its key is the one.
nodes: Table = _table(
    "nodes",
    _id(),
    Column("test_id", Integer, ForeignKey("rh_tests.id"), nullable=False),
    Column("digest", LargeBinary(16), nullable=False),
    Column("value", Text, nullable=False),
    _real("last_seen"),
    UniqueConstraint("test_id", "digest", name="rh_nodes_value"),
)

# How many attempts of which class a test made; tests with the same ones share a profile.
profiles: Table = _table(
    "profiles", _id(), Column("digest", LargeBinary(16), nullable=False, unique=True)
)
profile_classes: Table = _table(
    "profile_classes",
    Column("profile_id", Integer, ForeignKey("rh_profiles.id"), primary_key=True),
    _key("class_id"),
    _number("attempts"),
)

outcomes: Table = _table(
    "outcomes",
    _run(),
    _key("test_id"),
    Column("node_id", Integer),
    _number("verdict_id"),
    _real("at"),
    _real("seconds"),
    _number("cause_id"),
    _number("first_id"),
    _number("build_id"),
    _number("rounds"),
    _number("spell"),
    _number("owner_id"),
    _number("until_id"),
    _number("profile_id"),
)

# The few that did not pass, among the many that did.
Index(
    "rh_outcomes_telling",
    outcomes.c.run_id,
    sqlite_where=outcomes.c.verdict_id > UNFINISHED,
    postgresql_where=outcomes.c.verdict_id > UNFINISHED,
)

# How often each test passed in the runs that began on one day (UTC, since 1970).
passes: Table = _table(
    "passes",
    _key("project_id"),
    _key("day"),
    _key("environment_id"),
    _key("test_id"),
    _number("passes"),
    _real("began"),
    _real("ended"),
)

latencies: Table = _table(
    "latencies",
    _run(),
    _key("test_id"),
    _key("operation_id"),
    _key("size"),
    _number("samples"),
    _real("median"),
)

operations: Table = _table(
    "operations",
    _run(),
    _key("operation_id"),
    _number("samples"),
    _number("errors"),
    _real("median"),
    _real("p95"),
    _real("p99"),
    _real("longest"),
)

evidence: Table = _table(
    "evidence",
    _run(),
    _key("position"),
    _number("operation_id"),
    _number("measure_id"),
    _real("limit"),
    _number("build_id"),
    _number("samples"),
    _number("bad"),
    _real("gain"),
    _number("decision_id"),
)
