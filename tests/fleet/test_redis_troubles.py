"""Redis in bad weather: nobody waits longer than told, nothing is raised, and it comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from redhanded.fleet.redis_address import Address
from redhanded.fleet.redis_gate import RedisGate
from redhanded.fleet.redis_limits import LinkLimits
from redhanded.fleet.redis_line import Command, Line, Reply
from redhanded.fleet.redis_link import Link
from redhanded.fleet.redis_scripts import scripts
from redhanded.pipeline.shared_gate import Turn
from tests.fleet.conformance import ANN, PATIENT, PROBE, turn
from tests.servers import redis_weather
from tests.servers.redis import RedisServer
from tests.servers.redis_weather import (
    BLACK_HOLE,
    CALM,
    REFUSED,
    RESET,
    Proxy,
    Weather,
    answered,
    slow,
)

LIMIT = LinkLimits().answer
LONG, SHORT = 30.0, 0.05  # seconds of the network: a busy machine is no trouble, a black hole is
TROUBLES = [
    pytest.param(REFUSED, "; ", id="refused"),
    pytest.param(BLACK_HOLE, "it did not answer within", id="black hole"),
    pytest.param(RESET, "it closed the connection", id="reset"),
    pytest.param(slow(2.0), "it did not answer within", id="slow"),
    pytest.param(answered("-LOADING Redis is loading the dataset"), "loading", id="loading"),
    pytest.param(answered("-READONLY You can't write"), "it is a replica", id="readonly"),
    pytest.param(answered("-OOM command not allowed"), "memory is full", id="out of memory"),
    pytest.param(answered("-NOAUTH Authentication required."), "a password", id="no password"),
]
YES = pytest.param(answered("+OK"), "no Redis", id="yes to everything")


class ByHand(Link):
    """A link without a thread."""

    def _serve(self) -> None:
        return


class Noting(Line):
    """A connection that notes how long it was told to wait, and waits less in bad weather."""

    traveller: Traveller

    def ask(self, commands: Sequence[Command], *, seconds: float) -> list[Reply]:
        self.traveller.waits.append(seconds)
        return super().ask(commands, seconds=self.traveller.patience)


class Traveller:
    """A process with one gate behind the proxy, whose background is tended to by hand."""

    def __init__(self, way: Proxy, *, patience: float = LONG) -> None:
        self.way = way
        self.patience = patience
        self.now = 1000.0
        self.told: list[str] = []
        self.waits: list[float] = []
        self.link = ByHand(self.dial, name=way.url, tell=self.told.append, now=lambda: self.now)
        self.gate = RedisGate(
            self.link,
            "{rh:0}:gate",
            member=ANN,
            limits=PATIENT,
            jitter=lambda: 1.0,
            lease=lambda: "lease",
        )
        self.link.tend()

    def dial(self) -> Noting:
        address = Address(host="127.0.0.1", port=self.way.port, database=7)
        line = Noting(address, scripts(), seconds=self.patience)
        line.traveller = self
        return line

    @property
    def met(self) -> tuple[int, int]:
        """What reached the proxy by now: connections and commands."""
        return self.way.accepted, self.way.commands

    def goes_alone(self) -> bool:
        """Whether nothing that it does reaches the proxy, and nobody is asked."""
        before = self.met
        for _ in range(50):
            self.gate.record(Turn(0), "success")
            self.gate.vouch()
            self.gate.slow_down(1.0)
            if self.gate.acquire(PROBE) is not None:
                return False
            self.link.tend()
        return self.met == before


@pytest.fixture
def way(redis_server: RedisServer) -> Iterator[Proxy]:
    """A proxy in fine weather before an empty database."""
    with redis_server.client() as client:
        client.select(7)
        client.flushdb()
    with redis_weather.serving(redis_server.port) as way:
        yield way


@pytest.mark.parametrize("trouble, words", [*TROUBLES, YES])
def test_trouble_in_the_midst_is_met_once(way: Proxy, trouble: Weather, words: str) -> None:
    """INVARIANT: one request waits, a quarter of a second at most; for five seconds none does."""
    traveller = Traveller(way)
    turn(traveller.gate)
    traveller.patience = SHORT
    way.switch(trouble)

    answer = traveller.gate.acquire(PROBE)
    alone = [traveller.goes_alone()]
    traveller.now += 4.9
    alone.append(traveller.goes_alone())

    assert answer is None
    assert alone == [True, True]
    assert traveller.waits == pytest.approx([LIMIT, LIMIT])
    (said,) = traveller.told
    assert words in said
    assert said.endswith("): each process keeps its own circuit and a share of the pace.")


@pytest.mark.parametrize("trouble, words", [*TROUBLES, YES])
def test_trouble_at_the_start_is_told_and_outlived(
    way: Proxy, trouble: Weather, words: str
) -> None:
    """A run begins alone, and shares from the first attempt on that succeeds."""
    way.switch(trouble)
    traveller = Traveller(way, patience=SHORT)

    alone = [traveller.goes_alone()]
    traveller.now += 5.0
    traveller.link.tend()
    alone.append(traveller.goes_alone())
    traveller.patience = LONG
    way.switch(CALM)
    traveller.now += 5.0
    traveller.link.tend()

    assert alone == [True, True]
    assert turn(traveller.gate) == Turn(0)
    assert len(traveller.told) == 1
    assert words in traveller.told[0]


@pytest.mark.parametrize("trouble, words", TROUBLES)
def test_trouble_at_the_end_holds_nobody_up(way: Proxy, trouble: Weather, words: str) -> None:
    """Results that cannot be sent when the process ends are given up, and their number is told."""
    traveller = Traveller(way)
    ready = turn(traveller.gate)
    traveller.patience = SHORT
    way.switch(trouble)
    for _ in range(3):
        traveller.gate.record(ready, "success")

    traveller.link.close()

    assert traveller.waits == pytest.approx([LIMIT, LIMIT])
    assert traveller.gate.acquire(PROBE) is None
    assert words in traveller.told[0]
    assert traveller.told[1].startswith("3 results did not reach the fleet's Redis")


@pytest.mark.parametrize(
    "spoil, mend, words",
    [
        pytest.param(RedisServer.make_readonly, RedisServer.promote, "a replica", id="readonly"),
        pytest.param(RedisServer.make_full, RedisServer.make_room, "memory is full", id="full"),
    ],
)
def test_a_real_server_that_takes_no_writes_is_left_alone(
    own_redis: RedisServer,
    spoil: Callable[[RedisServer], None],
    mend: Callable[[RedisServer], None],
    words: str,
) -> None:
    """What a script meets inside is told apart as what a command meets."""
    with redis_weather.serving(own_redis.port) as way:
        traveller = Traveller(way)
        turn(traveller.gate)
        spoil(own_redis)
        answers = [traveller.gate.acquire(PROBE)]
        mend(own_redis)
        traveller.now += 5.0
        traveller.link.tend()
        answers.append(traveller.gate.acquire(PROBE))

    assert answers == [None, Turn(0)]
    assert words in traveller.told[0]


def test_a_server_that_stands_still_is_left_alone(own_redis: RedisServer) -> None:
    """A process that is stopped takes connections and answers nobody; then it is there again."""
    with redis_weather.serving(own_redis.port) as way:
        traveller = Traveller(way)
        turn(traveller.gate)
        traveller.patience = SHORT
        own_redis.pause()
        answers = [traveller.gate.acquire(PROBE)]
        traveller.now += 5.0
        traveller.link.tend()
        answers.append(traveller.gate.acquire(PROBE))
        own_redis.resume()
        traveller.patience = LONG
        traveller.now += 5.0
        traveller.link.tend()
        answers.append(traveller.gate.acquire(PROBE))

    assert answers == [None, None, Turn(0)]


def test_a_server_that_was_killed_refuses_at_once(own_redis: RedisServer) -> None:
    """The connection ends, and the next attempt says that nothing listens."""
    with redis_weather.serving(own_redis.port) as way:
        traveller = Traveller(way)
        turn(traveller.gate)
        own_redis.kill()

        answer = traveller.gate.acquire(PROBE)

    assert answer is None
    assert "it closed the connection" in traveller.told[0]
