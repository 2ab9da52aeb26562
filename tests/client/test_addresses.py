"""A name's addresses are looked up apart from connecting, and tried as they ever were."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import anyio
import httpcore2
import pytest

from redhanded.client import addresses
from redhanded.client.addresses import (
    first_reached,
    first_reached_async,
    is_literal,
    look_up,
    look_up_async,
)
from redhanded.client.streams import UNDER_WAY, AsyncDeadlineBackend, DeadlineBackend
from redhanded.core.attempt import Phase, connecting
from redhanded.pipeline.call import Timeline
from tests.client.worlds import TWO_WORLDS

V4 = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
V6 = (socket.AF_INET6, socket.SOCK_STREAM, 6, "")
REFUSED = httpcore2.ConnectError("refused")
LATE = httpcore2.ConnectTimeout("late")


@pytest.mark.parametrize(
    "host, expected",
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("fe80::1%2", True),
        ("localhost", False),
        ("127.1", False),
        ("", False),
    ],
    ids=["v4", "v6", "zone", "name", "short", "none"],
)
def test_only_an_address_needs_no_look_up(host: str, expected: bool) -> None:
    """What the resolver has to make something of is a name."""
    assert is_literal(host) is expected


def resolving(monkeypatch: pytest.MonkeyPatch, found: object) -> None:
    """The system's resolver gives this, or raises it."""

    def getaddrinfo(*_: object, **__: object) -> object:
        if isinstance(found, BaseException):
            raise found
        return found

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


FOUND = [
    (*V4, ("192.0.2.1", 80)),
    (*V4, ("192.0.2.2", 80)),
    (*V6, ("2001:db8::1", 80, 0, 0)),
    (*V6, ("fe80::1", 80, 0, 3)),
]


def test_a_blocking_look_up_keeps_the_order_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """The zone of a link-local address is part of it: without it nobody can connect to it."""
    resolving(monkeypatch, FOUND)
    assert look_up("api.test", 80) == ["192.0.2.1", "192.0.2.2", "2001:db8::1", "fe80::1%3"]


def test_an_awaiting_look_up_takes_each_family_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """One address of IPv6 comes first and one of IPv4 next, so that neither way holds up."""
    resolving(monkeypatch, FOUND)
    found = anyio.run(look_up_async, "api.test", 80, 1.0)
    assert found == ["2001:db8::1", "192.0.2.1", "192.0.2.2", "fe80::1%3"]


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_name_that_nobody_knows_is_told_by_the_resolver(
    monkeypatch: pytest.MonkeyPatch, world: str
) -> None:
    """INVARIANT: the resolver's error lies beneath, for its number tells the row."""
    error = socket.gaierror(socket.EAI_NONAME, "no such name")
    resolving(monkeypatch, error)
    with pytest.raises(httpcore2.ConnectError) as caught:
        open_in(world, "nowhere.test")
    assert caught.value.__cause__ is error


def test_a_look_up_ends_with_the_time_to_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver that is silent is a connection that was not made in time."""

    async def silent(*_: object, **__: object) -> None:
        await anyio.sleep_forever()

    monkeypatch.setattr(anyio, "getaddrinfo", silent)
    with pytest.raises(httpcore2.ConnectTimeout):
        anyio.run(look_up_async, "api.test", 80, 0.0)


class Tries:
    """Connects to what is not to fail, and notes which addresses were tried."""

    def __init__(self, **fates: BaseException | None) -> None:
        self.fates = fates
        self.tried: list[str] = []
        self.closed: list[str] = []

    def __call__(self, address: str) -> Any:  # noqa: ANN401
        self.tried.append(address)
        fate = self.fates.get(address)
        if fate is not None:
            raise fate
        return address

    async def awaited(self, address: str) -> Any:  # noqa: ANN401
        self.tried.append(address)
        fate = self.fates.get(address)
        if fate is HANGS:
            await anyio.sleep_forever()
        if fate is not None:
            raise fate
        return Reached(address, self.closed)


class Reached:
    """A connection that tells whether it was closed."""

    def __init__(self, address: str, closed: list[str]) -> None:
        self.address = address
        self._closed = closed

    async def aclose(self) -> None:
        self._closed.append(self.address)


HANGS = RuntimeError("it never answers")


def reached(tries: Tries, *several: str, timeout: float | None = None) -> str:
    """The address that an awaiting connection was made to."""

    async def run() -> Any:  # noqa: ANN401
        return await first_reached_async(several, tries.awaited, timeout=timeout)

    address: str = anyio.run(run).address
    return address


@pytest.mark.parametrize("first", [REFUSED, LATE], ids=["refused", "late"])
def test_the_next_address_is_tried_where_one_takes_nobody(first: Exception) -> None:
    """INVARIANT: a name with one address that is out still leads to the API."""
    blocking, awaiting = Tries(a=first), Tries(a=first)
    assert str(first_reached("ab", blocking)) == "b"
    assert reached(awaiting, "a", "b") == "b"
    assert blocking.tried == awaiting.tried == ["a", "b"]


def test_where_none_takes_us_the_last_one_says_why() -> None:
    """One sentence is told of several, as the system does it itself."""
    with pytest.raises(httpcore2.ConnectTimeout, match="late"):
        first_reached("ab", Tries(a=REFUSED, b=LATE))
    with pytest.raises(httpcore2.ConnectTimeout, match="late"):
        reached(Tries(a=REFUSED, b=LATE), "a", "b")
    with pytest.raises(httpcore2.ConnectError, match="refused"):
        reached(Tries(a=REFUSED), "a")


def test_an_address_that_hangs_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one gets its try a moment later, and the connection that comes first is taken."""
    monkeypatch.setattr(addresses, "HEAD_START", 0.0)
    tries = Tries(a=HANGS)
    assert reached(tries, "a", "b", timeout=5.0) == "b"
    assert (tries.tried, tries.closed) == (["a", "b"], [])


