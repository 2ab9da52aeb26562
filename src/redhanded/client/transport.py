"""The two transports in which the pipeline is mounted: they perform its effects."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

import anyio
import httpx2

from redhanded.client import wire
from redhanded.pipeline.call import CALL, PEER
from redhanded.pipeline.drivers import arun, run
from redhanded.pipeline.errors import BodyTooLarge
from redhanded.pipeline.flow import Read, Send, Sleep
from redhanded.pipeline.integrity import Raw

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.pipeline.call import Call
    from redhanded.pipeline.flow import Effect, Proceed


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


def _prepare(request: httpx2.Request, tracer: type[wire.Tracer]) -> Call:
    call: Call = request.extensions[CALL]
    assert call.timeline is not None
    request.extensions["trace"] = tracer(call.timeline, request.extensions.get("trace"))
    wire.DEADLINE.set(call.deadline)
    return call


def _too_large(size: int, limit: int) -> BodyTooLarge:
    message = (
        f"the body is larger than body_limit: {size} bytes came and there is more; "
        f"raise body_limit (now {limit}) if that is meant"
    )
    return BodyTooLarge(message)


class PipelineTransport(httpx2.BaseTransport):
    """Runs each request through the pipeline, blocking."""

    def __init__(
        self,
        proceed: Proceed,
        network: Network,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._proceed = proceed
        self._network = network
        self._sleep = sleep

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The response that the pipeline lets through."""
        token = wire.DEADLINE.set(wire.DEADLINE.get())
        try:
            return run(self._proceed(request), self._perform)
        finally:
            wire.DEADLINE.reset(token)

    def _perform(self, effect: Effect) -> object:
        if isinstance(effect, Send):
            return self._send(effect.request, fresh=effect.fresh)
        if isinstance(effect, Read):
            return _read(effect.response, effect.limit)
        if isinstance(effect, Sleep):
            self._sleep(effect.seconds)
        else:
            effect.response.close()
        return None

    def _send(self, request: httpx2.Request, *, fresh: bool) -> httpx2.Response:
        _prepare(request, wire.Tracer)
        response = self._network.transport(request.url, fresh=fresh).handle_request(request)
        response.extensions[PEER] = wire.peer(response)
        return response

    def close(self) -> None:
        """Let go of the connections, where they are this client's own."""
        self._network.close()


def _read(response: httpx2.Response, limit: int) -> Raw:
    stream = response.stream
    assert isinstance(stream, httpx2.SyncByteStream)
    chunks, size = [], 0
    try:
        for chunk in stream:
            size += len(chunk)
            if size > limit:
                raise _too_large(size, limit)
            chunks.append(chunk)
        trailing = wire.trailing_bytes(stream)
    finally:
        stream.close()
    content = b"".join(chunks)
    wire.fill(response, content)
    return Raw(content, trailing)


class AsyncPipelineTransport(httpx2.AsyncBaseTransport):
    """Runs each request through the pipeline, awaiting."""

    def __init__(self, proceed: Proceed, network: AsyncNetwork) -> None:
        self._proceed = proceed
        self._network = network

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The response that the pipeline lets through."""
        token = wire.DEADLINE.set(wire.DEADLINE.get())
        try:
            return await arun(self._proceed(request), self._perform)
        finally:
            wire.DEADLINE.reset(token)

    async def _perform(self, effect: Effect) -> object:
        if isinstance(effect, Send):
            return await self._send(effect.request, fresh=effect.fresh)
        if isinstance(effect, Read):
            return await _aread(effect.response, effect.limit)
        if isinstance(effect, Sleep):
            await anyio.sleep(effect.seconds)
        else:
            await effect.response.aclose()
        return None

    async def _send(self, request: httpx2.Request, *, fresh: bool) -> httpx2.Response:
        _prepare(request, wire.AsyncTracer)
        transport = self._network.transport(request.url, fresh=fresh)
        response = await transport.handle_async_request(request)
        response.extensions[PEER] = wire.peer(response)
        return response

    async def aclose(self) -> None:
        """Let go of the connections, where they are this client's own."""
        await self._network.aclose()


async def _aread(response: httpx2.Response, limit: int) -> Raw:
    stream = response.stream
    assert isinstance(stream, httpx2.AsyncByteStream)
    chunks, size = [], 0
    try:
        async for chunk in stream:
            size += len(chunk)
            if size > limit:
                raise _too_large(size, limit)
            chunks.append(chunk)
        trailing = wire.trailing_bytes(stream)
    finally:
        await stream.aclose()
    content = b"".join(chunks)
    wire.fill(response, content)
    return Raw(content, trailing)
