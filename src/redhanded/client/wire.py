"""The wire: all that redhanded takes from httpx2's less public parts stands here.

That is the names of its trace events, the pool's network back end, the parser's left-over bytes
and the content of a response. A contract test holds each against the release in use.
"""

from __future__ import annotations

import math
import ssl
import time
from contextlib import suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import httpcore2

from redhanded.core.attempt import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import httpx2

    from redhanded.pipeline.call import Timeline

DEADLINE: ContextVar[float] = ContextVar("redhanded_deadline", default=math.inf)
"""When the call under way must be over, on the clock of its network."""

_PIECE = 1 << 16  # bytes written at once: a slow reader is asked for time again after each

_PHASES = {
    "connection.connect_tcp.started": Phase.CONNECT,
    "connection.start_tls.started": Phase.TLS,
    "http11.send_request_headers.started": Phase.SEND,
    "http2.send_request_headers.started": Phase.SEND,
    "http11.receive_response_headers.started": Phase.WAIT,
    "http2.receive_response_headers.started": Phase.WAIT,
    "http11.receive_response_headers.complete": Phase.READ,
    "http2.receive_response_headers.complete": Phase.READ,
    "http11.receive_response_body.complete": Phase.DONE,
    "http2.receive_response_body.complete": Phase.DONE,
}
_UPLOAD_FAILED = frozenset(
    f"{protocol}.send_request_{part}.failed"
    for protocol in ("http11", "http2")
    for part in ("headers", "body")
)


class Tracer:
    """The `trace` extension for a blocking transport; the caller's own callback is kept."""

    __slots__ = ("theirs", "timeline")

    def __init__(self, timeline: Timeline, theirs: Any) -> None:  # noqa: ANN401  theirs is untyped
        self.timeline: Timeline = timeline
        self.theirs: Any = theirs.theirs if isinstance(theirs, Tracer) else theirs

    def __call__(self, name: str, info: dict[str, Any]) -> object:
        """Note where the attempt stands, then pass the event on."""
        if name in _PHASES:
            self.timeline.begin(_PHASES[name])
        elif name in _UPLOAD_FAILED:
            self.timeline.upload_failed = True
        return None if self.theirs is None else self.theirs(name, info)


class AsyncTracer(Tracer):
    """The `trace` extension for an awaiting transport, which insists on a coroutine."""

    __slots__ = ()

    async def __call__(self, name: str, info: dict[str, Any]) -> object:
        """Note where the attempt stands, then pass the event on."""
        if name in _PHASES:
            self.timeline.begin(_PHASES[name])
        elif name in _UPLOAD_FAILED:
            self.timeline.upload_failed = True
        return None if self.theirs is None else await self.theirs(name, info)


class Limit:
    """The time that the deadline of the call under way leaves to one socket operation."""

    __slots__ = ("_now",)

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now

    def left(self, timeout: float | None, over: type[Exception]) -> float | None:
        """The time-out of the operation, cut to what is left; raises `over` where nothing is."""
        deadline = DEADLINE.get()
        if deadline == math.inf:
            return timeout
        left = deadline - self._now()
        if left <= 0:
            raise over
        return left if timeout is None else min(timeout, left)


def _address(stream: httpcore2.NetworkStream | httpcore2.AsyncNetworkStream) -> str:
    address = None
    with suppress(OSError):  # the other side may have reset by now
        address = stream.get_extra_info("server_addr")
    if not isinstance(address, tuple):
        return ""
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    return f"{host}:{address[1]}"


class DeadlineStream(httpcore2.NetworkStream):
    """A connection whose every read and write ends with the call's deadline.

    httpx2's time-outs hold for a single read; a server that drips never meets them.
    """

    def __init__(self, inner: httpcore2.NetworkStream, limit: Limit, peer: str) -> None:
        self._inner = inner
        self._limit = limit
        self.peer = peer  # asked for once a connection: it is a system call

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What came, at most `max_bytes`."""
        return self._inner.read(max_bytes, self._limit.left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of `buffer`."""
        for start in range(0, len(buffer), _PIECE):
            left = self._limit.left(timeout, httpcore2.WriteTimeout)
            self._inner.write(buffer[start : start + _PIECE], left)

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """The same connection behind TLS."""
        left = self._limit.left(timeout, httpcore2.ConnectTimeout)
        inner = self._inner.start_tls(ssl_context, server_hostname, left)
        return DeadlineStream(inner, self._limit, self.peer)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  as httpcore2 types it
        """A fact of the connection, such as `server_addr`."""
        return self._inner.get_extra_info(info)


