"""The gate in a file: what it costs in calm, what the workers tell each other, and its troubles."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from redhanded.fleet.file import FileStore
from redhanded.fleet.file_gate import FileGate, Solitude
from redhanded.fleet.origin_state import OriginState
from redhanded.fleet.shared_file import SharedFile
from redhanded.fleet.store import FleetUnavailable, GateLimits, Member, Store
from redhanded.pipeline.breaker import BreakerLimits, Denied, Outcome
from redhanded.pipeline.shared_gate import Asked, Turn
from tests.fleet.conformance import times
from tests.pipeline.driving import FakeClock

ORIGIN = "https://api.example.com"
PROBE = Asked(may_probe=True, lease=5.0, within=30.0)
CLEANUP = PROBE._replace(held=False, reserved=True)
LIMITS = GateLimits(BreakerLimits())
AWAY = 5.0  # seconds


class Counting(SharedFile[OriginState]):
    """A shared file that counts its changes, and has trouble with them when it is told to."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, TypeAdapter(OriginState), OriginState)
        self.changes = 0
        self.trouble: BaseException | None = None

    def read(self) -> OriginState:
        if isinstance(self.trouble, OSError):
            raise self.trouble
        return super().read()

    @contextmanager
    def change(self, patience: float = 30.0) -> Iterator[OriginState]:
        with super().change(patience) as state:
            yield state
            if self.trouble is not None:
                raise self.trouble  # as a full disk does, at the end
            self.changes += 1


class Workers:
    """Workers of one machine, each with a gate of its own to the same file."""

    def __init__(self, folder: Path, limits: GateLimits) -> None:
        self.clock = FakeClock()
        self.limits = limits
        self.folder = folder
        self.files: list[Counting] = []

    def join(self, name: str) -> FileGate:
        file = Counting(self.folder / "origin.json")
        self.files.append(file)
        return FileGate(
            file,
            self.limits,
            Member("h1", name),
            solitude=Solitude(self.clock.monotonic),
            now=self.clock.monotonic,
            random=lambda: 0.5,
        )

    @property
    def state(self) -> OriginState:
        return Counting(self.folder / "origin.json").read()

    @property
    def counts(self) -> tuple[int, int]:
        """How many results the file holds, and how many of them failed."""
        buckets = self.state.circuit.window.buckets.values()
        each = [counts for hosts in buckets for counts in hosts.values()]
        return sum(counts[0] for counts in each), sum(counts[1] for counts in each)


@pytest.fixture
def workers(tmp_path: Path) -> Workers:
    """Workers that open their circuit by half of ten."""
    return Workers(tmp_path, LIMITS)


def send(gate: FileGate, *outcomes: Outcome) -> None:
    """Let requests go one after the other."""
    for outcome in outcomes:
        turn = gate.acquire(PROBE)
        assert isinstance(turn, Turn)
        gate.record(turn, outcome)


def test_calm_costs_no_lock_and_no_file(workers: Workers) -> None:
    """INVARIANT: while all is well nothing is written and no lock is taken."""
    gate = workers.join("ann")

    send(gate, *times(100, "success"))
    gate.record(Turn(0), "none")
    gate.vouch()
    gate.close()

    assert workers.files[0].changes == 0
    assert list(workers.folder.iterdir()) == []


def test_successes_are_told_with_the_first_failure(workers: Workers) -> None:
    """What went well in the window is counted beside the failure, each in its own second."""
    gate = workers.join("ann")
    send(gate, *times(4, "success"))
    workers.clock.advance(8.0)
    send(gate, *times(3, "success"))
    workers.clock.advance(2.5)

    send(gate, "fail")

    assert workers.counts == (4, 1)
    assert workers.files[0].changes == 1


def test_in_trouble_all_tell_what_they_see(workers: Workers) -> None:
    """A failure of one makes the others tell their successes, until the window is over."""
    ann, bob = workers.join("ann"), workers.join("bob")
    send(bob, "success", "success")
    send(ann, "fail")

    send(bob, "success")
    assert workers.counts == (4, 1)

    workers.clock.advance(12.0)
    before = workers.files[1].changes
    send(bob, *times(10, "success"))
    assert workers.files[1].changes == before


def test_three_in_a_row_of_one_worker_stop_all(tmp_path: Path) -> None:
    """The first worker for which the API is dead spares the others to find it out."""
    stores = [FileStore(tmp_path, LIMITS, Member("h1", name)) for name in ("a", "b", "c", "d")]
    gates = [store.gate(ORIGIN) for store in stores]

    send(gates[0], "fail", "fail", "fail")

    assert isinstance(gates[3].acquire(PROBE), Denied)


