"""Leases: one test at a time, over all workers and machines, and what keeps a name from a test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from redhanded.core.errors import UsageError
from redhanded.fleet.leases import Leases, LeaseUnavailable, Surrounding, Taken, portion
from tests.fleet.shared import AWAY, FakeStore, Quiet, Time, presence

USERS = {"users": ("ann", "bob")}
Worker = Callable[..., Leases]


@pytest.fixture
def heart(time: Time) -> Quiet:
    """The heart of all workers of a test, which beats when it is told to."""
    return Quiet(time.monotonic)


@pytest.fixture
def notes() -> list[str]:
    """What the reader of the run is told."""
    return []


@pytest.fixture
def worker(store: FakeStore, heart: Quiet, notes: list[str], tmp_path: Path) -> Worker:
    """A process of that name, with pools."""

    def started(
        name: str = "gw0",
        pools: Mapping[str, Sequence[str]] = USERS,
        *,
        scope: str = "http://api.test",
        place: int = 0,
        share: Callable[[Sequence[str]], Sequence[str]] = lambda names: names,
    ) -> Leases:
        around = Surrounding(
            store=store,
            presence=presence(tmp_path, name),
            heart=heart,
            clock=store.time,
            sleep=store.time.sleep,
            random=lambda: 0.5,
            note=notes.append,
            scope=scope,
            place=place,
            share=share,
        )
        return Leases(pools, around)

    return started


def test_two_leases_of_a_pool_are_two_names(worker: Worker) -> None:
    """A test that takes two has two different users."""
    leases = worker()

    assert {leases.take("users").name for _ in range(2)} == {"ann", "bob"}


def test_a_name_is_one_workers_alone(worker: Worker, time: Time) -> None:
    """INVARIANT: no two workers hold the same name at the same time."""
    names = [worker("gw0").take("users").name, worker("gw1").take("users").name]

    assert sorted(names) == ["ann", "bob"]
    assert time.slept == []


def test_workers_begin_at_different_places(worker: Worker) -> None:
    """The second worker asks for the second name first, so that few ask twice."""
    assert [worker(f"gw{n}", place=n).take("users").name for n in range(2)] == ["ann", "bob"]


def test_what_is_given_back_is_the_next_ones(worker: Worker, store: FakeStore) -> None:
    """A worker that waits has the name at its next look."""
    pools = {"users": ("ann",)}
    first, second = worker("gw0", pools), worker("gw1", pools)
    taken = first.take("users")
    store.time.meanwhile = partial(first.give_back, taken)

    assert second.take("users") == Taken("users", "ann")
    assert len(store.time.slept) == 1


def test_what_was_given_back_is_not_given_back_twice(worker: Worker) -> None:
    """A second time takes nothing away from who has it now."""
    first, second = worker("gw0"), worker("gw1", place=0)
    taken = first.take("users")
    first.give_back(taken)
    second.take("users")

    first.give_back(taken)

    assert second.take("users").name == "bob"
    with pytest.raises(LeaseUnavailable):
        first.take("users", patience=0)


def test_pools_and_apis_are_told_apart(worker: Worker) -> None:
    """The same name in another pool, or of another API, is another thing."""
    pools = {"users": ("1",), "accounts": ("1",)}
    leases = worker("gw0", pools)
    elsewhere = worker("gw1", pools, scope="http://staging.test")

    taken = [leases.take("users"), leases.take("accounts"), elsewhere.take("users")]

    assert [lease.name for lease in taken] == ["1"] * 3


def test_a_name_is_told_to_nobody(worker: Worker, store: FakeStore) -> None:
    """Names may be addresses of people: a digest stands in the store."""
    worker().take("users")

    assert not [key for key in store.claims if "ann" in key or "users" in key]


def test_a_pool_of_which_nothing_comes_free_is_told(worker: Worker, time: Time) -> None:
    """Waiting is bounded, and the sentence names the pool, its size and who holds what."""
    for name in ("gw0", "gw1"):
        worker(name).take("users")

    with pytest.raises(LeaseUnavailable) as caught:
        worker("gw2").take("users")

    assert str(caught.value) == (
        'lease("users") waited 30 s and nothing of its 2 names came free (ann is held by gw0 of run'
        " run1 on ci-7; bob is held by gw1 of run run1 on ci-7): add names to"
        " [tool.redhanded.leases] users, or run fewer workers."
    )
    assert caught.value.pool == "users"
    assert caught.value.facts[1] == "bob is held by gw1 of run run1 on ci-7"
    assert sum(time.slept) == pytest.approx(30.0)


@pytest.mark.parametrize(
    "size, looks", [(1, 153), (20, 54), (100, 35)], ids=["small", "larger", "large"]
)
def test_a_large_pool_is_looked_at_less_often(
    worker: Worker, time: Time, size: int, looks: int
) -> None:
    """Who waits is quick to see a free name, and asks the store no more than it must."""
    pools = {"users": tuple(f"user{n}" for n in range(size))}
    first = worker("gw0", pools)
    for _ in range(size):
        first.take("users")

    with pytest.raises(LeaseUnavailable):
        worker("gw1", pools).take("users")

    assert len(time.slept) <= looks


def test_of_a_large_pool_a_few_holders_are_told(worker: Worker) -> None:
    """A sentence stays one that can be read."""
    pools = {"users": tuple(f"user{n}" for n in range(8))}
    first = worker("gw0", pools)
    for _ in range(8):
        first.take("users")

    with pytest.raises(LeaseUnavailable) as caught:
        worker("gw1", pools).take("users", patience=0)

    assert str(caught.value).count("is held by") == 5
    assert "; ...)" in str(caught.value)
    assert len(caught.value.facts) == 8


def test_a_test_that_wants_more_than_there_is_does_not_wait(worker: Worker, time: Time) -> None:
    """It would wait for itself."""
    leases = worker()
    for _ in range(2):
        leases.take("users")

    with pytest.raises(UsageError) as caught:
        leases.take("users")

    assert str(caught.value) == (
        'lease("users") is asked for more names than the pool has, which is 2: add names to'
        " [tool.redhanded.leases] users, or take fewer in one test."
    )
    assert time.slept == []


@pytest.mark.parametrize(
    "pool, hint",
    [
        pytest.param("user", 'did you mean "users"? Else declare', id="close"),
        pytest.param("devices", "declare", id="far"),
    ],
)
def test_an_unknown_pool_is_told(worker: Worker, pool: str, hint: str) -> None:
    """One sentence names the closest pool, and how to declare one."""
    with pytest.raises(UsageError) as caught:
        worker().take(pool)

    assert str(caught.value) == (
        f'lease() knows no pool "{pool}"; {hint} it in pyproject.toml:'
        f' [tool.redhanded.leases] {pool} = ["...", "..."].'
    )


def test_a_lease_is_renewed_for_as_long_as_it_is_held(
    worker: Worker, heart: Quiet, time: Time, store: FakeStore
) -> None:
    """A long test keeps its name, and nothing is renewed once it was given back."""
    leases = worker()
    taken = leases.take("users")
    for _ in range(20):
        time.sleep(15)
        heart.beat()
    held = store.holders

    leases.give_back(taken)
    time.sleep(15)
    heart.beat()

    assert held == ["gw0"]
    assert store.holders == []


def test_a_dead_worker_elsewhere_lets_go_in_a_minute(worker: Worker, time: Time) -> None:
    """What nobody renews runs out."""
    pools = {"users": ("ann",)}
    worker("gw0", pools).take("users")  # and never beats
    time.sleep(45)

    assert worker("gw1", pools).take("users").name == "ann"
    assert 15.0 <= sum(time.slept[1:]) <= 16.0


def test_a_dead_worker_of_this_machine_lets_go_at_once(
    worker: Worker, time: Time, tmp_path: Path
) -> None:
    """The lock that its death has freed tells it."""
    pools = {"users": ("ann",)}
    worker("gw0", pools).take("users")
    folder = tmp_path / "run1" / "alive"
    folder.mkdir(parents=True)
    (folder / "gw0-gw0token.lock").touch()

    assert worker("gw1", pools).take("users").name == "ann"
    assert time.slept == []


def test_a_lease_that_ran_out_is_told(
    worker: Worker, heart: Quiet, time: Time, notes: list[str]
) -> None:
    """Two tests may have used one name: whoever reads the run must know."""
    pools = {"users": ("ann",)}
    worker("gw0", pools).take("users")
    time.sleep(61)  # this process stood still
    worker("gw1", pools).take("users")

    heart.beat()

    told = (
        "the lease of ann (users) ran out while a test used it, and gw1 of run run1 on ci-7 took"
        " it: see why this process was not heard of"
    )
    assert notes == [told]


def test_without_the_store_each_process_has_a_share(
    worker: Worker, store: FakeStore, notes: list[str]
) -> None:
    """INVARIANT: while nobody can be asked, no name is handed out by two processes."""
    pools = {"users": tuple("abcdefgh")}
    store.is_away = True

    taken: list[str] = []
    for place in range(3):
        leases = worker(f"gw{place}", pools, share=partial(_third, place))
        while (name := _taken(leases)) is not None:
            taken.append(name)

    assert sorted(taken) == sorted("abcdefgh")
    assert set(notes) == {
        f"test users: {AWAY.rstrip('.')}; meanwhile each process takes its own share of the names"
    }


def _third(place: int, names: Sequence[str]) -> Sequence[str]:
    return portion(names, (place, 3))


def _taken(leases: Leases) -> str | None:
    try:
        return leases.take("users", patience=0).name
    except LeaseUnavailable:
        return None


def test_a_process_without_a_share_waits_for_the_store(worker: Worker, store: FakeStore) -> None:
    """It takes nothing that another one may have, and goes on when the store is back."""
    store.is_away = True

    def come_back() -> None:
        store.is_away = False

    store.time.meanwhile = come_back

    assert worker(share=lambda names: ()).take("users").name == "ann"


def test_a_store_that_stays_away_is_told(worker: Worker, store: FakeStore) -> None:
    """Where nothing came free because nobody can be asked, the sentence says so."""
    store.is_away = True

    with pytest.raises(LeaseUnavailable, match="ann is another process's while the fleet's store"):
        worker(share=lambda names: ()).take("users")


def test_a_name_may_be_given_back_to_a_store_that_is_away(worker: Worker, store: FakeStore) -> None:
    """It runs out by itself, and this process may take it again."""
    leases = worker()
    taken = leases.take("users")
    store.is_away = True

    leases.give_back(taken)
    store.is_away = False

    assert leases.take("users") == taken


def test_an_interrupt_leaves_no_name_behind(worker: Worker, store: FakeStore) -> None:
    """Ctrl-C while a name is claimed leaves it free for this process."""
    leases, claim = worker(), store.claim

    def interrupted(key: str, owner: str, seconds: float) -> str:
        raise KeyboardInterrupt

    store.claim = interrupted  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        leases.take("users")
    store.claim = claim  # type: ignore[method-assign]

    assert leases.take("users").name == "ann"


def test_threads_of_one_test_have_names_of_their_own(worker: Worker) -> None:
    """Threads that ask at the same moment never get the same name."""
    leases = worker(pools={"users": tuple(f"user{n}" for n in range(8))})
    together = threading.Barrier(8)

    def take(_: int) -> str:
        together.wait()
        return leases.take("users").name

    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(take, range(8)))

    assert len(set(names)) == 8


@pytest.mark.parametrize(
    "parts, expected",
    [
        pytest.param([], "abcdefg", id="whole"),
        pytest.param([(1, 3)], "be", id="part"),
        pytest.param([(0, 2), (1, 2)], "cg", id="part-of-a-part"),
        pytest.param([(6, 7), (1, 2)], "", id="nothing-left"),
    ],
)
def test_parts_of_parts_are_apart(parts: list[tuple[int, int]], expected: str) -> None:
    """A machine's share is shared by its workers, whatever others have."""
    assert "".join(portion("abcdefg", *parts)) == expected
