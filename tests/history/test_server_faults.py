"""Whatever is wrong with a server: one sentence, no secret, and nothing lost."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from redhanded.history.faults import translated
from redhanded.history.records import Record
from redhanded.history.sql import SqlStore
from tests.history.complaints import BIG, IMPATIENT, SECRET, listening, sentence
from tests.history.conftest import Address
from tests.history.samples import full
from tests.servers.postgresql import Cluster


class TestServer:
    """PostgreSQL that is not as it should be."""

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
