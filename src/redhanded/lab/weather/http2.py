"""HTTP/2 for the client, HTTP/1.1 within: each stream is a visit of its own.

It is there for what only HTTP/2 has; an answer is sent when it is whole.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, Event, RequestReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError

from redhanded.lab.weather.line import Gone, Line
from redhanded.lab.weather.wire import AnswerHead, NotHTTP, contents

_HOP_BY_HOP: Final = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"transfer-encoding", b"upgrade"}
)
_MOST_UPLOADED = 1 << 26  # bytes of a body that is held as a whole


@dataclass(slots=True)
class _Stream:
    """What has come of a request, and what is still to go of its answer."""

    head: bytes
    body: bytearray = field(default_factory=bytearray)
    unsent: bytes = b""
    task: asyncio.Task[None] | None = None


@dataclass(frozen=True, slots=True)
class StreamCarrier:
    """The stream that carries a visit."""

    session: Session
    stream: int

    async def refuse(self) -> None:
        """Resets the stream as one that was not processed. Source: RFC 9113, section 8.7."""
        await self.session.reset(self.stream, ErrorCodes.REFUSED_STREAM)

    async def go_away(self, *, processed: bool) -> None:
        """Ends the connection, this stream being the last that was processed, or the first not."""
        await self.session.end(self.stream if processed else max(self.stream - 2, 0))


@dataclass(slots=True)
class Session:
    """A connection of HTTP/2; `serve` visits with what each stream asks for."""

    client: Line
    serve: Callable[[Line], Awaitable[None]]
    _h2: H2Connection = field(init=False)
    _streams: dict[int, _Stream] = field(default_factory=dict)
    # The loop knows its tasks weakly: one whose stream is gone would be collected as it waits.
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._h2 = H2Connection(H2Configuration(client_side=False, header_encoding=None))

    async def go_on(self) -> None:
        """Serves every stream until the connection ends."""
        try:
            with suppress(ProtocolError):
                self._h2.initiate_connection()
                await self._flush()
                while self.client.held or await self.client.more():
                    await self._hear(self.client.take(len(self.client.held)))
        finally:
            await self._stop()

    async def reset(self, stream: int, code: ErrorCodes) -> None:
        """Ends a stream."""
        self._streams.pop(stream, None)
        with suppress(ProtocolError):
            self._h2.reset_stream(stream, code)
        await self._flush()

    async def end(self, last_stream: int) -> None:
        """Ends the connection."""
        with suppress(ProtocolError):
            self._h2.close_connection(ErrorCodes.NO_ERROR, last_stream_id=last_stream)
        await self._flush()
        await self.client.close()

    async def _hear(self, data: bytes) -> None:
        for event in self._h2.receive_data(data):
            self._heed(event)
        for number in list(self._streams):
            self._send_body(number)
        await self._flush()

    def _heed(self, event: Event) -> None:
        match event:
            case RequestReceived(stream_id=int(number), headers=headers):
                self._streams[number] = _Stream(_head(headers or []))
            case DataReceived(stream_id=int(number), data=bytes(data)):
                self._h2.acknowledge_received_data(event.flow_controlled_length or 0, number)
                if number in self._streams:
                    self._take_in(number, data)
            case StreamEnded(stream_id=int(number)) if number in self._streams:
                self._begin(number, self._streams[number])
            case StreamReset(stream_id=int(number)) if number in self._streams:
                stream = self._streams.pop(number)
                if stream.task is not None:
                    stream.task.cancel()

    def _begin(self, number: int, stream: _Stream) -> None:
        stream.task = asyncio.create_task(self._answer(number, stream))
        self._tasks.add(stream.task)
        stream.task.add_done_callback(self._tasks.discard)

    async def _stop(self) -> None:
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _take_in(self, number: int, data: bytes) -> None:
        stream = self._streams[number]
        stream.body += data
        if len(stream.body) > _MOST_UPLOADED:
            del self._streams[number]
            self._h2.reset_stream(number, ErrorCodes.ENHANCE_YOUR_CALM)

    async def _answer(self, number: int, stream: _Stream) -> None:
        near, far = [await _line(end) for end in socket.socketpair()]
        far.carrier = StreamCarrier(self, number)
        visit = asyncio.ensure_future(self.serve(far))
        try:
            length = b"Content-Length: %d\r\n\r\n" % len(stream.body)
            await near.send(stream.head + length + stream.body)
            head, body = await _whole_answer(near, stream.head.partition(b" ")[0].decode())
        except (Gone, OSError, NotHTTP):  # an answer that HTTP/1.1 would break off
            if number in self._streams:
                await self.reset(number, ErrorCodes.INTERNAL_ERROR)
        else:
            await self._send(number, head, body)
        finally:
            near.drop()
            visit.cancel()
            await asyncio.wait({visit})

    async def _send(self, number: int, head: AnswerHead, body: bytes) -> None:
        if number not in self._streams:
            return
        fields = [pair for pair in head.head.fields if pair[0] not in _HOP_BY_HOP]
        with suppress(ProtocolError):
            answer = [(b":status", str(head.status).encode()), *fields]
            self._h2.send_headers(number, answer, end_stream=not body)
            if body:
                self._streams[number].unsent = body
                self._send_body(number)
            else:
                del self._streams[number]
        await self._flush()

    def _send_body(self, number: int) -> None:
        stream = self._streams[number]
        while stream.unsent:
            window = self._h2.local_flow_control_window(number)
            size = min(window, self._h2.max_outbound_frame_size, len(stream.unsent))
            if size <= 0:
                return
            piece, stream.unsent = stream.unsent[:size], stream.unsent[size:]
            self._h2.send_data(number, piece, end_stream=not stream.unsent)
            if not stream.unsent:
                del self._streams[number]

    async def _flush(self) -> None:
        data = self._h2.data_to_send()
        if data and self.client.is_open:
            with suppress(OSError):
                await self.client.send(data)


def _head(headers: list[tuple[bytes, bytes]]) -> bytes:
    """The head of the same request in HTTP/1.1, but for its length and its end."""
    named = {bytes(name): bytes(value) for name, value in headers if name[:1] == b":"}
    lines = [b"%s %s HTTP/1.1" % (named[b":method"], named.get(b":path", b"/"))]
    lines.append(b"Host: " + named.get(b":authority", b""))
    for name, value in headers:
        if name[:1] != b":" and name not in _HOP_BY_HOP | {b"content-length", b"host"}:
            lines.append(bytes(name) + b": " + bytes(value))
    return b"\r\n".join([*lines, b""])


async def _whole_answer(line: Line, method: str) -> tuple[AnswerHead, bytes]:
    """The answer and its body.

    Raises Gone where it is not whole.
    """
    head = AnswerHead.parse(await line.head())
    while head.is_interim:
        head = AnswerHead.parse(await line.head())
    measure, raw = head.body(method), bytearray()
    async for piece in line.pieces(measure):
        raw += piece
    if not measure.is_over and not head.ends_with_connection:
        raise Gone("the answer is cut")
    return head, contents(head.head, bytes(raw))


async def _line(sock: socket.socket) -> Line:
    return Line(*await asyncio.open_connection(sock=sock))
