"""Whatever is wrong with a database: one sentence, no secret, and nothing lost."""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from redhanded.history.database import Patience
from redhanded.history.faults import translated
from redhanded.history.records import Record
from redhanded.history.sql import SqlStore
from redhanded.history.store import HistoryUnavailable
from tests.history.conftest import Address
from tests.history.samples import full, outcome, record
from tests.servers.postgresql import Cluster

SECRET = "correct-horse"
IMPATIENT = Patience(lock=0.1)
BIG = record("r2", [outcome(f"t{number:04}" * 20) for number in range(5000)])


def sentence(attempt: Callable[[], object]) -> str:
    """What is said of an attempt that fails, which is one line and one sentence."""
    with pytest.raises(HistoryUnavailable) as raised:
        attempt()
    said = str(raised.value)
    assert "\n" not in said
    assert said.endswith(".")
    return said


@contextmanager
def listening(name: str, then: Callable[..., None]) -> Iterator[None]:
    """Calls a function at an event of every engine."""
    event.listen(sqlalchemy.Engine, name, then)
    try:
        yield
    finally:
        event.remove(sqlalchemy.Engine, name, then)


@contextmanager
def nobody() -> Iterator[None]:
    """As a user without privileges, where we have some: those may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


def path_of(address: Address) -> Path:
    """The file of an SQLite database."""
    return Path(address.url.removeprefix("sqlite:///"))


@pytest.fixture
def kept(file: Address) -> Address:
    """An SQLite file that has a run."""
    with closing(file.open()) as store:
        store.write(full())
    return file


class TestAddress:
    """What may stand in `history.url`."""

    @pytest.mark.parametrize(
        "url, said",
        [
            (f"mysql://ann:{SECRET}@host/name", "history.url asks for mysql;"),
            (f"http://ann:{SECRET}@host", "history.url asks for http;"),
            (f"postgresql://ann:{SECRET}@host:port/name", "history.url is no address;"),
            ("history.sqlite", "history.url is no address;"),
            ("", "history.url is no address;"),
            ("sqlite://", "history.url names no file;"),
            ("sqlite:///:memory:", "history.url names no file;"),
        ],
        ids=["mysql", "http", "port", "path", "empty", "sqlite-nothing", "sqlite-memory"],
    )
    def test_an_address_of_another_kind_is_refused(self, url: str, said: str) -> None:
        """The sentence says what to write, and repeats no password."""
        told = sentence(lambda: SqlStore.open(url))

        assert told.startswith(said)
        assert "write sqlite:///path/to/history.sqlite" in told
        assert SECRET not in told

    def test_a_driver_in_the_address_does_not_matter(self, file: Address) -> None:
        """An address that was written for another program is understood."""
        SqlStore.open(file.url.replace("sqlite:", "sqlite+aiosqlite:")).write(full())

        assert file.open().record("shop", "0a1b2c3d") == full()

    def test_postgresql_without_its_driver_says_what_to_install(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The extra is named in one line."""
        monkeypatch.setitem(sys.modules, "psycopg", None)

        told = sentence(lambda: SqlStore.open("postgresql://ann@127.0.0.1/name"))

        assert told == (
            "history.url names a PostgreSQL server, and psycopg is not installed:"
            " pip install 'redhanded[postgres]'."
        )


