"""Addresses of a name: looked up once and by itself, so that an attempt can tell how long it took.

httpcore2 looks a name up within connecting. Here its back ends are given addresses alone, in the
order and at the pace in which they would have tried those themselves.
"""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final

import anyio
import httpcore2

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

HEAD_START: Final = 0.25  # seconds an address has before the next is tried: RFC 8305, section 5

_Found = Any  # what the resolver gives: family, type, protocol, name and address


def is_literal(host: str) -> bool:
    """Whether the host is an address already, so that nobody is asked for it."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name, in the resolver's order; raises ConnectError where it has none."""
    try:
        found = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore2.ConnectError(error) from error
    return [_text(one) for one in found]


async def look_up_async(host: str, port: int, timeout: float | None) -> list[str]:  # noqa: ASYNC109
    """The same while others go on: one address of each family first, that of IPv6 before all."""
    try:
        with anyio.fail_after(timeout):
            found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except TimeoutError as error:
        raise httpcore2.ConnectTimeout(error) from error
    except OSError as error:
        raise httpcore2.ConnectError(error) from error
    return [_text(one) for one in _in_turn(found)]


def _text(found: _Found) -> str:
    # With its zone, which a link-local address is of no use without; anyio has it in the host.
    host, _, *more = found[4]
    zone = more[1] if len(more) > 1 else 0
    return f"{host}%{zone}" if zone else str(host)


def _in_turn(found: Sequence[_Found]) -> list[_Found]:
    """The first of each family, IPv6 before IPv4, then all others as they came."""
    firsts = [
        next((one for one in found if one[0] == family), None)
        for family in (socket.AF_INET6, socket.AF_INET)
    ]
    known = [one for one in firsts if one is not None]
    return [*known, *(one for one in found if one not in known)]


def first_reached(
    addresses: Sequence[str], connect: Callable[[str], httpcore2.NetworkStream]
) -> httpcore2.NetworkStream:
    """A connection to the first address that takes one; else the error of the last of them."""
    for address in addresses[:-1]:
        try:
            return connect(address)
        except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
            continue
    return connect(addresses[-1])


async def first_reached_async(
    addresses: Sequence[str],
    connect: Callable[[str], Awaitable[httpcore2.AsyncNetworkStream]],
    *,
    timeout: float | None,  # noqa: ASYNC109
) -> httpcore2.AsyncNetworkStream:
    """The connection that comes first, each address tried a little after the one before it.

    Raises the error of the last that failed, and ConnectTimeout after so many seconds in all.
    """
    if len(addresses) == 1:
        return await connect(addresses[0])
    race = _Race(connect)
    try:
        with anyio.fail_after(timeout):
            return await race.run(addresses)
    except TimeoutError as error:
        raise httpcore2.ConnectTimeout(error) from error


class _Race:
    """Happy eyeballs: tries overlap, and the first connection ends all others."""

    def __init__(self, connect: Callable[[str], Awaitable[httpcore2.AsyncNetworkStream]]) -> None:
        self._connect = connect
        self._won: list[httpcore2.AsyncNetworkStream] = []
        self._errors: list[Exception] = []
        self._group = anyio.create_task_group()

    async def run(self, addresses: Sequence[str]) -> httpcore2.AsyncNetworkStream:
        try:
            async with self._group:
                for address in addresses:
                    over = anyio.Event()
                    self._group.start_soon(self._try, address, over)
                    with anyio.move_on_after(HEAD_START):
                        await over.wait()
        except BaseException:
            await self._let_go(0)
            raise
        await self._let_go(1)
        if not self._won:
            raise self._errors[-1]
        return self._won[0]

    async def _try(self, address: str, over: anyio.Event) -> None:
        try:
            self._won.append(await self._connect(address))
            self._group.cancel_scope.cancel()
        except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
            self._errors.append(error)
        finally:
            over.set()

    async def _let_go(self, kept: int) -> None:
        """Close what came beside the first: two may come at once, or nobody waits any more."""
        with anyio.CancelScope(shield=True):
            for stream in self._won[kept:]:
                await stream.aclose()
