"""Switches something test by test: a small server here, and a plugin in the session that asks it.

The plugin is part of a module of each benchmark, which pytest loads with `-p`.
"""

from __future__ import annotations

import os
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest


@dataclass(frozen=True, slots=True)
class Asking:
    """The plugin: asks for `switch_of` a test before it, and for nothing after it.

    `variable` is that of the environment which holds the benchmark's address.
    """

    variable: str
    switch_of: Callable[[pytest.Item], str]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """Ask before the test's fixtures call the API."""
        ask(self.variable, self.switch_of(item))
        return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_teardown(self) -> Iterator[None]:
        """Ask for nothing: what comes between tests meets no defect."""
        result = yield
        ask(self.variable, "")
        return result


def ask(variable: str, switch: str) -> None:
    """Has it switched by the benchmark, whose address the environment holds in this variable."""
    host, _, port = os.environ[variable].rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(f"{switch}\n".encode())
        said = line.makefile("rb").readline()
    if said != b"done\n":
        raise RuntimeError(f"{switch!r} was not switched: {said!r}")


class _Desk(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        """Switch, then say so."""
        self.server.switch(self.rfile.readline().decode().strip())
        self.wfile.write(b"done\n")


class _Server(socketserver.TCPServer):
    def __init__(self, switch: Callable[[str], None]) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.switch = switch


@contextmanager
def listening(switch: Callable[[str], None]) -> Iterator[str]:
    """The address at which the switch can be asked for as long as the block."""
    with _Server(switch) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            host, port = server.server_address[:2]
            yield f"{host!s}:{port}"
        finally:
            server.shutdown()
            thread.join()