class TestFile:
    """SQLite files."""

    def test_the_folder_is_made(self, file: Address) -> None:
        """A first run needs no preparation."""
        assert not path_of(file).parent.exists()

        file.open()

        assert path_of(file).is_file()

    def test_readers_do_not_wait_for_a_writer(self, kept: Address) -> None:
        """What is there can be read while a run is written."""
        with closing(sqlite3.connect(path_of(kept), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")

            assert kept.open(IMPATIENT).record("shop", "0a1b2c3d") == full()

    def test_a_folder_that_is_a_file(self, tmp_path: Path) -> None:
        """A place where no folder can be made is told as what the system says."""
        (tmp_path / "taken").write_text("x")
        url = f"sqlite:///{(tmp_path / 'taken' / 'h.sqlite').as_posix()}"

        told = sentence(lambda: SqlStore.open(url))

        assert "taken" in told
        assert "or name another in history.url" in told

    def test_a_file_that_is_a_folder(self, tmp_path: Path) -> None:
        """A folder is no database."""
        assert "unable to open" in sentence(
            lambda: SqlStore.open(f"sqlite:///{tmp_path.as_posix()}")
        )

    @pytest.mark.skipif(os.name != "posix", reason="rights are others elsewhere")
    @pytest.mark.parametrize("what", ["file", "folder"])
    def test_what_may_not_be_written_is_left(self, what: str) -> None:
        """A history that is read-only is told as such, and stays as it was."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "history.sqlite"
            address = Address(f"sqlite:///{path}")
            with closing(address.open()) as store:
                store.write(full())
            path.chmod(0o444 if what == "file" else 0o666)
            path.parent.chmod(0o555 if what == "folder" else 0o777)

            with nobody():
                told = sentence(lambda: address.open().write(record("r2")))

            path.parent.chmod(0o700)
            assert "the right to write it and its folder" in told
            assert [it.run.run_id for it in address.open().records()] == ["0a1b2c3d"]

    def test_a_connection_that_may_only_read(self, kept: Address) -> None:
        """What SQLite says of a file without the right to write comes out as one sentence."""

        def only_read(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("PRAGMA query_only = ON")

        store = kept.open()
        with listening("connect", only_read):
            told = sentence(lambda: store.write(record("r2")))

        assert "attempt to write a readonly database" in told

    @pytest.mark.parametrize(
        "content", [b"hello, world\n" * 500, b"SQLite format 3\0" + b"\xff" * 5000],
        ids=["text", "header-only"],
    )  # fmt: skip
    def test_a_file_that_is_no_database(self, file: Address, content: bytes) -> None:
        """Somebody's file is neither read nor overwritten."""
        path_of(file).parent.mkdir()
        path_of(file).write_bytes(content)

        told = sentence(file.open)

        assert "move the file away, and the next run begins a new one" in told
        assert path_of(file).read_bytes() == content

    @pytest.mark.parametrize("damage", ["cut", "overwritten"])
    def test_a_damaged_file(self, file: Address, damage: str) -> None:
        """Damage is told when it is met, and makes nothing of the sort up."""
        with closing(file.open()) as store:
            store.write(BIG)
        path = path_of(file)
        whole = path.read_bytes()
        page = 4096
        torn = whole[: 40 * page] + b"\xff" * (20 * page) + whole[60 * page :]
        path.write_bytes(whole[: len(whole) // 2] if damage == "cut" else torn)

        told = sentence(lambda: file.open().record("shop", "r2"))

        assert "move the file away, and the next run begins a new one" in told

    def test_rows_that_do_not_fit_together(self, kept: Address) -> None:
        """A row that refers to one that is gone is damage, not a fault of the program."""
        with closing(sqlite3.connect(path_of(kept))) as other, other:
            other.execute("DELETE FROM rh_texts WHERE value = 'connect_refused'")

        told = sentence(lambda: kept.open().record("shop", "0a1b2c3d"))

        assert "what it holds does not fit together" in told

    def test_a_full_disk_undoes_the_run(self, kept: Address) -> None:
        """INVARIANT: a run for which there is no room leaves what was there."""

        def limit(connection: sqlite3.Connection, _record: object) -> None:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages + 20}")

        store = kept.open()
        with listening("connect", limit):
            told = sentence(lambda: store.write(BIG))

        assert "disk is full): make room on its disk" in told
        assert list(store.records()) == [full()]
        store.write(BIG)
        assert len(store.runs("shop", latest=5)) == 2


class TestLock:
    """A database that another process holds."""

    def test_a_file_that_is_locked(self, kept: Address) -> None:
        """A writer that does not end is waited for, and not for ever."""
        store = kept.open(IMPATIENT)
        with closing(sqlite3.connect(path_of(kept), isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            told = sentence(lambda: store.write(BIG))

        assert "database is locked): another process holds it: try again" in told
        store.write(BIG)
        assert len(store.runs("shop", latest=5)) == 2

    def test_a_file_that_cannot_even_be_read(self, kept: Address) -> None:
        """Without a write-ahead log a lock keeps readers out as well."""
        with closing(sqlite3.connect(path_of(kept), isolation_level=None)) as other:
            other.execute("PRAGMA journal_mode = DELETE")
            other.execute("BEGIN EXCLUSIVE")
            told = sentence(lambda: kept.open(IMPATIENT))

        assert "cannot be read (database is locked)" in told

    def test_a_server_where_another_run_writes(self, server: Address) -> None:
        """The same on PostgreSQL."""
        holder, waiting = server.open(), server.open(IMPATIENT)
        said: list[str] = []

        def meanwhile(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if statement.startswith("INSERT INTO rh_runs") and not said:
                said.append(sentence(lambda: waiting.write(BIG)))

        with listening("before_cursor_execute", meanwhile):
            holder.write(full())

        assert "another process holds it: try again" in said[0]
        assert list(waiting.records()) == [full()]


class TestServer:
    """PostgreSQL that is not as it should be."""

    def test_nobody_answers(self, closed_port: int) -> None:
        """A server that is down is told with where it was looked for."""
        url = f"postgresql://ann@127.0.0.1:{closed_port}/shop"

        told = sentence(lambda: SqlStore.open(url, password=SECRET))

        assert told.startswith("The history in shop on 127.0.0.1 cannot be read (")
        assert "see that the server runs and that history.url names it" in told

    @pytest.mark.parametrize("where", ["apart", "in-the-address"])
    def test_a_wrong_password(self, postgresql: Cluster, where: str) -> None:
        """INVARIANT: no sentence holds a password."""
        url = postgresql.url()
        if where == "in-the-address":
            url = url.replace("@", f":{SECRET}@")
        password = SECRET if where == "apart" else None

        told = sentence(lambda: SqlStore.open(url, password=password))

        assert "mend history.url or history.password" in told
        assert SECRET not in told

    def test_an_unknown_database(self, postgresql: Cluster) -> None:
        """A database that is not there is to be made by somebody who may."""
        told = sentence(
            lambda: SqlStore.open(postgresql.url("nobody"), password=postgresql.password)
        )

        assert "create it, or mend history.url" in told

    def test_a_user_without_rights(self, postgresql: Cluster, server: Address) -> None:
        """Who may not make tables is told which right is missing."""
        postgresql.execute(f"CREATE ROLE guest LOGIN PASSWORD '{SECRET}'")
        url = server.url.replace("keeper@", "guest@")
        try:
            told = sentence(lambda: SqlStore.open(url, password=SECRET))
        finally:
            postgresql.execute("DROP ROLE guest")

        assert "grant this user the right to create and write tables in it" in told

    def test_tables_that_were_changed(self, server: Address) -> None:
        """A schema that somebody mended by hand is not guessed at."""
        store = server.open()
        with psycopg.connect(server.url, password=server.password) as other:
            other.execute("ALTER TABLE rh_runs DROP COLUMN seed")

        assert "redhanded's tables in it were changed" in sentence(lambda: store.write(full()))

    @pytest.mark.parametrize("made", [full(), BIG], ids=["few-rows", "many-rows"])
    def test_a_server_that_goes_away_in_mid_write(
        self, server: Address, postgresql: Cluster, made: Record
    ) -> None:
        """INVARIANT: a run whose writing broke off left nothing, and can be written again."""
        store = server.open()
        victims: list[int] = []

        def end(connection: Any, _cursor: object, statement: str, *_: object) -> None:  # noqa: ANN401
            if statement.startswith("INSERT INTO rh_runs"):
                driver = connection.connection.driver_connection
                victims.append(driver.info.backend_pid)
                postgresql.execute(f"SELECT pg_terminate_backend({victims[-1]}, 5000)")

        with listening("after_cursor_execute", end):
            told = sentence(lambda: store.write(made))

        assert victims
        assert "cannot be written" in told
        assert list(store.records()) == []
        store.write(made)
        assert store.record("shop", made.run.run_id) == made


@pytest.mark.parametrize(
    "state, remedy",
    [
        ("53100", "make room on the server"),
        ("57P03", "wait until the server is up again"),
        ("57014", "it took too long"),
        ("22P05", "take out of the record what it does not like"),
        (None, "see that the server runs"),
    ],
    ids=["disk-full", "starting", "timeout", "character", "unknown"],
)
def test_what_a_server_says_is_understood_by_its_code(state: str | None, remedy: str) -> None:
    """A server may speak any language: its codes are the same everywhere."""

    class Said(Exception):
        sqlstate = state

    def fail() -> None:
        with translated("shop on db", "written", is_file=False, secret=SECRET):
            raise OperationalError("INSERT", None, Said(f"Fehler mit {SECRET}\nDETAIL: lang"))

    told = sentence(fail)

    assert told.startswith("The history in shop on db cannot be written (Fehler mit ***): ")
    assert remedy in told
