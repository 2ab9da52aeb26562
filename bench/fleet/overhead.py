"""What the shared layer costs a call that nothing is wrong with."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bench.figures import Figure
from bench.fleet.members import Seat
from bench.fleet.opening import Place, Rules, admitted, opened, reach
from bench.server import serving as answering
from redhanded.client.client import Clients
from redhanded.core.settings import Settings
from redhanded.pipeline.call import Scope
from redhanded.pipeline.shared_gate import SharedGate, Sharing
from tests.servers import redis
from tests.servers.redis import RedisServer

ORIGIN = "https://measured.example"
CALLS, SHORT = 20_000, 2_000
P50, P99 = 1e-3, 5e-3  # seconds
TRIPS = 2


class Cost(NamedTuple):
    """Seconds that the shared layer took of each call."""

    seconds: Sequence[float]

    def quantile(self, share: float) -> float:
        """The seconds that so many of the calls took at most."""
        return sorted(self.seconds)[int(share * (len(self.seconds) - 1))]

    def __str__(self) -> str:
        p50, p99 = (self.quantile(share) * 1e6 for share in (0.5, 0.99))
        return f"p50 {p50:,.0f} us, p99 {p99:,.0f} us"


def figures(*, short: bool, seed: int) -> Iterator[Figure]:
    """Redis on loopback, then a file."""
    del seed
    calls = SHORT if short else CALLS
    with redis.serving() as server:
        yield from of_redis(server, calls=calls, short=short)
    for pace in (None, 1e6):
        with tempfile.TemporaryDirectory() as folder:
            cost = measured(Place(folder=folder), calls=calls, pace=pace)
        name = "in calm" if pace is None else "with a pace to keep"
        yield Figure(name=f"cost of a call by a file, {name}", measured=str(cost))


def of_redis(server: RedisServer, *, calls: int, short: bool) -> Iterator[Figure]:
    """The time, and how often Redis was spoken to."""
    server.do("CONFIG", "RESETSTAT")
    cost = measured(Place(port=server.port), calls=calls, pace=1e6)
    trips = _scripts(server) / calls
    yield Figure(
        name=f"cost of a call by Redis on loopback, {calls:,} calls",
        measured=str(cost),
        goal=f"p50 <= {P50 * 1e3:g} ms, p99 <= {P99 * 1e3:g} ms",
        # The gate's machine may be held up by others: its short form only tells the time.
        is_met=short or (cost.quantile(0.5) <= P50 and cost.quantile(0.99) <= P99),
    )
    yield Figure(
        name="  scripts of Redis a call",
        measured=f"{trips:.3f}",
        goal=f"<= {TRIPS}",
        is_met=trips <= TRIPS + 0.01,  # some to connect
    )
    yield of_calls(server, calls=calls // 4)


def measured(place: Place, *, calls: int, pace: float | None) -> Cost:
    """What leave and result take of so many calls, one after another."""
    with opened(place, Rules(pace=pace, burst=1000.0), Seat(0, 1)) as store:
        gate = store.gate(ORIGIN)
        reach(gate)
        return Cost([_seconds(gate) for _ in range(calls)])


def of_calls(server: RedisServer, *, calls: int) -> Figure:
    """What whole calls take longer than calls of a process alone, a hundred of each in turn."""
    with (
        answering() as url,
        opened(Place(port=server.port), Rules(pace=1e6, burst=1000.0), Seat(0, 1)) as store,
    ):
        reach(store.gate(url))
        settings = Settings.model_validate({"base_url": url, "limit": {"rate": 1e6, "burst": 1e3}})
        alone = Clients(settings)
        shared = Clients(settings, sharing=Sharing(store.gate, lambda: 1))
        spent: dict[Clients, list[float]] = {alone: [], shared: []}
        for _ in range(calls // 100):
            for clients, seconds in spent.items():
                seconds.extend(_called(clients, 100))
        alone.close()
        shared.close()
    more = [
        (Cost(spent[shared]).quantile(share) - Cost(spent[alone]).quantile(share)) * 1e6
        for share in (0.5, 0.99)
    ]
    return Figure(
        name="  whole calls, over those of a process alone",
        measured="p50 {:+,.0f} us, p99 {:+,.0f} us".format(*more),
    )


def _called(clients: Clients, count: int) -> list[float]:
    seconds = []
    with clients.open(Scope()) as client:
        for _ in range(count):
            began = time.perf_counter()
            client.get("/item").raise_for_status()
            seconds.append(time.perf_counter() - began)
    return seconds


def _seconds(gate: SharedGate) -> float:
    began = time.perf_counter()
    turn = admitted(gate)
    gate.record(turn, "success")
    return time.perf_counter() - began


def _scripts(server: RedisServer) -> int:
    with server.client() as client:
        stats = client.info("commandstats")
    return sum(
        told["calls"] for name, told in stats.items() if name.removeprefix("cmdstat_") in _RUNNING
    )


_RUNNING = ("eval", "evalsha", "fcall")