def test_a_success_between_them_breaks_the_row(tmp_path: Path) -> None:
    """One worker's answer shows that the API is there, whatever the others met."""
    stores = [FileStore(tmp_path, LIMITS, Member("h1", name)) for name in ("a", "b")]
    ann, bob = (store.gate(ORIGIN) for store in stores)

    send(ann, "fail", "fail")
    send(bob, "success")
    send(ann, "fail")

    assert isinstance(bob.acquire(PROBE), Turn)


def test_a_gate_is_made_once(tmp_path: Path) -> None:
    """All threads of a process have the same gate to an origin, and what it has not told yet."""
    store: Store = FileStore(tmp_path, LIMITS, Member("h1", "gw0"))

    assert store.gate(ORIGIN) is store.gate(ORIGIN)
    assert store.gate(ORIGIN) is not store.gate("https://other.example.com")
    assert not store.gate(ORIGIN).is_remote


def test_files_do_not_tell_what_is_called(tmp_path: Path) -> None:
    """INVARIANT: an address, which may hold a name, stands neither in a file nor in its name."""
    store = FileStore(tmp_path, LIMITS, Member("h1", "gw0"))
    send(store.gate(ORIGIN), "fail")

    texts = [each.name + each.read_text("utf-8") for each in tmp_path.iterdir()]

    assert any(hashlib.sha256(ORIGIN.encode()).hexdigest()[:32] in text for text in texts)
    assert not any("example" in text for text in texts)


def test_with_a_rate_each_request_takes_its_place_in_the_file(tmp_path: Path) -> None:
    """Workers keep one pace together, and the cleanup keeps it with them."""
    workers = Workers(tmp_path, LIMITS._replace(rate=4.0))
    ann, bob = workers.join("ann"), workers.join("bob")

    turns = [gate.acquire(asked) for gate in (ann, bob) for asked in (PROBE, CLEANUP)]

    assert [turn.wait for turn in turns if isinstance(turn, Turn)] == [0.0, 0.25, 0.5, 0.75]


def test_a_pause_is_over_in_time(workers: Workers) -> None:
    """After a pause requests are free again, and ask for no lock."""
    ann, bob = workers.join("ann"), workers.join("bob")
    ann.slow_down(2.0)
    turn = bob.acquire(PROBE)
    assert isinstance(turn, Turn)
    assert turn.wait == 2.0

    workers.clock.advance(2.0)
    before = workers.files[1].changes

    assert bob.acquire(PROBE) == Turn(0)
    assert workers.files[1].changes == before


def test_who_is_not_held_is_free_in_calm(workers: Workers) -> None:
    """Cleanup and control requests get a turn whose result is dropped."""
    gate = workers.join("ann")

    turn = gate.acquire(CLEANUP)
    assert isinstance(turn, Turn)
    for _ in range(20):
        gate.record(turn, "fail")

    assert workers.files[0].changes == 0


def test_a_control_request_closes_it_for_all(workers: Workers) -> None:
    """Three that are answered well show all workers that the origin is back."""
    ann, bob = workers.join("ann"), workers.join("bob")
    send(ann, *times(5, "success"), *times(5, "fail"))
    assert isinstance(bob.acquire(PROBE), Denied)

    for _ in range(3):
        bob.vouch()

    send(ann, "success")


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(OSError(28, "No space left on device"), id="full disk"),
        pytest.param(OSError(30, "Read-only file system"), id="read-only disk"),
        pytest.param(NotImplementedError("no locks here"), id="a disk without locks"),
        pytest.param(UserWarning("falling back"), id="a warning that is an error"),
    ],
)
def test_a_folder_in_trouble_leaves_the_process_alone(
    workers: Workers, trouble: BaseException
) -> None:
    """INVARIANT: nothing that befalls the files raises; for five seconds nobody asks them."""
    gate = workers.join("ann")
    file = workers.files[0]
    turn = gate.acquire(PROBE)
    assert isinstance(turn, Turn)
    file.trouble = trouble

    gate.record(turn, "fail")
    gate.slow_down(1.0)
    gate.vouch()
    gate.close()
    assert gate.acquire(PROBE) is None
    file.trouble = None
    assert gate.acquire(PROBE) is None
    assert file.changes == 0

    workers.clock.advance(AWAY)
    assert isinstance(gate.acquire(PROBE), Turn)
    assert workers.counts == (1, 1)


def test_what_was_not_told_in_trouble_is_told_after_it(workers: Workers) -> None:
    """INVARIANT: results are neither lost nor counted twice when a write fails."""
    gate = workers.join("ann")
    send(gate, *times(5, "success"))
    turns = [gate.acquire(PROBE) for _ in range(4)]
    file = workers.files[0]
    file.trouble = OSError(28, "No space left on device")

    for turn in turns:
        assert isinstance(turn, Turn)
        gate.record(turn, "fail")
        workers.clock.advance(1.0)
    file.trouble = None
    workers.clock.advance(2.0)
    gate.close()

    assert workers.counts == (9, 4)


