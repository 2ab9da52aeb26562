"""The supplement of a report: documents, objectives and history, each as far as it is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest

from redhanded.core.events import Sampled
from redhanded.history.store import HistoryUnavailable
from redhanded.reports.dossier.case import Case
from redhanded.reports.html.payload import Share
from redhanded.reports.html.supplement import NOTHING
from redhanded.session.supplement import supplement
from redhanded.session.trends import Place
from tests.history.memory import MemoryStore
from tests.history.samples import outcome, record
from tests.reports.dossier.made import making
from tests.reports.html.made import NOON, dossier, failed, row
from tests.session.covered import Worker


def sample(number: int, *, is_bad: bool, measure: str = "p95", limit: float = 0.1) -> Sampled:
    """A sample of an objective, a second after the one before."""
    took = 0.5 if is_bad else 0.01
    return Sampled(f"t{number}", "GET /a", measure, limit, NOON + number, took, is_bad, "b1")


def sampled(folder: Path, *samples: Sampled) -> Path:
    """The folder of a run in which these samples were taken."""
    with making(folder) as run:
        for one in samples:
            run.write(one)
        run.over()
    return folder


def test_a_run_alone_has_no_supplement(tmp_path: Path) -> None:
    """Without a document, an objective and a history there is nothing to add."""
    made = dossier(Case(row=row()))

    assert supplement(made, [sampled(tmp_path)]) == NOTHING
    assert supplement(made, [tmp_path / "gone"]) == NOTHING


def test_coverage_is_that_of_all_documents(tmp_path: Path) -> None:
    """What tests saw of each operation, its statuses, and what no document knows."""
    known = "GET /orders"
    with Worker(tmp_path) as worker:
        worker.test("t1", known)
        worker.lack("t1", "GET /teapot", 3)

    coverage = supplement(dossier(), [tmp_path]).coverage

    assert coverage is not None
    by_name = {one.operation: one for one in coverage.operations}
    assert by_name[known].state == "checked"
    assert "200" in by_name[known].statuses
    assert {one.state for name, one in by_name.items() if name != known} == {"never"}
    assert coverage.undocumented == {"GET /teapot": 3}
    assert coverage.shares[0] == Share("operations", 1, len(by_name))


@pytest.mark.parametrize("bad, state", [(0, "held"), (20, "missed")], ids=["within", "beyond"])
def test_an_objective_is_told_by_its_samples(bad: int, state: str, tmp_path: Path) -> None:
    """As the run's own test decides: by forty samples at most."""
    samples = [sample(number, is_bad=number < bad) for number in range(40)]

    found = supplement(dossier(), [sampled(tmp_path, *samples)]).objectives

    assert found == {
        "GET /a": [
            {
                "measure": "p95", "limit": 1_000, "state": state, "samples": 40, "bad": bad,
                "note": "build b1",
            }
        ]
    }  # fmt: skip


def test_a_finding_on_an_objective_decides(tmp_path: Path) -> None:
    """What earlier runs helped to convict is missed, though this run alone does not show it."""
    samples = [sample(0, is_bad=True, measure="errors", limit=0.01)]
    concluded = failed("objectives::GET /a errors", is_beside=True, headline="errors above 1 %")

    made = supplement(dossier(Case(row=concluded)), [sampled(tmp_path, *samples)])

    (one,) = made.objectives["GET /a"]
    assert (one["state"], one["limit"], one["note"]) == ("missed", 0.01, "errors above 1 %")


@pytest.mark.parametrize(
    "facts",
    [{}, {"at": "y"}, {"limit": "x", "is_bad": []}],
    ids=["lacking", "no-time", "other-types"],
)
def test_samples_that_make_no_sense_are_left_out(facts: dict[str, object], tmp_path: Path) -> None:
    """A spool may hold anything; the report comes all the same."""
    folder = sampled(tmp_path)
    told = asdict(sample(1, is_bad=True)) | facts if facts else {}
    line = json.dumps({"event": "sampled", **told}, separators=(",", ":"))
    with (folder / "spool" / "main.ndjson").open("a", encoding="utf-8") as spool:
        spool.write(f"{line}\n")

    assert supplement(dossier(), [folder]).objectives == {}


def test_history_adds_trends_and_earlier_outcomes(tmp_path: Path) -> None:
    """It is opened for that, and closed."""
    store, told = MemoryStore(), []
    store.write(record("r1", [outcome("t", "defect")], at=NOON - 9))

    @contextmanager
    def history() -> Iterator[Place]:
        yield Place(store, "shop", "ci")
        told.append("closed")

    links = [("JUnit", "junit.xml")]
    made = supplement(dossier(Case(row=failed("t"))), [tmp_path], history=history, links=links)

    assert made.past == {"t": "D"}
    assert made.trends is not None
    assert [one["word"] for one in made.trends["suspects"]] == ["known"]
    assert made.links == links
    assert told == ["closed"]


def test_a_history_that_is_away_costs_one_note(tmp_path: Path) -> None:
    """The report is written without trends, and says so where the run's notes stand."""
    notes: list[str] = []

    @contextmanager
    def history() -> Iterator[Place]:
        raise HistoryUnavailable("the database cannot be reached: see that it runs.")
        yield

    made = supplement(dossier(), [tmp_path], history=history, note=notes.append)

    assert made.trends is None
    assert notes == ["the report has no trends: the database cannot be reached: see that it runs."]


def test_a_project_without_history_has_no_trends(tmp_path: Path) -> None:
    """Nothing is wrong with that, and nothing is noted."""
    notes: list[str] = []

    @contextmanager
    def history() -> Iterator[None]:
        yield None

    made = supplement(dossier(), [tmp_path], history=history, note=notes.append)

    assert (made.trends, made.past, notes) == (None, {}, [])
