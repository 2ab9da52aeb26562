"""A server that answers at once, in a process of its own, so that only the client is measured."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BODY = b'{"id": 7, "name": "Ann", "note": "' + b"x" * 150 + b'"}'
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
    b"Server: bench\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n%s" % (len(_BODY), _BODY)
)


class _Answering(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        # One answer a request head; the benchmark's requests have no body.
        assert isinstance(self._transport, asyncio.Transport)
        self._transport.write(_ANSWER * data.count(b"\r\n\r\n"))


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Answering, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # The parent closes our standard input when it ends, however it ends.
    await loop.run_in_executor(None, sys.stdin.read)


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """The base URL of a server that lives as long as the block."""
    command = [sys.executable, "-m", "bench.server"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.stdin.close()
        process.wait(timeout=10)
        process.stdout.close()


if __name__ == "__main__":
    asyncio.run(_serve())
