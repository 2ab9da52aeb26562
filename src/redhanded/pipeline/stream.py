"""A body that the test reads itself: it is watched, so that the ledger learns how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    Ended = Callable[[httpx2.RequestError | None], None]


class WatchedStream(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """The same body; `ended` is called once, when it was read, closed or broke off."""

    def __init__(
        self, inner: httpx2.SyncByteStream | httpx2.AsyncByteStream, ended: Ended
    ) -> None:
        self._inner = inner
        self._ended: Ended | None = ended

    def _end(self, error: httpx2.RequestError | None) -> None:
        ended, self._ended = self._ended, None
        if ended is not None:
            ended(error)

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._inner, httpx2.SyncByteStream)
        try:
            yield from self._inner
        except httpx2.RequestError as error:
            self._end(error)
            raise

    async def __aiter__(self) -> AsyncIterator[bytes]:
        assert isinstance(self._inner, httpx2.AsyncByteStream)
        try:
            async for chunk in self._inner:
                yield chunk
        except httpx2.RequestError as error:
            self._end(error)
            raise

    def close(self) -> None:
        """Let go of the body; what was read until now is all there will be."""
        assert isinstance(self._inner, httpx2.SyncByteStream)
        self._inner.close()
        self._end(None)

    async def aclose(self) -> None:
        """Let go of the body; what was read until now is all there will be."""
        assert isinstance(self._inner, httpx2.AsyncByteStream)
        await self._inner.aclose()
        self._end(None)
