"""Auth flows as generators of effects: each is written once, for sync and async clients."""

from __future__ import annotations

import sys
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import suppress
from typing import Any, TypeAlias

import anyio
import httpx2

from redhanded.pipeline.flow import Consult, Send, Sleep

AuthFlow: TypeAlias = Generator[Send | Sleep | Consult, Any, None]


class EffectAuth(httpx2.Auth, ABC):
    """An httpx2 auth whose flow yields `Send`, `Sleep` and `Consult`.

    The answer to the request at hand arrives unread, for its caller may stream it, and its failure
    merely ends the flow. The answer to a request of the flow's own arrives read, and its failure is
    raised in the flow, which then raises what the caller is to see.
    """

    def __init__(
        self,
        *,
        sleep: Callable[[float], object] = time.sleep,
        sleep_async: Callable[[float], Awaitable[object]] = anyio.sleep,
    ) -> None:
        self._sleep = sleep
        self._sleep_async = sleep_async

    @abstractmethod
    def flow(self, request: httpx2.Request) -> AuthFlow:
        """The effects that bring the request's answer; the last response is the caller's."""

    def sync_auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """The requests to send, each to be answered with its response; pauses block."""
        return _Told(self._blocking(request), request)

    def async_auth_flow(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """The requests to send, each to be answered with its response; pauses are awaited."""
        return _AsyncTold(self._awaiting(request), request)

    def _blocking(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        if isinstance(request.stream, httpx2.SyncByteStream):
            request.read()  # so that it can be sent again
        flow = self.flow(request)
        with suppress(StopIteration):
            effect = next(flow)
            while True:
                try:
                    answer: object = None
                    if isinstance(effect, Sleep):
                        self._sleep(effect.seconds)
                    elif isinstance(effect, Consult):
                        answer = effect.act()
                    else:
                        response = answer = yield effect.request
                        if effect.request is not request:
                            response.read()
                except BaseException as error:  # noqa: BLE001  the flow decides
                    effect = flow.throw(error)
                else:
                    effect = flow.send(answer)

    async def _awaiting(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        if isinstance(request.stream, httpx2.AsyncByteStream):
            await request.aread()  # so that it can be sent again
        flow = self.flow(request)
        with suppress(StopIteration):
            effect = next(flow)
            while True:
                try:
                    answer: object = None
                    if isinstance(effect, Sleep):
                        await self._sleep_async(effect.seconds)
                    elif isinstance(effect, Consult):
                        answer = await _consulted(effect)
                    else:
                        response = answer = yield effect.request
                        if effect.request is not request:
                            await response.aread()
                except BaseException as error:  # noqa: BLE001  the flow decides
                    effect = flow.throw(error)
                else:
                    effect = flow.send(answer)


async def _consulted(effect: Consult) -> object:
    # A thread of our own: those of the test may all be waiting for the token that this brings.
    return await anyio.to_thread.run_sync(effect.act, limiter=anyio.CapacityLimiter(1))


def _failure(sent: httpx2.Request, call: httpx2.Request) -> httpx2.RequestError | None:
    """The error of a request of the flow's own: httpx2 handles it while it closes the flow."""
    raised = sys.exception()
    return raised if sent is not call and isinstance(raised, httpx2.RequestError) else None


class _Told(Generator[httpx2.Request, httpx2.Response, None]):
    """The requests of a flow that is told of failures, where httpx2 would only close it."""

    def __init__(
        self, requests: Generator[httpx2.Request, httpx2.Response, None], call: httpx2.Request
    ) -> None:
        self._requests = requests
        self._call = self._sent = call

    def send(self, value: Any) -> httpx2.Request:  # noqa: ANN401  the first one is None
        self._sent = self._requests.send(value)
        return self._sent

    def throw(self, typ: Any, val: Any = None, tb: Any = None) -> httpx2.Request:  # noqa: ANN401, ARG002
        return self._requests.throw(typ if val is None else val)

    def close(self) -> None:
        failure = _failure(self._sent, self._call)
        if failure is not None:
            self._requests.throw(failure)
        self._requests.close()


class _AsyncTold(AsyncGenerator[httpx2.Request, httpx2.Response]):
    """`_Told` for the awaiting world."""

    def __init__(
        self, requests: AsyncGenerator[httpx2.Request, httpx2.Response], call: httpx2.Request
    ) -> None:
        self._requests = requests
        self._call = self._sent = call

    async def asend(self, value: Any) -> httpx2.Request:  # noqa: ANN401  the first one is None
        self._sent = await self._requests.asend(value)
        return self._sent

    async def athrow(self, typ: Any, val: Any = None, tb: Any = None) -> httpx2.Request:  # noqa: ANN401, ARG002
        return await self._requests.athrow(typ if val is None else val)

    async def aclose(self) -> None:
        failure = _failure(self._sent, self._call)
        if failure is not None:
            await self._requests.athrow(failure)
        await self._requests.aclose()
