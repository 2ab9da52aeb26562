"""How soon the lease of a holder that was killed is given to somebody else."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.connection import Connection
from typing import NamedTuple

from bench.figures import Figure
from bench.fleet import members
from bench.fleet.members import Seat
from bench.fleet.opening import Place, Rules, admitted, opened, probing, reach
from redhanded.fleet.store import Store
from tests.servers import redis
from tests.servers.redis import RedisServer

KILLS, SHORT = 200, 8
LANES = 4  # at a time
LEASE = 0.3
LATE = 0.1
RULES = Rules(minimum=1, open=0.01, longest=0.01)


class Reclaimed(NamedTuple):
    """Seconds from the end of the killed holder's lease to the next, by the clock of Redis.

    The lease ended somewhere between both, because its beginning was seen from outside.
    """

    earliest: float
    latest: float


def figures(*, short: bool, seed: int) -> Iterator[Figure]:
    """Holders that were killed, and who waited for them."""
    del seed
    kills = SHORT if short else KILLS
    with redis.serving() as server, ThreadPoolExecutor(LANES) as pool:
        found = list(pool.map(partial(reclaimed, server), range(kills)))
    late = max(each.latest for each in found)
    early = [each for each in found if each.latest < 0]
    yield Figure(
        name=f"probe holders killed, {kills}: leases given away before their end",
        measured=str(len(early)),
        goal="none",
        is_met=not early,
    )
    yield Figure(
        name=f"  next holder after the end of a lease of {LEASE:g} s, at the latest",
        measured=f"{late * 1e3:.0f} ms",
        goal=f"<= {LATE * 1e3:.0f} ms",
        # The gate's machine may be held up by others: its short form only tells the time.
        is_met=short or late <= LATE,
    )


def reclaimed(server: RedisServer, number: int) -> Reclaimed:
    """When a waiter had the lease of a holder that was killed."""
    place, origin = Place(port=server.port), f"https://killed-{number}.example"
    made = members.context()
    told, tell = made.Pipe(duplex=False)
    with opened(place, RULES, Seat(0, 2)) as store, server.client() as clock:
        _open(store, origin)
        holder = made.Process(target=hold, args=(place, server.port, origin, tell), daemon=True)
        holder.start()
        before, after = told.recv()
        os.kill(holder.pid, signal.SIGKILL)
        turn = admitted(store.gate(origin))
        seconds, micros = clock.time()
        holder.join()
    assert turn.lease, "the circuit closed, which nobody made it do"
    now = seconds + micros / 1e6
    return Reclaimed(now - after - LEASE, now - before - LEASE)


def hold(place: Place, port: int, origin: str, tell: Connection) -> None:
    """Take the probe's lease, tell when that was, and never give it back."""
    server = RedisServer(port, 0)
    with opened(place, RULES, Seat(1, 2)) as store, server.client() as clock:
        reach(gate := store.gate(origin))
        before = clock.time()
        probing(gate, lease=LEASE)
        after = clock.time()
        tell.send([seconds + micros / 1e6 for seconds, micros in (before, after)])
        signal.pause()


def _open(store: Store, origin: str) -> None:
    """Open the circuit."""
    gate = store.gate(origin)
    reach(gate)
    gate.record(admitted(gate), "fail")
