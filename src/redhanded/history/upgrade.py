"""Bringing a database to the newest schema: made anew, migrated under a lock, or refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import insert, inspect, select

from redhanded.history.schema import HEAD, RESERVED, digest, metadata, texts, version
from redhanded.history.store import HistoryUnavailable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from redhanded.history.database import Database


def upgrade(database: Database) -> None:
    """Leave the database at the newest schema; any other outcome is HistoryUnavailable."""
    with database.reading() as connection:
        found = _version(connection, database.place)
    if found == HEAD:
        return
    if found is None and database.is_sqlite:
        database.prefer_wal()
    with database.writing() as connection:
        # Another process may have been first while we waited for the lock.
        found = _version(connection, database.place)
        if found is None:
            create(connection)
        elif found != HEAD:
            migrate(connection)


def create(connection: Connection) -> None:
    """Make all tables of the newest schema; Alembic, which is slow to import, is not needed."""
    metadata.create_all(connection)
    connection.execute(insert(version), {"version_num": HEAD})
    connection.execute(
        insert(texts),
        [{"id": it, "digest": digest(text), "value": text} for text, it in RESERVED.items()],
    )


def migrate(connection: Connection, to: str = "head") -> None:
    """Take each migration that is due, in the transaction of the connection."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _version(connection: Connection, place: str) -> str | None:
    tables = set(inspect(connection).get_table_names())
    if version.name not in tables:
        _refuse_strangers(sorted(tables & set(metadata.tables)), place)
        return None
    columns = {column["name"] for column in inspect(connection).get_columns(version.name)}
    found = connection.scalars(select(version)).all() if columns == set(version.c.keys()) else []
    if len(found) != 1 or not found[0].isdecimal():
        _refuse_strangers([version.name], place)
    if int(found[0]) > int(HEAD):
        raise HistoryUnavailable(
            f"The history in {place} was written by a newer redhanded (schema {found[0]}, this one"
            f" knows {HEAD}): update redhanded, or name another database in history.url."
        )
    return str(found[0])


def _refuse_strangers(tables: list[str], place: str) -> None:
    if tables:
        raise HistoryUnavailable(
            f"The database {place} has a table {tables[0]} that is not redhanded's:"
            " name another database in history.url."
        )
