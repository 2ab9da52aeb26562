"""A connection keeps to the call's deadline, notes its phases, and is else what it was."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpcore2
import pytest

from redhanded.client import streams
from redhanded.client.streams import (
    UNDER_WAY,
    AsyncDeadlineBackend,
    AsyncDeadlineStream,
    DeadlineBackend,
    DeadlineStream,
)
from redhanded.core.attempt import Phase
from redhanded.pipeline.call import Timeline
from tests.client.worlds import TWO_WORLDS
from tests.pipeline.driving import FakeClock

PIECE = 1 << 16

Done = tuple[str, tuple[Any, ...]]


@dataclass
class Secure:
    """What TLS has agreed on."""

    protocol: str

    def selected_alpn_protocol(self) -> str:
        return self.protocol


@dataclass
class Inner(httpcore2.NetworkStream):
    """A blocking connection that notes what it is asked for."""

    done: list[Done] = field(default_factory=list)
    error: BaseException | None = None
    address: object = ("::1", 80, 0, 0)
    protocol: str | None = None

    def _note(self, *what: Any) -> None:  # noqa: ANN401
        self.done.append((what[0], what[1:]))
        if self.error is not None:
            raise self.error

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._note("read", max_bytes, timeout)
        return b"bytes"

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._note("write", len(buffer), timeout)

    def close(self) -> None:
        self._note("close")

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        self._note("start_tls", server_hostname, timeout)
        return Inner(self.done)

    def get_extra_info(self, info: str) -> object:
        alpn = Secure(self.protocol) if self.protocol else None
        return {"server_addr": self.address, "ssl_object": alpn}.get(info, info)


@dataclass
class AsyncInner(httpcore2.AsyncNetworkStream):
    """The same for the awaiting world."""

    inner: Inner = field(default_factory=Inner)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        return self.inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        self.inner.write(buffer, timeout)

    async def aclose(self) -> None:
        self.inner.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore2.AsyncNetworkStream:
        self.inner.start_tls(ssl_context, server_hostname, timeout)
        return AsyncInner(self.inner)

    def get_extra_info(self, info: str) -> object:
        return self.inner.get_extra_info(info)


@dataclass
class Connection:
    """A connection of ours in one world, over one that notes what it is asked for."""

    world: str
    inner: Inner = field(default_factory=Inner)

    def do(self, name: str, *arguments: Any, timeline: Timeline | None = None) -> Any:  # noqa: ANN401
        """What the connection answers, for the attempt with this timeline."""
        token = UNDER_WAY.set(timeline)
        try:
            if self.world == "sync":
                stream = DeadlineStream(self.inner, "peer:1")
                return getattr(stream, name)(*arguments)
            awaiting = AsyncDeadlineStream(AsyncInner(self.inner), "peer:1")
            return anyio.run(getattr(awaiting, "aclose" if name == "close" else name), *arguments)
        finally:
            UNDER_WAY.reset(token)


@pytest.fixture(params=TWO_WORLDS)
def connection(request: pytest.FixtureRequest) -> Connection:
    """A connection in each world."""
    return Connection(request.param)


def begun(left: float) -> Timeline:
    """The timeline of an attempt with so many seconds left."""
    clock = FakeClock(0.0)
    return Timeline(clock.monotonic, 0.0, deadline=left)


CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass(frozen=True)
class Operation:
    """Something to do with a connection: what is asked of the one beneath, and when it is late."""

    name: str
    arguments: tuple[Any, ...]
    asked: tuple[Any, ...]
    phase: Phase
    over: type[Exception]


READ = Operation("read", (9,), (9,), Phase.WAIT, httpcore2.ReadTimeout)
WRITE = Operation("write", (b"abc",), (3,), Phase.SEND, httpcore2.WriteTimeout)
START_TLS = Operation("start_tls", (CONTEXT, "h"), ("h",), Phase.TLS, httpcore2.ConnectTimeout)
EACH = pytest.mark.parametrize("operation", [READ, WRITE, START_TLS], ids=["read", "write", "tls"])


@EACH
@pytest.mark.parametrize(
    "timeout, left, cut",
    [(5.0, 9.0, 5.0), (5.0, 2.0, 2.0), (None, 2.0, 2.0)],
    ids=["time-enough", "cut", "none-given"],
)
def test_a_socket_operation_is_cut_to_the_time_left(
    connection: Connection, operation: Operation, timeout: float | None, left: float, cut: float
) -> None:
    """INVARIANT: no wait on a socket is longer than what is left of the call."""
    timeline = begun(left)
    timeline.begin(Phase.SEND)  # without which nothing is awaited
    connection.do(operation.name, *operation.arguments, timeout, timeline=timeline)
    assert connection.inner.done == [(operation.name, (*operation.asked, cut))]
    assert timeline.phase is operation.phase


@EACH
def test_a_socket_operation_after_the_deadline_is_not_begun(
    connection: Connection, operation: Operation
) -> None:
    """INVARIANT: a dripping server meets the deadline although each of its bytes is in time."""
    with pytest.raises(operation.over):
        connection.do(operation.name, *operation.arguments, 5.0, timeline=begun(0.0))
    assert connection.inner.done == []


@EACH
def test_a_socket_operation_of_nobodys_call_is_left_alone(
    connection: Connection, operation: Operation
) -> None:
    """A test that reads a stream, or a pool that closes, has httpx2's own timeouts."""
    connection.do(operation.name, *operation.arguments, None)
    assert connection.inner.done == [(operation.name, (*operation.asked, None))]


