"""The port on the loopback interface: open, or shut while it stays ours."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

HOST: Final = "127.0.0.1"  # faults are for this machine alone
_BACKLOG = 512
_BREATH = 0.01  # seconds


@dataclass(slots=True)
class Door:
    """Lets clients in while it is open."""

    welcome: Callable[[socket.socket], Awaitable[None]]
    port: int = 0
    _socket: socket.socket = field(init=False)
    _accepting: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self._socket = _bound(self.port)
        self.port = int(self._socket.getsockname()[1])

    async def open(self) -> None:
        """Accepts connections."""
        if self._accepting is None:
            self._socket.listen(_BACKLOG)
            self._accepting = asyncio.create_task(self._accept())

    async def shut(self) -> None:
        """Refuses connections; the port stays bound, so that nobody else can take it."""
        await self._stop_accepting()
        self._socket.close()
        self._socket = _bound(self.port)

    async def close(self) -> None:
        """Gives the port back."""
        await self._stop_accepting()
        self._socket.close()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, _ = await loop.sock_accept(self._socket)
            except OSError:  # a client may be gone before it is accepted: the next one is not
                await asyncio.sleep(_BREATH)
            else:
                await self.welcome(accepted)

    async def _stop_accepting(self) -> None:
        if self._accepting is not None:
            self._accepting.cancel()
            with suppress(asyncio.CancelledError):
                await self._accepting
            self._accepting = None


def _bound(port: int) -> socket.socket:
    """A socket that has the port, and refuses until it listens.

    Raises OSError when the port is taken.
    """
    # With the protocol spelled out asyncio turns Nagle's algorithm off.
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere this option would let two processes share a port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((HOST, port))
        made.setblocking(False)  # noqa: FBT003  the socket's
    except OSError:
        made.close()
        raise
    return made
