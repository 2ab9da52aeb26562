"""What every store does, whatever database it is in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from redhanded.history.records import Known, Measured, Reading, Record, State, Trial, Weighed
from redhanded.history.sql import SqlStore
from redhanded.history.store import HistoryUnavailable
from tests.history.anything import records
from tests.history.samples import (
    DAY,
    NOON,
    evidence,
    full,
    latency,
    operation,
    outcome,
    record,
    run,
)

TOO_LARGE = 2**80


def names(store: SqlStore, project: str = "shop") -> list[str]:
    """The runs of a project, the newest first."""
    return [it.run_id for it in store.runs(project, latest=100)]


def known(store: SqlStore, project: str = "shop") -> dict[str, Known]:
    """The tests of a project by their keys."""
    return {it.test: it for it in store.tests(project)}


def ordered(made: Record) -> tuple[object, ...]:
    """All of a record; the order of its parts says nothing."""
    return (
        made.run,
        sorted(made.outcomes, key=lambda it: it.test),
        sorted(made.latencies, key=lambda it: (it.test, it.operation, it.size)),
        sorted(made.operations, key=lambda it: it.operation),
        made.evidence,
    )


def test_a_record_is_read_as_it_was_written(store: SqlStore) -> None:
    """INVARIANT: whatever a record holds is given back, to the last digit."""
    store.write(full())

    assert store.record("shop", "0a1b2c3d") == full()
    assert list(store.records()) == [full()]
    assert store.runs("shop", latest=1) == [full().run]


def test_a_run_that_is_not_known_is_none(store: SqlStore) -> None:
    """Nobody is told of a run that another project has."""
    store.write(full())

    assert store.record("shop", "ffff") is None
    assert store.record("bank", "0a1b2c3d") is None


def test_an_empty_store_has_nothing(store: SqlStore) -> None:
    """A history that begins is empty, not broken."""
    assert store.projects() == []
    assert store.runs("shop", latest=5) == []
    assert store.tests("shop") == []
    assert list(store.records()) == []
    assert list(store.tallies("shop", since=0.0)) == []
    assert list(store.trials("shop", since=0.0)) == []
    assert store.prune("shop", before=NOON, keep=1) == 0


@given(made=records())
@settings(max_examples=50, phases=(Phase.explicit, Phase.generate))
def test_any_record_is_read_as_it_was_written(
    made: Record, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """INVARIANT: no value of any field is changed, or hinders another one."""
    store = SqlStore.open(f"sqlite:///{tmp_path_factory.mktemp('any') / 'h.sqlite'}")

    store.write(made)

    kept = store.record(made.run.project, made.run.run_id)
    assert kept is not None
    assert ordered(kept) == ordered(made)


@pytest.mark.parametrize(
    "text",
    ["ünï \U0001f600", "a'b\"c;--", "x" * 20_000, " \t\n", "C:\\x%20y\\N"],
    ids=["unicode", "quotes", "long", "blank", "escapes"],
)
def test_any_text_can_be_kept(store: SqlStore, text: str) -> None:
    """Names come from outside: neither their length nor their characters matter."""
    made = record("r1", [outcome(text, cause=text, build=text, owner=text)], builds=(text,))

    store.write(made)

    assert store.record("shop", "r1") == made
    assert known(store)[text].owner == text


def test_what_no_database_keeps_is_marked(store: SqlStore) -> None:
    """A zero byte and half a surrogate pair are replaced, and the run is kept."""
    store.write(record("r1", [outcome("a\0b", cause="c\ud800")]))

    (kept,) = list(store.trials("shop", since=0.0))
    assert (kept.test, kept.cause) == ("a\N{REPLACEMENT CHARACTER}b", "c?")


def test_a_run_that_has_begun_is_seen(store: SqlStore) -> None:
    """A run that never ends is known to have begun."""
    store.begin(run("r1", state=State.RUNNING))

    assert [it.state for it in store.runs("shop", latest=5)] == [State.RUNNING]


@pytest.mark.parametrize(
    "before, after, stays",
    [
        (State.RUNNING, State.KILLED, False),
        (State.RUNNING, State.FINISHED, False),
        (State.KILLED, State.FINISHED, False),
        (State.FINISHED, State.FINISHED, False),
        (State.INTERRUPTED, State.FINISHED, False),
        (State.FINISHED, State.RUNNING, True),
        (State.FINISHED, State.KILLED, True),
        (State.KILLED, State.RUNNING, True),
    ],
    ids=[
        "running-killed",
        "running-finished",
        "killed-finished",
        "finished-finished",
        "interrupted-finished",
        "finished-running",
        "finished-killed",
        "killed-running",
    ],
)
def test_a_run_is_replaced_unless_more_was_known(
    store: SqlStore, before: State, after: State, stays: bool
) -> None:
    """Writing a run again replaces all of it, but less never replaces more."""
    first = record("r1", [outcome("t1"), outcome("t2")], state=before, seed=1)
    second = record("r1", [outcome("t1", "defect")], state=after, seed=2)
    store.write(first)

    store.write(second)

    assert list(store.records()) == [first if stays else second]


def test_writing_a_run_twice_changes_nothing(store: SqlStore) -> None:
    """An import that is repeated leaves everything as it was."""
    store.write(full())
    before = (list(store.tallies("shop", since=0.0)), store.tests("shop"))

    store.write(full())

    assert list(store.records()) == [full()]
    assert (list(store.tallies("shop", since=0.0)), store.tests("shop")) == before


@pytest.mark.parametrize("is_known", [True, False], ids=["known-run", "new-run"])
def test_a_run_is_written_wholly_or_not_at_all(store: SqlStore, is_known: bool) -> None:
    """INVARIANT: what cannot be kept to its end leaves no trace, and what was there stays."""
    before = record("r1", [outcome("t1")])
    if is_known:
        store.write(before)
    tallies = list(store.tallies("shop", since=0.0))
    bad = replace(latency("t2"), samples=TOO_LARGE)

    with pytest.raises(HistoryUnavailable, match="cannot be written"):
        store.write(
            replace(record("r1", [outcome("t1", "defect"), outcome("t2")]), latencies=(bad,))
        )

    assert list(store.records()) == ([before] if is_known else [])
    assert list(store.tallies("shop", since=0.0)) == tallies
    assert [it.test for it in store.tests("shop")] == (["t1"] if is_known else [])


def test_what_a_record_tells_twice_is_kept_once(store: SqlStore) -> None:
    """A damaged import cannot make a run unreadable: the last of two equal keys counts."""
    twice = Record(
        run=run("r1"),
        outcomes=(outcome("t1"), outcome("t1", "defect")),
        latencies=(latency(median=0.1), latency(median=0.2)),
        operations=(operation(samples=1), operation(samples=2)),
    )

    store.write(twice)

    kept = store.record("shop", "r1")
    assert kept is not None
    assert [it.verdict for it in kept.outcomes] == ["defect"]
    assert [it.median for it in kept.latencies] == [0.2]
    assert [it.samples for it in kept.operations] == [2]


def test_projects_never_mix(store: SqlStore) -> None:
    """INVARIANT: two projects with the same names for everything share nothing."""
    shop = replace(full(), run=replace(full().run, state=State.FINISHED))
    bank = replace(
        shop, run=replace(shop.run, project="bank"), outcomes=(outcome("t1"),), latencies=()
    )
    place = shop.run.environment
    store.write(shop)

    store.write(bank)

    assert store.projects() == ["bank", "shop"]
    assert store.record("shop", "0a1b2c3d") == shop
    assert list(store.records(["bank"])) == [bank]
    assert list(store.records(["shop", "none"])) == [shop]
    assert set(known(store, "bank")) == {"t1"}
    assert {it.test for it in store.trials("bank", since=0.0)} == {"t1"}
    assert {it.test for it in store.tallies("bank", since=0.0)} == {"t1"}
    assert list(store.readings("bank", place, runs=5)) == []
    assert store.prune("bank", before=NOON + DAY, keep=5) == 1
    assert list(store.records()) == [shop]
    assert set(known(store)) == {it.test for it in shop.outcomes}


def test_runs_are_ordered_by_their_beginning_then_by_their_coming(store: SqlStore) -> None:
    """A clock that goes backwards, or stands still, leaves an order all the same."""
    for name, at in [("r1", NOON), ("r2", NOON - 50), ("r3", NOON), ("r4", NOON - 50)]:
        store.write(record(name, [outcome()], at=at, ended_at=at - 100))

    assert names(store) == ["r3", "r1", "r4", "r2"]
    assert [it.run.run_id for it in store.records()] == ["r2", "r4", "r1", "r3"]
    assert [it.run_id for it in store.trials("shop", since=0.0)] == ["r2", "r4", "r1", "r3"]
    assert [it.run_id for it in store.runs("shop", latest=2)] == ["r3", "r1"]


def test_a_run_that_is_written_again_keeps_its_place(store: SqlStore) -> None:
    """Of runs of one moment the one that came first stays the first."""
    for name in ("r1", "r2", "r1"):
        store.write(record(name))

    assert names(store) == ["r2", "r1"]


def test_trials_are_those_of_recent_runs_and_of_the_tests_that_are_named(store: SqlStore) -> None:
    """The outcomes of runs that began since then, the oldest first, of these tests or of all."""
    tests = [outcome("t1", "defect", cause="status", build="b1", spell=3), outcome("t2")]
    for day in range(3):
        store.write(record(f"r{day}", tests, at=NOON + day * DAY))

    found = list(store.trials("shop", since=NOON + DAY, tests=["t1", "no such test"]))

    assert found == [
        Trial(
            test="t1",
            run_id=f"r{day}",
            at=NOON + day * DAY,
            build="b1",
            environment="ci",
            verdict="defect",
            cause="status",
            first="",
            spell=3,
        )
        for day in (1, 2)
    ]
    assert len(list(store.trials("shop", since=NOON + DAY))) == 4
    assert list(store.trials("shop", since=0.0, tests=["no such test"])) == []


def test_series_take_the_latest_finished_runs_of_one_environment(store: SqlStore) -> None:
    """Baselines and evidence come from runs that ended, in the place where the run is."""
    others: list[dict[str, Any]] = [
        {},
        {},
        {"environment": "laptop"},
        {"state": State.KILLED},
        {"canary": 0.01},
    ]
    for number, changes in enumerate(others):
        store.write(
            replace(
                record(f"r{number}", [outcome()], at=NOON + number, **changes),
                latencies=(latency(median=0.25),),
                operations=(operation(),),
                evidence=(evidence(), evidence(0.5)),
            )
        )

    readings = list(store.readings("shop", "ci", runs=2))
    measured = list(store.operations("shop", "ci", runs=2))
    weighed = store.evidence("shop", "ci", runs=2)

    assert readings == [
        Reading("r1", NOON + 1, "t1", "GET /orders", 3, 2, 0.25, None),
        Reading("r4", NOON + 4, "t1", "GET /orders", 3, 2, 0.25, 0.01),
    ]
    assert measured == [
        Measured("r1", NOON + 1, operation()),
        Measured("r4", NOON + 4, operation()),
    ]
    assert weighed == [
        Weighed(name, at, it)
        for name, at in (("r1", NOON + 1), ("r4", NOON + 4))
        for it in (evidence(), evidence(0.5))
    ]


def test_a_reader_that_stops_early_leaves_the_store_usable(store: SqlStore) -> None:
    """An iterator that is dropped lets go of the database."""
    for number in range(3):
        store.write(record(f"r{number}", [outcome()], at=NOON + number))

    records = store.records()
    next(records)
    del records
    store.write(record("r9", at=NOON + 9))

    assert names(store)[0] == "r9"


def test_runs_that_end_at_once_are_both_kept(
    store: SqlStore, opened: Callable[[], SqlStore]
) -> None:
    """INVARIANT: writers wait for each other, and none loses anything."""
    tests = [outcome(f"t{number}", classes={"ok": number}) for number in range(50)]
    failures: list[BaseException] = []
    start = threading.Barrier(4)

    def write(name: str) -> None:
        try:
            mine = opened()
            start.wait()
            for number in range(3):
                mine.write(record(f"{name}{number}", tests, at=NOON + number))
        except BaseException as error:  # noqa: BLE001  told by the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert sorted(names(store)) == sorted(f"{name}{number}" for name in "abcd" for number in "012")
    assert len(store.tests("shop")) == 50
    assert sum(it.runs for it in store.tallies("shop", since=0.0)) == 4 * 3 * 50
