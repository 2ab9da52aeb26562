"""A scripted server on a loopback port, in threads of this process."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.servers.raw.line import Desk, Gone, Line
from tests.servers.raw.steps import Script
from tests.servers.raw.wire import Received

CONNECTIONS_LIMIT = 500
SECONDS_TO_END = 5.0


class ServerStillRunning(RuntimeError):
    """A thread of a raw server did not end in time."""


class RawServer:
    """Plays its scripts in order, one for each request or new connection, the last for ever.

    A new connection takes the next script at once. When that script leaves the connection open,
    the first byte of a further request takes the next one. A connection lives for `seconds` at
    most.
    """

    def __init__(
        self, *scripts: Script, tls: ssl.SSLContext | None = None, seconds: float = 30.0
    ) -> None:
        if not scripts:
            raise ValueError("A raw server needs at least one script: give it raw.answer().")
        self._tls = tls
        self._journal = _Journal(list(scripts))
        self._stopping = threading.Event()
        self._desk = Desk(self._journal.note, self._journal.count_sent, self._stopping, seconds)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port = int(self._listener.getsockname()[1])
        name = f"raw-{self.port}"
        self._threads = [threading.Thread(target=self._accept, name=name, daemon=True)]
        self._lines: list[Line] = []
        self._threads[0].start()

    @property
    def port(self) -> int:
        """The loopback port it listens on."""
        return self._port

    @property
    def url(self) -> str:
        """The origin, without a slash at its end."""
        return f"{'http' if self._tls is None else 'https'}://127.0.0.1:{self.port}"

    @property
    def requests(self) -> tuple[Received, ...]:
        """Every whole request so far, in the order of arrival."""
        with self._journal.changed:
            return tuple(self._journal.requests)

    @property
    def connections(self) -> int:
        """How many connections were accepted so far."""
        with self._journal.changed:
            return self._journal.accepted

    @property
    def open_connections(self) -> int:
        """How many connections are being served now."""
        with self._journal.changed:
            return self._journal.accepted - self._journal.ended

    @property
    def sent_bytes(self) -> int:
        """How many bytes were handed to the network so far, before any encryption."""
        with self._journal.changed:
            return self._journal.sent

    def wait_until(self, condition: Callable[[RawServer], bool], *, seconds: float = 5.0) -> bool:
        """Whether the condition came true in time; asked again after each change."""
        with self._journal.changed:
            return self._journal.changed.wait_for(lambda: condition(self), seconds)

    def close(self) -> None:
        """Ends every connection and thread.

        Raises ServerStillRunning when a thread does not follow within five seconds.
        """
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._wake_listener()
        self._threads[0].join(SECONDS_TO_END)
        for line in self._lines:
            line.hang_up()
        deadline = time.monotonic() + SECONDS_TO_END
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._listener.close()
        left = [thread.name for thread in self._threads if thread.is_alive()]
        if left:
            raise ServerStillRunning(
                f"The raw server could not end {', '.join(left)}: its script waits for something"
                " of its own, so set that free before the server is closed."
            )

    def _wake_listener(self) -> None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            pass

    def _accept(self) -> None:
        while not self._stopping.is_set():
            # A client may be gone before it is accepted or welcomed: the next one is not.
            with suppress(OSError):
                sock, _ = self._listener.accept()
                if self._stopping.is_set() or self.connections >= CONNECTIONS_LIMIT:
                    sock.close()
                else:
                    self._welcome(sock)

    def _welcome(self, sock: socket.socket) -> None:
        if self._tls is not None:
            sock = self._tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        script, number = self._journal.welcome()
        line = Line(sock, number, self._desk)
        name = f"raw-{self.port}-{number}"
        thread = threading.Thread(target=self._serve, args=(line, script), name=name, daemon=True)
        self._lines.append(line)
        self._threads.append(thread)
        thread.start()

    def _serve(self, line: Line, script: Script) -> None:
        try:
            with suppress(Gone, OSError):
                line.shake_hands()
                self._play(line, script)
        finally:
            line.close()
            self._journal.end()

    def _play(self, line: Line, script: Script) -> None:
        while True:
            for step in script:
                step.play(line)
            if not line.is_open:
                return
            line.await_bytes()
            script = self._journal.next_script()


@dataclass(slots=True)
class _Journal:
    """What happened so far; `changed` guards it and wakes who waits for a change."""

    scripts: list[Script]
    requests: list[Received] = field(default_factory=list)
    accepted: int = 0
    ended: int = 0
    sent: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def welcome(self) -> tuple[Script, int]:
        with self.changed:
            self.accepted += 1
            self.changed.notify_all()
            return self.next_script(), self.accepted

    def next_script(self) -> Script:
        with self.changed:
            return self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]

    def note(self, request: Received) -> None:
        with self.changed:
            self.requests.append(request)
            self.changed.notify_all()

    def count_sent(self, size: int) -> None:
        with self.changed:
            self.sent += size
            self.changed.notify_all()

    def end(self) -> None:
        with self.changed:
            self.ended += 1
            self.changed.notify_all()


@contextmanager
def serve(
    *scripts: Script, tls: ssl.SSLContext | None = None, seconds: float = 30.0
) -> Iterator[RawServer]:
    """A raw server that plays the scripts until the block is left."""
    server = RawServer(*scripts, tls=tls, seconds=seconds)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def closed_port() -> Iterator[int]:
    """A loopback port that refuses every connection while the block runs.

    It stays bound, so that no other process can begin to listen on it.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        sock.bind(("127.0.0.1", 0))
        yield int(sock.getsockname()[1])
