"""The two transports in which the pipeline is mounted: they perform its effects."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Protocol, cast

import anyio
import anyio.to_thread
import httpx2

from redhanded.client import wire
from redhanded.client.pool import RAISED, AsyncBody, Body, told
from redhanded.client.streams import UNDER_WAY
from redhanded.pipeline.call import CALL, PARTIAL, PEER
from redhanded.pipeline.codings import too_large
from redhanded.pipeline.drivers import arun, run
from redhanded.pipeline.flow import Consult, Fill, Read, Send, Sleep
from redhanded.pipeline.integrity import Raw

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from redhanded.pipeline.call import Call
    from redhanded.pipeline.flow import Effect, Proceed


_THREADS = 8  # that ask outside of this process at once, for one client


class Network(Protocol):
    """Where requests go out: gives the transport for one."""

    def transport(self, url: httpx2.URL, *, fresh: bool) -> httpx2.BaseTransport:
        """A pooled transport, or one whose connections carry a single request."""
        ...

    def close(self) -> None:
        """Let go of the connections that this user of the network owns."""
        ...


class AsyncNetwork(Protocol):
    """`Network` for the awaiting world."""

    def transport(self, url: httpx2.URL, *, fresh: bool) -> httpx2.AsyncBaseTransport:
        """A pooled transport, or one whose connections carry a single request."""
        ...

    async def aclose(self) -> None:
        """Let go of the connections that this user of the network owns."""
        ...


class PipelineTransport(httpx2.BaseTransport):
    """Runs each request through the pipeline, blocking."""

    def __init__(
        self,
        proceed: Proceed,
        network: Network,
        *,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._proceed = proceed
        self._network = network
        self._sleep = sleep

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The response that the pipeline lets through."""
        token = UNDER_WAY.set(None)
        try:
            return run(self._proceed(request), self._perform)
        finally:
            UNDER_WAY.reset(token)

    def _perform(self, effect: Effect) -> object:
        if isinstance(effect, Send):
            return self._send(effect.request, fresh=effect.fresh)
        if isinstance(effect, Read):
            return _read(effect.response, effect.limit)
        if isinstance(effect, Sleep):
            self._sleep(effect.seconds)
        elif isinstance(effect, Fill):
            wire.fill(effect.response, effect.content)
        elif isinstance(effect, Consult):
            return effect.act()
        else:
            effect.response.close()
        return None

    def _send(self, request: httpx2.Request, *, fresh: bool) -> httpx2.Response:
        call: Call = request.extensions[CALL]
        UNDER_WAY.set(call.timeline)
        response = self._network.transport(request.url, fresh=fresh).handle_request(request)
        response.extensions[PEER] = wire.peer(response)
        return response

    def close(self) -> None:
        """Let go of the connections, where they are this client's own."""
        self._network.close()


def _read(response: httpx2.Response, limit: int) -> Raw:
    stream = cast("httpx2.SyncByteStream", response.stream)
    source = stream.core if isinstance(stream, Body) else stream
    chunks, size, trailing = [], 0, b""
    try:
        for chunk in cast("httpx2.SyncByteStream", source):
            size += len(chunk)
            if size > limit:
                raise too_large(limit)
            chunks.append(chunk)
        if source is not stream:
            trailing = wire.trailing_bytes(source)
    except RAISED as error:
        response.extensions[PARTIAL] = b"".join(chunks)
        raise told(error) from error
    finally:
        stream.close()
    content = b"".join(chunks)
    wire.consume(response, content)
    return Raw(content, trailing)


class AsyncPipelineTransport(httpx2.AsyncBaseTransport):
    """Runs each request through the pipeline, awaiting."""

    def __init__(
        self,
        proceed: Proceed,
        network: AsyncNetwork,
        *,
        sleep: Callable[[float], Awaitable[object]] = anyio.sleep,
    ) -> None:
        self._proceed = proceed
        self._network = network
        self._sleep = sleep
        self._threads: anyio.CapacityLimiter | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The response that the pipeline lets through."""
        token = UNDER_WAY.set(None)
        try:
            return await arun(self._proceed(request), self._perform)
        finally:
            UNDER_WAY.reset(token)

    async def _perform(self, effect: Effect) -> object:
        if isinstance(effect, Send):
            return await self._send(effect.request, fresh=effect.fresh)
        if isinstance(effect, Read):
            return await _aread(effect.response, effect.limit)
        if isinstance(effect, Sleep):
            await self._sleep(effect.seconds)
        elif isinstance(effect, Fill):
            wire.fill(effect.response, effect.content)
        elif isinstance(effect, Consult):
            return await self._consult(effect.act)
        else:
            await effect.response.aclose()
        return None

    async def _send(self, request: httpx2.Request, *, fresh: bool) -> httpx2.Response:
        call: Call = request.extensions[CALL]
        UNDER_WAY.set(call.timeline)
        transport = self._network.transport(request.url, fresh=fresh)
        response = await transport.handle_async_request(request)
        response.extensions[PEER] = wire.peer(response)
        return response

    async def _consult(self, act: Callable[[], object]) -> object:
        # Threads of our own: those of the test may all be waiting for what this call brings.
        if self._threads is None:
            self._threads = anyio.CapacityLimiter(_THREADS)
        return await anyio.to_thread.run_sync(act, limiter=self._threads)

    async def aclose(self) -> None:
        """Let go of the connections, where they are this client's own."""
        self._threads = None  # another loop may use this transport from now on
        await self._network.aclose()


async def _aread(response: httpx2.Response, limit: int) -> Raw:
    stream = cast("httpx2.AsyncByteStream", response.stream)
    core = stream.core if isinstance(stream, AsyncBody) else stream
    source = aiter(cast("httpx2.AsyncByteStream", core))
    chunks, size, trailing = [], 0, b""
    try:
        async for chunk in source:
            size += len(chunk)
            if size > limit:
                raise too_large(limit)
            chunks.append(chunk)
        if core is not stream:
            trailing = wire.trailing_bytes(core)
    except RAISED as error:
        response.extensions[PARTIAL] = b"".join(chunks)
        raise told(error) from error
    finally:
        if isinstance(source, AsyncGenerator):
            await source.aclose()  # here, not by the garbage collector in some other task
        await stream.aclose()
    content = b"".join(chunks)
    wire.consume(response, content)
    return Raw(content, trailing)