@pytest.mark.parametrize(
    "protocol, first",
    [(None, b"bytes"), ("http/1.1", b"bytes"), ("h2", b"")],
    ids=["plain", "http1", "http2"],
)
def test_the_first_bytes_of_a_text_answer_are_kept(
    connection: Connection, protocol: str | None, first: bytes
) -> None:
    """They tell HTTP from other languages; HTTP/2 is binary, and judged by its own parser."""
    connection.inner.protocol, timeline = protocol, begun(9.0)
    connection.do("read", 9, 5.0, timeline=timeline)
    connection.do("read", 9, 5.0, timeline=timeline)
    assert timeline.first == first


def test_a_large_upload_looks_at_the_time_after_each_piece(connection: Connection) -> None:
    """A write is cut up, since its timeout holds for each piece that the socket takes."""
    connection.do("write", bytes(2 * PIECE + 1), 5.0, timeline=begun(9.0))
    assert connection.inner.done == [("write", (size, 5.0)) for size in (PIECE, PIECE, 1)]


def test_an_empty_write_marks_nothing(connection: Connection) -> None:
    """httpcore2 writes nothing where a request has no body; the upload has then ended before."""
    timeline = begun(9.0)
    connection.do("write", b"", 5.0, timeline=timeline)
    assert (connection.inner.done, timeline.marks) == ([], [])


@pytest.mark.parametrize(
    "error", [httpcore2.WriteError("reset"), KeyboardInterrupt()], ids=["reset", "ctrl-c"]
)
def test_a_broken_upload_is_remembered(connection: Connection, error: BaseException) -> None:
    """httpcore2 looks for an answer after an upload that broke, and raises what that brings."""
    timeline, connection.inner.error = begun(9.0), error
    with pytest.raises(type(error)):
        connection.do("write", b"abc", 5.0, timeline=timeline)
    assert timeline.upload_failed


@pytest.mark.parametrize("timed", [True, False], ids=["in-a-call", "in-a-stream"])
@pytest.mark.parametrize(
    "operation, raised",
    [(READ, httpcore2.ReadError), (WRITE, httpcore2.WriteError)],
    ids=["read", "write"],
)
def test_an_error_of_tls_is_one_of_the_network(
    operation: Operation, raised: type[Exception], timed: bool
) -> None:
    """INVARIANT: a fault of TLS is weather also where the test reads the stream itself.

    The async back end lets ssl.SSLError pass; it becomes what the blocking one raises.
    """
    connection = Connection("asyncio", Inner(error=ssl.SSLError(1, "alert")))
    timeline = begun(9.0) if timed else None
    with pytest.raises(raised, match="alert") as caught:
        connection.do(operation.name, *operation.arguments, 5.0, timeline=timeline)
    assert caught.value.__cause__ is connection.inner.error


def test_closing_and_facts_are_passed_on(connection: Connection) -> None:
    """A connection of ours closes the one beneath, and tells what that one knows."""
    connection.do("close", timeline=begun(0.0))
    assert connection.inner.done == [("close", ())]
    made = (DeadlineStream(Inner(), "p"), AsyncDeadlineStream(AsyncInner(), "p"))
    assert [stream.get_extra_info("socket") for stream in made] == ["socket", "socket"]


def test_a_connection_behind_tls_is_still_ours(connection: Connection) -> None:
    """INVARIANT: deadlines and phases hold behind TLS, and the peer stays known."""
    secure = connection.do("start_tls", CONTEXT, "h", None)
    assert isinstance(secure, DeadlineStream | AsyncDeadlineStream)
    assert secure.peer == "peer:1"


def connect(world: str, host: str, port: int) -> None:
    """Begin a connection in one world."""
    if world == "sync":
        DeadlineBackend().connect_tcp(host, port, 1.0)
    else:
        anyio.run(AsyncDeadlineBackend().connect_tcp, host, port, 1.0)


@pytest.mark.parametrize(
    "host, port, words",
    [
        pytest.param("", 80, "the URL names no host", id="no-host"),
        pytest.param("a" * 64 + ".test", 80, "cannot be a host name", id="long-label"),
        pytest.param("127.0.0.1", 65536, "cannot be a port", id="port"),
    ],
)
@pytest.mark.parametrize("world", TWO_WORLDS)
def test_an_address_that_cannot_exist_is_the_callers_mistake(
    world: str, host: str, port: int, words: str
) -> None:
    """What the operating system would make of it differs; the sentence is the same everywhere."""
    with pytest.raises(httpcore2.LocalProtocolError, match=words):
        connect(world, host, port)


@pytest.mark.parametrize("left", [0.0, -1.0], ids=["none", "overdue"])
@pytest.mark.parametrize("world", TWO_WORLDS)
def test_no_connection_is_begun_after_the_deadline(world: str, left: float) -> None:
    """INVARIANT: a call whose time is over does not even look its host up."""
    token = UNDER_WAY.set(begun(left))
    try:
        with pytest.raises(httpcore2.ConnectTimeout):
            connect(world, "nowhere.test", 80)
    finally:
        UNDER_WAY.reset(token)


@pytest.mark.parametrize(
    "address, peer",
    [(("127.0.0.1", 80), "127.0.0.1:80"), (("::1", 80, 0, 0), "[::1]:80"), (None, ""), ("/s", "")],
    ids=["v4", "v6", "none", "unix"],
)
def test_the_peer_is_written_as_in_a_url(address: object, peer: str) -> None:
    """An address of IPv6 stands in brackets; where there is none, nothing is told."""
    assert streams._address(Inner(address=address)) == peer  # noqa: SLF001  no socket has them all


def test_a_peer_that_has_gone_is_nobody() -> None:
    """The other side may have reset before it is asked for, which is no failure of its own."""

    class Gone(Inner):
        def get_extra_info(self, info: str) -> object:
            raise OSError(107, "not connected")

    assert streams._address(Gone()) == ""  # noqa: SLF001
