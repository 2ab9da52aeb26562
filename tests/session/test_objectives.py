"""Objectives of a run: samples of all workers together, findings with names, evidence to keep."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from redhanded.core.events import Noted
from redhanded.history.records import Evidence
from redhanded.reports.spool import Spool
from redhanded.session.objectives import judged, read_samples
from redhanded.verdict.objectives import NOTHING, Carried
from tests.verdict.samples import row, sample

ROUTE = "GET /orders/{id}"


def test_a_missed_objective_is_a_finding_on_the_run() -> None:
    """It has a name of its own, for no test is to blame."""
    (conclusion,), _ = judged(row("bbb"))

    assert conclusion.name == "objectives::GET /orders/{id} p95"
    assert conclusion.operation == ROUTE
    assert conclusion.finding.code == "objective.latency"


def test_what_holds_concludes_nothing() -> None:
    """It is evidence all the same."""
    concluded, evidence = judged(row("gggg"))

    assert concluded == []
    assert [(one.samples, one.bad, one.decision) for one in evidence] == [(4, 0, "open")]


def test_samples_of_different_tests_and_workers_count_together() -> None:
    """INVARIANT: three slow answers in three tests are three; the order is that of time."""
    three = [sample(is_bad=True, at=2.0 * n, test_id=f"test_{n}") for n in (2, 0, 1)]

    (conclusion,), _ = judged(three)

    assert "3 of 3 took longer" in conclusion.finding.message


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"operation": "GET /quotes"}, id="operation"),
        pytest.param({"measure": "p99"}, id="measure"),
        pytest.param({"limit": 0.5}, id="limit"),
        pytest.param({"build": "8a00"}, id="build"),
    ],
)
def test_different_objectives_are_judged_apart(other: dict[str, object]) -> None:
    """What one of them missed says nothing of the other."""
    concluded, evidence = judged([*row("bg"), *row("bg", **other)])

    assert concluded == []
    assert len(evidence) == 2


def test_names_tell_apart_what_they_must() -> None:
    """Two limits or builds for one measure of one operation are named as well."""
    samples = [
        *row("bbb"),
        *row("bbb", limit=0.5, build=""),
        *row("bbb", operation="GET /quotes"),
        *row("bbb", operation="POST /orders", measure="errors", limit=0.01),
        *row("bbb", operation="POST /orders", measure="errors", limit=0.02),
    ]

    assert [conclusion.name for conclusion in judged(samples)[0]] == [
        "objectives::GET /orders/{id} p95 (300 ms, build 7f3c)",
        "objectives::GET /orders/{id} p95 (500 ms, build unknown)",
        "objectives::GET /quotes p95",
        "objectives::POST /orders errors (1 %, build 7f3c)",
        "objectives::POST /orders errors (2 %, build 7f3c)",
    ]


def test_carried_evidence_is_asked_for_by_objective_and_build() -> None:
    """It may turn the balance."""
    asked: list[tuple[str, str, float, str]] = []

    def carried(operation: str, measure: str, limit: float, build: str) -> Carried:
        asked.append((operation, measure, limit, build))
        return Carried(log=6.5, runs=4, samples=50, bad=12) if measure == "p95" else NOTHING

    concluded, _ = judged([*row("gb"), *row("gb", measure="p99")], carried)

    assert asked == [(ROUTE, "p95", 0.3, "7f3c"), (ROUTE, "p99", 0.3, "7f3c")]
    assert [conclusion.name for conclusion in concluded] == ["objectives::GET /orders/{id} p95"]
    assert "13 of 52 took longer in 5 runs" in concluded[0].finding.message


def test_evidence_is_what_the_run_adds() -> None:
    """For each objective and build, whatever it came to."""
    (one,) = judged(row("bgg", build="8a00"))[1]

    assert one == Evidence(
        operation=ROUTE,
        measure="p95",
        limit=0.3,
        build="8a00",
        samples=3,
        bad=1,
        gain=one.gain,
        decision="open",
    )
    assert one.gain == pytest.approx(math.log(4) + 2 * math.log(0.8 / 0.95))


def test_without_samples_there_is_nothing_to_say() -> None:
    """As in nearly every project."""
    assert judged([]) == ([], [])


def test_samples_are_read_back_from_the_spools(tmp_path: Path) -> None:
    """Whoever wrote what else there."""
    wanted = row("bg")
    paths = [tmp_path / "gw0.ndjson", tmp_path / "gw1.ndjson"]
    for path, one in zip(paths, wanted, strict=True):
        spool = Spool(path, pytest.fail)
        spool(Noted("note", "something else"))
        spool(one)
        spool.close()

    assert list(read_samples(paths)) == wanted
