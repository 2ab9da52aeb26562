"""Servers that are no Redis, or none that will do: each answers commands from a list."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain, repeat

from tests.servers.redis_weather import Commands

HANG_UP = b""
HTTP = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def hello(version: str = "7.0.15", mode: str = "standalone") -> bytes:
    """The answer to HELLO of a server in that version and mode."""
    return array("server", "redis", "version", version, "mode", mode)


def array(*words: str) -> bytes:
    """An array of texts."""
    return b"*%d\r\n" % len(words) + b"".join(map(bulk, words))


def bulk(word: str) -> bytes:
    """A text."""
    data = word.encode()
    return b"$%d\r\n%b\r\n" % (len(data), data)


def _wrapped(sock: socket.socket, tls: ssl.SSLContext | None) -> socket.socket:
    return sock if tls is None else tls.wrap_socket(sock, server_side=True)


@contextmanager
def answering(*answers: bytes, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a server that gives one answer a command, the last for ever, on each connection.

    HANG_UP in place of an answer ends the connection.
    """

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError), _wrapped(self.request, tls) as sock:
                commands, left = Commands(), chain(answers, repeat(answers[-1]))
                while data := sock.recv(1 << 16):
                    for _ in range(commands.feed(data)):
                        answer = next(left)
                        if answer == HANG_UP:
                            return
                        sock.sendall(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join(10)
