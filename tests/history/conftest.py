"""Every kind of database that a store can be in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from redhanded.history.database import Patience
from redhanded.history.sql import SqlStore

IMPATIENT = Patience(lock=0.1)


class Address(NamedTuple):
    """Where a database is, empty or not even made yet."""

    url: str
    password: str | None = None

    def open(self, patience: Patience | None = None) -> SqlStore:
        """A store there."""
        return SqlStore.open(self.url, password=self.password, patience=patience)


@pytest.fixture
def file(tmp_path: Path) -> Address:
    """An SQLite file, in a folder that is not there yet."""
    return Address(f"sqlite:///{(tmp_path / 'history' / 'history.sqlite').as_posix()}")


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Address]:
    """A database of a running PostgreSQL."""
    cluster = request.getfixturevalue("postgresql")
    with cluster.database() as name:
        yield Address(cluster.url(name), cluster.password)


@pytest.fixture(params=["file", "server"], ids=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> Address:
    """Each kind of database in turn."""
    found: Address = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def opened(address: Address) -> Iterator[Callable[[], SqlStore]]:
    """Opens stores on the same database, as several runs do."""
    with ExitStack() as stack:

        def opened() -> SqlStore:
            store = address.open()
            stack.callback(store.close)
            return store

        yield opened


@pytest.fixture
def store(opened: Callable[[], SqlStore]) -> SqlStore:
    """An empty store."""
    return opened()
