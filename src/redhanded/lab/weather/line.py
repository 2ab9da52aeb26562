"""One end of a connection: bytes as they come, and every way to end it."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Protocol

from redhanded.lab.weather.wire import LONGEST_HEAD, Measure, NotHTTP

_PIECE = 1 << 16  # bytes
_LONGEST_GOODBYE = 1.0  # seconds
NO_LINGER: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Carrier(Protocol):
    """The stream of HTTP/2 that carries a line."""

    async def refuse(self) -> None:
        """Refuses the stream as one that was not processed."""
        ...

    async def go_away(self, *, processed: bool) -> None:
        """Ends the connection, the stream being among those that were processed, or not."""
        ...


class Gone(Exception):
    """Whoever is at the other end has left."""


@dataclass(slots=True)
class Line:
    """A connection whose bytes are held until they are taken."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    held: bytearray = field(default_factory=bytearray)
    is_open: bool = True
    carrier: Carrier | None = None  # where it is a stream of HTTP/2
    is_last: bool = False  # whether the answer that is awaited is the connection's last

    async def more(self) -> bool:
        """Whether more bytes came; False at the end of the stream."""
        data = await self.reader.read(_PIECE)
        self.held += data
        return bool(data)

    async def head(self) -> bytes:
        """The bytes of the next head, its empty line included.

        Raises Gone at the end of the stream and NotHTTP when no head ends in time; the bytes that
        came stay held.
        """
        while True:
            size = _size_of_head(self.held)
            if size:
                return self.take(size)
            if len(self.held) > LONGEST_HEAD:
                raise NotHTTP("a head without an end")
            if not await self.more():
                raise Gone("the stream ended before a head did")

    def put_back(self, data: bytes) -> None:
        """Holds bytes that were taken."""
        self.held[:0] = data

    def take(self, size: int) -> bytes:
        """The next bytes, which are held no longer."""
        taken = bytes(self.held[:size])
        del self.held[:size]
        return taken

    async def pieces(self, measure: Measure) -> AsyncIterator[bytes]:
        """The bytes of a body as they come; the measure is not over where the stream ended."""
        while not measure.is_over:
            if not self.held and not await self.more():
                return
            yield self.take(measure.take(self.held))

    async def send(self, data: bytes) -> None:
        """Sends all of it; waits only where the other end does not read."""
        self.writer.write(data)
        await self.writer.drain()

    async def end(self) -> None:
        """Says that nothing more will be sent."""
        with suppress(OSError, RuntimeError):
            if self.writer.can_write_eof():
                self.writer.write_eof()

    async def pause(self, seconds: float) -> None:
        """Returns when the time is over.

        Raises Gone as soon as the other end leaves.
        """
        try:
            async with asyncio.timeout(seconds):
                while len(self.held) < LONGEST_HEAD:
                    if not await self.more():
                        raise Gone("it did not wait")
                await asyncio.sleep(seconds)
        except TimeoutError:
            return

    async def close(self) -> None:
        """Closes in order: the other end reads all that was sent and the end of the stream."""
        if not self.is_open:
            return
        self.is_open = False
        await self.end()
        try:
            # Unread bytes would turn the orderly end into a reset.
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(_LONGEST_GOODBYE):
                    while await self.reader.read(_PIECE):
                        pass
        finally:
            self.writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_LONGEST_GOODBYE):
                await self.writer.wait_closed()

    def reset(self) -> None:
        """Closes with a reset: the other end's next read or write fails."""
        self.is_open = False
        with suppress(OSError, AttributeError):  # a transport that has closed knows no socket
            sock = self.writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        self.writer.transport.abort()

    def drop(self) -> None:
        """Closes at once, with whatever was not sent yet."""
        self.is_open = False
        self.writer.transport.abort()


def _size_of_head(data: bytearray) -> int:
    begin = 0
    while data.startswith(b"\r\n", begin):  # empty lines before a head: RFC 9112, section 2.2
        begin += 2
    places = [(data.find(mark, begin), len(mark)) for mark in (b"\r\n\r\n", b"\n\n")]
    return min((at + size for at, size in places if at >= 0), default=0)


async def tunnel(one: Line, other: Line) -> None:
    """Carries bytes both ways until one side ends, then closes both."""
    tasks = [asyncio.create_task(_carry(*ends)) for ends in ((one, other), (other, one))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await one.close()
    await other.close()


async def _carry(source: Line, target: Line) -> None:
    with suppress(OSError):
        await target.send(source.take(len(source.held)))
        while await source.more():
            await target.send(source.take(len(source.held)))
