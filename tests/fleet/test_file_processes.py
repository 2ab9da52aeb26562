"""Real processes that share a folder: nothing is lost, nothing is counted twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from pydantic import TypeAdapter

from redhanded.core.clock import SystemClock
from redhanded.fleet.file import FileStore
from redhanded.fleet.origin_state import OriginState
from redhanded.fleet.store import Member
from redhanded.pipeline.shared_gate import Asked, Turn
from tests.fleet.file_worker import LEASE, ORIGIN, PATIENCE, PROBES, PROBING, RECORDS
from tests.fleet.worker_processes import Worker, spawning
from tests.servers.processes import Patience

WORKER = Path(__file__).with_name("file_worker.py")
PROBE = Asked(may_probe=True, lease=30.0, within=0.0)
STATES = TypeAdapter(OriginState)


Start: TypeAlias = Callable[[str, str], Worker]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that the workers share."""
    return tmp_path / "fleet"


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Starts a worker of a name; all of them are ended with the test."""
    with spawning(WORKER) as spawn:
        yield lambda name, mode: spawn(folder, name, mode)


def opened(folder: Path) -> FileStore:
    """The store of this process, in which a failure has opened the circuit."""
    store = FileStore(folder, PROBING, Member("h1", "opener"), patience=PATIENCE)
    gate = store.gate(ORIGIN)
    turn = gate.acquire(PROBE)
    assert isinstance(turn, Turn)
    gate.record(turn, "fail")
    return store


def state(folder: Path) -> OriginState:
    """What stands in the file of the origin."""
    (path,) = folder.glob("*.json")
    return STATES.validate_json(path.read_bytes())


def test_what_eight_processes_record_is_counted_exactly(folder: Path, start: Start) -> None:
    """INVARIANT: no result is lost between processes, and none is counted twice."""
    workers = [start(f"gw{number}", "count") for number in range(8)]
    for worker in workers:
        worker.go()

    assert [worker.hear() for worker in workers] == ["told"] * 8

    buckets = state(folder).circuit.window.buckets.values()
    counts = [counts for hosts in buckets for counts in hosts.values()]
    total, failed, slow = (sum(column) for column in zip(*counts, strict=True))
    assert (total, failed, slow) == (8 * RECORDS, 2 * RECORDS, 2 * RECORDS)


def test_one_probe_is_out_at_a_time_over_many_rounds(folder: Path, start: Start) -> None:
    """INVARIANT: of all workers that wait for a half-open circuit one probes, a hundred times."""
    opened(folder)
    workers = [start(f"gw{number}", "probe") for number in range(4)]
    for worker in workers:
        worker.go()

    assert [worker.hear() for worker in workers] == ["probed"] * 4

    assert folder.with_name("log").read_bytes() == b"+-" * (4 * PROBES)


def test_the_probe_of_a_killed_process_is_given_to_another(folder: Path, start: Start) -> None:
    """A lease ends by the machine's clock, whatever became of its holder, and not before."""
    now = SystemClock.monotonic
    gate = opened(folder).gate(ORIGIN)
    dead = start("gw0", "hold")
    dead.go()
    lease = dead.hear()
    heard = now()

    dead.process.kill()
    dead.process.wait()
    ends = state(folder).circuit.leases[lease]
    heirs: list[object] = []

    def has_heir() -> bool:
        heirs.append(gate.acquire(PROBE))
        return isinstance(heirs[-1], Turn)

    assert ends <= heard + LEASE
    assert Patience().until(has_heir)
    assert now() >= ends
    heir = heirs[-1]
    assert isinstance(heir, Turn)
    assert heir.lease not in {"", lease}


def test_a_process_that_is_killed_while_it_writes_harms_nobody(folder: Path, start: Start) -> None:
    """INVARIANT: whenever a writer dies, the others read a whole value and get the lock."""
    store = FileStore(folder, PROBING, Member("h1", "reader"), patience=PATIENCE)
    for _ in range(3):
        writer = start("gw0", "write")
        writer.go()
        assert writer.hear() == "writing"
        assert Patience().until(lambda: store.get("key") is not None)

        writer.process.kill()
        writer.process.wait()

        assert store.get("key") == "value" * 1000
        store.put("key", "", 0.0)
        assert store.get("key") is None
