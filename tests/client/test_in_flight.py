"""Places in flight under real clients: redirects, logins, streams, many calls at once."""

from __future__ import annotations

import threading
from typing import Any

import anyio
import httpx2
import pytest

from redhanded.client.client import Clients
from redhanded.core.settings import Settings
from redhanded.pipeline.call import Scope
from redhanded.pipeline.errors import CircuitOpen
from redhanded.pipeline.in_flight import Places
from tests.servers import raw
from tests.servers.fixtures import StartRaw
from tests.servers.raw import Received

LOGIN = {
    "kind": "login",
    "path": "/login",
    "body": {"user": "ann"},
    "token": "$.token",
}


class Api:
    """An API that moves, wants a login, and counts how many it serves at once."""

    def __init__(self) -> None:
        self.busy = self.most = self.refused = 0
        self._lock = threading.Lock()
        self._pause = threading.Event()

    def __call__(self, request: Received) -> bytes:
        with self._lock:
            self.busy += 1
            self.most = max(self.most, self.busy)
        self._pause.wait(0.01)  # so that others come meanwhile
        with self._lock:
            self.busy -= 1
        if request.target == "/moved":
            return raw.message(302, b"", headers=(("Location", "/there"),))
        if request.target == "/login":
            return raw.message(200, b'{"token":"a-token-of-hers"}')
        if request.target == "/mine" and not self.refused:
            self.refused += 1
            return raw.message(401, b"{}")
        return raw.message(200, b"{}")


def opened(url: str, places: int = 1, **settings: Any) -> Clients:  # noqa: ANN401  as a file holds them
    """Clients of an API with so many places."""
    told = {"base_url": url, "limit": {"in_flight": places}, "redirects": True, **settings}
    return Clients(Settings.model_validate(told))


def places_of(clients: Clients) -> Places:
    """The places of the API."""
    (origin,) = clients.origins.known
    assert origin.places is not None
    return origin.places


@pytest.mark.parametrize(
    "path, sent",
    [
        pytest.param("/moved", ["/login", "/moved", "/there"], id="a redirect"),
        pytest.param("/mine", ["/login", "/mine", "/login", "/mine"], id="a renewed token"),
    ],
)
def test_one_place_is_enough_for_a_call_of_many_requests(
    raw_server: StartRaw, path: str, sent: list[str]
) -> None:
    """INVARIANT: what a call asks for on its way never waits for the place of the call itself."""
    server = raw_server(raw.reply(Api()))
    clients = opened(server.url, auth=LOGIN, timeouts={"total": 5.0, "connect": 5.0, "read": 5.0})

    with clients.open_alone(Scope()) as client:
        answer = client.get(path)

    assert answer.status_code == 200
    assert [request.target for request in server.requests] == sent
    assert places_of(clients).is_calm


def test_a_token_is_renewed_in_the_midst_of_a_stream(raw_server: StartRaw) -> None:
    """The refused answer gives its place back before the login asks for one."""
    server = raw_server(raw.reply(Api()))
    clients = opened(server.url, auth=LOGIN)

    with (
        clients.open_alone(Scope()) as client,
        client.stream("GET", "/mine") as streaming,
    ):
        assert places_of(clients).open == 1
        assert streaming.read() == b"{}"

    assert places_of(clients).is_calm


def test_a_stream_keeps_a_second_call_waiting(raw_server: StartRaw) -> None:
    """A test that holds all places by streams of its own is told so, within its deadline."""
    server = raw_server(raw.reply(Api()))
    clients = opened(server.url, timeouts={"total": 0.2, "connect": 0.2, "read": 0.2})

    with clients.open_alone(Scope()) as client:
        with client.stream("GET", "/one"), pytest.raises(CircuitOpen, match="kept by streams"):
            client.get("/two")
        assert client.get("/three").status_code == 200

    assert [request.target for request in server.requests] == ["/one", "/three"]


def test_calls_at_once_take_turns(raw_server: StartRaw) -> None:
    """INVARIANT: however many calls a test makes at once, no more than the places are out."""
    api = Api()
    clients = opened(raw_server(raw.reply(api)).url, 3)
    answers: list[int] = []

    async def main() -> None:
        async with clients.open_async(Scope()) as client, anyio.create_task_group() as tasks:
            for number in range(12):
                tasks.start_soon(_get, client, number, answers)

    anyio.run(main)

    assert answers == [200] * 12
    assert api.most <= 3
    assert places_of(clients).is_calm


async def _get(client: httpx2.AsyncClient, number: int, answers: list[int]) -> None:
    answers.append((await client.get(f"/{number}")).status_code)


def test_a_task_that_is_cancelled_gives_its_place_back(raw_server: StartRaw) -> None:
    """INVARIANT: cancellation lets go of places, of those held and of those waited for."""
    clients = opened(raw_server(raw.no_answer()).url)

    async def main() -> None:
        async with clients.open_async(Scope()) as client:
            with anyio.move_on_after(0.1):
                async with anyio.create_task_group() as tasks:
                    for number in range(3):
                        tasks.start_soon(_get, client, number, [])

    anyio.run(main)

    assert places_of(clients).is_calm
