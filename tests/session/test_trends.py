"""Trends of a report: what earlier runs say of its tests and operations, and nothing of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from redhanded.core.settings import Settings
from redhanded.history.records import Operation, Outcome, Record
from redhanded.history.store import HistoryUnavailable, Store
from redhanded.reports.dossier.case import Case
from redhanded.session import trends
from redhanded.session.trends import Place, remembered, told
from tests.history.memory import MemoryStore
from tests.history.samples import outcome, record
from tests.reports.html.made import HEAD, NOON, Made, dossier, failed, row

HOUR = 3_600.0


def operation(median: float, name: str = "GET /a") -> Operation:
    """How an operation did in a run."""
    return Operation(
        operation=name, samples=9, errors=0, median=median, p95=median, p99=median, longest=median
    )


def keeping(*records: Record) -> Place:
    """A history of these runs."""
    store = MemoryStore()
    for one in records:
        store.write(one)
    return Place(store, "shop", "ci")


def before(
    number: int, outcomes: Sequence[Outcome] = (), *operations: Operation, **facts: object
) -> Record:
    """The run so many hours ago."""
    made = record(f"r{number}", outcomes, at=NOON - number * HOUR, seconds=9.0, **facts)
    return replace(made, operations=operations)


def test_a_history_without_earlier_runs_tells_nothing() -> None:
    """The run itself, a later one, and another project's are no history of it."""
    own = record("run1", [outcome()], at=NOON)
    later = record("r9", [outcome()], at=NOON + HOUR)
    other = record("r8", [outcome()], at=NOON - HOUR, project="other")

    assert told(keeping(own, later, other), dossier(Case(row=row("t1")))) is None


def test_runs_are_the_oldest_first_and_end_with_this_one() -> None:
    """Of very many only the newest are shown."""
    place = keeping(*(before(number, counts={"pass": number}) for number in range(1, 40)))

    made = told(place, dossier(counts={"pass": 3}))

    assert made is not None
    names = [run["run"] for run in made.trends["runs"]]
    assert names == [*(f"r{number}" for number in range(30, 0, -1)), "run1"]
    assert made.trends["runs"][-1] == {
        "run": "run1",
        "began": NOON,
        "seconds": 9.0,
        "counts": {"pass": 3},
    }
    assert made.trends["runs"][-2]["counts"] == {"pass": 1}


def test_earlier_outcomes_are_letters_by_key() -> None:
    """A test is known by its key; what was skipped or never ended has a sign of its own."""
    verdicts = ["pass", "defect", "skipped", "unfinished", "recovered"]
    runs = [before(5 - n, [outcome("k1", verdict)]) for n, verdict in enumerate(verdicts)]

    made = told(keeping(*runs), dossier(Case(row=row("a.py::test", key="k1"))))

    assert made is not None
    assert made.past == {"k1": ".D-?R"}


@pytest.mark.parametrize(
    "verdicts, now, word, flips",
    [
        pytest.param(["pass", "pass"], "defect", "new", 0, id="new"),
        pytest.param(["pass", "defect"], "defect", "known", 1, id="known"),
        pytest.param(["pass", "defect"], "", "fixed", 1, id="fixed"),
        pytest.param(["pass", "defect", "skipped"], "", "fixed", 1, id="skipped-between"),
        pytest.param(["pass", "pass"], "", None, 0, id="always-held"),
        pytest.param([], "defect", None, 0, id="never-ran"),
        pytest.param(["defect"], "pytest.skip", None, 0, id="skipped-now"),
    ],
)
def test_a_word_says_what_is_new_of_a_test(
    verdicts: list[str], now: str, word: str | None, flips: int
) -> None:
    """What failed before and fails again is known; what fails for the first time is new."""
    runs = [before(9 - n, [outcome("t", verdict)]) for n, verdict in enumerate(verdicts)]
    runs += [before(20, [outcome("other")])]
    outcomes = {"defect": "failure", "": "passed", "pytest.skip": "skipped"}
    test = failed("t", kind=now, outcome=outcomes[now])

    made = told(keeping(*runs), dossier(Case(row=row("first")), Case(row=test)))

    assert made is not None
    found = [(one["word"], one["row"], one["flips"]) for one in made.trends["suspects"]]
    assert found == ([] if word is None else [(word, 1, flips)])


