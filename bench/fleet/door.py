"""A server that writes down when each request came and from whom, in a process of its own."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.fleet.arrivals import Arrival

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
_WHO = re.compile(rb"GET /from/(\w+) ")


@dataclass(frozen=True, slots=True)
class Door:
    """Where the server is; its log is there once the block is left."""

    url: str
    arrivals: list[Arrival] = field(default_factory=list)


class _Answering(asyncio.Protocol):
    def __init__(self, log: list[str]) -> None:
        self._log = log

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        # The benchmark's requests have no body, and each comes in one piece.
        assert isinstance(self._transport, asyncio.Transport)
        at = time.monotonic()
        for worker in _WHO.findall(data):
            self._log.append(f"{at!r} {worker.decode()}")
            self._transport.write(_ANSWER)


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    log: list[str] = []
    server = await loop.create_server(lambda: _Answering(log), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # The parent closes our standard input when it ends, however it ends.
    await loop.run_in_executor(None, sys.stdin.read)
    print(*log, sep="\n")


@contextmanager
def serving() -> Iterator[Door]:
    """The server, for as long as the block."""
    command = [sys.executable, "-m", "bench.fleet.door"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    door = Door(f"http://127.0.0.1:{int(process.stdout.readline())}")
    try:
        yield door
    finally:
        told, _ = process.communicate(timeout=30)
        for line in told.splitlines():
            at, _, worker = line.partition(" ")
            door.arrivals.append(Arrival(float(at), worker))


if __name__ == "__main__":
    asyncio.run(_serve())
