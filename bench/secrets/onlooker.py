"""What others on the machine can see of a run: the processes it starts, and what Redis is told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_EVERY = 0.01  # seconds: a child that prints one line lives twice as long
_QUIET = 0.2  # seconds without a line after which Redis has told everything


@contextmanager
def looking(pid: int) -> Iterator[set[bytes]]:
    """The command lines and environments of a process and all below it, where /proc tells them."""
    seen: set[bytes] = set()
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(_EVERY):
            for one in _family(pid):
                for name in ("cmdline", "environ"):
                    with suppress(OSError):  # it is gone
                        seen.add(Path(f"/proc/{one}/{name}").read_bytes())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        thread.join()


def _family(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):
        for file in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in file.read_text("ascii").split():
                yield from _family(int(child))


@contextmanager
def listening(port: int) -> Iterator[list[bytes]]:
    """Every command that the Redis on this loopback port is sent, told when the block is left."""
    told: list[bytes] = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"MONITOR\r\n")
        yield told
        connection.settimeout(_QUIET)
        with suppress(TimeoutError):
            while piece := connection.recv(1 << 16):
                told.append(piece)
    told[:] = [b"".join(told)]
