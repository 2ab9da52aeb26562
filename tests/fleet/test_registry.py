"""The registry: who lives, which runs live, and that a run has one controller."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from redhanded.fleet.presence import Owner
from redhanded.fleet.registry import Registry, is_alive
from redhanded.fleet.store import FleetUnavailable
from tests.fleet.shared import FakeStore, Quiet, Time, presence

Process = Callable[..., Registry]


@pytest.fixture
def process(store: FakeStore, tmp_path: Path) -> Process:
    """A process of that name, with a heart of its own."""

    def started(
        worker: str = "main", *, run: str = "nightly", part: tuple[str, ...] = (), host: str = "a"
    ) -> Registry:
        return Registry(
            store=store,
            presence=presence(tmp_path / host, worker, host=host),
            heart=Quiet(store.time.monotonic),
            run=run,
            part=part,
        )

    return started


def _pass(time: Time, seconds: float, *processes: Registry) -> None:
    for _ in range(int(seconds // 15)):
        time.sleep(15)
        for one in processes:
            one.heart.beat()


def test_processes_of_a_run_are_counted(process: Process, time: Time) -> None:
    """Each knows after its next beat how many there are."""
    registries = [process(f"gw{n}") for n in range(3)]
    for registry in registries:
        registry.enter()

    _pass(time, 15, *registries)

    assert [registry.live for registry in registries] == [3] * 3


def test_a_process_alone_is_one(process: Process, store: FakeStore) -> None:
    """The one who asks lives, even where nobody was heard."""
    store.is_away = True
    registry = process()
    registry.enter()

    assert registry.live == 1


def test_other_runs_are_not_counted(process: Process) -> None:
    """Workers of another run share the store, and not the pace of this one."""
    process(run="weekly").enter()
    registry = process()
    registry.enter()

    assert registry.live == 1


def test_who_died_is_counted_for_a_minute(process: Process, time: Time) -> None:
    """A process that is heard of no more is taken off."""
    dead, registry = process("gw1"), process()
    dead.enter()
    registry.enter()

    _pass(time, 45, registry)
    before = registry.live
    _pass(time, 30, registry)

    assert (before, registry.live) == (2, 1)


def test_who_leaves_is_counted_no_more(process: Process, time: Time) -> None:
    """The others have a larger share at their next beat, and nothing is said twice."""
    leaving, registry = process("gw1"), process()
    leaving.enter()
    leaving.enter()
    registry.enter()

    leaving.leave()
    leaving.leave()
    _pass(time, 15, leaving, registry)

    assert registry.live == 1


def test_who_was_heard_last_counts_while_the_store_is_away(
    process: Process, store: FakeStore, time: Time
) -> None:
    """INVARIANT: the local pace stays that of a share when nobody can be asked."""
    registries = [process(f"gw{n}") for n in range(4)]
    for registry in registries:
        registry.enter()
    _pass(time, 15, *registries)

    store.is_away = True
    _pass(time, 120, *registries)

    assert registries[0].live == 4


def test_a_run_is_alive_for_a_minute_after_its_last_beat(
    process: Process, store: FakeStore, time: Time
) -> None:
    """A sweep of another machine's leftovers asks for it."""
    registry = process()
    registry.enter()
    _pass(time, 300, registry)
    lives = is_alive(store, "nightly")
    time.sleep(61)

    assert lives
    assert not is_alive(store, "nightly")
    assert not is_alive(store, "weekly")


def test_nobody_can_tell_of_a_run_while_the_store_is_away(store: FakeStore) -> None:
    """Not to know is not to be dead."""
    store.is_away = True

    with pytest.raises(FleetUnavailable):
        is_alive(store, "nightly")


def test_a_run_has_one_controller(process: Process, time: Time) -> None:
    """INVARIANT: a second run of the same name is told who has it, for as long as that lives."""
    first, second = process(host="a"), process(host="b")

    assert first.control() is None
    _pass(time, 300, first)
    assert second.control() == Owner("main", "a", "run1", "maintoken")


@pytest.mark.parametrize(
    "run, part",
    [
        pytest.param("nightly", ("shop", "2/4"), id="shard"),
        pytest.param("nightly", ("other", "1/4"), id="project"),
        pytest.param("weekly", ("shop", "1/4"), id="run"),
    ],
)
def test_parts_of_a_run_have_controllers_of_their_own(
    process: Process, run: str, part: tuple[str, ...]
) -> None:
    """Another shard, project or run is another name."""
    process(part=("shop", "1/4")).control()

    assert process(host="b", run=run, part=part).control() is None


def test_a_name_is_free_when_its_run_is_over(process: Process) -> None:
    """The same run may be started again."""
    first = process(host="a")
    first.control()
    first.leave()

    assert process(host="b").control() is None


def test_the_name_of_a_killed_run_is_free_in_a_minute(process: Process, time: Time) -> None:
    """Of a run on another machine nobody knows sooner."""
    process(host="a").control()
    time.sleep(60)

    assert process(host="b").control() is None


def test_the_name_of_a_run_killed_here_is_free_at_once(process: Process, tmp_path: Path) -> None:
    """The lock that its death has freed tells it."""
    process("main").control()
    folder = tmp_path / "a" / "run1" / "alive"
    folder.mkdir(parents=True)
    (folder / "main-maintoken.lock").touch()

    assert process("again").control() is None


def test_without_a_store_nobody_is_refused(process: Process, store: FakeStore) -> None:
    """INVARIANT: a run is never refused because its Redis is away, at its start or its end."""
    store.is_away = True
    registry = process()

    assert registry.control() is None
    registry.leave()


def test_a_name_stands_in_no_key_but_that_of_its_run(process: Process, store: FakeStore) -> None:
    """A project's name is nobody else's affair."""
    process(part=("secret project",)).control()

    assert not [key for key in store.claims if "secret" in key]
