"""The shared canary: one look at a time, and none while another one's word is fresh."""

from __future__ import annotations

from redhanded.fleet.canary import SharedCanary
from tests.fleet.shared import FakeStore


def worker(store: FakeStore, number: int = 0, scope: str = "http://api.test") -> SharedCanary:
    """One process of the run."""
    return SharedCanary(store, scope, f"gw{number}")


def test_one_process_looks_at_a_time(store: FakeStore) -> None:
    """INVARIANT: while one is asking, the others wait for what it sees."""
    workers = [worker(store, number) for number in range(4)]

    assert [one.may_look() for one in workers] == [True, False, False, False]


def test_bad_news_is_believed_while_it_is_fresh(store: FakeStore) -> None:
    """Nobody asks again for as long as the one who asked rests."""
    first, second = worker(store, 0), worker(store, 1)
    first.may_look()
    first.tell(is_well=False, seconds=2.0)

    at_once = second.may_look()
    store.time.sleep(2.0)

    assert (at_once, second.may_look()) == (False, True)


def test_good_news_is_seen_by_oneself(store: FakeStore) -> None:
    """INVARIANT: no process takes another one's word for it that the API is well."""
    first, second = worker(store, 0), worker(store, 1)
    first.may_look()
    first.tell(is_well=True, seconds=2.0)

    assert second.may_look()


def test_who_told_the_news_may_look_again(store: FakeStore) -> None:
    """Its own word keeps it from nothing: it rests by itself."""
    first = worker(store)
    first.may_look()
    first.tell(is_well=False, seconds=2.0)

    assert first.may_look()


def test_apis_are_told_apart(store: FakeStore) -> None:
    """What is out there says nothing of what is here."""
    worker(store, 0).may_look()

    assert worker(store, 1, scope="http://other.test").may_look()


def test_who_dies_while_looking_is_not_waited_for_for_ever(store: FakeStore) -> None:
    """Its turn runs out."""
    worker(store, 0).may_look()
    store.time.sleep(30.0)

    assert worker(store, 1).may_look()


def test_without_the_store_each_process_looks(store: FakeStore) -> None:
    """INVARIANT: nobody takes an API for out because the store is away."""
    store.is_away = True
    workers = [worker(store, number) for number in range(2)]

    assert [one.may_look() for one in workers] == [True, True]
    workers[0].tell(is_well=False, seconds=2.0)
