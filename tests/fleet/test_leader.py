"""`once` over machines: the folder of each, and a store beyond that they share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from redhanded.fleet.heart import Heart
from redhanded.fleet.leader import StoreShelf
from redhanded.fleet.once import Once, OnceFailed
from redhanded.fleet.shelf import TurnLate
from tests.fleet.shared import FakeStore, Quiet, Time, presence

Machine = Callable[[str], Once]


@pytest.fixture
def notes() -> list[str]:
    """What the reader of the run is told."""
    return []


def shelf(store: FakeStore, tmp_path: Path, host: str, heart: Heart | None = None) -> StoreShelf:
    """The store as one machine's process uses it."""
    return StoreShelf(
        store=store,
        run="run1",
        presence=presence(tmp_path / host, host=host),
        heart=heart or Quiet(store.time.monotonic),
        clock=store.time,
        sleep=store.time.sleep,
        seconds=60.0,
    )


@pytest.fixture
def machine(store: FakeStore, notes: list[str], tmp_path: Path) -> Machine:
    """One worker on a machine of that name."""

    def started(host: str) -> Once:
        beyond = shelf(store, tmp_path, host)
        return Once(tmp_path / host / "once", beyond=beyond, note=notes.append)

    return started


def test_machines_share_one_result(machine: Machine, notes: list[str]) -> None:
    """INVARIANT: whoever comes first works, and every machine gets its result."""
    calls: list[str] = []

    def work(host: str) -> str:
        calls.append(host)
        return f"made on {host}"

    results = [machine(host)("seed", partial(work, host)) for host in ("a", "b", "a")]

    assert results == ["made on a"] * 3
    assert calls == ["a"]
    assert notes == []


def test_machines_share_one_failure(machine: Machine) -> None:
    """The first caller gets the exception itself, all others its words."""
    error = ConnectionError("the login is dead")

    def fail() -> str:
        raise error

    with pytest.raises(ConnectionError) as first:
        machine("a")("login", fail)
    with pytest.raises(OnceFailed, match="ConnectionError: the login is dead"):
        machine("b")("login", lambda: "mine")

    assert first.value is error


def test_the_store_holds_no_key_as_it_is_written(machine: Machine, store: FakeStore) -> None:
    """A key may say more than others should read: only its digest goes out."""
    machine("a")("token of ann", lambda: "abc")

    assert not [key for key in (*store.texts, *store.claims, *store.groups) if "ann" in key]


def test_a_leader_is_waited_for(
    machine: Machine, store: FakeStore, time: Time, tmp_path: Path
) -> None:
    """While another machine works, its result is waited for, without working as well."""
    leader = shelf(store, tmp_path, "a")

    def work() -> None:
        if len(time.slept) == 3:
            leader.write("name", "made")

    with leader.turn("name"):
        time.meanwhile = work
        waiter = shelf(store, tmp_path, "b")
        with waiter.turn("name"):
            found = waiter.read("name")

    assert found == "made"
    assert len(time.slept) == 3


def test_a_leader_that_dies_lets_the_next_one_in(
    store: FakeStore, time: Time, tmp_path: Path
) -> None:
    """Its turn runs out when nobody renews it."""
    store.claim("turn:run1:name", "gw0@a/run1/dead", 15.0)

    with shelf(store, tmp_path, "b").turn("name"):
        waited = sum(time.slept)

    assert 15.0 <= waited < 16.0


def test_a_leader_that_died_on_this_machine_is_not_waited_for(
    store: FakeStore, time: Time, tmp_path: Path
) -> None:
    """The lock that its death has freed tells it at once."""
    dead = presence(tmp_path / "a", "gw1", host="a")
    (tmp_path / "a" / "run1" / "alive").mkdir(parents=True)
    (tmp_path / "a" / "run1" / "alive" / "gw1-gw1token.lock").touch()
    store.claim("turn:run1:name", str(dead.owner), 15.0)

    with shelf(store, tmp_path, "a").turn("name"):
        assert time.slept == []


