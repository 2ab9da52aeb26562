"""Whether every result is counted, by many processes at once, and none twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from bench.figures import Figure
from bench.fleet import members
from bench.fleet.members import Seat
from bench.fleet.opening import Place, Rules, asked, opened, reach, settle
from redhanded.fleet.store import Store
from redhanded.pipeline.breaker import Denied
from redhanded.pipeline.shared_gate import Turn
from tests.servers import redis

ORIGIN = "https://counted.example"
PROCESSES = 16
PAIRS, SHORT = 100_000, 8_000
EVERY = 10  # one result in so many is a failure


class Counted(NamedTuple):
    """What one process recorded, and how often it was refused meanwhile."""

    results: int = 0
    failures: int = 0
    refused: int = 0


def figures(*, short: bool, seed: int) -> Iterator[Figure]:
    """Pairs of a question and a result, over all processes."""
    del seed  # which result is a failure is no chance: the very last is to open the circuit
    pairs = SHORT if short else PAIRS
    began = time.perf_counter()
    with redis.serving() as server:
        refused, is_open = counted(Place(port=server.port), pairs=pairs)
    rate = pairs / (time.perf_counter() - began)
    yield Figure(
        name=f"results counted, {PROCESSES} processes, {pairs:,} pairs, {rate:,.0f} a second",
        measured=_told(refused, is_open=is_open, pairs=pairs),
        goal=f"{pairs:,}",
        is_met=is_open and not refused,
    )


def counted(place: Place, *, pairs: int, processes: int = PROCESSES) -> tuple[int, bool]:
    """How often anybody was refused before the last pair, and whether anybody was after it.

    A circuit that opens at `pairs` results of which exactly one in ten is a failure stays closed
    after the last one if any result is missing, or a success is counted twice; it opens before
    the last one if a failure is.
    """
    rules = rules_of(pairs)
    counts = members.together(processes, results, place, rules, (pairs - 1) // processes)
    with opened(place, rules, Seat(0, 1)) as store:
        rest = finish(store, pairs=pairs, counts=counts)
        is_open = refuses(store)
    return sum(count.refused for count in (*counts, rest)), is_open


def refuses(store: Store) -> bool:
    """Whether the circuit has opened."""
    settle(gate := store.gate(ORIGIN))
    return isinstance(gate.acquire(asked()), Denied)


def rules_of(pairs: int) -> Rules:
    """Those of a circuit that opens with the last of so many results and no other."""
    return Rules(window=3600.0, minimum=pairs, rate=1 / EVERY, open=30.0, quorum=1)


def results(seat: Seat, place: Place, rules: Rules, count: int) -> Counted:
    """What one process records: every tenth a failure."""
    outcomes = [number % EVERY == EVERY - 1 for number in range(count)]
    with opened(place, rules, seat) as store:
        return recorded(store, outcomes)


def finish(store: Store, *, pairs: int, counts: list[Counted]) -> Counted:
    """The pairs that are missing, a failure the last."""
    missing = pairs - sum(count.results for count in counts)
    failures = pairs // EVERY - sum(count.failures for count in counts)
    return recorded(store, [number >= missing - failures for number in range(missing)])


def recorded(store: Store, outcomes: list[bool]) -> Counted:
    """What came of pairs with these results, true for a failure."""
    gate = store.gate(ORIGIN)
    reach(gate)
    refused = 0
    for is_failure in outcomes:
        turn = gate.acquire(asked())
        if isinstance(turn, Turn) and not turn.lease:
            gate.record(turn, "fail" if is_failure else "success")
        else:
            refused += 1
    settle(gate)
    return Counted(len(outcomes), sum(outcomes), refused)


def _told(refused: int, *, is_open: bool, pairs: int) -> str:
    if refused:
        return f"too many: refused {refused:,} times"
    return f"{pairs:,}" if is_open else "other than that: the circuit stayed closed"
