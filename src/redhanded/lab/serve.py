"""Serving the API on the loopback interface until told to stop."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import closing

import uvicorn
from fastapi import FastAPI

_HOST = "127.0.0.1"  # nothing but this machine may reach published credentials
_LONGEST_GOODBYE = 2  # seconds for requests that are being answered when the end comes


class _Server(uvicorn.Server):
    """A server that says when it accepts connections."""

    def __init__(self, app: FastAPI, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                loop="asyncio",
                lifespan="off",
                access_log=False,
                log_level="warning",
                server_header=False,
                timeout_graceful_shutdown=_LONGEST_GOODBYE,
            )
        )
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to accept connections, and says so."""
        await super().startup(sockets)
        self._ready()


def serve(
    app: FastAPI, *, port: int, build: str, with_parent: bool, obey: Callable[[str], str]
) -> None:
    """Serves until SIGTERM, SIGINT or, with the parent, the end of standard input.

    One line of JSON on standard output says where, once connections are accepted. Port 0 is any
    free port. The parent's lines are commands to `obey`, whose answers are lines as well.
    Raises OSError when the port is taken.
    """
    with closing(listen(port)) as listener:
        url = f"http://{_HOST}:{listener.getsockname()[1]}"
        line = json.dumps({"url": url, "pid": os.getpid(), "build": build})
        server = _Server(app, lambda: _say(line))
        _end_on_signals(server)
        if with_parent:
            threading.Thread(target=_follow, args=(server, obey), daemon=True).start()
        server.run(sockets=[listener])


def listen(port: int) -> socket.socket:
    """A listening socket, so that nobody else can take the port before the server has it."""
    # With the protocol spelled out asyncio turns Nagle's algorithm off: 40 ms less per answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere this option would let two servers share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen(512)
    except OSError:
        listener.close()
        raise
    return listener


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _end_on_signals(server: uvicorn.Server) -> None:
    """Makes a signal a clean end with exit code 0.

    The server raises a signal it has seen once more, after its own end, for these handlers.
    """

    def end(_number: int, _frame: object) -> None:
        server.should_exit = True

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)


def _follow(server: uvicorn.Server, obey: Callable[[str], str]) -> None:
    # os.read and not sys.stdin: a reader waiting in a buffered stream upsets the interpreter's end.
    said = b""
    while part := os.read(0, 65536):
        *lines, said = (said + part).split(b"\n")
        for line in lines:
            _say(obey(line.decode(errors="replace")))
    server.should_exit = True
