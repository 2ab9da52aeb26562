"""What the shared layer costs a call that nothing is wrong with."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bench.figures import Figure
from bench.fleet.members import Seat
from bench.fleet.opening import Place, Rules, admitted, opened, reach
from redhanded.pipeline.shared_gate import SharedGate
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


def measured(place: Place, *, calls: int, pace: float | None) -> Cost:
    """What leave and result take of so many calls, one after another."""
    with opened(place, Rules(pace=pace, burst=1000.0), Seat(0, 1)) as store:
        gate = store.gate(ORIGIN)
        reach(gate)
        return Cost([_seconds(gate) for _ in range(calls)])


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
