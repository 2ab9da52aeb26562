"""Redis on loopback: a throw-away server that keeps nothing on disk."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.servers.processes import (
    Patience,
    ServerNotInstalled,
    ServerNotStarted,
    end,
    spare_port,
)

HOST_SCRIPT = Path(__file__).with_name("server_host.py")
PROGRAM = "redis-server"
NOBODY = ("127.0.0.1", "1")  # an address where no primary listens
SETTINGS = (
    'save ""',
    "appendonly no",
    "bind 127.0.0.1",
    # A replica is fed at once, not with others that may come within five seconds.
    "repl-diskless-sync-delay 0",
)


@dataclass(frozen=True, slots=True)
class RedisServer:
    """A running server; what is done to it is for a test that has it alone.

    `host` is the process that runs it, and ends it.
    """

    port: int
    pid: int
    password: str | None = None
    host: int = 0

    @property
    def url(self) -> str:
        """Its address, without the password."""
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self, *, seconds: float = 5.0) -> redis.Redis:
        """A client that answers with text and tries nothing twice; to be closed, or used `with`."""
        return _client(self.port, self.password, seconds=seconds)

    def do(self, *command: str | float) -> Any:  # noqa: ANN401  an answer is what it is
        """The answer to one command."""
        with self.client() as client:
            return client.execute_command(*command)

    def pause(self) -> None:
        """Stops the process: connections stay open, nothing is answered."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Lets a stopped process go on; what was sent meanwhile is answered."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Ends the process at once; its port refuses from then on."""
        os.kill(self.pid, signal.SIGKILL)

    def make_readonly(self) -> None:
        """Every write is refused with READONLY, as by a primary that was demoted."""
        self.do("REPLICAOF", *NOBODY)

    def promote(self) -> None:
        """A replica, or a server that was made read-only, becomes a primary."""
        self.do("REPLICAOF", "NO", "ONE")

    def make_full(self) -> None:
        """Every write that needs memory is refused with OOM."""
        self.do("CONFIG", "SET", "maxmemory", 1)

    def make_room(self) -> None:
        """Memory is without a limit again."""
        self.do("CONFIG", "SET", "maxmemory", 0)


def program() -> str:
    """Where the server's program is; raises ServerNotInstalled."""
    found = shutil.which(PROGRAM)
    if found is None:
        raise ServerNotInstalled(
            f"no Redis server ({PROGRAM}) is on the PATH: install one, such as Debian's package"
            f" {PROGRAM}"
        )
    return found


@contextmanager
def serving(
    *,
    password: str | None = None,
    replica_of: RedisServer | None = None,
    patience: Patience | None = None,
) -> Iterator[RedisServer]:
    """A running server, ended when the block is left; a replica has what its primary has.

    Raises ServerNotInstalled, or ServerNotStarted when it does not answer in time.
    """
    found = program()
    with tempfile.TemporaryDirectory(prefix="redis-", ignore_cleanup_errors=True) as folder:
        start = _Start(Path(folder), password, replica_of, patience or Patience())
        process = start.run(found)
        try:
            yield RedisServer(start.port, start.wait(process), password, process.pid)
        finally:
            end(process)


def _client(port: int, password: str | None, *, seconds: float) -> redis.Redis:
    return redis.Redis(
        host="127.0.0.1",
        port=port,
        password=password,
        protocol=2,
        decode_responses=True,
        socket_timeout=seconds,
        socket_connect_timeout=seconds,
        retry=Retry(NoBackoff(), 0),
    )


class _Start:
    def __init__(
        self,
        folder: Path,
        password: str | None,
        primary: RedisServer | None,
        patience: Patience,
    ) -> None:
        self.port = spare_port()
        self._folder = folder
        self._password = password
        self._primary = primary
        self._patience = patience
        self._log = folder / "log.txt"

    def run(self, found: str) -> subprocess.Popen[bytes]:
        # A file, because any user of the machine can read the arguments of a process.
        file = self._folder / "redis.conf"
        file.touch(mode=0o600)
        file.write_text("\n".join(self._settings()), encoding="utf-8")
        with self._log.open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-P", str(HOST_SCRIPT), "", found, str(file)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
            )

    def wait(self, process: subprocess.Popen[bytes]) -> int:
        """The number of the server's own process, once it is up."""
        told: dict[str, Any] = {}

        def settled() -> bool:
            told.update(self._told())
            return process.poll() is not None or self._is_up(told)

        in_time = self._patience.until(settled)
        if process.poll() is not None:
            raise self._failure(f"its process ended with status {process.returncode}")
        if not in_time:
            raise self._failure(f"it did not answer within {self._patience.seconds:g} s")
        return int(told["process_id"])

    def _settings(self) -> Iterator[str]:
        yield from SETTINGS
        yield f"port {self.port}"
        yield f'dir "{self._folder.as_posix()}"'
        if self._password is not None:
            yield f'requirepass "{self._password}"'
        if self._primary is not None:
            yield f"replicaof 127.0.0.1 {self._primary.port}"
            if self._primary.password is not None:
                yield f'masterauth "{self._primary.password}"'

    def _told(self) -> dict[str, Any]:
        try:
            with _client(self.port, self._password, seconds=1.0) as client:
                found: dict[str, Any] = client.info()
        except redis.RedisError:
            return {}
        return found

    def _is_up(self, told: dict[str, Any]) -> bool:
        awaited = "up" if self._primary else None
        return "process_id" in told and told.get("master_link_status") == awaited

    def _failure(self, reason: str) -> ServerNotStarted:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        said = f", its last line being {lines[-1]!r}" if lines else ""
        return ServerNotStarted(f"Redis did not start ({reason}{said}).")
