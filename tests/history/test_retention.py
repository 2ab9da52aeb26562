"""What is forgotten: old runs, too many runs, and tests that only those had."""

from __future__ import annotations

import pytest

from redhanded.history.records import Known
from redhanded.history.sql import SqlStore
from tests.history.samples import DAY, NOON, outcome, record


def names(store: SqlStore) -> list[str]:
    """The runs of the project, the newest first."""
    return [it.run_id for it in store.runs("shop", latest=100)]


def known(store: SqlStore) -> dict[str, Known]:
    """The tests of the project by their keys."""
    return {it.test: it for it in store.tests("shop")}


class TestPrune:
    """Retention by age and by number."""

    @pytest.fixture(autouse=True)
    def five_runs(self, store: SqlStore) -> None:
        """One a day; the third has a test of its own."""
        for day in range(5):
            tests = [outcome("t1"), *([outcome("once")] if day == 2 else [])]
            store.write(record(f"r{day}", tests, at=NOON + day * DAY))

    @pytest.mark.parametrize(
        "before, keep, left",
        [
            (0.0, 10, ["r4", "r3", "r2", "r1", "r0"]),
            (NOON + 2 * DAY, 10, ["r4", "r3", "r2"]),
            (0.0, 2, ["r4", "r3"]),
            (NOON + 2 * DAY, 1, ["r4"]),
            (NOON + 9 * DAY, 10, []),
        ],
        ids=["none", "age", "number", "both", "all"],
    )
    def test_runs_are_forgotten(
        self, store: SqlStore, before: float, keep: int, left: list[str]
    ) -> None:
        """What is older, and what is beyond the number, goes; how many went is told."""
        gone = store.prune("shop", before=before, keep=keep)

        assert gone == 5 - len(left)
        assert names(store) == left
        trials = list(store.trials("shop", since=0.0))
        assert sum(it.runs for it in store.tallies("shop", since=0.0)) == len(trials)
        assert {it.run_id for it in trials} == set(left)

    def test_tests_are_forgotten_with_their_last_run(self, store: SqlStore) -> None:
        """A test that no run knows any more is gone, and one that runs still is not."""
        store.prune("shop", before=0.0, keep=2)

        assert set(known(store)) == {"t1"}

    def test_a_test_that_comes_back_is_new(self, store: SqlStore) -> None:
        """What was forgotten is begun again."""
        store.prune("shop", before=0.0, keep=2)

        store.write(record("r9", [outcome("once")], at=NOON + 9 * DAY))

        assert known(store)["once"].first_seen == NOON + 9 * DAY
