"""The wire: all that redhanded takes from httpx2's less public parts stands here.

That is the names of its trace events, the pool's network back end, and the parser's left-over
bytes. A contract test holds each against the oldest and the newest release allowed.
"""

from __future__ import annotations

import math
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import httpcore2
import httpx2

from redhanded.core.attempt import Phase

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

    from redhanded.pipeline.call import Timeline

DEADLINE: ContextVar[float] = ContextVar("redhanded_deadline", default=math.inf)
"""When the call under way must be over, on the clock of `time.perf_counter`."""

_PHASES = {
    "connection.connect_tcp.started": Phase.CONNECT,
    "connection.connect_unix_socket.started": Phase.CONNECT,
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
        self.timeline = timeline
        self.theirs = theirs.theirs if isinstance(theirs, Tracer) else theirs

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

    async def __call__(self, name: str, info: dict[str, Any]) -> object:  # type: ignore[override]
        """Note where the attempt stands, then pass the event on."""
        if name in _PHASES:
            self.timeline.begin(_PHASES[name])
        elif name in _UPLOAD_FAILED:
            self.timeline.upload_failed = True
        return None if self.theirs is None else await self.theirs(name, info)


def _left(timeout: float | None) -> float | None:
    """The time-out of one socket operation, cut to what the call's deadline leaves."""
    deadline = DEADLINE.get()
    if deadline == math.inf:
        return timeout
    left = max(0.001, deadline - time.perf_counter())  # 0 would mean "do not block at all"
    return left if timeout is None else min(timeout, left)


def _is_over() -> bool:
    return DEADLINE.get() <= time.perf_counter()


def _address(stream: httpcore2.NetworkStream | httpcore2.AsyncNetworkStream) -> str:
    address = stream.get_extra_info("server_addr")
    return f"{address[0]}:{address[1]}" if isinstance(address, tuple) else ""


class DeadlineStream(httpcore2.NetworkStream):
    """A connection whose every read and write ends with the call's deadline.

    httpx2's time-outs hold for a single read; a server that drips never meets them.
    """

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner
        self.peer = _address(inner)  # once a connection: it is a system call

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What came, at most `max_bytes`."""
        if _is_over():
            raise httpcore2.ReadTimeout
        return self._inner.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of `buffer`."""
        if _is_over():
            raise httpcore2.WriteTimeout
        self._inner.write(buffer, _left(timeout))

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
        inner = self._inner.start_tls(ssl_context, server_hostname, _left(timeout))
        return DeadlineStream(inner)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  as httpcore2 types it
        """A fact of the connection, such as `server_addr`."""
        return self._inner.get_extra_info(info)


class DeadlineBackend(httpcore2.NetworkBackend):
    """The blocking network, with deadlines."""

    def __init__(self) -> None:
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """A new connection."""
        stream = self._inner.connect_tcp(
            host, port, _left(timeout), local_address, socket_options
        )
        return DeadlineStream(stream)

    def sleep(self, seconds: float) -> None:
        """Block for that long."""
        self._inner.sleep(seconds)


class AsyncDeadlineStream(httpcore2.AsyncNetworkStream):
    """`DeadlineStream` for the awaiting world."""

    def __init__(self, inner: httpcore2.AsyncNetworkStream) -> None:
        self._inner = inner
        self.peer = _address(inner)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """What came, at most `max_bytes`."""
        if _is_over():
            raise httpcore2.ReadTimeout
        return await self._inner.read(max_bytes, _left(timeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Send all of `buffer`."""
        if _is_over():
            raise httpcore2.WriteTimeout
        await self._inner.write(buffer, _left(timeout))

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
        inner = await self._inner.start_tls(ssl_context, server_hostname, _left(timeout))
        return AsyncDeadlineStream(inner)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  as httpcore2 types it
        """A fact of the connection, such as `server_addr`."""
        return self._inner.get_extra_info(info)


class AsyncDeadlineBackend(httpcore2.AsyncNetworkBackend):
    """The awaiting network, with deadlines; asyncio or trio, whichever runs."""

    def __init__(self) -> None:
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A new connection."""
        stream = await self._inner.connect_tcp(
            host, port, _left(timeout), local_address, socket_options
        )
        return AsyncDeadlineStream(stream)

    async def sleep(self, seconds: float) -> None:
        """Wait for that long."""
        await self._inner.sleep(seconds)


def with_deadlines(transport: httpx2.HTTPTransport) -> httpx2.HTTPTransport:
    """The same transport; every socket operation of it ends with the call's deadline."""
    transport._pool._network_backend = DeadlineBackend()  # noqa: SLF001  no public way in 2.16
    return transport


def with_async_deadlines(transport: httpx2.AsyncHTTPTransport) -> httpx2.AsyncHTTPTransport:
    """The same transport; every socket operation of it ends with the call's deadline."""
    transport._pool._network_backend = AsyncDeadlineBackend()  # noqa: SLF001  no public way in 2.16
    return transport


def trailing_bytes(stream: object) -> bytes:
    """What the server had sent after the end of a body, where the parser still holds it.

    Ask after the last byte was read and before the stream is closed.
    """
    for name in ("_httpcore_stream", "_stream", "_connection", "_h11_state"):
        stream = getattr(stream, name, None)
    data = getattr(stream, "trailing_data", None)
    return bytes(data[0]) if data else b""


def fill(response: httpx2.Response, content: bytes) -> None:
    """Hand a body that is not encoded to its response, which then counts as read.

    `response.read()` would run the same bytes through four generators; that is 4 % of a call.
    """
    if "content-encoding" not in response.headers:
        response._content = content  # noqa: SLF001  no public way in 2.16
    response.is_stream_consumed = response.is_closed = True


def peer(response: httpx2.Response) -> str:
    """The address that answered, such as `127.0.0.1:8000`; empty where there is no socket."""
    peer: str = getattr(response.extensions.get("network_stream"), "peer", "")
    return peer
