"""The file behind the API."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from redhanded.lab import Store, create_app
from redhanded.lab.store import StoreError
from tests.lab.conftest import NEW_BOOKING


def count(store: Store) -> int:
    """How many bookings there are."""
    with store.reading() as tx:
        found: int = tx.execute("SELECT count(*) FROM bookings").fetchone()[0]
    return found


def test_data_outlives_the_process(tmp_path: Path) -> None:
    """What one store wrote, the next one with the same file has."""
    path = tmp_path / "lab.db"
    with Store(path) as store, TestClient(create_app(store)) as client:
        made = client.post("/booking", json=NEW_BOOKING).headers["Location"]

    with Store(path) as store, TestClient(create_app(store)) as client:
        assert client.get(made).json() == NEW_BOOKING


def test_a_file_is_filled_once(tmp_path: Path) -> None:
    """Two stores of one file share its data and do not sow it twice."""
    with Store(tmp_path / "lab.db") as first, Store(tmp_path / "lab.db") as second:
        assert count(first) == count(second) == 5


def test_an_exception_undoes_the_transaction(store: Store) -> None:
    """Nothing of a transaction that did not come to its end can be seen."""
    before = count(store)

    def interrupted() -> None:
        with store.writing() as tx:
            tx.execute("DELETE FROM bookings")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert count(store) == before


def test_a_reader_sees_one_state(store: Store) -> None:
    """A reading transaction does not notice what is written meanwhile."""
    with store.reading() as tx:
        before = tx.execute("SELECT count(*) FROM bookings").fetchone()[0]
        with store.writing() as other:
            other.execute("DELETE FROM bookings")
        after = tx.execute("SELECT count(*) FROM bookings").fetchone()[0]

    assert (before, after, count(store)) == (5, 5, 0)


def test_writers_take_turns(store: Store) -> None:
    """INVARIANT: what a writer read stays true until it has written."""

    def add_one() -> None:
        for _ in range(20):
            with store.writing() as tx:
                price = tx.execute("SELECT totalprice FROM bookings").fetchone()[0]
                tx.execute("UPDATE bookings SET totalprice = ?", (price + 1,))

    with store.writing() as tx:
        tx.execute("UPDATE bookings SET totalprice = 0")
    threads = [threading.Thread(target=add_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with store.reading() as tx:
        assert tx.execute("SELECT max(totalprice) FROM bookings").fetchone()[0] == 80


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    """A text file, a folder or another program's database is left alone, with a sentence."""
    text, foreign = tmp_path / "notes.txt", tmp_path / "other.db"
    text.write_text("not a database " * 100)
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()

    for path in (text, foreign, tmp_path, tmp_path / "missing" / "lab.db"):
        with pytest.raises(StoreError, match="name another --data file"):
            Store(path)
    assert text.read_text() == "not a database " * 100


def test_secrets_are_not_in_the_file(store: Store, tmp_path: Path) -> None:
    """The file holds hashes of passwords, keys and tokens, and none of their values."""
    with TestClient(create_app(store)) as client:
        login = {"username": "admin", "password": "password123"}
        token = client.post("/auth", json=login).json()["token"]
    store.close()

    written = b"".join(path.read_bytes() for path in tmp_path.glob("lab.db*"))
    assert b"editor" in written
    for secret in ("password123", "lab-admin-key", "lab-trader-secret", token):
        assert secret.encode() not in written
