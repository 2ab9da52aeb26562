"""The SQLite file behind the API."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Self

from redhanded.lab.seed import sow

_LAYOUT = 1  # PRAGMA user_version of a file this code can read


class StoreError(Exception):
    """A data file that cannot be used; the sentence says what to do."""


class Store:
    """A SQLite file with one writer at a time and as many readers as there are callers."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: deque[sqlite3.Connection] = deque()
        # SQLite's own waiting polls with growing pauses; a lock hands over at once.
        self._writing = threading.Lock()
        try:
            self._prepare()
        except sqlite3.Error as error:
            self.close()
            raise StoreError(
                f"{path} cannot be used as a data file ({error}); name another --data file"
            ) from error

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the data until the block ends."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection that is alone in changing data; an exception undoes its changes."""
        with self._writing, self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def close(self) -> None:
        """Closes every connection that is not in use."""
        while self._idle:
            self._idle.pop().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        connection = self._take()
        try:
            connection.execute(begin)
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        finally:
            self._idle.append(connection)

    def _take(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, timeout=10
        )
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.Error:  # the file is none of ours
            connection.close()
            raise
        return connection

    def _prepare(self) -> None:
        connection = self._take()
        self._idle.append(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        with self.writing() as tx:
            layout = tx.execute("PRAGMA user_version").fetchone()[0]
            tables = tx.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if layout == _LAYOUT:
                return
            if layout or tables:
                raise sqlite3.DatabaseError("it holds the data of something else")
            _create(tx)


def _create(tx: sqlite3.Connection) -> None:
    script = files("redhanded.lab").joinpath("schema.sql").read_text("utf-8")
    for statement in script.split(";"):  # executescript would commit what is open
        tx.execute(statement)
    sow(tx)
    tx.execute(f"PRAGMA user_version = {_LAYOUT}")
