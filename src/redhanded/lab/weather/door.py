"""The port on the loopback interface: open, or shut while it stays ours."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from redhanded.lab.weather.jam import Jam

HOST6: Final = "::1"
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
    _jam: Jam | None = None
    _other: socket.socket | None = None
    _other_jam: Jam | None = None

    def __post_init__(self) -> None:
        self._socket = bound(self.port)
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
        self._socket = bound(self.port)

    async def jam(self) -> None:
        """Lets nobody in and says nothing: the system drops what knocks."""
        await self._stop_accepting()
        self._jam = Jam(self._socket)
        await self._jam.fill()

    async def free(self) -> None:
        """Lets those in who still wait, and all others."""
        if self._jam is not None:
            self._jam.clear()
        self.free_other()
        await self.open()

    async def jam_other(self, host: str) -> None:
        """Drops what knocks at the same port of another address of this machine."""
        self.free_other()
        self._other = bound(self.port, host=host)
        self._other_jam = Jam(self._other)
        await self._other_jam.fill()

    def free_other(self) -> None:
        """Gives that port back."""
        if self._other is not None and self._other_jam is not None:
            self._other_jam.clear()
            self._other.close()
            self._other = None

    async def close(self) -> None:
        """Gives the port back."""
        await self._stop_accepting()
        if self._jam is not None:
            self._jam.clear()
        self.free_other()
        self._socket.close()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, address = await loop.sock_accept(self._socket)
            except OSError:  # a client may be gone before it is accepted: the next one is not
                await asyncio.sleep(_BREATH)
            else:
                if self._jam is not None and address[1] in self._jam.ports:
                    accepted.close()
                else:
                    await self.welcome(accepted)

    async def _stop_accepting(self) -> None:
        if self._accepting is not None:
            self._accepting.cancel()
            with suppress(asyncio.CancelledError):
                await self._accepting
            self._accepting = None


def bound(port: int, *, host: str = HOST) -> socket.socket:
    """A socket that has the port, and refuses until it listens.

    Raises OSError when the port is taken.
    """
    # With the protocol spelled out asyncio turns Nagle's algorithm off.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere this option would let two processes share a port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.setblocking(False)  # noqa: FBT003  the socket's
    except OSError:
        made.close()
        raise
    return made