def test_all_addresses_together_have_the_time_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time to connect holds for the name, however many addresses it has."""
    monkeypatch.setattr(addresses, "HEAD_START", 0.0)
    with pytest.raises(httpcore2.ConnectTimeout):
        reached(Tries(a=HANGS, b=HANGS), "a", "b", timeout=0.01)


def test_a_connection_that_nobody_waits_for_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """INVARIANT: of two that come at once one is kept, and whoever gives up leaves none behind."""
    monkeypatch.setattr(addresses, "HEAD_START", 0.0)
    gate = anyio.Event()
    tries = Tries()

    async def together(address: str) -> Any:  # noqa: ANN401
        with anyio.CancelScope(shield=True):
            if address == "b":
                gate.set()
            await gate.wait()
            return await tries.awaited(address)

    async def run() -> Any:  # noqa: ANN401
        return await first_reached_async(["a", "b"], together, timeout=5.0)

    kept: str = anyio.run(run).address
    assert sorted([kept, *tries.closed]) == ["a", "b"]


def test_a_fault_of_ours_leaves_no_connection_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no failure to connect passes, and what was reached meanwhile is let go."""
    monkeypatch.setattr(addresses, "HEAD_START", 0.0)
    tries, gate = Tries(b=ValueError("a bug")), anyio.Event()

    async def one_after_the_other(address: str) -> Any:  # noqa: ANN401
        with anyio.CancelScope(shield=True):
            if address == "b":
                gate.set()
            await gate.wait()
            return await tries.awaited(address)

    async def run() -> Any:  # noqa: ANN401
        return await first_reached_async(["a", "b"], one_after_the_other, timeout=5.0)

    with pytest.raises(ExceptionGroup) as caught:
        anyio.run(run)
    assert caught.group_contains(ValueError, match="a bug")
    assert tries.closed == ["a"]


def open_in(world: str, host: str, port: int = 80) -> None:
    """Begin a connection in one world."""
    if world == "sync":
        DeadlineBackend().connect_tcp(host, port, 1.0).close()
        return

    async def opening() -> None:
        stream = await AsyncDeadlineBackend().connect_tcp(host, port, 1.0)
        await stream.aclose()

    anyio.run(opening)


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_the_time_of_a_look_up_is_no_time_of_connecting(
    monkeypatch: pytest.MonkeyPatch, world: str
) -> None:
    """The way to a server is told by what connecting takes, and a resolver is not on it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        seconds = iter(range(100))
        timeline = Timeline(lambda: float(next(seconds)), 0.0)
        resolving_to(monkeypatch, "127.0.0.1", port)
        token = UNDER_WAY.set(timeline)
        try:
            open_in(world, "api.test", port)
        finally:
            UNDER_WAY.reset(token)
    assert [phase for phase, _ in timeline.marks] == [Phase.DNS, Phase.CONNECT]
    began = dict(timeline.marks)[Phase.CONNECT]
    timeline.begin(Phase.SEND)
    assert connecting(timeline.marks) == dict(timeline.marks)[Phase.SEND] - began


def resolving_to(monkeypatch: pytest.MonkeyPatch, address: str, port: int) -> None:
    """Names lead to this address; addresses to themselves."""
    known: Callable[..., Any] = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:  # noqa: ANN401
        if host in ("api.test", b"api.test"):
            return [(*V4, (address, port))]
        return known(host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize(
    "marks, expected",
    [
        ([], None),
        ([(Phase.CONNECT, 0.0)], None),
        ([(Phase.SEND, 0.0), (Phase.WAIT, 0.1)], None),
        ([(Phase.CONNECT, 0.5), (Phase.TLS, 0.75)], 0.25),
        ([("dns", 0.0), ("connect", 0.5), ("send", 2.0)], 1.5),
    ],
    ids=["nothing", "cut", "reused", "secure", "named"],
)
def test_connecting_takes_what_lies_between_two_marks(
    marks: list[tuple[str, float]], expected: float | None
) -> None:
    """Of an attempt in memory, and of one that was read from a spool."""
    assert connecting(marks) == expected
