"""PostgreSQL comes and goes as the tests count on."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from tests.servers import postgresql as server
from tests.servers.postgresql import Cluster
from tests.servers.processes import Patience, ServerNotInstalled, ServerNotStarted

ABANDON = """
import os
from tests.servers.postgresql import serving
with serving() as cluster:
    print(cluster.port, flush=True)
    os._exit(3)
"""


def test_a_database_lives_as_long_as_its_block(postgresql: Cluster) -> None:
    """Each test has a database of its own, and leaves none."""
    with postgresql.database() as name:
        postgresql.execute("CREATE TABLE kept (id INTEGER)", name)
        with postgresql.connect(name) as connection:
            connection.execute("SELECT id FROM kept")

    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        postgresql.connect(name)


def test_a_database_goes_although_somebody_is_connected(postgresql: Cluster) -> None:
    """A store that was not closed does not keep its database alive."""
    with postgresql.database() as name:
        left_open = postgresql.connect(name)

    with pytest.raises(psycopg.OperationalError):
        left_open.execute("SELECT 1")
    left_open.close()


def test_the_password_counts(postgresql: Cluster) -> None:
    """Who does not know it is not let in."""
    stranger = Cluster(postgresql.port, secrets.token_hex(4))

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        stranger.connect()


def test_a_machine_without_a_server_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The sentence names where it was looked for, and what to install."""
    monkeypatch.setattr(server, "VERSIONS", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ServerNotInstalled, match="install one, such as Debian's package"):
        server.programs()


@pytest.mark.skipif(os.name != "posix", reason="programs have other names elsewhere")
def test_the_newest_of_several_versions_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Versions are compared as numbers; one without its programs is passed over."""
    monkeypatch.setattr(server, "VERSIONS", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    for place in ("9/bin/initdb", "9/bin/postgres", "15/bin/initdb", "15/bin/postgres", "17/bin/x"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).touch(mode=0o755)

    assert server.programs() == tmp_path / "15" / "bin"


def test_a_server_that_does_not_start_says_why(
    postgresql: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A setting that the server refuses is in the sentence."""
    monkeypatch.setattr(server, "FAST", ("no_such_setting=1",))

    with (
        pytest.raises(ServerNotStarted, match="no_such_setting"),
        server.serving(patience=Patience(seconds=30)),
    ):
        pytest.fail("it started")


@pytest.mark.usefixtures("postgresql")  # skipped where there is none
def test_a_server_ends_when_its_parent_dies() -> None:
    """INVARIANT: a parent that leaves without a word leaves no server behind."""
    with tempfile.TemporaryDirectory() as folder:
        # The server's user must get through to its own folder in there, which is left behind.
        Path(folder).chmod(0o755)
        left = subprocess.run(
            [sys.executable, "-c", ABANDON],
            check=False,
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "TMPDIR": folder},
            timeout=50,
        )

        assert left.returncode == 3, left.stderr
        assert Patience().until(lambda: not listens(int(left.stdout)))
        # What is there until the last moment is removed with the folder.
        assert Patience().until(lambda: not list(Path(folder).glob("*/data/postmaster.pid")))


def listens(port: int) -> bool:
    """Whether anybody takes a connection."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True
