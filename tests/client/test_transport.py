"""Each effect of the pipeline is performed, blocking and awaiting alike."""

from __future__ import annotations

import gc
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, get_args

import anyio
import anyio.from_thread
import anyio.lowlevel
import httpx2
import pytest

from redhanded.client.client import Clients
from redhanded.client.streams import UNDER_WAY
from redhanded.client.transport import AsyncPipelineTransport, PipelineTransport
from redhanded.core.errors import UsageError
from redhanded.core.settings import Settings
from redhanded.pipeline.call import CALL, PEER, Scope, Timeline
from redhanded.pipeline.errors import BodyTooLarge
from redhanded.pipeline.flow import Close, Consult, Effect, Fill, Flow, Proceed, Read, Send, Sleep
from redhanded.pipeline.integrity import Raw
from tests.client.worlds import WORLDS, Caller, call
from tests.pipeline.driving import open_call, request
from tests.servers import raw
from tests.servers.fixtures import StartRaw

Maker: TypeAlias = Callable[[httpx2.Response], Effect]


@dataclass
class Body(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body in chunks, which may break off; counts how often it was closed and left."""

    chunks: list[bytes] = field(default_factory=lambda: [b"one ", b"two"])
    error: BaseException | None = None
    closed: int = 0
    left: int = 0

    def __iter__(self) -> Iterator[bytes]:
        yield from self.chunks
        if self.error is not None:
            raise self.error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            for chunk in self:
                await anyio.lowlevel.checkpoint()
                yield chunk
        finally:
            self.left += 1

    def close(self) -> None:
        self.closed += 1

    async def aclose(self) -> None:
        self.closed += 1


class Peer:
    """A connection that knows where it leads to."""

    peer = "127.0.0.1:80"


@dataclass
class Wire(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """A network whose one transport answers with a body, and notes what was asked of it."""

    body: Body = field(default_factory=Body)
    asked: list[tuple[str, bool]] = field(default_factory=list)
    under_way: list[Timeline | None] = field(default_factory=list)
    closed: int = 0

    def transport(self, url: httpx2.URL, *, fresh: bool) -> Wire:
        """Itself, whatever the URL."""
        self.asked.append((str(url), fresh))
        return self

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.under_way.append(UNDER_WAY.get())
        return httpx2.Response(200, stream=self.body, extensions={"network_stream": Peer()})

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return self.handle_request(request)

    def close(self) -> None:
        self.closed += 1

    async def aclose(self) -> None:
        self.closed += 1


@dataclass
class World:
    """The transport of one world over a wire; `slept` are the pauses that it was to make."""

    name: str
    wire: Wire = field(default_factory=Wire)
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        """Note a pause."""
        self.slept.append(seconds)

    def handle(self, proceed: Proceed, asked: httpx2.Request) -> httpx2.Response:
        """What the transport answers to a request, and then closes itself."""
        if self.name == "sync":
            with PipelineTransport(proceed, self.wire, sleep=self.slept.append) as transport:
                return transport.handle_request(asked)
        return anyio.run(self._awaited, proceed, asked, backend=self.name)

    async def _awaited(self, proceed: Proceed, asked: httpx2.Request) -> httpx2.Response:
        async with AsyncPipelineTransport(proceed, self.wire, sleep=self.sleep) as transport:
            return await transport.handle_async_request(asked)

    def perform(self, *makers: Maker) -> tuple[httpx2.Response, list[object]]:
        """The response to a request after which these effects were asked for, and their answers.

        An effect is made by its maker from the response.
        """
        asked, answers = request(), []
        open_call(asked).timeline = Timeline(lambda: 0.0, 0.0)

        def flow(asked: httpx2.Request) -> Flow:
            response: httpx2.Response = yield Send(asked)
            for maker in makers:
                answer = yield maker(response)
                answers.append(answer)
            return response

        return self.handle(flow, asked), answers


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest) -> World:
    """The transport of each world."""
    return World(request.param)


def reading(limit: int) -> Maker:
    """What makes the effect that takes in a body of at most so many bytes."""
    return lambda response: Read(response, limit)


@pytest.mark.parametrize("fresh", [False, True], ids=["pooled", "fresh"])
def test_a_request_is_sent_over_the_connection_asked_for(world: World, fresh: bool) -> None:
    """The wire gets the URL and the wish for a fresh connection; the answer knows its peer."""
    asked = request()
    timeline = open_call(asked).timeline = Timeline(lambda: 0.0, 0.0)

    def flow(asked: httpx2.Request) -> Flow:
        response: httpx2.Response = yield Send(asked, fresh)
        return response

    response = world.handle(flow, asked)
    assert world.wire.asked == [("http://api.test/booking/7", fresh)]
    assert response.extensions[PEER] == "127.0.0.1:80"
    assert world.wire.under_way == [timeline]


def test_the_attempt_under_way_ends_with_its_request(world: World) -> None:
    """INVARIANT: a connection used later, by a test that reads a stream, marks nobody's phases."""
    world.perform()
    assert UNDER_WAY.get() is None


def test_a_body_is_read_whole_and_closed(world: World) -> None:
    """The answer to Read is the body as it came, and the response has it as its content."""
    response, answers = world.perform(reading(7))
    assert answers == [Raw(b"one two", b"")]
    assert (response.content, response.is_closed, world.wire.body.closed) == (b"one two", True, 1)


def test_a_body_over_the_limit_is_given_up(world: World) -> None:
    """INVARIANT: no more than the limit is ever held, and the connection is let go of."""
    world.wire.body.chunks = [b"one ", b"two", b"never"]
    with pytest.raises(BodyTooLarge, match="raise body_limit"):
        world.perform(reading(6))
    assert world.wire.body.closed == 1


@pytest.mark.parametrize(
    "error", [httpx2.ReadError("reset"), KeyboardInterrupt()], ids=["reset", "ctrl-c"]
)
def test_a_body_that_breaks_off_is_closed(world: World, error: BaseException) -> None:
    """The error arrives in the flow as it was, and the connection is let go of."""
    world.wire.body.error = error
    with pytest.raises(type(error)):
        world.perform(reading(99))
    assert world.wire.body.closed == 1


@pytest.mark.parametrize("name", ["asyncio", "trio"])
@pytest.mark.parametrize("limit", [99, 2], ids=["whole", "given-up"])
def test_an_awaited_body_is_left_by_its_reader(name: str, limit: int) -> None:
    """An async generator left to the collector would be closed in some other task."""
    world = World(name)
    try:
        world.perform(reading(limit))
    except BodyTooLarge:
        assert limit == 2
    assert world.wire.body.left == 1


def test_content_is_filled_in(world: World) -> None:
    """Fill takes the place of what was read."""
    response, answers = world.perform(reading(99), lambda response: Fill(response, b"decoded"))
    assert (response.content, answers[1]) == (b"decoded", None)


def test_time_passes_by_the_sleep_that_was_given(world: World) -> None:
    """Pauses are made by what the surroundings hold, so that tests need none."""
    _, answers = world.perform(lambda _: Sleep(1.5), lambda _: Sleep(0.5))
    assert (world.slept, answers) == ([1.5, 0.5], [None, None])


def test_others_are_consulted_where_nobody_waits_for_a_loop(world: World) -> None:
    """The answer is the act's; an event loop goes on meanwhile, for the act has another thread."""
    _, answers = world.perform(lambda _: Consult(threading.get_ident))
    assert (answers == [threading.get_ident()]) is (world.name == "sync")


def test_a_response_that_nobody_reads_is_closed(world: World) -> None:
    """Close lets go of the connection."""
    response, answers = world.perform(Close)
    assert (response.is_closed, world.wire.body.closed, answers) == (True, 1, [None])


def test_closing_a_transport_closes_its_network(world: World) -> None:
    """INVARIANT: no connection outlives the transport that owns it."""
    world.perform()
    assert world.wire.closed == 1


def test_effects_are_all_that_there_is() -> None:
    """A new effect needs a performance of its own in both worlds."""
    assert set(get_args(Effect)) == {Send, Read, Fill, Sleep, Close, Consult}


@pytest.mark.parametrize("world", WORLDS)
def test_a_client_leaves_no_connection_open(world: str, raw_server: StartRaw) -> None:
    """INVARIANT: when a client and its session end, the server sees every connection end."""
    server = raw_server(raw.answer())
    ended = Caller(world)(server.url, call("GET", "/"), call("POST", "/"))
    assert [made.status for made in ended.attempts] == [200, 200]
    assert server.wait_until(lambda server: server.open_connections == 0)


def test_an_async_client_in_two_loops_is_told_what_to_do(raw_server: StartRaw) -> None:
    """A second loop gets one clear sentence, and the client works on in its own."""
    server, scope = raw_server(raw.answer()), Scope()
    clients = Clients(Settings(base_url=server.url))
    client = clients.open_async(scope)

    async def ask() -> int:
        return (await client.get("/")).status_code

    with anyio.from_thread.start_blocking_portal() as portal:
        assert portal.call(ask) == 200
        with pytest.raises(UsageError, match="open a client in each loop, and close it there"):
            anyio.run(ask)
        assert portal.call(ask) == 200
        portal.call(client.aclose)
    assert len(server.requests) == 2


def test_a_released_async_client_goes_on_in_another_loop(raw_server: StartRaw) -> None:
    """After `release` nothing ties the client to its loop, and nothing is left open."""
    server = raw_server(raw.answer())
    client = Clients(Settings(base_url=server.url)).open_async(Scope())

    async def ask() -> int:
        try:
            return (await client.get("/")).status_code
        finally:
            await client.release()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [anyio.run(ask), anyio.run(ask, backend="trio")] == [200, 200]
        gc.collect()
    assert server.wait_until(lambda server: server.open_connections == 0)


def test_the_request_that_was_sent_knows_its_call(raw_server: StartRaw) -> None:
    """Whoever holds the request, as a hook does, finds its call."""
    server, scope = raw_server(raw.answer()), Scope()
    clients = Clients(Settings(base_url=server.url))
    with clients.open_alone(scope) as client:
        response = client.get("/")
    assert response.request.extensions[CALL] is scope.calls[0]