def test_a_busy_lock_does_not_keep_a_result_waiting(workers: Workers) -> None:
    """A result that the lock has no time for goes along with the next act; nobody goes alone."""
    gate = workers.join("ann")
    turn = gate.acquire(PROBE)
    assert isinstance(turn, Turn)
    with Counting(workers.folder / "origin.json").change():
        gate.record(turn, "fail")

    assert isinstance(gate.acquire(PROBE), Turn)
    assert workers.counts == (1, 1)


def test_a_store_that_is_closed_has_told_all(tmp_path: Path) -> None:
    """What a busy lock kept back is told at the end."""
    store = FileStore(tmp_path, LIMITS, Member("h1", "gw0"))
    gate = store.gate(ORIGIN)
    path = tmp_path / f"{hashlib.sha256(ORIGIN.encode()).hexdigest()[:32]}.json"
    turn = gate.acquire(PROBE)
    assert isinstance(turn, Turn)
    with Counting(path).change():
        gate.record(turn, "fail")

    store.close()

    assert Counting(path).read().circuit.window.runs == {"gw0": 1}
    assert store.trouble == ""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_fork_tells_its_own_results_alone(workers: Workers) -> None:
    """INVARIANT: what a process had not told before a fork is told once, by the parent."""
    gate = workers.join("ann")
    send(gate, *times(5, "success"))

    child = os.fork()
    if child == 0:
        try:
            send(gate, "success", "fail")
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert status == 0
    assert workers.counts == (2, 1)
    send(gate, "fail")

    assert workers.counts == (8, 2)


def test_a_late_pause_is_over_when_it_would_have_been(workers: Workers) -> None:
    """A 429 that could not be told at once holds nobody for longer than it asked."""
    ann, bob = workers.join("ann"), workers.join("bob")
    workers.files[0].trouble = OSError(28, "No space left on device")
    ann.slow_down(10.0)
    workers.files[0].trouble = None

    workers.clock.advance(6.0)
    ann.close()

    turn = bob.acquire(PROBE)
    assert isinstance(turn, Turn)
    assert turn.wait == 4.0


def test_ctrl_c_in_the_midst_loses_nothing(workers: Workers) -> None:
    """What interrupts an act goes through, and what was to be told is told later."""
    gate = workers.join("ann")
    turn = gate.acquire(PROBE)
    assert isinstance(turn, Turn)
    workers.files[0].trouble = KeyboardInterrupt()

    with pytest.raises(KeyboardInterrupt):
        gate.record(turn, "fail")
    workers.files[0].trouble = None
    gate.close()

    assert workers.counts == (1, 1)


def test_a_folder_that_is_no_folder_is_told_in_one_sentence(tmp_path: Path) -> None:
    """Where there cannot be files at all the gate goes alone, and everything else says why."""
    (tmp_path / "fleet").write_text("", "utf-8")
    store = FileStore(tmp_path / "fleet", LIMITS, Member("h1", "gw0"))

    assert store.trouble == ""
    assert store.gate(ORIGIN).acquire(PROBE) is None
    assert store.trouble == "Not a directory"
    for act in (
        lambda: store.claim("k", "me", 1.0),
        lambda: store.release("k", "me"),
        lambda: store.put("k", "v", 1.0),
        lambda: store.get("k"),
        lambda: store.beat("g", "me", 1.0),
        lambda: store.leave("g", "me"),
    ):
        with pytest.raises(FleetUnavailable) as caught:
            act()
        assert str(caught.value).endswith(
            "; make it writable, or set `folder` to a folder on a local disk."
        )


def test_a_text_that_no_file_can_hold_is_refused(tmp_path: Path) -> None:
    """Half a character cannot be written, and what stood there before stays."""
    store = FileStore(tmp_path, LIMITS, Member("h1", "gw0"))
    store.put("key", "value", 60.0)

    with pytest.raises(FleetUnavailable):
        store.put("key", "\ud800", 60.0)

    assert store.get("key") == "value"


def test_what_is_kept_for_ever_is_kept(tmp_path: Path) -> None:
    """A time without end does no harm to what else is there."""
    store = FileStore(tmp_path, LIMITS, Member("h1", "gw0"))
    store.put("key", "value", 60.0)

    store.claim("login", "ann", math.inf)

    assert store.claim("login", "bob", 1.0) == "ann"
    assert store.get("key") == "value"


def test_a_vanished_folder_is_no_trouble(tmp_path: Path) -> None:
    """Who clears the folder in the midst of a run has workers that begin anew."""
    store = FileStore(tmp_path / "fleet", LIMITS, Member("h1", "gw0"))
    gate = store.gate(ORIGIN)
    send(gate, "fail", "fail")
    for each in (tmp_path / "fleet").iterdir():
        each.unlink()
    (tmp_path / "fleet").rmdir()

    send(gate, "fail", "fail", "fail")

    assert isinstance(gate.acquire(PROBE), Denied)
    assert store.trouble == ""
