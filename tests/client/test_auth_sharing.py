"""Token auth: many callers at once, over threads, tasks and event loops."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice
from typing import TypeAlias

import anyio
import anyio.lowlevel
import httpx2
import pytest

from redhanded.client.auth import CredentialUnavailable, TokenAuth
from tests.client.auth_api import BASE, WORLDS, TokenApi, a_checkpoint, call, login

CALLERS = 50
TOO_LONG = 20.0  # seconds; a guard against hanging, never a wait

Outcome: TypeAlias = httpx2.Response | CredentialUnavailable
Run: TypeAlias = Callable[["Crowd"], list[Outcome]]


@dataclass
class Crowd:
    """Callers of one auth, whose login is answered only when all but one of them wait for it.

    `answer` is what the login gives, or an error it raises.
    """

    answer: Callable[[], httpx2.Response]
    api: TokenApi = field(default_factory=TokenApi)
    waiting: set[int] = field(default_factory=set)
    all_wait: threading.Event = field(default_factory=threading.Event)
    answered: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    logins: int = 0
    is_one_a_thread: bool = False
    auth: TokenAuth = field(init=False)

    def __post_init__(self) -> None:
        self.auth = TokenAuth(login(), sleep=self.pause, sleep_async=self.pause_async)

    def arrive(self, caller: int) -> None:
        """Count a caller that has begun to wait."""
        with self.lock:
            self.waiting.add(caller)
            if len(self.waiting) == CALLERS - 1:
                self.all_wait.set()

    def pause(self, seconds: float) -> None:
        self.arrive(threading.get_ident())
        assert self.answered.wait(TOO_LONG)

    async def pause_async(self, seconds: float) -> None:
        if self.is_one_a_thread:
            self.pause(seconds)
        self.arrive(anyio.get_current_task().id)
        await a_checkpoint(seconds)

    def serve(self, request: httpx2.Request) -> httpx2.Response:
        """The API for clients that may block."""
        if request.url.path != "/auth":
            return self.api(request)
        self.logins += 1
        assert self.all_wait.wait(TOO_LONG)
        try:
            return self.answer()
        finally:
            self.answered.set()

    async def serve_async(self, request: httpx2.Request) -> httpx2.Response:
        """The API for tasks of one loop, where blocking would stop the others."""
        while request.url.path == "/auth" and not self.all_wait.is_set():
            await anyio.lowlevel.checkpoint()
        return self.serve(request)


def _attempt(call: Callable[[], httpx2.Response]) -> Outcome:
    try:
        return call()
    except CredentialUnavailable as error:
        return error


async def _attempt_async(call: Callable[[], Awaitable[httpx2.Response]]) -> Outcome:
    try:
        return await call()
    except CredentialUnavailable as error:
        return error


def threads(crowd: Crowd) -> list[Outcome]:
    """What each of many threads with a client of its own gets."""
    get = partial(call, "sync", crowd.auth, crowd.serve)
    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(lambda _: _attempt(get), range(CALLERS)))


def tasks(backend: str, crowd: Crowd) -> list[Outcome]:
    """What each of many tasks of one loop gets, all with one client."""
    outcomes: list[Outcome] = []

    async def main() -> None:
        transport = httpx2.MockTransport(crowd.serve_async)
        with anyio.fail_after(TOO_LONG):
            async with (
                httpx2.AsyncClient(transport=transport, auth=crowd.auth, base_url=BASE) as client,
                anyio.create_task_group() as group,
            ):
                for _ in range(CALLERS):
                    group.start_soon(one, client)

    async def one(client: httpx2.AsyncClient) -> None:
        outcomes.append(await _attempt_async(lambda: client.get("/booking")))

    anyio.run(main, backend=backend)
    return outcomes


def loops(crowd: Crowd) -> list[Outcome]:
    """What threads get of which a third block, a third run asyncio and a third run trio."""
    crowd.is_one_a_thread = True
    worlds = islice(cycle(WORLDS), CALLERS)
    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(partial(_one_of_many, crowd), worlds))


def _one_of_many(crowd: Crowd, world: str) -> Outcome:
    if world == "sync":
        return _attempt(partial(call, "sync", crowd.auth, crowd.serve))
    return anyio.run(_get, crowd, backend=world)


async def _get(crowd: Crowd) -> Outcome:
    transport = httpx2.MockTransport(crowd.serve)
    async with httpx2.AsyncClient(transport=transport, auth=crowd.auth, base_url=BASE) as client:
        return await _attempt_async(partial(client.get, "/booking"))


many = pytest.mark.parametrize(
    "run",
    [
        pytest.param(threads, id="threads"),
        pytest.param(partial(tasks, "asyncio"), id="asyncio-tasks"),
        pytest.param(partial(tasks, "trio"), id="trio-tasks"),
        pytest.param(loops, id="threads-and-loops"),
    ],
)


def _new_token(crowd: Crowd) -> httpx2.Response:
    crowd.api.issued += 1
    return httpx2.Response(200, json={"token": f"t{crowd.api.issued}"})


@many
def test_fifty_callers_without_a_token_log_in_once(run: Run) -> None:
    """INVARIANT: however many callers need a token at the same time, it is fetched once."""
    crowd = Crowd(lambda: _new_token(crowd))

    outcomes = run(crowd)

    assert [_status(outcome) for outcome in outcomes] == [200] * CALLERS
    assert crowd.logins == 1


@many
def test_fifty_callers_with_a_revoked_token_log_in_once(run: Run) -> None:
    """INVARIANT: however many callers meet a 401 with the same token, one of them renews it."""
    crowd = Crowd(lambda: _new_token(crowd))
    call("sync", crowd.auth, TokenApi())  # t1, of an API that has since forgotten it
    crowd.api.issued = 1
    crowd.api.accepts = lambda token, _: token == "t2"

    outcomes = run(crowd)

    assert [_status(outcome) for outcome in outcomes] == [200] * CALLERS
    assert crowd.logins == 1
    assert crowd.api.tokens.count("t2") == CALLERS


@many
def test_a_refused_login_fails_all_who_wait_for_it(run: Run) -> None:
    """INVARIANT: one wrong password is one login; each caller gets an error of its own."""
    crowd = Crowd(lambda: httpx2.Response(401))

    outcomes = run(crowd)

    assert {str(outcome) for outcome in outcomes} == {
        "POST http://api.test/auth answered 401, so there is no credential: correct auth.body."
    }
    assert len({id(outcome) for outcome in outcomes}) == CALLERS
    assert crowd.logins == 1


@many
def test_an_unreachable_login_fails_all_who_wait_for_it(run: Run) -> None:
    """INVARIANT: one outage of the login is one attempt, not one for each who waits for it."""
    refused = httpx2.ConnectError("connection refused")

    def refuse() -> httpx2.Response:
        raise refused

    crowd = Crowd(refuse)

    outcomes = run(crowd)

    assert {type(outcome) for outcome in outcomes} == {CredentialUnavailable}
    assert {id(_cause(outcome)) for outcome in outcomes} == {id(refused)}
    assert crowd.logins == 1


def _status(outcome: Outcome) -> int | CredentialUnavailable:
    return outcome.status_code if isinstance(outcome, httpx2.Response) else outcome


def _cause(outcome: Outcome) -> BaseException | None:
    assert isinstance(outcome, CredentialUnavailable)
    return outcome.__cause__


@pytest.mark.parametrize("backend", ["asyncio", "trio"], ids=str)
def test_the_next_caller_takes_over_from_one_that_is_cancelled(backend: str) -> None:
    """A task that is cancelled while it logs in does not leave the others waiting."""
    api = TokenApi()

    async def main() -> list[httpx2.Response]:
        scope, begun, waited = anyio.CancelScope(), anyio.Event(), anyio.Event()
        answers: list[httpx2.Response] = []

        async def serve(request: httpx2.Request) -> httpx2.Response:
            if not begun.is_set():
                begun.set()
                await anyio.sleep_forever()
            return api(request)

        async def pause(seconds: float) -> None:
            waited.set()
            await a_checkpoint(seconds)

        async def first() -> None:
            with scope:
                answers.append(await client.get("/first"))

        async def second() -> None:
            answers.append(await client.get("/second"))

        auth = TokenAuth(login(), sleep_async=pause)
        transport = httpx2.MockTransport(serve)
        with anyio.fail_after(TOO_LONG):
            async with (
                httpx2.AsyncClient(transport=transport, auth=auth, base_url=BASE) as client,
                anyio.create_task_group() as group,
            ):
                group.start_soon(first)
                await begun.wait()
                group.start_soon(second)
                await waited.wait()
                scope.cancel()
        return answers

    answers = anyio.run(main, backend=backend)

    assert [answer.json() for answer in answers] == [{"path": "/second"}]
    assert api.logins == 1
