"""The way to a Redis is as good or bad as the tests switch it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.servers import bare
from tests.servers.processes import Patience
from tests.servers.redis import RedisServer
from tests.servers.redis_weather import (
    BLACK_HOLE,
    CALM,
    REFUSED,
    RESET,
    Commands,
    Proxy,
    Weather,
    answered,
    serving,
    slow,
)

PING = b"*1\r\n$4\r\nPING\r\n"
PONG = b"+PONG\r\n"
SET = b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$6\r\n*1\r\n$1\r\n"


@pytest.fixture
def proxy(redis_server: RedisServer) -> Iterator[Proxy]:
    """A way to the Redis that others use too."""
    with serving(redis_server.port) as opened:
        yield opened


def client(proxy: Proxy, *, seconds: float = 5.0) -> redis.Redis:
    """A client of one connection that tries nothing twice."""
    return redis.Redis(
        port=proxy.port,
        protocol=2,
        socket_timeout=seconds,
        socket_connect_timeout=seconds,
        retry=Retry(NoBackoff(), 0),
    )


def test_calm_is_not_felt(proxy: Proxy) -> None:
    """Commands and answers pass as they are, and are counted."""
    with bare.connect(proxy.port) as sock:
        sock.sendall(PING * 3)
        received = b""
        while len(received) < 3 * len(PONG):
            received += sock.recv(100)

    assert received == PONG * 3
    assert (proxy.accepted, proxy.commands) == (1, 3)


@pytest.mark.parametrize(
    "weather, error",
    [
        pytest.param(REFUSED, ConnectionRefusedError, id="refused"),
        pytest.param(RESET, ConnectionError, id="reset"),
    ],
)
def test_a_switch_meets_open_connections_and_new_ones(
    proxy: Proxy, weather: Weather, error: type[OSError]
) -> None:
    """An open connection is reset at once; a new one meets the weather; calm ends it."""
    with bare.connect(proxy.port) as sock:
        sock.sendall(PING)
        assert sock.recv(100) == PONG
        proxy.switch(weather)
        with pytest.raises(ConnectionResetError):
            sock.recv(100)
    with pytest.raises(error):
        bare.exchange(proxy.port, PING)

    proxy.switch(CALM)
    with client(proxy) as again:
        assert again.ping()


def test_a_black_hole_swallows(proxy: Proxy) -> None:
    """A command gets no answer, and its connection does not survive the hole."""
    with bare.connect(proxy.port) as sock:
        sock.sendall(PING)
        assert sock.recv(100) == PONG
        proxy.switch(BLACK_HOLE)
        sock.sendall(PING)
        assert Patience().until(lambda: proxy.commands == 2)
        sock.settimeout(0.05)
        with pytest.raises(TimeoutError):
            sock.recv(100)
        proxy.switch(CALM)
        with pytest.raises(ConnectionResetError):
            sock.recv(100)


def test_a_new_connection_falls_into_the_hole(proxy: Proxy) -> None:
    """It is taken, and nothing comes of it."""
    proxy.switch(BLACK_HOLE)

    with client(proxy, seconds=0.05) as caller, pytest.raises(redis.TimeoutError):
        caller.ping()
    assert proxy.accepted == 1


def test_a_slow_way_is_slow_for_each_answer(proxy: Proxy) -> None:
    """An answer is late, and comes at once where the weather changes."""
    with bare.connect(proxy.port) as sock:
        proxy.switch(slow(60))
        sock.sendall(PING)
        assert Patience().until(lambda: proxy.commands == 1)
        sock.settimeout(0.05)
        with pytest.raises(TimeoutError):
            sock.recv(100)
        proxy.switch(CALM)
        sock.settimeout(5)

        assert sock.recv(100) == PONG


def test_an_answer_that_is_late_comes(proxy: Proxy) -> None:
    """Lateness is all that it is."""
    proxy.switch(slow(0.01))

    with client(proxy) as caller:
        assert caller.ping()


def test_every_command_may_have_one_answer(proxy: Proxy, redis_server: RedisServer) -> None:
    """Each of a pipeline gets the line, and the server hears nothing of them."""
    proxy.switch(answered("-LOADING Redis is loading the dataset in memory"))

    with bare.connect(proxy.port) as sock:
        sock.sendall(SET + PING)
        line = b"-LOADING Redis is loading the dataset in memory\r\n"
        received = b""
        while len(received) < 2 * len(line):
            received += sock.recv(100)

    assert received == line * 2
    assert redis_server.do("EXISTS", "k") == 0


def test_a_connection_outlives_a_canned_answer(proxy: Proxy) -> None:
    """What was open goes on as before."""
    with client(proxy) as caller:
        caller.ping()
        proxy.switch(answered("-NOAUTH Authentication required."))
        with pytest.raises(redis.AuthenticationError):
            caller.ping()
        proxy.switch(CALM)

        assert caller.ping()


def test_another_server_takes_over(proxy: Proxy, own_redis: RedisServer) -> None:
    """Open connections are reset, new ones reach the other server."""
    with bare.connect(proxy.port) as sock:
        sock.sendall(PING)
        assert sock.recv(100) == PONG
        proxy.aim(own_redis.port)
        with pytest.raises(ConnectionResetError):
            sock.recv(100)

    with client(proxy) as caller:
        assert caller.info()["tcp_port"] == own_redis.port


def test_a_server_that_is_gone_is_felt(own_redis: RedisServer) -> None:
    """A connection ends with the server's, and a new one is reset."""
    with serving(own_redis.port) as way, bare.connect(way.port) as sock:
        sock.sendall(PING)
        assert sock.recv(100) == PONG
        own_redis.kill()
        assert sock.recv(100) == b""
        with client(way) as caller, pytest.raises(redis.ConnectionError):
            caller.ping()


def test_closing_ends_the_thread_and_the_port(redis_server: RedisServer) -> None:
    """INVARIANT: nothing outlives the block."""
    with serving(redis_server.port) as way, bare.connect(way.port):
        assert Patience().until(lambda: way.accepted == 1)

    assert "redis-weather" not in {thread.name for thread in threading.enumerate()}
    with pytest.raises(ConnectionRefusedError):
        bare.connect(way.port)


@pytest.mark.parametrize("size", [1, 2, 7, 1000], ids=str)
def test_commands_are_counted_however_they_are_cut(size: int) -> None:
    """INVARIANT: an argument that looks like a command is none, wherever a piece ends."""
    stream = PING + SET + b"PING\r\n" + SET
    counted = Commands()

    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]

    assert sum(map(counted.feed, pieces)) == 4


def test_there_is_a_line_for_every_weather() -> None:
    """What a test asks for reads as it is meant."""
    assert slow(2) == Weather("slow", seconds=2)
    assert answered("-OOM x").line == b"-OOM x\r\n"
