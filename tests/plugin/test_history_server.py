"""Runs that a PostgreSQL server remembers, and what becomes of them when it is gone."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from redhanded.history.records import Run, State
from redhanded.history.sql import SqlStore
from tests.plugin.suites import Serve, Suite
from tests.servers import raw
from tests.servers.postgresql import Cluster

SOURCE = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range(3))
    def test_it(api, number):
        expect(api.get(f"/{number}"), 200 if number < 2 else 404)
"""
KILLING = """
    import os, signal
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range(3))
    def test_it(api, number):
        expect(api.get(f"/{number}"), 200)
        if number == 2:
            os.kill(os.getpid(), signal.SIGKILL)
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A database of a server, and the settings that name it."""

    cluster: Cluster
    name: str

    @property
    def toml(self) -> str:
        """The lines for the table of settings."""
        url = self.cluster.url(self.name)
        return f'history = {{ url = "{url}", password = "env:RUNS_PASSWORD", project = "shop" }}\n'

    def runs(self) -> list[Run]:
        """What is remembered, the newest first."""
        opened = SqlStore.open(self.cluster.url(self.name), password=self.cluster.password)
        with closing(opened) as store:
            return store.runs("shop", latest=10)


@pytest.fixture
def server(postgresql: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A fresh database, whose password stands in the environment."""
    monkeypatch.setenv("RUNS_PASSWORD", postgresql.password)
    with postgresql.database() as name:
        yield Server(postgresql, name)


def outbox(folder: Path) -> list[Path]:
    """The files that wait for the server."""
    return sorted(folder.glob(".redhanded/history/outbox/*.ndjson"))


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["alone", "xdist"])
def test_a_run_is_on_the_server_when_it_is_over(
    suite: Suite, raw_server: Serve, server: Server, workers: list[str]
) -> None:
    """However short it was: others look there."""
    ran = suite(SOURCE, *workers, base_url=raw_server(raw.answer(200)).url, toml=server.toml)

    assert ran.ret == 1, ran.text
    (run,) = server.runs()
    assert (run.state, run.exit_code, dict(run.counts)) == (
        State.FINISHED,
        1,
        {"defect": 1, "pass": 2},
    )
    assert outbox(ran.folder) == []
    assert server.cluster.password not in ran.text


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal here")
def test_a_run_that_was_killed_is_seen_on_the_server(
    suite: Suite, raw_server: Serve, server: Server
) -> None:
    """As one under way, and then as one that was killed, by the next run in its folder."""
    url = raw_server(raw.answer(200)).url

    dead = suite(KILLING, base_url=url, toml=server.toml, apart=True)
    before = [run.state for run in server.runs()]
    suite(SOURCE, base_url=url, toml=server.toml)

    assert dead.ret == -signal.SIGKILL
    assert before == [State.RUNNING]
    newest, killed = server.runs()
    assert (newest.state, killed.state) == (State.FINISHED, State.KILLED)
    assert dict(killed.counts) == {"pass": 2, "unfinished": 1}


def test_a_server_that_goes_away_in_the_midst_costs_one_note(
    suite: Suite, raw_server: Serve, server: Server
) -> None:
    """The run waits in the outbox, and is there when the server is back."""
    source = f"""
        import os
        import psycopg
        from redhanded import expect

        def test_first(api):
            expect(api.get("/x"), 200)

        def test_second(api):
            expect(api.get("/x"), 200)
            password = os.environ["RUNS_PASSWORD"]
            url = "{server.cluster.url()}"
            with psycopg.connect(url, password=password, autocommit=True) as it:
                it.execute("ALTER DATABASE {server.name} RENAME TO {server.name}_gone")
    """
    url = raw_server(raw.answer(200)).url

    ran = suite(source, base_url=url, toml=server.toml)

    assert ran.ret == 0, ran.text
    (note,) = [line for line in ran.section if line.startswith("note: ")]
    assert note.startswith("note: history: ")
    assert server.cluster.password not in ran.text
    assert len(outbox(ran.folder)) == 1
    server.cluster.execute(f"ALTER DATABASE {server.name}_gone RENAME TO {server.name}")
    assert [run.state for run in server.runs()] == [State.RUNNING]
    suite(SOURCE, base_url=url, toml=server.toml)
    assert [run.state for run in server.runs()] == [State.FINISHED] * 2
    assert outbox(ran.folder) == []


def test_a_wrong_password_is_not_shown(
    suite: Suite, raw_server: Serve, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One note, which says what to mend."""
    monkeypatch.setenv("RUNS_PASSWORD", "wrong-password-7")

    ran = suite(SOURCE, base_url=raw_server(raw.answer(200)).url, toml=server.toml)

    assert ran.ret == 1, ran.text
    (note,) = [line for line in ran.section if line.startswith("note: ")]
    assert "history.password" in note
    assert "wrong-password-7" not in ran.text
