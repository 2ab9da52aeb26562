"""A client with no opinion: it sends bytes and returns the bytes that came back."""

from __future__ import annotations

import socket

GET = b"GET /path?q=1 HTTP/1.1\r\nHost: example\r\n\r\n"


def connect(port: int, *, timeout: float = 5.0) -> socket.socket:
    """A connection to the loopback port."""
    return socket.create_connection(("127.0.0.1", port), timeout=timeout)


def exchange(port: int, request: bytes = GET) -> bytes:
    """Everything the server sent until it closed; raises ConnectionError where it reset."""
    with connect(port) as sock:
        sock.sendall(request)
        return read_all(sock)


def read_all(sock: socket.socket) -> bytes:
    """Everything up to the end of the stream."""
    received = b""
    while data := sock.recv(1 << 16):
        received += data
    return received


def read_message(sock: socket.socket) -> tuple[bytes, bytes]:
    """The head and the body of one message, by its first Content-Length."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(sock)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += _some(sock)
    return head, body


def _some(sock: socket.socket) -> bytes:
    data = sock.recv(1 << 16)
    if not data:
        raise EOFError("the server closed in the middle of a message")
    return data
