"""A server in a process of its own: started, waited for, ended by its handle."""

from __future__ import annotations

import http.client
import json
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

HOST_SCRIPT = Path(__file__).with_name("wsgi_host.py")
_LOWEST_SPARE, _SPARE = 20_000, 10_000
SECONDS_TO_END = 5


class ServerNotInstalled(Exception):
    """There is no such server on this machine; the message says what to install."""


class ServerNotStarted(RuntimeError):
    """A server that the tests need is not there; the message says why."""


@dataclass(frozen=True, slots=True)
class Application:
    """What to serve: `target` is MODULE:ATTRIBUTE, a factory where there are settings."""

    name: str
    target: str
    health: str
    settings: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a condition may take to come true, in seconds of the given clock."""

    seconds: float = 30.0
    every: float = 0.02
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    pause: Callable[[float], None] = field(default=time.sleep, repr=False)

    def until(self, condition: Callable[[], bool]) -> bool:
        """Whether the condition came true in time."""
        deadline = self.clock() + self.seconds
        while not condition():
            if self.clock() >= deadline:
                return False
            self.pause(self.every)
        return True


@dataclass(frozen=True, slots=True)
class Served:
    """A running server."""

    origin: str
    process: subprocess.Popen[bytes]


@contextmanager
def serving(application: Application, *, patience: Patience | None = None) -> Iterator[Served]:
    """The application behind its own origin, healthy; ended when the block is left.

    Raises ServerNotStarted when it is not healthy in time.
    """
    with tempfile.TemporaryDirectory(prefix="served-") as folder:
        start = _Start(application, Path(folder), patience or Patience())
        with start.log.open("wb") as log:
            process = subprocess.Popen(
                start.command, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            yield Served(f"http://127.0.0.1:{start.wait(process)}", process)
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends the process by closing its input, or by force where it does not follow."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def spare_port() -> int:
    """A loopback port on which nobody listens at the moment.

    It is none of those that systems give to whoever asks for any (RFC 6335, section 6, and from
    32768 on in Linux): another test might be given it before a server has taken it.
    """
    while True:
        port = _LOWEST_SPARE + secrets.randbelow(_SPARE)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def is_healthy(port: int, path: str) -> bool:
    """Whether the server on this loopback port answers the path with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class _Start:
    application: Application
    folder: Path
    patience: Patience

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"

    @property
    def port_file(self) -> Path:
        return self.folder / "port.txt"

    @property
    def command(self) -> list[str]:
        settings = self.application.settings
        return [
            sys.executable,
            "-P",  # this folder holds httpbin.py and kinto.py: they must not hide the packages
            str(HOST_SCRIPT),
            self.application.target,
            str(self.port_file),
            json.dumps(None if settings is None else dict(settings)),
        ]

    def wait(self, process: subprocess.Popen[bytes]) -> int:
        def settled() -> bool:
            return process.poll() is not None or self._is_up()

        in_time = self.patience.until(settled)
        if process.poll() is not None:
            raise self._failure(f"its process ended with status {process.returncode}")
        if not in_time:
            raise self._failure(f"it was not healthy within {self.patience.seconds:g} s")
        return self._port()

    def _is_up(self) -> bool:
        return self.port_file.exists() and is_healthy(self._port(), self.application.health)

    def _port(self) -> int:
        return int(self.port_file.read_text(encoding="ascii"))

    def _failure(self, reason: str) -> ServerNotStarted:
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        said = f", its last line being {lines[-1]!r}" if lines else ""
        return ServerNotStarted(
            f"{self.application.name} did not start ({reason}{said}); install the development"
            " requirements, or mend its settings, and run again."
        )
