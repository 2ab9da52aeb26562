"""HTTP/2 end to end, against a small server on the h2 library."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio
import httpx2
import pytest
import trustme

from redhanded.client.client import Clients
from redhanded.core.attempt import Phase
from redhanded.core.settings import Settings
from redhanded.pipeline.call import Scope
from tests.client.worlds import WORLDS, Caller, Ended, call
from tests.servers import certificates, h2
from tests.servers.fixtures import StartRaw
from tests.servers.raw import answer


@pytest.fixture
def server(authority: trustme.CA) -> Iterator[h2.H2Server]:
    """A running HTTP/2 server."""
    with h2.serve(certificates.server_context(authority)) as served:
        yield served


class Speaker:
    """Makes calls over HTTP/2 in one world."""

    def __init__(self, world: str, server: h2.H2Server, bundle: Path) -> None:
        self.world, self.server = world, server
        self.settings = {"http2": True, "tls": {"ca": bundle}}

    def __call__(self, method: str, *paths: str, content: bytes | None = None) -> Ended:
        """What came of these calls, one after the other."""
        calls = [call(method, path, content=content) for path in paths]
        return Caller(self.world)(self.server.url, *calls, **self.settings)


@pytest.fixture(params=WORLDS)
def speaker(request: pytest.FixtureRequest, server: h2.H2Server, ca_bundle: Path) -> Speaker:
    """Who speaks HTTP/2 with the server, in each world."""
    return Speaker(request.param, server, ca_bundle)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_a_call_speaks_http2_where_both_can(speaker: Speaker, method: str) -> None:
    """TLS agrees on h2; status, body, phases and version are in the ledger as over HTTP/1.1."""
    ended = speaker(method, "/x", content=b"hi")
    (made,) = ended.attempts
    assert (ended.response.text, made.http_version, made.status) == ("/x hi", "HTTP/2", 200)
    assert [(asked.method, asked.path, asked.body) for asked in speaker.server.asked] == [
        (method, "/x", b"hi")
    ]
    phases = [phase for phase, _ in made.marks]
    assert phases[:4] == [Phase.CONNECT, Phase.TLS, Phase.SEND, Phase.WAIT]
    assert phases[-3:] == [Phase.WAIT, Phase.READ, Phase.DONE]


def test_safe_calls_share_a_connection(speaker: Speaker) -> None:
    """One connection carries them, and the ledger says that it was reused."""
    ended = speaker("GET", "/1", "/2", "/3")
    assert [answer.text for answer in ended.responses] == ["/1 ", "/2 ", "/3 "]
    assert [made.reused for made in ended.attempts] == [False, True, True]
    assert speaker.server.connections == 1


def test_a_large_body_crosses_both_ways(speaker: Speaker) -> None:
    """Frames are the library's matter: a body of several comes and goes whole."""
    body = bytes(range(256)) * 200
    ended = speaker("POST", "/x", content=body)
    assert ended.response.content == b"/x " + body


@pytest.mark.parametrize(
    "path, row",
    [
        pytest.param("/reset", "closed_fresh", id="reset"),
        pytest.param("/away", "closed_fresh", id="away"),
        pytest.param("/cut", "cut_after_headers", id="cut"),
        pytest.param("/short", "protocol", id="short"),
    ],
)
def test_a_write_that_fails_is_sent_once(speaker: Speaker, path: str, row: str) -> None:
    """INVARIANT: over HTTP/2 too, a POST whose fate is unknown is never sent again."""
    ended = speaker("POST", path, content=b"hi")
    assert (ended.rows, isinstance(ended.error, httpx2.TransportError)) == ([row], True)
    assert [asked.path for asked in speaker.server.asked] == [path]


@pytest.mark.parametrize(
    "path, rows",
    [
        pytest.param("/away", ["closed_fresh"] * 2, id="away"),
        pytest.param("/cut", ["cut_after_headers"] * 2, id="cut"),
        pytest.param("/short", ["protocol"], id="short"),
    ],
)
def test_a_read_that_fails_follows_its_row(speaker: Speaker, path: str, rows: list[str]) -> None:
    """Weather is met once more; what breaks HTTP/2 itself is the server's, at once."""
    ended = speaker("GET", path)
    assert (ended.rows, len(speaker.server.asked)) == (rows, len(rows))


def test_http1_is_spoken_where_the_server_has_no_other(
    raw_server: StartRaw, authority: trustme.CA, ca_bundle: Path
) -> None:
    """Http2 is an offer: a server that does not take it is spoken to as ever."""
    server = raw_server(answer(), tls=certificates.server_context(authority))
    ended = Caller("sync")(server.url, call("GET", "/"), http2=True, tls={"ca": ca_bundle})
    assert (ended.response.http_version, ended.attempts[0].http_version) == ("HTTP/1.1",) * 2


@pytest.fixture
def clients(server: h2.H2Server, ca_bundle: Path) -> Iterator[Clients]:
    """The clients of a session that offers HTTP/2."""
    settings = {"base_url": server.url, "http2": True, "tls": {"ca": ca_bundle}}
    made = Clients(Settings.model_validate(settings))
    yield made
    made.close()


def test_each_thread_has_a_connection_of_its_own(clients: Clients, server: h2.H2Server) -> None:
    """INVARIANT: a blocking HTTP/2 connection is never shared by threads: it would be corrupted."""
    together = threading.Barrier(4)
    with clients.open(Scope()) as client, ThreadPoolExecutor(4) as threads:

        def work(thread: int) -> list[tuple[str, str]]:
            together.wait(10)
            paths = [f"/{thread}/{number}" for number in range(10)]
            return [(f"{path} ", client.get(path).text) for path in paths]

        answers = [pair for pairs in threads.map(work, range(4)) for pair in pairs]
    assert [text for expected, text in answers if expected != text] == []
    on = {(asked.path.split("/")[1], asked.connection) for asked in server.asked}
    assert (len(answers), len(on), server.connections) == (40, 4, 4)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_tasks_share_one_connection(clients: Clients, server: h2.H2Server, backend: str) -> None:
    """Many calls at once are streams of one connection; each has its own answer and attempt."""
    scope, answers = Scope(), {}

    async def use() -> None:
        async with clients.open_async(scope) as client:
            await client.get("/first")

            async def ask(path: str) -> None:
                answers[path] = (await client.get(path)).text

            async with anyio.create_task_group() as tasks:
                for number in range(10):
                    tasks.start_soon(ask, f"/{number}")

    anyio.run(use, backend=backend)
    assert answers == {f"/{number}": f"/{number} " for number in range(10)}
    assert (server.connections, len(scope.attempts)) == (1, 11)
    assert {made.row for made in scope.attempts} == {""}
    assert all([phase for phase, _ in made.marks][-1] is Phase.DONE for made in scope.attempts)
