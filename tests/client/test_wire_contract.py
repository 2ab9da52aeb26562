"""What we take from httpx2 and httpcore2 is there, and does what we take it for.

A release that moves one of these must fail here, loudly, and not lose evidence in silence.
"""

from __future__ import annotations

import inspect
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore2
import httpx2
import pytest
import trustme

from redhanded.client import pool, wire
from redhanded.client.streams import (
    AsyncDeadlineBackend,
    AsyncDeadlineStream,
    DeadlineBackend,
    DeadlineStream,
)
from redhanded.core.attempt import Phase
from tests.client.worlds import TWO_WORLDS, WORLDS, Caller, call
from tests.servers import raw
from tests.servers.fixtures import StartRaw


@pytest.fixture
def direct() -> Iterator[pool.Pool]:
    """A pool of ours without the pipeline."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made = pool.Pool(pool.PoolOptions(context=context, connections=5, idle=5, keepalive=1.0))
    yield made
    made.close()


@pytest.mark.parametrize(
    "script, left",
    [
        pytest.param(raw.bytes_after_content_length(), raw.DOCUMENT[raw.framing.HALF :], id="more"),
        pytest.param(raw.answer(), b"", id="whole"),
    ],
)
def test_the_parser_still_shows_what_follows_a_body(
    direct: pool.Pool, raw_server: StartRaw, script: raw.Script, left: bytes
) -> None:
    """INVARIANT: h11's left-over bytes are reached through httpcore2's stream, attribute by name.

    `trailing_bytes` takes a missing attribute for HTTP/2: a move would hide the violation.
    """
    answer = direct.handle_request(httpx2.Request("GET", raw_server(script).url))
    assert isinstance(answer.stream, pool.Body)
    list(answer.stream)
    state = answer.stream.core._stream._connection._h11_state  # noqa: SLF001  the contract itself
    assert isinstance(state.trailing_data[0], bytes)
    assert left.startswith(wire.trailing_bytes(answer.stream.core))
    assert bool(wire.trailing_bytes(answer.stream.core)) == bool(left)
    answer.close()


@pytest.mark.parametrize("world", WORLDS)
def test_bytes_after_a_body_are_seen_in_every_world(raw_server: StartRaw, world: str) -> None:
    """INVARIANT: the async stream keeps its parser where the blocking one does."""
    ended = Caller(world)(raw_server(raw.bytes_after_content_length()).url, call("POST", "/"))
    assert "after the end of its answer" in str(ended.error)


def test_a_stream_without_a_parser_has_nothing_left() -> None:
    """Over HTTP/2 every byte belongs to a stream."""
    assert wire.trailing_bytes(object()) == b""


@pytest.fixture
def unread() -> httpx2.Response:
    """An answer whose body nobody has read, with a request that it belongs to."""
    request = httpx2.Request("GET", "http://api.test/")
    return httpx2.Response(200, stream=httpx2.ByteStream(b"wire"), request=request)


def test_a_consumed_response_is_a_read_one(unread: httpx2.Response) -> None:
    """Content, text, JSON, length and state are those of a response that httpx2 read itself."""
    wire.consume(unread, b'{"id": 7}')
    assert (unread.content, unread.text, unread.json()) == (b'{"id": 7}', '{"id": 7}', {"id": 7})
    assert (unread.read(), list(unread.iter_bytes())) == (b'{"id": 7}', [b'{"id": 7}'])
    assert unread.num_bytes_downloaded == 9
    assert (unread.is_closed, unread.is_stream_consumed) == (True, True)


def test_a_consumed_response_knows_what_a_read_one_knows(unread: httpx2.Response) -> None:
    """No attribute that `read` and `close` set is left out, but the time, which is ours to set."""
    twin = httpx2.Response(200, stream=httpx2.ByteStream(b"wire"), request=unread.request)
    twin.read()
    wire.consume(unread, b"wire")
    missing = vars(twin).keys() - vars(unread).keys()
    assert missing <= {"_decoder", "_elapsed"}
    assert {
        name: value for name, value in vars(unread).items() if isinstance(value, bool | int)
    } == {name: value for name, value in vars(twin).items() if isinstance(value, bool | int)}


def test_a_filled_response_has_the_other_content(unread: httpx2.Response) -> None:
    """The decoded content takes the place of the one that came."""
    wire.consume(unread, b"coded")
    wire.fill(unread, b"decoded")
    assert (unread.content, unread.num_bytes_downloaded) == (b"decoded", 5)


def test_every_error_of_the_pools_is_one_of_httpx2() -> None:
    """INVARIANT: no error of httpcore2 passes through a pool as a stranger."""
    concrete = {
        value
        for value in vars(httpcore2).values()
        if inspect.isclass(value)
        and issubclass(value, Exception)
        and not value.__subclasses__()
        and value is not httpcore2.ConnectionNotAvailable
    }
    assert concrete == set(pool.RAISED)
    for error in pool.RAISED:
        told = pool.told(error("words"))
        assert (type(told).__name__, str(told)) == (error.__name__, "words")


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_each_phase_of_a_call_is_seen(
    raw_server: StartRaw, tls_context: ssl.SSLContext, authority: trustme.CA, world: str
) -> None:
    """INVARIANT: connection, handshake, request, wait and answer are marked, in this order."""
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    server = raw_server(raw.answer(), tls=tls_context)
    ended = Caller(world, trusting)(server.url, call("GET", "/"), call("GET", "/"))
    first, second = ended.attempts
    assert [phase for phase, _ in first.marks] == [
        Phase.CONNECT,
        Phase.TLS,
        Phase.SEND,
        Phase.WAIT,
        Phase.READ,
        Phase.DONE,
    ]
    assert [phase for phase, _ in second.marks] == [Phase.SEND, Phase.WAIT, Phase.READ, Phase.DONE]
    assert (first.reused, second.reused) == (False, True)
    assert {made.peer for made in ended.attempts} == {f"127.0.0.1:{server.port}"}


@pytest.mark.parametrize("world", WORLDS)
def test_the_look_up_of_a_name_is_a_phase_of_its_own(raw_server: StartRaw, world: str) -> None:
    """INVARIANT: a name is looked up once, before connecting, and an address never."""
    server = raw_server(raw.answer(), raw.answer())
    named = server.url.replace("127.0.0.1", "localhost")
    with counted_look_ups() as asked:
        ended = Caller(world)(named, call("GET", "/"), call("GET", "/"))
    first, second = ended.attempts
    phases, times = zip(*first.marks, strict=True)
    assert phases == (Phase.DNS, Phase.CONNECT, Phase.SEND, Phase.WAIT, Phase.READ, Phase.DONE)
    assert list(times) == sorted(times)
    assert second.marks[0][0] is Phase.SEND
    assert (first.peer, asked.count("localhost")) == (f"127.0.0.1:{server.port}", 1)


@contextmanager
def counted_look_ups() -> Iterator[list[str]]:
    """The hosts that the system is asked to look up."""
    asked: list[str] = []
    known = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:  # noqa: ANN401
        is_look_up = not (rest[-1:] or [0])[0] & socket.AI_NUMERICHOST  # as trio asks first
        asked.extend([host.decode() if isinstance(host, bytes) else host] * is_look_up)
        return known(host, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield asked


@pytest.mark.parametrize(
    "ours, theirs",
    [
        pytest.param(DeadlineStream, httpcore2.NetworkStream, id="stream"),
        pytest.param(AsyncDeadlineStream, httpcore2.AsyncNetworkStream, id="async-stream"),
        pytest.param(DeadlineBackend, httpcore2.NetworkBackend, id="backend"),
        pytest.param(AsyncDeadlineBackend, httpcore2.AsyncNetworkBackend, id="async-backend"),
    ],
)
def test_our_network_has_every_operation_of_theirs(ours: type, theirs: type) -> None:
    """A new operation, or a new argument, must be passed on; sockets and sleep are never used."""
    unused = {"connect_unix_socket", "sleep"}
    for name, method in inspect.getmembers(theirs, inspect.isfunction):
        if name not in unused and not name.startswith("_"):
            mine: Callable[..., object] = getattr(ours, name)
            assert list(inspect.signature(mine).parameters) == list(
                inspect.signature(method).parameters
            )
            assert name in vars(ours)


def test_the_pool_has_no_hidden_retries(direct: pool.Pool) -> None:
    """INVARIANT: nothing below us retries."""
    assert direct._pool._retries == 0  # noqa: SLF001  there is no public way to ask
