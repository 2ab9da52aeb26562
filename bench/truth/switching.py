"""Switches the API's defects test by test: a small server here, and its plugin in the session.

Loaded by pytest with `-p bench.truth.switching`, so that a session can meet one defect after
another and never two at once.
"""

from __future__ import annotations

import os
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bench.truth.witnesses import switch_of

ADDRESS = "TRUTH_SWITCH"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Turn on the defect that the test is a witness of, and all others off."""
    ask(ADDRESS, switch_of(item))
    return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Turn all of them off for whatever comes between the tests."""
    result = yield
    ask(ADDRESS, "")
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
