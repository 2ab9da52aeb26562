"""Outcomes counted: as many as there were, those that matter one by one."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from bench.history.suites import RUNS, TESTS, Suite
from redhanded.history.flakes import Label, Score, label, scores
from redhanded.history.records import Outcome, Tally
from redhanded.history.sql import SqlStore
from tests.history.conftest import Address
from tests.history.samples import DAY, NOON, outcome, record


def told(store: SqlStore, since: float = 0.0) -> set[tuple[str, str, str, int]]:
    """Test, build, verdict and number of each tally."""
    found = store.tallies("shop", since=since)
    return {(it.test, it.build, it.verdict, it.runs) for it in found}


def write(store: SqlStore, *runs: tuple[float, str, list[Outcome]]) -> None:
    """Runs by their time, build and outcomes."""
    for number, (at, build, tests) in enumerate(runs):
        made = record(f"r{number}", tests, at=at, builds=(build,) if build else ())
        store.write(made)


def test_passes_of_a_day_are_counted(store: SqlStore) -> None:
    """Passes of one day (UTC) are one tally, whatever their builds, with their first and last."""
    write(
        store,
        *((NOON + hour * 3600, f"b{hour}", [outcome(build=f"b{hour}")]) for hour in range(3)),
        (NOON + DAY, "b9", [outcome(build="b9")]),
    )

    assert sorted(store.tallies("shop", since=0.0)) == [
        Tally("t1", "ci", "", "pass", "", "", 1, 1, NOON + DAY, NOON + DAY),
        Tally("t1", "ci", "", "pass", "", "", 1, 3, NOON, NOON + 7200),
    ]


def test_what_did_not_pass_is_told_one_by_one(store: SqlStore) -> None:
    """Of failures everything is told, and their order."""
    bad = {"cause": "status", "build": "b1", "first": "defect", "spell": 7}
    write(store, *((NOON + n, "b1", [outcome("t1", "recovered", **bad)]) for n in range(2)))

    assert sorted(store.tallies("shop", since=0.0)) == [
        Tally("t1", "ci", "b1", "recovered", "status", "defect", 7, 1, NOON + n, NOON + n)
        for n in range(2)
    ]


@pytest.mark.parametrize("verdict", ["skipped", "unfinished"])
def test_what_did_not_run_is_no_tally(store: SqlStore, verdict: str) -> None:
    """A test that is always skipped costs nothing."""
    write(store, (NOON, "", [outcome("t1", verdict)]))

    assert list(store.tallies("shop", since=0.0)) == []


def test_a_build_on_which_a_test_did_both_shows_it(store: SqlStore) -> None:
    """One pass of each build with a failure is told with its build, and counted once only."""
    fails, passes = outcome("t1", "defect", build="b1"), outcome("t1", build="b1")
    write(
        store,
        (NOON, "b1", [fails, outcome("t2", build="b1")]),
        (NOON + 1, "b1", [passes, outcome("t2", build="b1")]),
        (NOON + 2, "b1", [passes]),
        (NOON + 3, "b2", [outcome("t1", "defect", build="b2")]),
        (NOON + 4, "b3", [outcome("t1", build="b3")]),
    )

    assert told(store) == {
        ("t1", "b1", "defect", 1),
        ("t1", "b2", "defect", 1),
        ("t1", "b1", "pass", 1),
        ("t1", "", "pass", 2),
        ("t2", "", "pass", 2),
    }


def test_a_pass_of_another_environment_is_no_pass_on_the_build(store: SqlStore) -> None:
    """The same build elsewhere says nothing of here."""
    store.write(record("r1", [outcome("t1", "defect", build="b1")], builds=("b1",)))
    elsewhere = record("r2", [outcome(build="b1")], builds=("b1",), environment="laptop")

    store.write(elsewhere)

    assert told(store) == {("t1", "b1", "defect", 1), ("t1", "", "pass", 1)}


def test_a_pass_of_an_earlier_day_is_no_witness(store: SqlStore) -> None:
    """What lies before the days that are asked for is not counted by the way of its build."""
    write(
        store,
        (NOON - DAY, "b1", [outcome("t1", build="b1")]),
        (NOON, "b1", [outcome("t1", "defect", build="b1")]),
        (NOON + 1, "b1", [outcome("t2", build="b1")]),
    )

    assert told(store, since=NOON) == {("t1", "b1", "defect", 1), ("t2", "", "pass", 1)}


def test_tallies_begin_with_the_day(store: SqlStore) -> None:
    """Passes are known by the day: all runs of that day count, and none before."""
    tests = [outcome("t1"), outcome("t2", "defect")]
    write(store, (NOON - DAY, "", tests), (NOON, "", tests), (NOON + DAY, "", tests))

    counted = Counter[str]()
    for tally in store.tallies("shop", since=NOON + 600):
        counted[tally.test] += tally.runs

    assert counted == {"t1": 2, "t2": 2}


def test_a_run_that_is_replaced_is_not_counted_twice(store: SqlStore) -> None:
    """The counts follow the outcomes."""
    store.write(record("r1", [outcome("t1"), outcome("t2")]))
    store.write(record("r2", [outcome("t1")]))

    store.write(record("r1", [outcome("t1", "defect"), outcome("t3")]))

    assert told(store) == {
        ("t1", "", "defect", 1),
        ("t1", "", "pass", 1),
        ("t3", "", "pass", 1),
    }


def test_days_before_1970_are_days(store: SqlStore) -> None:
    """A machine without a clock has no other day for each hour."""
    write(store, (-1.0, "", [outcome()]), (-3600.0, "", [outcome()]))

    assert told(store, since=-DAY) == {("t1", "", "pass", 2)}


@pytest.mark.parametrize("at", [1e300, -1e300], ids=["future", "past"])
def test_a_clock_that_is_mad_costs_nothing(store: SqlStore, at: float) -> None:
    """A time that no calendar has is kept, and its passes are counted."""
    write(store, (at, "", [outcome()]), (NOON, "", [outcome()]))

    assert sum(it.runs for it in store.tallies("shop", since=-1e300)) == 2
    store.write(record("r0", [outcome("t1", "defect")], at=at))
    assert sum(it.runs for it in store.tallies("shop", since=-1e300)) == 2


def test_a_pass_that_is_told_by_its_build_is_not_left_in_its_day(store: SqlStore) -> None:
    """A day whose only pass was told already has no tally of its own."""
    write(
        store,
        (NOON, "b1", [outcome("t1", "defect", build="b1")]),
        (NOON + DAY, "b1", [outcome("t1", build="b1")]),
    )

    assert told(store) == {("t1", "b1", "defect", 1), ("t1", "b1", "pass", 1)}


@pytest.mark.parametrize("runs_a_build", [4, 1, 0], ids=["four-runs", "one-run", "unnamed"])
def test_counts_say_of_a_test_what_every_single_outcome_says(
    file: Address, runs_a_build: int
) -> None:
    """INVARIANT: flake labels are the same from the counts as from all that was counted."""
    suite = Suite(chance=random.Random(0), rates=(0.1, 0.5), runs_a_build=runs_a_build)
    singly = list(suite.tallies())
    store = file.open()
    for number in range(RUNS):
        of_run = singly[number * TESTS : (number + 1) * TESTS]
        build = of_run[0].build
        store.write(
            replace(
                record(f"r{number}", at=of_run[0].began, builds=(build,) if build else ()),
                outcomes=[played(tally) for tally in of_run],
            )
        )

    counted = list(store.tallies("shop", since=0.0))

    assert sum(it.runs for it in counted) == len(singly)
    assert labels(counted, suite.now) == labels(singly, suite.now)


def played(tally: Tally) -> Outcome:
    """The outcome that a tally of one run was made of."""
    told = {"cause": tally.cause, "build": tally.build, "spell": tally.spell}
    return outcome(tally.test, tally.verdict, at=tally.began, **told)


def labels(tallies: list[Tally], now: float) -> dict[str, Label]:
    """What each test suffers from."""
    by_test: dict[str, list[Score]] = {}
    for score in scores(tallies, now=now):
        by_test.setdefault(score.test, []).append(score)
    return {test: label(its) for test, its in by_test.items()}
