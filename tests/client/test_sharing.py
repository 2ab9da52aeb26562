"""Clients that share an origin with other processes: in each world, over real connections."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import anyio
import anyio.to_thread
import httpx2
import pytest

from redhanded.client.client import Clients
from redhanded.core.settings import Settings
from redhanded.fleet.memory import MemoryStore
from redhanded.fleet.store import GateLimits, Member
from redhanded.pipeline.breaker import BreakerLimits, Denied, Outcome
from redhanded.pipeline.call import Scope
from redhanded.pipeline.errors import CircuitOpen
from redhanded.pipeline.shared_gate import Asked, Sharing, Turn
from tests.client.worlds import WORLDS, Caller, call
from tests.pipeline.driving import FakeClock
from tests.pipeline.sharing import LEAVE, Answer, FakeGate
from tests.servers import raw
from tests.servers.fixtures import StartRaw

PROBE = Turn(7, "lease-1")
PATIENCE = 20.0  # seconds that a test waits for what comes at once
AWAITING = WORLDS[1:]


def beside(gate: FakeGate) -> Sharing:
    """One of two processes with this gate."""
    return Sharing(lambda _: gate, lambda: 2)


@pytest.mark.parametrize("is_remote", [False, True], ids=["here", "remote"])
@pytest.mark.parametrize("world", WORLDS)
def test_a_call_asks_waits_and_tells(world: str, is_remote: bool, raw_server: StartRaw) -> None:
    """The same in each world, wherever the gate is."""
    gate = FakeGate(Denied(0.5), LEAVE, is_remote=is_remote)
    server = raw_server(raw.answer(503), raw.answer())

    ended = Caller(world, sharing=beside(gate))(server.url, call("GET", "/"))

    assert [made.status for made in ended.attempts] == [503, 200]
    assert ended.attempts[0].wait.reason == "circuit open"
    assert 0.5 in ended.pauses
    assert gate.outcomes == ["fail", "success"]


@pytest.mark.parametrize("world", WORLDS)
def test_what_one_client_has_seen_holds_back_another(world: str, raw_server: StartRaw) -> None:
    """INVARIANT: over a real store; the second process sends nothing."""
    server = raw_server(raw.reset_after_request())
    limits = GateLimits(BreakerLimits(minimum=2, open=30.0), quorum=1)
    store = MemoryStore(limits, Member("here", "gw0"), FakeClock().monotonic, lambda: 0.5)
    other = replace(store, member=Member("here", "gw1"))

    Caller(world, sharing=Sharing(store.gate, lambda: 2))(server.url, *[call("POST", "/")] * 2)
    sent = len(server.requests)
    ended = Caller(world, sharing=Sharing(other.gate, lambda: 2))(server.url, call("GET", "/"))

    assert isinstance(ended.settled[0], CircuitOpen)
    assert "as seen by other workers" in str(ended.settled[0])
    assert sent == len(server.requests) == 2


class Slow(FakeGate):
    """A gate that answers once it may; `is_asked` and `is_told` say how far it is."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__(*answers, is_remote=True)
        self.is_asked, self.may_answer, self.is_told = (threading.Event() for _ in range(3))
        self.was_in_time = False

    def acquire(self, asked: Asked) -> Answer:
        self.is_asked.set()
        self.was_in_time = self.may_answer.wait(PATIENCE)
        return super().acquire(asked)

    def record(self, turn: Turn, outcome: Outcome) -> None:
        super().record(turn, outcome)
        self.is_told.set()


@contextmanager
def sharing_client(gate: Slow) -> Iterator[Clients]:
    """Clients of a process beside such a gate, on an API where nobody listens."""
    clients = Clients(Settings(base_url="http://127.0.0.1:1"), sharing=beside(gate))
    try:
        yield clients
    finally:
        gate.may_answer.set()
        clients.close()


@pytest.mark.parametrize("world", AWAITING)
def test_an_event_loop_goes_on_while_others_are_asked(world: str) -> None:
    """INVARIANT: a slow network between us and the others stops no task of the test."""
    gate = Slow(Denied(60.0))

    async def both() -> None:
        with sharing_client(gate) as clients:
            async with clients.open_async(Scope()) as client, anyio.create_task_group() as group:
                group.start_soon(_blocked, client)
                await anyio.to_thread.run_sync(gate.is_asked.wait, PATIENCE)
                gate.may_answer.set()

    anyio.run(both, backend=world)

    assert gate.was_in_time


async def _blocked(client: httpx2.AsyncClient) -> None:
    with suppress(CircuitOpen):
        await client.get("/")


@pytest.mark.parametrize("world", AWAITING)
def test_a_cancelled_call_gives_its_leave_back(world: str) -> None:
    """INVARIANT: a probe's lease is not kept by a call that was cancelled while it was granted."""
    gate = Slow(PROBE)

    async def cancelled() -> None:
        with sharing_client(gate) as clients:
            async with clients.open_async(Scope()) as client, anyio.create_task_group() as group:
                group.start_soon(client.get, "/")
                await anyio.to_thread.run_sync(gate.is_asked.wait, PATIENCE)
                group.cancel_scope.cancel()
                gate.may_answer.set()

    anyio.run(cancelled, backend=world)

    assert gate.is_told.wait(PATIENCE)
    assert gate.told == [(PROBE, "none")]


def test_a_task_that_is_cancelled_by_asyncio_gives_its_leave_back() -> None:
    """INVARIANT: asyncio's own way to cancel waits for no thread: what comes later goes back."""
    gate = Slow(PROBE)

    async def cancelled() -> None:
        with sharing_client(gate) as clients:
            async with clients.open_async(Scope()) as client:
                task = asyncio.create_task(client.get("/"))
                await anyio.to_thread.run_sync(gate.is_asked.wait, PATIENCE)
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
                gate.may_answer.set()

    asyncio.run(cancelled())

    assert gate.is_told.wait(PATIENCE)
    assert gate.told == [(PROBE, "none")]
