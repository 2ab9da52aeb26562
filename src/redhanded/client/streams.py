"""Connections that keep to the call's deadline, and note how far its attempt has come.

httpx2's time-outs hold for a single read: a server that drips never meets them. Its trace events
would tell the phases as well, for three per cent of a call.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import anyio
import httpcore2

from redhanded.client.addresses import (
    first_reached,
    first_reached_async,
    is_literal,
    look_up,
    look_up_async,
)
from redhanded.core.attempt import Phase

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable

    from redhanded.pipeline.call import Timeline

UNDER_WAY: ContextVar[Timeline | None] = ContextVar("redhanded_under_way", default=None)
"""The attempt for which this thread or task uses a connection; none while a test reads a stream."""

_FIRST = 16  # bytes of an answer that are kept: what tells HTTP from other languages
_PIECE = 1 << 16  # bytes written at once: the time left is looked at after each


def _left(timeline: Timeline, timeout: float | None, over: type[Exception]) -> float:
    """The time-out of a socket operation, cut to what is left; raises `over` where nothing is."""
    left = timeline.deadline - timeline.now()
    if left <= 0:
        raise over
    return left if timeout is None else min(timeout, left)


def _connecting(timeout: float | None, phase: Phase) -> float | None:
    timeline = UNDER_WAY.get()
    if timeline is None:
        return timeout
    timeline.begin(phase)
    return _left(timeline, timeout, httpcore2.ConnectTimeout)


def _first_phase(host: str) -> Phase:
    return Phase.CONNECT if is_literal(host) else Phase.DNS


def _reachable(host: str, port: int) -> None:
    """Raise LocalProtocolError where no such address can exist: the operating system may not."""
    if not host:
        raise httpcore2.LocalProtocolError("the URL names no host")
    try:
        host.encode("idna")
    except UnicodeError as error:
        raise httpcore2.LocalProtocolError(f"{host[:80]!r} cannot be a host name") from error
    if port > 65535:
        raise httpcore2.LocalProtocolError(f"{port} cannot be a port: write one up to 65535")


def _address(stream: httpcore2.NetworkStream | httpcore2.AsyncNetworkStream) -> str:
    address = None
    with suppress(OSError):  # the other side may have reset by now
        address = stream.get_extra_info("server_addr")
    if not isinstance(address, tuple):
        return ""
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    return f"{host}:{address[1]}"


def _is_text(stream: httpcore2.NetworkStream | httpcore2.AsyncNetworkStream) -> bool:
    """Whether answers begin with `HTTP/`: HTTP/2, which TLS agrees on, is binary."""
    secure = stream.get_extra_info("ssl_object")
    return secure is None or secure.selected_alpn_protocol() != "h2"


class DeadlineStream(httpcore2.NetworkStream):
    """A blocking connection; `peer` is the address that it leads to."""

    def __init__(self, inner: httpcore2.NetworkStream, peer: str) -> None:
        self._inner = inner
        self._is_text = _is_text(inner)
        self.peer: str = peer  # asked for once a connection: it is a system call

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What came, at most `max_bytes`."""
        timeline = UNDER_WAY.get()
        if timeline is None:
            return self._inner.read(max_bytes, timeout)
        timeline.wait()
        data = self._inner.read(max_bytes, _left(timeline, timeout, httpcore2.ReadTimeout))
        if self._is_text and not timeline.first:
            timeline.first = data[:_FIRST]
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of `buffer`."""
        timeline = UNDER_WAY.get()
        if timeline is None:
            self._inner.write(buffer, timeout)
        elif buffer:
            self._write(timeline, buffer, timeout)

    def _write(self, timeline: Timeline, buffer: bytes, timeout: float | None) -> None:
        timeline.begin(Phase.SEND)
        try:
            for start in range(0, len(buffer), _PIECE):
                left = _left(timeline, timeout, httpcore2.WriteTimeout)
                self._inner.write(buffer[start : start + _PIECE], left)
        except BaseException:
            timeline.upload_failed = True
            raise
        timeline.write()

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
        left = _connecting(timeout, Phase.TLS)
        return DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, left), self.peer)

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
        """A new connection; a name is looked up first, in a phase of its own."""

        def connect(address: str) -> httpcore2.NetworkStream:
            left = _connecting(timeout, Phase.CONNECT)
            return self._inner.connect_tcp(address, port, left, local_address, socket_options)

        phase = _first_phase(host)
        _connecting(timeout, phase)
        _reachable(host, port)
        addresses = look_up(host, port) if phase is Phase.DNS else [host]
        stream = first_reached(addresses, connect)
        return DeadlineStream(stream, _address(stream))


class AsyncDeadlineStream(httpcore2.AsyncNetworkStream):
    """`DeadlineStream` for the awaiting world."""

    def __init__(self, inner: httpcore2.AsyncNetworkStream, peer: str) -> None:
        self._inner = inner
        self._is_text = _is_text(inner)
        self.peer: str = peer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """What came, at most `max_bytes`."""
        timeline = UNDER_WAY.get()
        if timeline is not None:
            timeline.wait()
            timeout = _left(timeline, timeout, httpcore2.ReadTimeout)
        try:
            data = await self._inner.read(max_bytes, timeout)
        except ssl.SSLError as error:  # the back end lets it pass
            raise httpcore2.ReadError(error) from error
        if timeline is not None and self._is_text and not timeline.first:
            timeline.first = data[:_FIRST]
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Send all of `buffer`."""
        timeline = UNDER_WAY.get()
        try:
            if timeline is None:
                await self._inner.write(buffer, timeout)
            elif buffer:
                await self._write(timeline, buffer, timeout)
        except ssl.SSLError as error:
            raise httpcore2.WriteError(error) from error

    async def _write(self, timeline: Timeline, buffer: bytes, timeout: float | None) -> None:  # noqa: ASYNC109
        timeline.begin(Phase.SEND)
        try:
            for start in range(0, len(buffer), _PIECE):
                left = _left(timeline, timeout, httpcore2.WriteTimeout)
                await self._inner.write(buffer[start : start + _PIECE], left)
        except BaseException:
            timeline.upload_failed = True
            raise
        timeline.write()

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
        left = _connecting(timeout, Phase.TLS)
        inner = await self._inner.start_tls(ssl_context, server_hostname, left)
        return AsyncDeadlineStream(inner, self.peer)

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
        """A new connection; a name is looked up first, in a phase of its own."""

        def connect(address: str) -> Awaitable[httpcore2.AsyncNetworkStream]:
            left = _connecting(timeout, Phase.CONNECT)
            return self._inner.connect_tcp(address, port, left, local_address, socket_options)

        phase, addresses = _first_phase(host), [host]
        left = _connecting(timeout, phase)
        _reachable(host, port)
        if phase is Phase.DNS:
            began = anyio.current_time()
            addresses = await look_up_async(host, port, left)
            spent = anyio.current_time() - began
            timeout = None if timeout is None else max(0.0, timeout - spent)
        stream = await first_reached_async(addresses, connect, timeout=timeout)
        return AsyncDeadlineStream(stream, _address(stream))
