"""A listening socket whose backlog is full, so that the system drops what knocks."""

from __future__ import annotations

import asyncio
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass, field

_MOST_FILLERS = 16
_LONGEST_KNOCK = 0.1  # seconds: on this machine a connection is made in far less, or not at all


def works_here() -> bool:
    """Whether this system drops what knocks at a full backlog; others refuse or queue it."""
    return sys.platform == "linux"


@dataclass(slots=True)
class Jam:
    """Fills a backlog of no length with connections of our own."""

    listener: socket.socket
    ports: set[int] = field(default_factory=set)  # where the fillers come from
    _fillers: list[socket.socket] = field(default_factory=list)

    async def fill(self) -> None:
        """Returns when nobody gets in any more."""
        self.listener.listen(0)
        for _ in range(_MOST_FILLERS):
            if not await self._knock():
                return

    def clear(self) -> None:
        """Lets go of the connections that fill the backlog."""
        for filler in self._fillers:
            filler.close()
        self._fillers.clear()

    async def _knock(self) -> bool:
        filler = socket.socket(self.listener.family, socket.SOCK_STREAM)
        filler.setblocking(False)  # noqa: FBT003  the socket's
        self._fillers.append(filler)
        is_in = False
        with suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_KNOCK):
                await asyncio.get_running_loop().sock_connect(filler, self.listener.getsockname())
                is_in = True
        self.ports.add(int(filler.getsockname()[1]))
        return is_in
