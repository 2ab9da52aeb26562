"""A database of any age comes to the newest schema, or stays as it is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from redhanded.history import migrations
from redhanded.history.database import Database, Patience
from redhanded.history.schema import HEAD, RESERVED, metadata, passes, texts
from redhanded.history.store import HistoryUnavailable
from redhanded.history.upgrade import migrate, upgrade
from redhanded.history.writing import write
from tests.history.conftest import Address
from tests.history.samples import full, outcome, record

FIRST = "0001"
OPEN = """
import sys
from redhanded.history.sql import SqlStore
SqlStore.open(sys.argv[1], password=sys.argv[2] or None)
print("open")
"""


@contextmanager
def connected(address: Address) -> Iterator[Connection]:
    """A transaction of our own on the database."""
    database = Database(address.url, password=address.password, patience=Patience())
    with database.writing() as connection:
        yield connection
    database.close()


def perform(address: Address, *statements: str) -> None:
    """Perform statements as they are."""
    with connected(address) as connection:
        for statement in statements:
            connection.execute(sqlalchemy.text(statement))


def scalar(address: Address, query: str) -> Any:  # noqa: ANN401  whatever the column holds
    """The only value of a query."""
    with connected(address) as connection:
        return connection.execute(sqlalchemy.text(query)).scalar_one()


@pytest.fixture
def old(address: Address) -> Address:
    """A database of the first schema with two runs in it."""
    with connected(address) as connection:
        migrate(connection, FIRST)
        # This version counts passes as it writes; the first one did not.
        passes.create(connection)
        write(connection, full())
        write(connection, record("r1", [outcome("t1"), outcome("t2", "defect")]))
        passes.drop(connection)
    return address


def shape(address: Address) -> list[Any]:
    """What the newest schema differs in from the tables that are there."""
    with connected(address) as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "rh_version"})
        return list(compare_metadata(context, metadata))


def test_the_head_is_the_newest_migration() -> None:
    """INVARIANT: the program knows the schema that its migrations lead to."""
    config = Config()
    config.set_main_option("script_location", str(Path(*migrations.__path__)))

    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


@pytest.mark.parametrize("way", ["made", "migrated"])
def test_a_new_database_has_the_newest_schema(address: Address, way: str) -> None:
    """INVARIANT: made at once or by every migration, the tables and the first texts are alike."""
    if way == "made":
        address.open().close()
    else:
        with connected(address) as connection:
            migrate(connection)

    assert shape(address) == []
    with connected(address) as connection:
        found = connection.execute(sqlalchemy.select(texts.c.value, texts.c.id)).all()
    assert {row.value: row.id for row in found} == RESERVED
    assert scalar(address, "SELECT version_num FROM rh_version") == HEAD


def test_an_old_database_is_migrated_with_what_it_holds(old: Address, tmp_path: Path) -> None:
    """Everything is there afterwards, as if it had been written by this version."""
    store = old.open()
    anew = Address(f"sqlite:///{(tmp_path / 'anew.sqlite').as_posix()}").open()
    for known in store.records():
        anew.write(known)

    assert shape(old) == []
    assert {it.run.run_id for it in store.records()} == {"0a1b2c3d", "r1"}
    assert store.record("shop", "0a1b2c3d") == full()
    assert sorted(store.tallies("shop", since=0.0)) == sorted(anew.tallies("shop", since=0.0))


def test_a_migration_that_fails_leaves_the_database_as_it_was(old: Address) -> None:
    """INVARIANT: a migration is taken wholly or not at all."""
    perform(old, "CREATE INDEX rh_run_builds_build ON rh_runs (id)")

    with pytest.raises(HistoryUnavailable, match=r"cannot be written .*already exists"):
        old.open()

    assert scalar(old, "SELECT version_num FROM rh_version") == FIRST
    assert scalar(old, "SELECT count(*) FROM rh_outcomes") == 4
    with connected(old) as connection:
        assert "rh_passes" not in sqlalchemy.inspect(connection).get_table_names()


def test_a_migration_that_failed_is_taken_when_its_hindrance_is_gone(old: Address) -> None:
    """Nothing of the failure is left to trip over."""
    perform(old, "CREATE INDEX rh_run_builds_build ON rh_runs (id)")
    with pytest.raises(HistoryUnavailable):
        old.open()
    perform(old, "DROP INDEX rh_run_builds_build")

    assert old.open().record("shop", "0a1b2c3d") == full()


@pytest.mark.parametrize("start", ["fresh", "old"])
def test_two_processes_may_upgrade_at_once(
    start: str, address: Address, request: pytest.FixtureRequest
) -> None:
    """INVARIANT: of two that come at the same time one waits, and both end well."""
    if start == "old":
        request.getfixturevalue("old")
    command = [sys.executable, "-c", OPEN, address.url, address.password or ""]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]

    said = [process.communicate(timeout=50) for process in both]

    assert said == [("open\n", "")] * 2
    assert shape(address) == []


def test_the_one_that_waited_finds_it_done(
    address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another process did while we waited for the lock is not done again."""
    database = Database(address.url, password=address.password, patience=Patience())
    looked = database.reading

    @contextmanager
    def overtaken() -> Iterator[Connection]:
        with looked() as connection:
            yield connection
        address.open().write(full())

    monkeypatch.setattr(database, "reading", overtaken)

    upgrade(database)

    assert address.open().record("shop", "0a1b2c3d") == full()


def versioned(version: str) -> list[str]:
    """Statements that make a database say so of itself."""
    return [
        "CREATE TABLE rh_version (version_num TEXT)",
        f"INSERT INTO rh_version VALUES ('{version}')",  # noqa: S608  of this file
    ]


@pytest.mark.parametrize(
    "statements, sentence",
    [
        (versioned("0999"), r"a newer redhanded \(schema 0999, .* knows \d+\): update redhanded"),
        (versioned("x"), "a table rh_version that is not redhanded's"),
        (versioned("0001"), "redhanded's tables in it were changed"),
        (["CREATE TABLE rh_version (version_num TEXT)"], "rh_version that is not redhanded's"),
        (["CREATE TABLE rh_version (number INTEGER)"], "rh_version that is not redhanded's"),
        (["CREATE TABLE rh_runs (id INTEGER)"], "a table rh_runs that is not redhanded's"),
    ],
    ids=["newer", "odd-version", "no-tables", "empty-version", "other-version", "other-runs"],
)
def test_what_is_not_ours_is_refused_and_left_alone(
    address: Address, statements: list[str], sentence: str
) -> None:
    """Tables of a newer version, or of another program, are never touched."""
    perform(address, *statements)
    before = tables(address)

    with pytest.raises(HistoryUnavailable, match=sentence):
        address.open()

    assert tables(address) == before


def tables(address: Address) -> set[str]:
    """The tables that are there."""
    with connected(address) as connection:
        return set(sqlalchemy.inspect(connection).get_table_names())


def test_tables_of_other_programs_do_not_matter(address: Address) -> None:
    """A database may be shared with programs whose tables have other names."""
    perform(address, "CREATE TABLE runs (id INTEGER)", "INSERT INTO runs VALUES (7)")

    address.open().write(full())

    assert scalar(address, "SELECT id FROM runs") == 7


def test_a_database_that_is_up_to_date_needs_no_alembic(address: Address) -> None:
    """Opening costs every run: what only a migration needs is imported for one only."""
    code = f"{OPEN}\nassert 'alembic' not in sys.modules"
    command = [sys.executable, "-c", code, address.url, address.password or ""]

    for _ in ("made", "found"):
        subprocess.run(command, check=True, capture_output=True, timeout=50)
