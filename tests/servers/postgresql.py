"""PostgreSQL on loopback: a throw-away cluster in a temporary folder, a database for each test."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.servers.processes import (
    Patience,
    ServerNotInstalled,
    ServerNotStarted,
    end,
    spare_port,
)

HOST_SCRIPT = Path(__file__).with_name("server_host.py")
VERSIONS = Path("/usr/lib/postgresql")  # where Debian puts them, a folder each
ADMIN = "keeper"
# What survives a crash of the machine is of no use here, and costs most of the time.
FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "unix_socket_directories=")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server and its superuser."""

    port: int
    password: str

    def url(self, database: str = "postgres") -> str:
        """The address of a database, without the password."""
        return f"postgresql://{ADMIN}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """The name of a fresh database, gone when the block is left."""
        name = f"test_{secrets.token_hex(6)}"
        self.execute(f"CREATE DATABASE {name}")
        try:
            yield name
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Perform a statement by itself."""
        with self.connect(database) as connection:
            connection.execute(statement.encode())

    def connect(
        self, database: str = "postgres", *, connect_timeout: int = 30
    ) -> psycopg.Connection[Any]:
        """A connection that commits each statement by itself; the limit is in seconds."""
        return psycopg.connect(
            self.url(database),
            password=self.password,
            autocommit=True,
            connect_timeout=connect_timeout,
        )


def programs() -> Path:
    """The folder of a server's programs, the newest first; raises ServerNotInstalled."""
    for folder in _folders():
        if all(shutil.which(name, path=str(folder)) for name in ("initdb", "postgres")):
            return folder
    raise ServerNotInstalled(
        "no PostgreSQL server (initdb, postgres) is on the PATH, in the folder that pg_config tells"
        " or in /usr/lib/postgresql: install one, such as Debian's package postgresql"
    )


@contextmanager
def serving(*, patience: Patience | None = None) -> Iterator[Cluster]:
    """A running cluster, ended when the block is left.

    Raises ServerNotInstalled, or ServerNotStarted when it does not answer in time.
    """
    found = programs()
    with tempfile.TemporaryDirectory(prefix="cluster-", ignore_cleanup_errors=True) as folder:
        start = _Start(found, Path(folder), secrets.token_hex(12), patience or Patience())
        start.make()
        process = start.run()
        try:
            start.wait(process)
            yield Cluster(start.port, start.password)
        finally:
            end(process)


def _folders() -> Iterator[Path]:
    initdb = shutil.which("initdb")
    if initdb:
        yield Path(initdb).parent
    config = shutil.which("pg_config")
    if config:
        told = subprocess.run([config, "--bindir"], check=False, capture_output=True, text=True)
        yield Path(told.stdout.strip())
    found = VERSIONS.glob("*/bin")
    yield from sorted(found, key=lambda path: path.parent.name.zfill(4), reverse=True)


def _stranger() -> str:
    """A user to be where we are root, as whom no server starts; empty where we are not."""
    if os.name != "posix" or os.geteuid() != 0:
        return ""
    import pwd

    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise ServerNotInstalled("no user but root is there to run a PostgreSQL server")


class _Start:
    def __init__(self, found: Path, folder: Path, password: str, patience: Patience) -> None:
        self.password = password
        self.port = spare_port()
        self._programs = found
        self._folder = folder
        self._patience = patience
        self._user = _stranger()
        self._log = folder / "log.txt"

    def make(self) -> None:
        secret = self._folder / "password"
        secret.write_text(self.password, encoding="ascii")
        if self._user:
            for path in (self._folder, secret):
                shutil.chown(path, self._user)
        command = ["initdb", "--no-sync", "--no-instructions", "--encoding=UTF8", "--locale=C"]
        account = [f"--username={ADMIN}", f"--pwfile={secret}", "--auth=scram-sha-256"]
        with self._log.open("wb") as log:
            made = subprocess.Popen(
                self._hosted(*command, *account, f"--pgdata={self._data}"),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
            )
            made.wait(self._patience.seconds)
        if made.returncode:
            raise self._failure(f"initdb ended with status {made.returncode}")
        if made.stdin:
            made.stdin.close()

    def run(self) -> subprocess.Popen[bytes]:
        settings = [part for setting in FAST for part in ("-c", setting)]
        place = ["-D", str(self._data), "-h", "127.0.0.1", "-p", str(self.port)]
        with self._log.open("wb") as log:
            return subprocess.Popen(
                self._hosted("postgres", *place, *settings),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
            )

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        def settled() -> bool:
            return process.poll() is not None or self._is_up()

        in_time = self._patience.until(settled)
        if process.poll() is not None:
            raise self._failure(f"its process ended with status {process.returncode}")
        if not in_time:
            raise self._failure(f"it did not answer within {self._patience.seconds:g} s")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _hosted(self, program: str, *arguments: str) -> list[str]:
        path = shutil.which(program, path=str(self._programs)) or program
        return [sys.executable, "-P", str(HOST_SCRIPT), self._user, path, *arguments]

    def _is_up(self) -> bool:
        try:
            Cluster(self.port, self.password).connect(connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _failure(self, reason: str) -> ServerNotStarted:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        said = f", its last line being {lines[-1]!r}" if lines else ""
        return ServerNotStarted(f"PostgreSQL did not start ({reason}{said}).")
