"""The way to a Redis, with weather to switch: a proxy on loopback that speaks RESP where it must.

A switch holds for open connections too, and has taken effect when it returns.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal, TypeVar

T = TypeVar("T")

_PIECE = 1 << 16
_RESETTING = struct.pack("ii", 1, 0)  # SO_LINGER: a close becomes a reset
_SECONDS_TO_SWITCH = 10


@dataclass(frozen=True, slots=True)
class Weather:
    """What becomes of connections: `seconds` that answers are late, the `line` that is each."""

    kind: Literal["calm", "refused", "black hole", "reset", "slow", "answered"]
    seconds: float = 0.0
    line: bytes = b""


CALM = Weather("calm")
REFUSED = Weather("refused")
BLACK_HOLE = Weather("black hole")
"""Connections are taken, and what comes through them is swallowed."""
RESET = Weather("reset")


def slow(seconds: float) -> Weather:
    """Each answer is late by so much."""
    return Weather("slow", seconds=seconds)


def answered(line: str) -> Weather:
    """Each command gets this line, such as `-LOADING ...`, and does not reach the server."""
    return Weather("answered", line=line.encode() + b"\r\n")


@contextmanager
def serving(target: int) -> Iterator[Proxy]:
    """A proxy to the loopback port, in fine weather; ended when the block is left."""
    with closing(Proxy(target)) as proxy:
        yield proxy


class Proxy:
    """Passes connections on to a loopback port as its weather lets it."""

    def __init__(self, target: int) -> None:
        self._way = _Way(target)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="redis-weather", daemon=True)
        self._thread.start()
        self._perform(self._way.open())

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._way.port

    @property
    def url(self) -> str:
        """The address to call."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def accepted(self) -> int:
        """How many connections were taken by now."""
        return self._way.accepted

    @property
    def commands(self) -> int:
        """How many commands came by now, whatever became of them."""
        return self._way.commands

    def switch(self, weather: Weather) -> None:
        """Another weather, from now on."""
        self._perform(self._way.switch(weather))

    def aim(self, target: int) -> None:
        """Another server behind the same address; open connections are reset, as in a failover."""
        self._perform(self._way.aim(target))

    def close(self) -> None:
        """Ends every connection, and the proxy."""
        self._perform(self._way.end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_SECONDS_TO_SWITCH)

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.close()

    def _perform(self, act: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(act, self._loop).result(_SECONDS_TO_SWITCH)


@dataclass(slots=True)
class Commands:
    """Counts the commands in a stream of them, however it is cut into pieces."""

    _rest: bytes = b""

    def feed(self, data: bytes) -> int:
        """How many commands end in this piece. Source: the Redis serialization protocol, RESP."""
        self._rest += data
        count = 0
        while (size := _command_size(self._rest)) > 0:
            self._rest = self._rest[size:]
            count += 1
        return count


@dataclass(slots=True)
class _Way:
    """What the proxy's own thread alone changes."""

    target: int
    weather: Weather = CALM
    port: int = 0
    accepted: int = 0
    commands: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _refusing: socket.socket | None = None
    _open: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    async def open(self) -> None:
        """Take connections."""
        if self._refusing is not None:
            self._refusing.close()
            self._refusing = None
        sock = _bound(self.port)
        self.port = sock.getsockname()[1]
        self._server = await asyncio.start_server(self._take, sock=sock)

    async def switch(self, weather: Weather) -> None:
        was, self.weather = self.weather, weather
        self.changed.set()
        self.changed = asyncio.Event()
        # Of what was swallowed nobody can go on as if nothing had been.
        if weather.kind in ("refused", "reset") or was.kind == "black hole":
            await self._cut()
        if weather.kind == "refused" and self._server is not None:
            self._refuse(self._server)
        elif weather.kind != "refused" and self._server is None:
            await self.open()

    async def aim(self, target: int) -> None:
        self.target = target
        await self._cut()

    async def end(self) -> None:
        await self._cut()
        if self._server is not None:
            self._refuse(self._server)
        if self._refusing is not None:
            self._refusing.close()

    def _refuse(self, server: asyncio.Server) -> None:
        server.close()
        self._server = None
        # Bound, so that nobody else takes the port; not listening, so that it refuses.
        self._refusing = _bound(self.port)

    async def _cut(self) -> None:
        for task, writer in list(self._open.items()):
            _reset(writer)
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.accepted += 1
        self._open[task] = writer
        try:
            if self.weather.kind != "reset":
                await _Connection(self, reader, writer).carry()
        except (OSError, asyncio.CancelledError):
            _reset(writer)
        finally:
            del self._open[task]
            _reset(writer) if self.weather.kind == "reset" else writer.close()


@dataclass(slots=True)
class _Connection:
    """One client's connection, and the server's behind it as soon as anything is to reach it."""

    way: _Way
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    _server: asyncio.StreamWriter | None = None
    _answers: asyncio.Task[None] | None = None
    _counted: Commands = field(default_factory=Commands)

    async def carry(self) -> None:
        """Pass on what the client says, until it ends."""
        try:
            while data := await self.reader.read(_PIECE):
                count = self._counted.feed(data)
                self.way.commands += count
                await self._meet(data, count)
        finally:
            if self._server is not None:
                self._server.close()
            if self._answers is not None:
                self._answers.cancel()

    async def _meet(self, data: bytes, count: int) -> None:
        weather = self.way.weather
        if weather.kind == "answered":
            self.writer.write(weather.line * count)
        elif weather.kind != "black hole":
            (await self._behind()).write(data)

    async def _behind(self) -> asyncio.StreamWriter:
        if self._server is None:
            answers, self._server = await asyncio.open_connection("127.0.0.1", self.way.target)
            self._answers = asyncio.create_task(self._bring(answers))
        return self._server

    async def _bring(self, answers: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while data := await answers.read(_PIECE):
                await self._delay()
                if self.way.weather.kind != "black hole":
                    self.writer.write(data)
        self.writer.close()

    async def _delay(self) -> None:
        if self.way.weather.kind == "slow":
            with suppress(TimeoutError):
                await asyncio.wait_for(self.way.changed.wait(), self.way.weather.seconds)


def _command_size(data: bytes) -> int:
    """How long the command is that the data begins with; 0 where it is not whole."""
    head, line, rest = data.partition(b"\r\n")
    if not line:
        return 0
    if not head.startswith(b"*"):
        return len(head) + 2  # an inline command
    size = len(head) + 2
    for _ in range(int(head[1:])):
        length, line, _ = rest.partition(b"\r\n")
        whole = len(length) + 2 + int(length[1:] or b"0") + 2 if line else len(rest) + 1
        if len(rest) < whole:
            return 0
        rest = rest[whole:]
        size += whole
    return size


def _bound(port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    return sock


def _reset(writer: asyncio.StreamWriter) -> None:
    sock: socket.socket = writer.get_extra_info("socket")
    with suppress(OSError):  # closed already
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESETTING)
    writer.transport.abort()