def test_a_test_that_comes_and_goes_is_told_by_its_score() -> None:
    """It is told also where it did not run this time."""
    runs = [
        before(number, [outcome("t", "defect" if number % 2 else "pass", build="b1")])
        for number in range(1, 13)
    ]

    made = told(keeping(*runs), dossier(Case(row=row("other"))))

    assert made is not None
    (one,) = made.trends["suspects"]
    assert (one["test"], one["row"], one["channel"]) == ("t", -1, "API")
    assert one["word"] in ("intermittent", "broken")


def test_of_very_many_tests_only_what_did_not_hold_is_looked_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """History has a second, however long the run was; scores of all would take more."""
    monkeypatch.setattr(trends, "OUTCOMES", 2)
    monkeypatch.setattr(trends, "SCORED", 2)
    runs = [before(1, [outcome(name, "defect") for name in ("held", "lost", "more")])]
    cases = Case(row=row("held")), Case(row=failed("lost")), Case(row=failed("more"))

    made = told(keeping(*runs), dossier(*cases))

    assert made is not None
    assert made.past == {"lost": "D", "more": "D"}
    assert [one["word"] for one in made.trends["suspects"]] == ["known", "known"]


@pytest.mark.parametrize(
    "medians, note",
    [
        pytest.param([0.1] * 8, "steady at 100 ms", id="steady"),
        pytest.param([0.1] * 4 + [0.3] * 4, "rising: from 100 ms to 300 ms", id="rising"),
        pytest.param([0.1] * 2, "too few runs to tell where it goes", id="few"),
    ],
)
def test_the_pace_of_an_operation_goes_somewhere(medians: list[float], note: str) -> None:
    """Runs without it leave a gap; the place of this run is left to whoever timed it."""
    count = len(medians)
    runs = [before(count + 1)]
    runs += [before(count - n, [], operation(each)) for n, each in enumerate(medians)]
    runs += [before(50, [], operation(0.1, "GET /gone"))]
    test = row("t", operations=("GET /a",))

    made = told(keeping(*runs), dossier(Case(row=test)))

    assert made is not None
    (pace,) = made.trends["paces"]
    assert pace["note"] == note
    assert pace["medians"] == [None, None, *(round(each * 10_000) for each in medians), None]


def test_a_store_that_is_away_says_so() -> None:
    """What to do about it is for whoever asked."""
    store = MemoryStore(fault=HistoryUnavailable("away"))

    with pytest.raises(HistoryUnavailable):
        told(Place(store, "shop", "ci"), Made(head=HEAD))


@pytest.mark.parametrize("is_kept", [True, False], ids=["kept", "none-yet"])
def test_a_report_makes_no_history(is_kept: bool, tmp_path: Path) -> None:
    """Where there is no file there is nothing to read, and none is made; a store is closed."""
    store, opened = MemoryStore(), []

    def open_(settings: Settings, root: Path) -> Store:
        opened.append(root)
        return store

    settings = Settings(folder=tmp_path)
    if is_kept:
        (tmp_path / "history").mkdir()
        (tmp_path / "history" / "history.sqlite").touch()

    with remembered(settings, tmp_path, workers=2, open_=open_) as place:
        assert (place is not None) is is_kept
        if place is not None:
            assert place.environment.endswith("2 workers")

    assert (len(opened), store.closed) == (int(is_kept), int(is_kept))


def test_a_history_that_is_switched_off_is_not_opened(tmp_path: Path) -> None:
    """Whoever wants none gets none."""
    settings = Settings.model_validate(
        {"folder": tmp_path, "history": {"enabled": False, "url": "postgresql://h/d"}}
    )

    with remembered(settings, tmp_path, workers=1, open_=_never) as place:
        assert place is None


def _never(settings: Settings, root: Path) -> Store:
    raise AssertionError(root)
