"""Which test is which: by its key, whatever its node id."""

from __future__ import annotations

from redhanded.history.records import Known
from redhanded.history.sql import SqlStore
from tests.history.samples import DAY, NOON, outcome, record


def test_a_test_with_a_stable_id_stays_one_test_when_it_is_renamed(store: SqlStore) -> None:
    """Its history is one, and its earlier node ids are told in their order."""
    for day, node in enumerate(["a.py::one", "a.py::two", "b.py::two"]):
        at = NOON + day * DAY
        store.write(record(f"r{day}", [outcome("booking", node_id=node)], at=at))

    assert store.tests("shop") == [
        Known(
            test="booking",
            node_id="b.py::two",
            earlier=("a.py::one", "a.py::two"),
            first_seen=NOON,
            last_seen=NOON + 2 * DAY,
            owner="",
            until="",
        )
    ]
    assert [it.outcomes[0].node_id for it in store.records()] == [
        "a.py::one",
        "a.py::two",
        "b.py::two",
    ]


def test_a_test_without_a_stable_id_is_another_one_when_it_is_renamed(store: SqlStore) -> None:
    """Nothing is merged by guessing."""
    store.write(record("r1", [outcome("a.py::one")]))
    store.write(record("r2", [outcome("a.py::two")]))

    assert {it.test: it.earlier for it in store.tests("shop")} == {
        "a.py::one": (),
        "a.py::two": (),
    }


def test_an_old_node_id_may_become_the_stable_id(store: SqlStore) -> None:
    """A test that is renamed takes its history along by its former node id."""
    store.write(record("r1", [outcome("a.py::one")]))
    moved = outcome("a.py::one", node_id="b.py::two")

    store.write(record("r2", [moved], at=NOON + DAY))
    store.write(record("r3", [outcome("a.py::one")], at=NOON + 2 * DAY))

    (test,) = store.tests("shop")
    assert (test.node_id, test.earlier) == ("a.py::one", ("b.py::two",))
    assert [it.outcomes[0].node_id for it in store.records()] == [
        "a.py::one",
        "b.py::two",
        "a.py::one",
    ]


def test_an_older_run_that_comes_late_takes_nothing_over(store: SqlStore) -> None:
    """What is known of a test is what its latest run said, whatever is imported afterwards."""
    late = outcome("booking", node_id="b.py::two", owner="bob", until="2027-02-01")
    early = outcome("booking", node_id="a.py::one", owner="ann", until="2026-02-01")
    store.write(record("r2", [late], at=NOON))

    store.write(record("r1", [early], at=NOON - DAY))

    (test,) = store.tests("shop")
    assert (test.node_id, test.earlier) == ("b.py::two", ("a.py::one",))
    assert (test.owner, test.until) == ("bob", "2027-02-01")
    assert (test.first_seen, test.last_seen) == (NOON - DAY, NOON)


def test_a_test_that_is_set_free_has_no_owner(store: SqlStore) -> None:
    """The end of a quarantine is seen."""
    store.write(record("r1", [outcome(owner="ann", until="2027-01-01")]))

    store.write(record("r2", [outcome()], at=NOON + DAY))

    assert [(it.owner, it.until) for it in store.tests("shop")] == [("", "")]