def test_a_turn_is_renewed_while_the_work_lasts(
    store: FakeStore, time: Time, tmp_path: Path
) -> None:
    """Long work does not lose its turn, and a hung one does, in the end."""
    heart = Quiet(time.monotonic)
    with shelf(store, tmp_path, "a", heart).turn("name"):
        held = []
        for _ in range(200):
            time.sleep(5)
            heart.beat()
            held.append(store.holders == ["gw0"])

    assert all(held[:120])
    assert not any(held[-10:])


def test_patience_ends(store: FakeStore, tmp_path: Path, time: Time) -> None:
    """A leader that works longer than one may wait is named as what is waited for."""
    with shelf(store, tmp_path, "a").turn("name"):
        time.meanwhile = lambda: store.claim("turn:run1:name", "gw0@a/run1/gw0token", 15.0)

        with pytest.raises(TurnLate), shelf(store, tmp_path, "b").turn("name"):
            pass

    assert 60.0 <= sum(time.slept) < 61.0


def test_a_late_leader_elsewhere_is_told_like_one_here(
    machine: Machine, store: FakeStore, time: Time
) -> None:
    """The sentence is that of a worker who waits on one machine."""
    name = "2c70e12b7a0646f92279f427c7b38e73"  # of "key"
    other = "gw0@z/run1/gw0token"
    time.meanwhile = lambda: store.claim(f"turn:run1:{name}", other, 15.0)
    time.meanwhile()

    with pytest.raises(OnceFailed, match=r'once\("key"\) waited 60 s for another worker'):
        machine("a")("key", lambda: "mine")


@pytest.mark.parametrize("when", ["before", "meanwhile", "waiting"])
def test_without_the_store_each_machine_is_on_its_own(
    machine: Machine, store: FakeStore, time: Time, notes: list[str], when: str
) -> None:
    """INVARIANT: no test fails because the store is away; one note says what follows."""
    calls: list[str] = []

    def work(host: str) -> str:
        calls.append(host)
        store.is_away = True
        return host

    def leave() -> None:
        store.is_away = True

    if when == "waiting":
        store.claim("turn:run1:2c70e12b7a0646f92279f427c7b38e73", "gw0@z/run1/gw0token", 15.0)
        time.meanwhile = leave
    store.is_away = when == "before"

    results = [machine(host)("key", partial(work, host)) for host in ("a", "b", "a", "b")]

    assert results == ["a", "b", "a", "b"]
    assert calls == ["a", "b"]
    told = (
        "once: the fleet's Redis is away (refused); until it is back, what is done once for a run"
        " is done once on each machine"
    )
    assert set(notes) == {told}


def test_what_is_left_is_removed_for_all(
    machine: Machine, store: FakeStore, time: Time, tmp_path: Path
) -> None:
    """At the end of the run nothing of it stands in the store."""
    once = machine("a")
    once("token", lambda: "abc")
    once("seed", lambda: [1, 2])

    shelf(store, tmp_path, "a").discard()
    time.sleep(0.01)

    assert machine("b")("token", lambda: "another") == "another"
    assert "abc" not in {kept.text for kept in store.texts.values() if kept.until > time.seconds}


def test_a_machine_that_ends_first_leaves_the_others_their_results(
    machine: Machine, tmp_path: Path
) -> None:
    """Only the folder of a machine goes with it, unless the whole run is over."""
    once = machine("a")
    once("token", lambda: "abc")

    once.discard()

    assert not (tmp_path / "a" / "once").exists()
    assert machine("b")("token", lambda: "another") == "abc"


def test_a_store_that_is_away_at_the_end_is_no_matter(
    machine: Machine, store: FakeStore, tmp_path: Path
) -> None:
    """What stands there runs out by itself."""
    once = machine("a")
    once("token", lambda: "abc")
    store.is_away = True

    shelf(store, tmp_path, "a").discard()

    assert store.texts
