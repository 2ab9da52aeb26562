"""Defects of the way an answer is sent: late, cut, never."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from redhanded.lab.defects.route import Route
from redhanded.lab.defects.trigger import Trigger

_NO_LINGERING = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One request at the server's door: what is behind it, and the way back to the caller."""

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send

    async def proceed(
        self,
        *,
        scope: Scope | None = None,
        receive: Receive | None = None,
        send: Send | None = None,
    ) -> None:
        """Lets the API answer, another request or by another way where one is given."""
        await self.app(scope or self.scope, receive or self.receive, send or self.send)

    async def hang(self) -> None:
        """Says nothing until the caller is gone."""
        while (await self.receive())["type"] != "http.disconnect":
            pass

    async def drop(self, *, reset: bool = False) -> None:
        """Closes the connection, whatever has been sent on it; with a reset at once."""
        transport = _transport(self.send)
        if transport is None:
            return  # the server itself closes what is not answered to its end
        if reset:
            transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING
            )
            transport.abort()
        else:
            transport.close()
        await asyncio.sleep(0)  # now the server knows as well


Carry = Callable[[Passage, Trigger], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """Another way of carrying the requests of some routes; it says itself when it was served."""

    routes: tuple[Route, ...]
    carry: Carry


def wire(*routes: str, carry: Carry) -> Wire:
    """Another way of carrying the requests of routes such as "GET /booking/{id}"."""
    return Wire(routes=tuple(map(Route.of, routes)), carry=carry)


def _transport(send: Send) -> asyncio.Transport | None:
    """The server's connection: the way back is a method of the object that holds it."""
    found = getattr(getattr(send, "__self__", None), "transport", None)
    return found if isinstance(found, asyncio.Transport) else None
