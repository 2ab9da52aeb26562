"""Real processes that share a real Redis: nothing is lost, nothing is counted twice."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import pytest

from redhanded.fleet.store import Member
from redhanded.pipeline.breaker import Outcome
from redhanded.pipeline.shared_gate import Asked, Turn
from tests.fleet.conformance import ANN, turn
from tests.fleet.redis_fleet import InRedis
from tests.fleet.redis_worker import LEASE, LIMITS, ORIGIN, REQUESTS, count
from tests.fleet.worker_processes import Worker, spawning
from tests.servers.processes import Patience
from tests.servers.redis import RedisServer

WORKER = Path(__file__).with_name("redis_worker.py")
OUTCOMES: tuple[Outcome, ...] = ("success", "none", "none", "none")
PROBE = Asked(may_probe=True, lease=30.0, within=0.0)


Start: TypeAlias = Callable[[str], Worker]


@pytest.fixture
def fleet(redis_server: RedisServer) -> Iterator[InRedis]:
    """A fleet in a database of its own."""
    with closing(InRedis(redis_server, database=6)) as fleet:
        yield fleet


@pytest.fixture
def start(fleet: InRedis) -> Iterator[Start]:
    """Starts processes of the fleet; all of them are ended with the test."""
    with spawning(WORKER) as spawn:
        numbers = itertools.count()

        def started(mode: str) -> Worker:
            return spawn(str(fleet.server.port), str(fleet.database), f"gw{next(numbers)}", mode)

        yield started


def test_what_four_processes_record_is_counted_exactly(fleet: InRedis, start: Start) -> None:
    """INVARIANT: no result is lost between processes, and none is counted twice."""
    workers = [start("count") for _ in range(4)]
    for worker in workers:
        worker.go()

    told = [worker.hear() for worker in workers]

    assert told == [str(REQUESTS)] * 4
    assert fleet.counted() == 4 * REQUESTS
    assert fleet.told == []


def test_threads_of_a_process_share_its_connection(fleet: InRedis) -> None:
    """Eight threads at once get an answer each, and all of theirs is counted."""
    gate = fleet.join(ANN, LIMITS).gate(ORIGIN)
    allowed: list[int] = []
    threads = [threading.Thread(target=lambda: allowed.append(count(gate))) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    fleet.settle()

    assert allowed == [REQUESTS] * 8
    assert fleet.counted() == 8 * REQUESTS


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
def test_a_fork_has_a_connection_of_its_own(fleet: InRedis, start: Start) -> None:
    """INVARIANT: parent and child never read each other's answers."""
    worker = start("fork")
    worker.go()

    told = worker.hear()

    assert told == str(2 * REQUESTS)
    assert fleet.counted() == 3 * REQUESTS


def test_the_probe_of_a_killed_process_is_given_to_another(fleet: InRedis, start: Start) -> None:
    """A lease ends by Redis's clock, whatever became of its holder, and not before."""
    ann = fleet.join(ANN, LIMITS).gate(ORIGIN)
    for one in [turn(ann, PROBE) for _ in range(10)]:
        ann.record(one, "fail")
    fleet.settle()
    fleet.pass_time(0.1)
    dead = start("hold")
    begun = fleet.time()
    dead.go()
    lease = dead.hear()

    dead.process.kill()
    dead.process.wait()
    heirs: list[object] = []

    def has_heir() -> bool:
        heirs.append(ann.acquire(PROBE))
        return isinstance(heirs[-1], Turn)

    assert Patience().until(has_heir)
    assert fleet.time() - begun >= LEASE
    heir = heirs[-1]
    assert isinstance(heir, Turn)
    assert heir.lease not in {"", lease}


def test_no_more_probes_are_out_than_the_ramp_allows(fleet: InRedis) -> None:
    """INVARIANT: of many that ask in a half-open circuit one may go, then two, then four."""
    members = [Member("h1", f"gw{number}") for number in range(8)]
    gates = [fleet.join(member, LIMITS).gate(ORIGIN) for member in members]
    for one in [turn(gates[0], PROBE) for _ in range(10)]:
        gates[0].record(one, "fail")
    fleet.settle()
    fleet.pass_time(0.12)

    admitted = []
    for _ in range(3):
        answers = [gate.acquire(PROBE) for gate in gates * 3]
        probes = [answer for answer in answers if isinstance(answer, Turn)]
        admitted.append(len(probes))
        for probe, outcome in zip(probes, OUTCOMES, strict=False):
            gates[0].record(probe, outcome)
        fleet.settle()

    assert admitted == [1, 2, 4]
