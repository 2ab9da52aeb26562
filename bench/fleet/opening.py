"""How the processes of a benchmark come to the store that they share."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.fleet.members import Seat
from redhanded.fleet.store import GateLimits, Member, Store
from redhanded.pipeline.breaker import BreakerLimits, Denied
from redhanded.pipeline.shared_gate import Asked, Late, SharedGate, Turn

_CONNECTED = 10.0  # seconds that a process may take to reach its store
_LEASE = 30.0
_QUESTIONS = 20  # which take more along than a queue can hold


class Place(NamedTuple):
    """Where the store is: a Redis on a port of the loopback, or files in a folder."""

    port: int = 0
    folder: str = ""


class Rules(NamedTuple):
    """When a circuit opens and for how long, and the pace; picklable."""

    window: float = 10.0
    minimum: int = 10
    rate: float = 0.5
    open: float = 1.0
    longest: float = 30.0
    quorum: int = 2
    pace: float | None = None
    burst: float = 1.0

    @property
    def limits(self) -> GateLimits:
        """As a store takes them."""
        return GateLimits(
            BreakerLimits(
                window=self.window,
                minimum=self.minimum,
                rate=self.rate,
                open=self.open,
                longest=self.longest,
            ),
            quorum=self.quorum,
            rate=self.pace,
            burst=self.burst,
        )


@contextmanager
def opened(place: Place, rules: Rules, seat: Seat) -> Iterator[Store]:
    """The store of one process, reached; closed when the block is left."""
    store = _store(place, rules, Member(seat.host, seat.worker))
    try:
        yield store
    finally:
        store.close()


def reach(gate: SharedGate) -> None:
    """Wait until the gate answers at all; raises TimeoutError where it does not."""
    until = time.monotonic() + _CONNECTED
    while gate.acquire(asked(held=False)) is None:
        if time.monotonic() > until:
            raise TimeoutError("the store was not reached")
        time.sleep(0.005)


def settle(gate: SharedGate) -> None:
    """See to it that every result is with the store: they go along with questions."""
    for _ in range(_QUESTIONS):
        gate.acquire(asked(held=False))


def asked(*, lease: float = _LEASE, held: bool = True, within: float = 60.0) -> Asked:
    """What a safe request asks."""
    return Asked(may_probe=True, lease=lease, within=within, held=held)


def admitted(gate: SharedGate, *, lease: float = _LEASE) -> Turn:
    """Leave of the gate, waited for as it says; raises TimeoutError where it never comes."""
    until = time.monotonic() + 2 * _LEASE
    while time.monotonic() < until:
        match gate.acquire(asked(lease=lease)):
            case Turn() as turn:
                return turn
            case Denied(retry_after=seconds) | Late(wait=seconds):
                time.sleep(seconds)
            case None:
                time.sleep(0.005)
    raise TimeoutError("the gate never admitted anything")


def probing(gate: SharedGate, *, lease: float = _LEASE) -> Turn:
    """The lease of a probe, waited for."""
    while not (turn := admitted(gate, lease=lease)).lease:
        time.sleep(0.002)
    return turn


def _store(place: Place, rules: Rules, member: Member) -> Store:
    if place.folder:
        from redhanded.fleet.file import FileStore

        return FileStore(Path(place.folder), limits=rules.limits, member=member)
    from redhanded.fleet.redis_address import Address
    from redhanded.fleet.redis_limits import LinkLimits
    from redhanded.fleet.redis_store import RedisStore

    # What is measured is what is counted and admitted, also on a machine that others hold up.
    patient = LinkLimits(answer=_CONNECTED, slow=_CONNECTED)
    address = Address(host="127.0.0.1", port=place.port)
    return RedisStore(
        address, limits=rules.limits, member=member, tell=_complain, link_limits=patient
    )


def _complain(said: str) -> None:
    """Say in the benchmark's output what a run would be told."""
    print(f"  {said}", file=sys.stderr, flush=True)
