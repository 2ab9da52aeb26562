"""Whatever is wrong with an address or a file: one sentence, no secret, and nothing lost."""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from redhanded.history.sql import SqlStore
from tests.history.complaints import BIG, IMPATIENT, SECRET, listening, sentence
from tests.history.conftest import Address
from tests.history.samples import full, record


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

    def test_a_folder_may_have_any_name(self, tmp_path: Path) -> None:
        """What begins a query in the address of a server is a part of a path here."""
        if os.name == "nt":
            pytest.skip("no file of Windows has such a name")
        file = tmp_path / "why?really=yes %20" / "history.sqlite"

        SqlStore.open(f"sqlite:///{file}").close()

        assert file.exists()

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
