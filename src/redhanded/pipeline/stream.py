"""A body that the test reads itself: it is watched, so that the ledger learns how it ended."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, cast

import httpx2

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    Ended = Callable[[BaseException | None], None]

# The note of an attempt whose times say nothing of the server: the test took what it wanted of it.
STREAMED = "streamed: the test reads the body itself"


class WatchedStream(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """The same body; `ended` is called once, when it was read, closed or broke off."""

    def __init__(self, inner: httpx2.SyncByteStream | httpx2.AsyncByteStream, ended: Ended) -> None:
        self._inner = inner
        self._ended: Ended | None = ended

    def _end(self, error: BaseException | None) -> None:
        ended, self._ended = self._ended, None
        if ended is not None:
            ended(error)

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from cast("httpx2.SyncByteStream", self._inner)
        except GeneratorExit:
            raise  # the reader has enough
        except BaseException as error:
            self._end(error)
            raise

    async def __aiter__(self) -> AsyncIterator[bytes]:
        chunks = aiter(cast("httpx2.AsyncByteStream", self._inner))
        try:
            async for chunk in chunks:
                yield chunk
        except GeneratorExit:
            raise  # the reader has enough
        except BaseException as error:
            self._end(error)
            raise
        finally:
            if isinstance(chunks, AsyncGenerator):
                await chunks.aclose()

    def close(self) -> None:
        """Let go of the body; what was read until now is all there will be."""
        cast("httpx2.SyncByteStream", self._inner).close()
        self._end(None)

    async def aclose(self) -> None:
        """Let go of the body; what was read until now is all there will be."""
        await cast("httpx2.AsyncByteStream", self._inner).aclose()
        self._end(None)
