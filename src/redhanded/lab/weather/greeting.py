"""A connection that was accepted, and on which nothing was said yet."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from dataclasses import dataclass

from redhanded.lab.weather.line import NO_LINGER, Line
from redhanded.lab.weather.log import FAULT, Log
from redhanded.lab.weather.strike import Strike
from redhanded.lab.weather.trust import Trust

_LONGEST_SILENCE = 60.0  # seconds


@dataclass(slots=True)
class Greeting:
    """The accepted socket, and the certificate that its client will be shown."""

    sock: socket.socket
    log: Log
    trust: Trust | None
    certificate: str = "good"
    http2: bool = False
    is_open: bool = True
    struck_by: Strike | None = None
    has_struck: bool = False

    def note(self, **details: object) -> None:
        """Logs the fault: to be called when it is sure, and before the client can notice."""
        self.has_struck = True
        if self.struck_by is not None:
            self.log.write(FAULT, None, **self.struck_by.known(), **details)

    async def hears_something(self) -> bool:
        """Whether the client said something, which is lost by that, and did not leave."""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_LONGEST_SILENCE):
                return bool(await asyncio.get_running_loop().sock_recv(self.sock, 1))
        return False

    def reset(self) -> None:
        """Ends the connection with a reset."""
        self.is_open = False
        with suppress(OSError):
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        self.sock.close()

    async def line(self) -> Line:
        """The connection, after the handshake where there is one.

        Raises OSError when the client does not go through with it.
        """
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        context = self.trust.context(self.certificate, http2=self.http2) if self.trust else None
        transport, _ = await loop.connect_accepted_socket(lambda: protocol, self.sock, ssl=context)
        return Line(reader, asyncio.StreamWriter(transport, protocol, reader, loop))
