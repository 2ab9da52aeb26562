"""The worlds that history is measured in: what is planted in them is there."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pytest

from bench.history.labels import labels
from bench.history.regressions import Noise, alarms, half_as_long_again, is_found, of_means
from bench.history.suites import PLANTED, RUNS, TESTS, Climate, Suite, planted
from redhanded.history.flakes import Label, label, scores
from redhanded.history.records import Outcome, Record, Run, State, Tally
from redhanded.history.sql import SqlStore

CALM = Climate(spells=0.0, outages=0.0, lone=0.0)


def suite(seed: int = 0, **said: object) -> Suite:
    """A suite from a seed."""
    return Suite(chance=random.Random(seed), rates=(0.1, 0.5), **said)  # type: ignore[arg-type]


def test_a_fifth_of_the_tests_has_each_kind_of_fault() -> None:
    """Environment, test, API, two of them, and none."""
    found = Counter(planted(test) for test in range(TESTS))

    assert found == dict.fromkeys(PLANTED, TESTS // 5)
    assert [len(fault) for fault in suite().faults()[:5]] == [1, 1, 1, 2, 0]


def test_a_seed_gives_the_same_suite_again() -> None:
    """All chance comes from the seed."""
    assert list(suite(3).tallies()) == list(suite(3).tallies())
    assert list(suite(3).tallies()) != list(suite(4).tallies())


def test_a_calm_suite_fails_only_by_what_was_planted() -> None:
    """INVARIANT: without weather a test without a fault passes each of its runs."""
    found = [t for t in suite(climate=CALM).tallies() if planted(int(t.test[1:])) is Label.NONE]

    assert len(found) == RUNS * TESTS // 5
    assert {tally.verdict for tally in found} == {"pass"}


def test_weather_strikes_many_tests_of_a_run() -> None:
    """A spell knows how many it struck, and so many were."""
    sizes = Counter(
        (tally.began // 10_800, tally.spell)
        for tally in suite(climate=Climate(lone=0.0)).tallies()
        if tally.spell > 1 and planted(int(tally.test[1:])) is Label.NONE
    )

    assert len(sizes) >= 3
    assert all(count <= size // 5 + 1 for (_, size), count in sizes.items())


@pytest.mark.parametrize("runs, builds", [(4, 10), (1, 40), (0, 1)], ids=["four", "one", "no name"])
def test_builds_change_as_they_are_told_to(runs: int, builds: int) -> None:
    """So many runs meet the same build; none means that no build is named."""
    assert len({tally.build for tally in suite(runs_a_build=runs).tallies()}) == builds


def test_labels_are_counted_by_what_was_planted() -> None:
    """Each test is in the table once."""
    found = labels(random.Random(0), (0.3, 0.5), suites=1)

    assert found.total() == TESTS
    assert {fault for fault, _ in found} == set(PLANTED)
    assert not found[Label.API, Label.ENVIRONMENT]


@pytest.mark.parametrize("runs", [4, 1, 0], ids=["four runs a build", "one", "no build named"])
def test_labels_are_the_same_from_a_store(tmp_path: Path, runs: int) -> None:
    """What is counted in the database is labelled as single outcomes are, but for one in a hundred.

    Of the passes of a day only the first and the last are known by their time.
    """
    made = suite(runs_a_build=runs, runs=20)
    single = list(made.tallies())

    with closing(SqlStore.open(f"sqlite:///{tmp_path / 'history.sqlite'}")) as store:
        for record in records(single):
            store.write(record)
        counted = list(store.tallies("shop", since=0.0))

    assert len(counted) < len(single) == sum(tally.runs for tally in counted)
    ours, theirs = labelled(counted, made.now), labelled(single, made.now)
    assert sum(ours[test] is theirs[test] for test in theirs) >= 0.99 * TESTS


def records(tallies: list[Tally]) -> Iterator[Record]:
    """The runs in which these outcomes were."""
    for number, start in enumerate(range(0, len(tallies), TESTS)):
        outcomes = [
            Outcome(
                test=one.test,
                node_id=one.test,
                verdict=one.verdict,
                at=one.began,
                seconds=1.0,
                cause=one.cause,
                build=one.build,
                spell=one.spell,
            )
            for one in tallies[start : start + TESTS]
        ]
        run = Run(
            run_id=f"run-{number}",
            project="shop",
            environment="ci",
            started_at=outcomes[0].at,
            state=State.FINISHED,
            builds=tuple({one.build for one in outcomes if one.build}),
        )
        yield Record(run=run, outcomes=outcomes)


def labelled(tallies: list[Tally], now: float) -> dict[str, Label]:
    """The label of each test."""
    found = sorted(scores(tallies, now=now), key=attrgetter("test"))
    return {test: label(group) for test, group in groupby(found, key=attrgetter("test"))}


@pytest.mark.parametrize("ends", [1.0, 0.5], ids=["single runs", "spells"])
def test_one_run_in_twenty_is_inflated(ends: float) -> None:
    """However long the spells, their share is the same."""
    factors = Noise(deviation=0.05, ends=ends).factors(random.Random(1), 40_000)

    assert sum(factor > 1 for factor in factors) / 40_000 == pytest.approx(0.05, abs=0.005)
    assert all(factor == 1 or 1.2 <= factor <= 2.0 for factor in factors)


def test_a_quiet_world_raises_no_alarm_and_hides_no_change() -> None:
    """Without noise worth the name everything is found, and nothing invented."""
    noise = Noise(deviation=0.001)

    found = alarms(noise, random.Random(2), 1)

    assert found.judged == 500 * 50
    assert found.false <= 25
    assert all(is_found(noise, random.Random(seed), half_as_long_again) for seed in range(50))


def test_what_a_comparison_of_means_would_find_is_not_found() -> None:
    """Three windows see less than three runs on average, so that formula is not what is printed."""
    noise = Noise(deviation=0.10)

    assert sum(is_found(noise, random.Random(seed), of_means) for seed in range(100)) <= 5
