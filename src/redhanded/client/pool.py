"""Connection pools as transports, over httpcore2's public interface."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict, cast

import httpcore2
import httpx2

from redhanded.client.streams import UNDER_WAY, AsyncDeadlineBackend, DeadlineBackend
from redhanded.pipeline.classify import words

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Iterator

_ERRORS: dict[type[Exception], type[httpx2.TransportError]] = {
    getattr(httpcore2, name): getattr(httpx2, name)
    for name in (
        "ConnectError",
        "ConnectTimeout",
        "LocalProtocolError",
        "PoolTimeout",
        "ProxyError",
        "ReadError",
        "ReadTimeout",
        "RemoteProtocolError",
        "UnsupportedProtocol",
        "WriteError",
        "WriteTimeout",
    )
}
RAISED = tuple(_ERRORS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyServer:
    """A proxy to go through; `auth` is its user name and password."""

    url: str
    auth: tuple[str, str] | None = None
    context: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolOptions:
    """How the connections of a pool are made and kept; `keepalive` in seconds."""

    context: ssl.SSLContext
    connections: int
    idle: int
    keepalive: float
    http2: bool = False
    proxy: ProxyServer | None = None


class _Shared(TypedDict):
    ssl_context: ssl.SSLContext
    max_connections: int
    max_keepalive_connections: int
    keepalive_expiry: float
    http2: bool
    retries: int


def _shared(options: PoolOptions) -> _Shared:
    return {
        "ssl_context": options.context,
        "max_connections": options.connections,
        "max_keepalive_connections": options.idle,
        "keepalive_expiry": options.keepalive,
        "http2": options.http2,
        "retries": 0,  # retries below us would be evidence lost
    }


class _Through(TypedDict):
    proxy_url: str
    proxy_auth: tuple[str, str] | None
    proxy_ssl_context: ssl.SSLContext | None


def _through(proxy: ProxyServer) -> _Through:
    return {
        "proxy_url": proxy.url,
        "proxy_auth": proxy.auth,
        "proxy_ssl_context": proxy.context,
    }


def _core(request: httpx2.Request) -> httpcore2.Request:
    url, timeline = request.url, UNDER_WAY.get()
    core = httpcore2.Request(
        request.method,
        httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        content=request.stream,
        extensions=request.extensions,
    )
    # Set afterwards: as an argument, each of these bytes would be made sure to be bytes.
    core.headers = (timeline.headers if timeline else None) or request.headers.raw
    return core


def _response(
    answer: httpcore2.Response, stream: httpx2.SyncByteStream | httpx2.AsyncByteStream
) -> httpx2.Response:
    timeline = UNDER_WAY.get()
    if timeline is not None:
        timeline.received = answer.headers
    return httpx2.Response(
        answer.status, headers=answer.headers, stream=stream, extensions=answer.extensions
    )


def told(error: Exception) -> httpx2.TransportError:
    """The error of httpx2 that has the name of httpcore2's."""
    return _ERRORS[type(error)](words(error))


class Body(httpx2.SyncByteStream):
    """The body of an answer on its way; `core` is httpcore2's own stream."""

    def __init__(self, core: httpcore2.Response) -> None:
        self.core: Any = core.stream

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from cast("httpx2.SyncByteStream", self.core)
        except RAISED as error:
            raise told(error) from error

    def close(self) -> None:
        """Let go of the connection."""
        cast("httpx2.SyncByteStream", self.core).close()


class Pool(httpx2.BaseTransport):
    """A pool of blocking connections."""

    def __init__(self, options: PoolOptions) -> None:
        shared, backend = _shared(options), DeadlineBackend()
        self._pool: httpcore2.ConnectionPool
        if options.proxy is None:
            self._pool = httpcore2.ConnectionPool(network_backend=backend, **shared)
        else:
            through = _through(options.proxy)
            self._pool = httpcore2.HTTPProxy(network_backend=backend, **shared, **through)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, whose body is unread."""
        try:
            answer = self._pool.handle_request(_core(request))
        except RAISED as error:
            raise told(error) from error
        return _response(answer, Body(answer))

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class AsyncBody(httpx2.AsyncByteStream):
    """`Body` for the awaiting world."""

    def __init__(self, core: httpcore2.Response) -> None:
        self.core: Any = core.stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        chunks = aiter(cast("httpx2.AsyncByteStream", self.core))
        try:
            async for chunk in chunks:
                yield chunk
        except RAISED as error:
            raise told(error) from error
        finally:
            if isinstance(chunks, AsyncGenerator):
                await chunks.aclose()  # here, not by the garbage collector in some other task

    async def aclose(self) -> None:
        """Let go of the connection."""
        await cast("httpx2.AsyncByteStream", self.core).aclose()


class AsyncPool(httpx2.AsyncBaseTransport):
    """A pool of awaiting connections."""

    def __init__(self, options: PoolOptions) -> None:
        shared, backend = _shared(options), AsyncDeadlineBackend()
        self._pool: httpcore2.AsyncConnectionPool
        if options.proxy is None:
            self._pool = httpcore2.AsyncConnectionPool(network_backend=backend, **shared)
        else:
            through = _through(options.proxy)
            self._pool = httpcore2.AsyncHTTPProxy(network_backend=backend, **shared, **through)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, whose body is unread."""
        try:
            answer = await self._pool.handle_async_request(_core(request))
        except RAISED as error:
            raise told(error) from error
        return _response(answer, AsyncBody(answer))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()
