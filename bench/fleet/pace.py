"""Whether many processes keep one pace towards a server, and share it fairly."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

from bench.figures import Figure
from bench.fleet import door, members
from bench.fleet.arrivals import Arrival, surplus, unevenness, used
from bench.fleet.members import Seat
from bench.fleet.opening import Place, Rules, opened, reach
from redhanded.client.client import Clients
from redhanded.core.clock import SystemClock
from redhanded.core.settings import Settings
from redhanded.pipeline.call import Scope
from redhanded.pipeline.shared_gate import Sharing
from redhanded.pipeline.surroundings import Surroundings
from tests.servers import redis

PROCESSES = 8
SECONDS, SHORT = 60.0, 4.0
RULES = Rules(pace=50.0, burst=20.0)
SKEW = 30.0  # seconds that the wall clocks of the first and the last process are off
LEAST_USED = 0.95
MOST_UNEVEN = 1.2


class Run(NamedTuple):
    """One measurement: who keeps the state, and whose wall clock is off by how much."""

    name: str
    uses_redis: bool = True
    skew: float = 0.0


RUNS = (
    Run("Redis"),
    Run("Redis, wall clocks 30 s off", skew=SKEW),
    Run("a file", uses_redis=False),
)


class SkewedClock:
    """A machine whose wall clock is off by so many seconds."""

    def __init__(self, skew: float) -> None:
        self._skew = skew

    def monotonic(self) -> float:
        """As on any machine."""
        return SystemClock.monotonic()

    def wall(self) -> float:
        """What its people believe."""
        return SystemClock.wall() + self._skew


def figures(*, short: bool, seed: int) -> Iterator[Figure]:
    """The server's log of each run."""
    del seed
    for run in RUNS[1:2] if short else RUNS:
        yield from told(run, seconds=SHORT if short else SECONDS, short=short)


def told(run: Run, *, seconds: float, short: bool) -> Iterator[Figure]:
    """What the log of one run shows."""
    found = arrivals(run, seconds=seconds)
    times = [arrival.at for arrival in found]
    assert RULES.pace is not None
    over = surplus(times, rate=RULES.pace, burst=RULES.burst)
    share = used(times, rate=RULES.pace, seconds=seconds)
    uneven = unevenness(found, [Seat(number, PROCESSES).worker for number in range(PROCESSES)])
    yield Figure(
        name=f"pace of {PROCESSES} processes by {run.name}, {seconds:g} s: above the limit",
        measured=f"{max(0.0, over):.2f} of {len(times):,} (worst window {over:+.2f})",
        goal="never",
        # At a machine that others hold up, requests that were sent apart arrive together.
        is_met=over <= (RULES.burst if short else 1e-6),
    )
    yield Figure(
        name="  used of the limit",
        measured=f"{share:.1%}",
        goal=f">= {LEAST_USED:.0%}",
        is_met=share >= (LEAST_USED / 2 if short else LEAST_USED),
    )
    yield Figure(
        name="  most of a worker over the least",
        measured=f"{uneven:.2f}",
        goal=f"<= {MOST_UNEVEN:g}",
        is_met=uneven <= (2 * MOST_UNEVEN if short else MOST_UNEVEN),
    )


def arrivals(run: Run, *, seconds: float) -> list[Arrival]:
    """What the server wrote down while all called it as fast as they may."""
    with placed(run) as place, door.serving() as server:
        members.together(PROCESSES, call, place, server.url, run.skew, seconds)
    return server.arrivals


@contextmanager
def placed(run: Run) -> Iterator[Place]:
    """Where the processes of this run keep their state."""
    if run.uses_redis:
        with redis.serving() as server:
            yield Place(port=server.port)
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Place(folder=folder)


def call(seat: Seat, place: Place, url: str, skew: float, seconds: float) -> int:
    """How often one process called the server, as fast as it might."""
    clock = SkewedClock(skew * (2 * seat.number / (seat.total - 1) - 1))
    settings = Settings.model_validate(
        {"base_url": url, "limit": {"rate": RULES.pace, "burst": RULES.burst}}
    )
    with opened(place, RULES, seat) as store:
        reach(store.gate(url))
        clients = Clients(
            settings,
            surroundings=replace(Surroundings(), clock=clock),
            sharing=Sharing(store.gate, lambda: seat.total),
        )
        count = 0
        until = time.monotonic() + seconds
        with clients.open(Scope()) as client:
            while time.monotonic() < until:
                client.get(f"/from/{seat.worker}").raise_for_status()
                count += 1
        clients.close()
    return count
