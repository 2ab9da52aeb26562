"""A small HTTP/2 server over TLS, on the h2 library, in threads of the test process."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, Event, RequestReceived, StreamEnded
from h2.exceptions import ProtocolError

SECONDS = 10.0  # that a connection may be silent
FRAME = 1 << 14  # bytes, the most that every client takes at once


@dataclass(slots=True)
class Asked:
    """One request as it came; connections count from 1."""

    connection: int
    method: str
    path: str
    body: bytes = b""


class H2Server(socketserver.ThreadingTCPServer):
    """Answers each request with its path, a space and its body.

    `/reset` gets a stream that is reset before an answer, `/cut` one that is reset within its
    body, `/short` a body that ends before its length, and `/away` an end of the connection.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        context.set_alpn_protocols(["h2"])
        self.context = context
        self.asked: list[Asked] = []
        self.connections = 0
        super().__init__(("127.0.0.1", 0), _Connection)

    @property
    def url(self) -> str:
        """The origin, without a slash at its end."""
        return f"https://127.0.0.1:{self.server_address[1]}"


class _Connection(socketserver.BaseRequestHandler):
    server: H2Server
    request: socket.socket

    def handle(self) -> None:
        self.server.connections += 1  # the accepting thread is the only one at this place
        with suppress(OSError, ProtocolError):
            self.request.settimeout(SECONDS)
            with self.server.context.wrap_socket(self.request, server_side=True) as sock:
                _Talk(self.server, sock, self.server.connections).go_on()


class _Talk:
    def __init__(self, server: H2Server, sock: ssl.SSLSocket, number: int) -> None:
        self.server, self.sock, self.number = server, sock, number
        self.h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.open: dict[int, Asked] = {}

    def go_on(self) -> None:
        self.h2.initiate_connection()
        self.sock.sendall(self.h2.data_to_send())
        while data := self.sock.recv(1 << 16):
            for event in self.h2.receive_data(data):
                self.heed(event)
            self.sock.sendall(self.h2.data_to_send())

    def heed(self, event: Event) -> None:
        match event:
            case RequestReceived(stream_id=int(stream), headers=headers):
                named = {str(name): str(value) for name, value in headers or []}
                self.open[stream] = Asked(self.number, named[":method"], named[":path"])
            case DataReceived(stream_id=int(stream), data=bytes(data)):
                self.open[stream].body += data
                self.h2.acknowledge_received_data(event.flow_controlled_length or 0, stream)
            case StreamEnded(stream_id=int(stream)):
                asked = self.open.pop(stream)
                self.server.asked.append(asked)
                self.answer(stream, asked)

    def answer(self, stream: int, asked: Asked) -> None:
        body = f"{asked.path} ".encode() + asked.body
        if asked.path == "/away":
            raise ProtocolError("the server has had enough")
        if asked.path == "/reset":
            self.h2.reset_stream(stream, ErrorCodes.REFUSED_STREAM)
            return
        length = len(body) + (9 if asked.path == "/short" else 0)
        self.h2.send_headers(stream, [(":status", "200"), ("content-length", str(length))])
        for start in range(0, len(body), FRAME):
            self.h2.send_data(stream, body[start : start + FRAME])
        if asked.path == "/cut":
            self.h2.reset_stream(stream, ErrorCodes.INTERNAL_ERROR)
        else:
            self.h2.end_stream(stream)


@contextmanager
def serve(context: ssl.SSLContext) -> Iterator[H2Server]:
    """A server with this side of TLS until the block is left; the context is its own."""
    with H2Server(context) as server:
        accepting = threading.Thread(target=server.serve_forever, args=(0.02,))
        accepting.start()
        try:
            yield server
        finally:
            server.shutdown()
            accepting.join(SECONDS)
