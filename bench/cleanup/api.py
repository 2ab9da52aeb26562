"""The benchmark's API: slow at times, silent at times, and it tells who asks it when to strike."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, NamedTuple, TypeAlias
from urllib.parse import parse_qs, urlsplit

from bench.cleanup.stock import ROOMS, Stock, look_alikes

CHILD = "X-Child"
Phase: TypeAlias = Literal["arrived", "done", "answered"]
PHASES: tuple[Phase, ...] = ("arrived", "done", "answered")


class Moment(NamedTuple):
    """A point in the work of one child: which of its requests, and how far that has come."""

    request: int
    phase: Phase


class Api:
    """Rooms and seats behind HTTP; `reach` hears of every moment of every child.

    One in five creations answers late, one in ten commits late, and of one in ten the answer is
    lost. One in ten removals is asked to wait. Foreign things come with ours until there are
    enough.
    """

    def __init__(self, stock: Stock, *, seed: int, foreign: int) -> None:
        self.stock = stock
        self.reach: Callable[[str, Moment], None] = lambda _child, _moment: None
        self._chance = random.Random(seed)
        self._foreign = foreign
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def number(self, child: str) -> int:
        """Which request of the child this one is, counted from 1."""
        with self._lock:
            self._counts[child] = self._counts.get(child, 0) + 1
            return self._counts[child]

    def draw(self) -> float:
        """A number from 0 to 1."""
        with self._lock:
            return self._chance.random()

    def create(self, kind: str, note: str, room: int) -> dict[str, object] | None:
        """What is told of a new thing; None where the answer is lost."""
        fate = self.draw()
        if fate < 0.1:
            time.sleep(0.3 * self.draw())  # it lands late, also when nobody waits any more
        thing = self.stock.add(kind, note, room)
        self._imitate(kind, note)
        if 0.1 <= fate < 0.3:
            time.sleep(0.1 * self.draw())
        return None if 0.3 <= fate < 0.4 else thing.shown

    def _imitate(self, kind: str, note: str) -> None:
        for text in look_alikes(note):
            with self._lock:
                if self._foreign <= 0:
                    return
                self._foreign -= 1
            self.stock.add(kind, text, is_foreign=True)


@contextmanager
def serving(api: Api) -> Iterator[str]:
    """The base URL of the API, for as long as the block."""
    server = _Server(("127.0.0.1", 0), partial(_Handler, api))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Say nothing: those who ask are killed in the midst of it."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, api: Api, *given: Any) -> None:  # noqa: ANN401
        self._api = api
        super().__init__(*given)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""

    def do_GET(self) -> None:
        """Health, one thing, or those whose note contains a text."""
        parts = urlsplit(self.path)
        kind, _, which = parts.path.strip("/").partition("/")
        if kind == "health":
            self._answer(200, {})
        elif which:
            self._show(kind, int(which))
        else:
            [text] = parse_qs(parts.query).get("note", [""])
            self._answer(200, [thing.shown for thing in self._api.stock.like(kind, text)])

    def _show(self, kind: str, which: int) -> None:
        child, number = self._begin()
        thing = self._api.stock.get(kind, which)
        self._answer(404 if thing is None else 200, {} if thing is None else thing.shown)
        self._api.reach(child, Moment(number, "answered"))

    def do_POST(self) -> None:
        """A new room, or a new seat in one."""
        body = self._body()
        child, number = self._begin()
        parts = self.path.strip("/").split("/")
        room = int(parts[1]) if len(parts) == 3 else 0
        if room and self._api.stock.get(ROOMS, room) is None:
            self._answer(404, {})
            return
        made = self._api.create(parts[-1], str(body.get("note")), room)
        self._api.reach(child, Moment(number, "done"))
        if made is None:
            self.close_connection = True
            return
        self._answer(201, made)
        self._api.reach(child, Moment(number, "answered"))

    def do_DELETE(self) -> None:
        """A room or a seat less."""
        child, number = self._begin()
        kind, which = self.path.strip("/").split("/")
        if self._api.draw() < 0.1:
            self._answer(503, {}, ("Retry-After", "0"))
            return
        status = self._api.stock.remove(kind, int(which))
        self._api.reach(child, Moment(number, "done"))
        self._answer(status)
        self._api.reach(child, Moment(number, "answered"))

    def _begin(self) -> tuple[str, int]:
        child = self.headers.get(CHILD, "")
        number = self._api.number(child)
        self._api.reach(child, Moment(number, "arrived"))
        return child, number

    def _body(self) -> dict[str, Any]:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        found: dict[str, Any] = json.loads(raw)  # a body that was cut is none
        return found

    def _answer(self, status: int, body: object = None, *headers: tuple[str, str]) -> None:
        raw = b"" if body is None else json.dumps(body).encode()
        with suppress(OSError):  # who asked is gone
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)
