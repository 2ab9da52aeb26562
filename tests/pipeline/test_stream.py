"""A body that the test reads itself tells how it ended, once."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import aclosing, closing
from dataclasses import dataclass, field
from typing import cast

import anyio
import httpx2
import pytest

from redhanded.pipeline.stream import WatchedStream


@dataclass
class Body(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """Two chunks, or one and an error; counts how often it was closed."""

    error: BaseException | None = None
    closed: int = 0
    left: int = 0

    def __iter__(self) -> Iterator[bytes]:
        yield b"one"
        if self.error is not None:
            raise self.error
        yield b"two"

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            for chunk in self:
                yield chunk
        finally:
            self.left += 1

    def close(self) -> None:
        self.closed += 1

    async def aclose(self) -> None:
        self.closed += 1


@dataclass
class Watcher:
    """Notes each end that it is told of."""

    ends: list[BaseException | None] = field(default_factory=list)

    def __call__(self, error: BaseException | None) -> None:
        self.ends.append(error)


Use = Callable[[WatchedStream, int], list[bytes]]


def blocking(stream: WatchedStream, most: int) -> list[bytes]:
    """The first chunks of a body, which is then closed, in the blocking world."""
    chunks: list[bytes] = []
    with closing(stream), closing(cast("Generator[bytes]", iter(stream))) as source:
        for chunk in source:
            chunks.append(chunk)
            if len(chunks) == most:
                break
    return chunks


def awaiting(stream: WatchedStream, most: int) -> list[bytes]:
    """The same in the awaiting world."""
    chunks: list[bytes] = []

    async def use() -> None:
        source = cast("AsyncGenerator[bytes]", aiter(stream))
        async with aclosing(stream), aclosing(source):
            async for chunk in source:
                chunks.append(chunk)
                if len(chunks) == most:
                    break

    anyio.run(use)
    return chunks


USES = [pytest.param(blocking, id="sync"), pytest.param(awaiting, id="async")]


@pytest.mark.parametrize("most, chunks", [(9, [b"one", b"two"]), (1, [b"one"])], ids=["all", "one"])
@pytest.mark.parametrize("use", USES)
def test_a_body_that_was_read_or_left_ends_well_once(
    use: Use, most: int, chunks: list[bytes]
) -> None:
    """Whether the test reads all or has enough, the body is closed and its end told once."""
    body, ended = Body(), Watcher()
    stream = WatchedStream(body, ended)
    assert (use(stream, most), ended.ends, body.closed) == (chunks, [None], 1)


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(httpx2.ReadError("reset"), id="network"),
        pytest.param(RuntimeError("ours"), id="other"),
        pytest.param(KeyboardInterrupt(), id="ctrl-c"),
    ],
)
@pytest.mark.parametrize("use", USES)
def test_a_body_that_breaks_off_tells_its_error_once(use: Use, error: BaseException) -> None:
    """INVARIANT: an error in mid-stream reaches the ledger and the test, and stays the end."""
    body, ended = Body(error), Watcher()
    with pytest.raises(type(error)) as raised:
        use(WatchedStream(body, ended), 9)
    assert (raised.value is error, ended.ends, body.closed) == (True, [error], 1)


@pytest.mark.parametrize("use", USES)
def test_a_body_closed_again_ends_no_second_time(use: Use) -> None:
    """The client library may close a body twice."""
    body, ended = Body(), Watcher()
    stream = WatchedStream(body, ended)
    use(stream, 9)
    use(stream, 0)
    assert ended.ends == [None]


def test_an_async_body_is_left_where_it_was_read() -> None:
    """The generator beneath is closed by its reader, not by the collector in another task."""
    body = Body()
    awaiting(WatchedStream(body, Watcher()), 1)
    assert body.left == 1


def test_an_async_body_need_not_be_a_generator() -> None:
    """Any asynchronous iterator may be a body."""

    class Chunks(httpx2.AsyncByteStream):
        def __init__(self) -> None:
            self.left = [b"one", b"two"]

        def __aiter__(self) -> AsyncIterator[bytes]:
            return self

        async def __anext__(self) -> bytes:
            if not self.left:
                raise StopAsyncIteration
            return self.left.pop(0)

    ended = Watcher()
    assert awaiting(WatchedStream(Chunks(), ended), 9) == [b"one", b"two"]
    assert ended.ends == [None]
