"""Streams: the test reads as it goes, and the ledger hears of it at the end."""

from __future__ import annotations

import anyio
import pytest

from redhanded import Attempt, Settings, open_async_client, open_client
from redhanded.pipeline.call import Scope


@pytest.fixture
def httpbin(httpbin_url: str) -> Settings:
    """Settings for httpbin."""
    return Settings.model_validate({"base_url": httpbin_url})


def test_lines_are_read_as_they_come(httpbin: Settings) -> None:
    """All of them, and one attempt is recorded."""
    scope = Scope()

    with open_client(httpbin, scope=scope) as client, client.stream("GET", "/stream/5") as response:
        lines = list(response.iter_lines())

    assert len(lines) == 5
    assert [(attempt.status, attempt.row) for attempt in scope.attempts] == [(200, "")]


def test_lines_are_read_as_they_come_async(httpbin: Settings) -> None:
    """The same with `await`."""
    scope = Scope()

    async def read() -> list[str]:
        async with (
            open_async_client(httpbin, scope=scope) as client,
            client.stream("GET", "/stream/5") as response,
        ):
            return [line async for line in response.aiter_lines()]

    assert len(anyio.run(read)) == 5
    assert [(attempt.status, attempt.row) for attempt in scope.attempts] == [(200, "")]


def test_a_drip_is_seen_drop_by_drop(httpbin: Settings) -> None:
    """The first byte is there before the last one is sent; the attempt ends when we leave."""
    recorded: list[Attempt] = []
    scope = Scope(record=recorded.append)
    drip = {"numbytes": 100, "duration": 20, "delay": 0}

    with (
        open_client(httpbin, scope=scope) as client,
        client.stream("GET", "/drip", params=drip) as response,
    ):
        pieces = response.iter_raw()
        first = next(pieces)
        meanwhile = len(recorded)

    assert 0 < len(first) < 100
    assert (meanwhile, len(recorded)) == (0, 1)
    assert recorded[0].elapsed < 10


def test_a_compressed_stream_is_decoded(httpbin: Settings) -> None:
    """Pieces put together are the document."""
    with open_client(httpbin) as client, client.stream("GET", "/gzip") as response:
        whole = b"".join(response.iter_bytes(10))

    assert b'"gzipped": true' in whole
