"""One database, SQLite or PostgreSQL: its address, its transactions, and one writer at a time."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from redhanded.history.faults import translated
from redhanded.history.store import HistoryUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection, Engine

_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}
# Any number: what counts is that every program of this kind takes the same lock.
_WRITER = 0x7265_6468


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a database may take, in seconds: to be reached, to let us in, to answer."""

    connect: int = 3
    lock: float = 5.0
    statement: float = 30.0


class Database:
    """Opens a connection for every transaction: a run may last for hours between two of them."""

    def __init__(self, url: str, *, password: str | None, patience: Patience) -> None:
        self._url = _parsed(url, password)
        self._patience = patience
        self.place: str = _place(self._url)
        self._engine = self._opened()

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file."""
        return self._url.get_backend_name() == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the data; every fault is HistoryUnavailable."""
        with self._faults("read"), self._engine.connect() as opened:
            # A file shows each reader one state by itself.
            options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
            connection = opened.execution_options(**options)
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is alone in changing data; an exception undoes its changes."""
        with self._faults("written"), self._engine.connect() as opened:
            connection = opened.execution_options(writes=True)
            with connection.begin():
                yield connection

    def prefer_wal(self) -> None:
        """Let readers of a new file read while it is written, where its disk allows that."""
        with self._faults("written"), self._engine.connect() as connection:
            file: Any = connection.connection.driver_connection
            with suppress(sqlite3.OperationalError):
                file.execute("PRAGMA journal_mode = WAL")

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _faults(self, doing: str) -> AbstractContextManager[None]:
        secret = self._url.password
        return translated(self.place, doing, is_file=self.is_sqlite, secret=secret)

    def _opened(self) -> Engine:
        if self.is_sqlite:
            return self._file()
        with self._faults("read"):
            engine = sqlalchemy.create_engine(
                self._url,
                poolclass=NullPool,
                connect_args={
                    "connect_timeout": self._patience.connect,
                    "tcp_user_timeout": round(self._patience.statement * 1000),
                    "application_name": "redhanded",
                    # A pooler in between may hand each transaction to another session.
                    "prepare_threshold": None,
                },
            )
        event.listen(engine, "begin", self._begin_server)
        return engine

    def _file(self) -> Engine:
        with self._faults("written"):
            Path(self._url.database or "").parent.mkdir(parents=True, exist_ok=True)
        engine = sqlalchemy.create_engine(
            self._url, poolclass=NullPool, connect_args={"timeout": self._patience.lock}
        )
        event.listen(engine, "connect", _prepare_file)
        event.listen(engine, "begin", _begin_file)
        return engine

    def _begin_server(self, connection: Connection) -> None:
        limits = {
            "statement": f"{round(self._patience.statement * 1000)}",
            "lock": f"{round(self._patience.lock * 1000)}",
        }
        connection.execute(
            sqlalchemy.text(
                "SELECT set_config('statement_timeout', :statement, true),"
                " set_config('lock_timeout', :lock, true)"
            ),
            limits,
        )
        if connection.get_execution_options().get("writes"):
            connection.execute(sqlalchemy.select(sqlalchemy.func.pg_advisory_xact_lock(_WRITER)))


def _prepare_file(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's own
    # The driver must not begin transactions of its own: the lock would come too late.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_file(connection: Connection) -> None:
    # One that reads first and writes later would be refused where another wrote in between.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _parsed(url: str, password: str | None) -> URL:
    backend, separator, file = url.partition(":///")
    is_file = bool(separator) and backend.partition("+")[0] == "sqlite"
    try:
        # A path may hold what would begin a query elsewhere.
        parsed = URL.create("sqlite", database=file) if is_file else make_url(url)
    except (ArgumentError, ValueError):  # its text may hold a password: it is not repeated
        parsed = None
    driver = _DRIVERS.get(parsed.get_backend_name()) if parsed else None
    if parsed is None or driver is None:
        fault = f"asks for {parsed.get_backend_name()}" if parsed else "is no address"
        raise HistoryUnavailable(
            f"history.url {fault}; write sqlite:///path/to/history.sqlite"
            " or postgresql://user@host/name."
        )
    if driver == _DRIVERS["sqlite"] and not _names_file(parsed):
        raise HistoryUnavailable(
            "history.url names no file; write sqlite:///path/to/history.sqlite."
        )
    given = parsed.set(drivername=driver)
    return given if password is None else given.set(password=password)


def _names_file(url: URL) -> bool:
    return bool(url.database) and url.database != ":memory:"


def _place(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return f"{url.database or url.username} on {url.host or 'localhost'}"
