"""One accepted connection, as the steps of a script see it."""

from __future__ import annotations

import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from tests.servers.raw.wire import NotHTTP, Received, parse

TICK_SECONDS = 0.2
PIECE_BYTES = 1 << 16
LINGER_OFF = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Gone(Exception):
    """The connection is over: the client left, the server stops, or the time is up."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the lines of one server share."""

    note: Callable[[Received], None]
    count_sent: Callable[[int], None]
    stopping: threading.Event
    seconds: float
    clock: Callable[[], float] = time.monotonic


@dataclass(slots=True)
class Line:
    """A connection that cannot outlive its desk's time, nor block when the server stops."""

    sock: socket.socket
    number: int
    desk: Desk
    _received: bytearray = field(default_factory=bytearray)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _deadline: float = 0.0

    def __post_init__(self) -> None:
        self._deadline = self.desk.clock() + self.desk.seconds

    @property
    def is_open(self) -> bool:
        """Whether a step has not closed it yet."""
        return self.sock.fileno() >= 0

    def shake_hands(self) -> None:
        """Does the server's half of a TLS handshake, on a line that has TLS."""
        if isinstance(self.sock, ssl.SSLSocket):
            self._allow(self.desk.seconds)
            self.sock.do_handshake()

    def read_request(self) -> Received:
        """The next whole request, noted in the server's journal."""
        while True:
            try:
                found = parse(bytes(self._received), connection=self.number)
            except NotHTTP as error:
                raise Gone(str(error)) from error
            if found is not None:
                break
            self._receive()
        request, used = found
        del self._received[:used]
        self.desk.note(request)
        return request

    def await_bytes(self) -> None:
        """Returns when unread bytes are there."""
        while not self._received:
            self._receive()

    def send(self, data: bytes) -> None:
        """Sends all of it."""
        left = memoryview(data)
        while left:
            self._allow(TICK_SECONDS)
            with suppress(TimeoutError):
                sent = self.sock.send(left[:PIECE_BYTES])
                self.desk.count_sent(sent)
                left = left[sent:]

    def pause(self, seconds: float) -> None:
        """Returns after the time; raises Gone as soon as the connection must end."""
        self.desk.stopping.wait(min(seconds, self._seconds_left()))
        self._seconds_left()

    def close(self) -> None:
        """Closes in order: the client reads the end of the stream."""
        with self._lock:
            if self.is_open:
                self._drop_unread()
                with suppress(OSError):
                    socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
                self.sock.close()

    def reset(self) -> None:
        """Closes with a reset: the client's next read or write fails."""
        with self._lock:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_OFF)
            self.sock.close()

    def hang_up(self) -> None:
        """Wakes whoever waits on this line; may be called by another thread."""
        with self._lock, suppress(OSError):
            # The plain socket's method: TLS has no say, and must not change under its reader.
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def _receive(self) -> None:
        while True:
            self._allow(TICK_SECONDS)
            with suppress(TimeoutError):
                data = self.sock.recv(PIECE_BYTES)
                if not data:
                    raise Gone("the client hung up")
                self._received += data
                return

    def _allow(self, seconds: float) -> None:
        self.sock.settimeout(min(seconds, self._seconds_left()))

    def _drop_unread(self) -> None:
        # Unread bytes would turn the orderly end into a reset.
        with suppress(OSError):
            self.sock.settimeout(0)
            while self.sock.recv(PIECE_BYTES):
                pass

    def _seconds_left(self) -> float:
        left = self._deadline - self.desk.clock()
        if self.desk.stopping.is_set():
            raise Gone("the server stops")
        if left <= 0:
            raise Gone(f"the connection is older than {self.desk.seconds:g} s")
        return left