class DeadlineBackend(httpcore2.NetworkBackend):
    """The blocking network, with deadlines."""

    def __init__(self, limit: Limit) -> None:
        self._inner = httpcore2.SyncBackend()
        self._limit = limit

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """A new connection."""
        left = self._limit.left(timeout, httpcore2.ConnectTimeout)
        stream = self._inner.connect_tcp(host, port, left, local_address, socket_options)
        return DeadlineStream(stream, self._limit, _address(stream))


class AsyncDeadlineStream(httpcore2.AsyncNetworkStream):
    """`DeadlineStream` for the awaiting world."""

    def __init__(self, inner: httpcore2.AsyncNetworkStream, limit: Limit, peer: str) -> None:
        self._inner = inner
        self._limit = limit
        self.peer = peer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """What came, at most `max_bytes`."""
        left = self._limit.left(timeout, httpcore2.ReadTimeout)
        try:
            return await self._inner.read(max_bytes, left)
        except ssl.SSLError as error:  # the back end lets it pass
            raise httpcore2.ReadError(error) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Send all of `buffer`."""
        left = self._limit.left(timeout, httpcore2.WriteTimeout)
        try:
            await self._inner.write(buffer, left)
        except ssl.SSLError as error:
            raise httpcore2.WriteError(error) from error

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore2.AsyncNetworkStream:
        """The same connection behind TLS."""
        left = self._limit.left(timeout, httpcore2.ConnectTimeout)
        inner = await self._inner.start_tls(ssl_context, server_hostname, left)
        return AsyncDeadlineStream(inner, self._limit, self.peer)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  as httpcore2 types it
        """A fact of the connection, such as `server_addr`."""
        return self._inner.get_extra_info(info)


class AsyncDeadlineBackend(httpcore2.AsyncNetworkBackend):
    """The awaiting network, with deadlines; asyncio or trio, whichever runs."""

    def __init__(self, limit: Limit) -> None:
        self._inner = httpcore2.AnyIOBackend()
        self._limit = limit

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A new connection."""
        left = self._limit.left(timeout, httpcore2.ConnectTimeout)
        stream = await self._inner.connect_tcp(host, port, left, local_address, socket_options)
        return AsyncDeadlineStream(stream, self._limit, _address(stream))


def with_deadlines(
    transport: httpx2.HTTPTransport, now: Callable[[], float] = time.perf_counter
) -> httpx2.HTTPTransport:
    """The same transport; every socket operation of it ends with the call's deadline."""
    backend = DeadlineBackend(Limit(now))
    transport._pool._network_backend = backend  # noqa: SLF001  no public way in 2.16
    return transport


def with_async_deadlines(
    transport: httpx2.AsyncHTTPTransport, now: Callable[[], float] = time.perf_counter
) -> httpx2.AsyncHTTPTransport:
    """The same transport; every socket operation of it ends with the call's deadline."""
    backend = AsyncDeadlineBackend(Limit(now))
    transport._pool._network_backend = backend  # noqa: SLF001  no public way in 2.16
    return transport


def trailing_bytes(stream: object) -> bytes:
    """What the server had sent after the end of a body, where the parser still holds it.

    Ask after the last byte was read and before the stream is closed.
    """
    for name in ("_httpcore_stream", "_stream", "_connection", "_h11_state"):
        stream = getattr(stream, name, None)
    data = getattr(stream, "trailing_data", None)
    return bytes(data[0]) if data else b""


def consume(response: httpx2.Response, content: bytes) -> None:
    """Mark a response as read; a body that is not encoded becomes its content.

    `response.read()` would run the same bytes through four generators; that is 4 % of a call.
    """
    response.is_stream_consumed = response.is_closed = True
    response._num_bytes_downloaded = len(content)  # noqa: SLF001  no public way in 2.16
    if "content-encoding" not in response.headers:
        fill(response, content)


def fill(response: httpx2.Response, content: bytes) -> None:
    """Make this the content of a response."""
    response._content = content  # noqa: SLF001  no public way in 2.16


def peer(response: httpx2.Response) -> str:
    """The address that answered, such as `127.0.0.1:8000`; empty where there is no socket."""
    peer: str = getattr(response.extensions.get("network_stream"), "peer", "")
    return peer
