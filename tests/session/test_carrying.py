"""Evidence is carried by objective and by build, in the order of the runs."""

from __future__ import annotations

import pytest

from redhanded.history.records import Evidence, Weighed
from redhanded.session.carrying import carried_by
from redhanded.verdict.objectives import NOTHING, Carried

OF = ("GET /x", "p95", 0.3)


def weighed(run: str, gain: float, build: str = "7", *, operation: str = "GET /x") -> Weighed:
    """Evidence of ten samples, one of them bad, of one run."""
    evidence = Evidence(
        operation=operation,
        measure="p95",
        limit=0.3,
        build=build,
        samples=10,
        bad=1,
        gain=gain,
        decision="open",
    )
    return Weighed(run, 0.0, evidence)


def test_what_runs_of_a_build_add_is_summed_up() -> None:
    """With the runs and the samples that it rests on."""
    carried = carried_by([weighed("a", 1.5), weighed("b", -0.5), weighed("c", 2.0)])

    assert carried(*OF, "7") == Carried(log=3.0, runs=3, samples=30, bad=3)


@pytest.mark.parametrize(
    "operation, measure, limit, build",
    [
        pytest.param("GET /y", "p95", 0.3, "7", id="operation"),
        pytest.param("GET /x", "p99", 0.3, "7", id="measure"),
        pytest.param("GET /x", "p95", 0.4, "7", id="limit"),
        pytest.param("GET /x", "p95", 0.3, "8", id="build"),
    ],
)
def test_nothing_is_carried_to_anything_else(
    operation: str, measure: str, limit: float, build: str
) -> None:
    """INVARIANT: evidence against one build never convicts another, nor another promise."""
    carried = carried_by([weighed("a", 9.0)])

    assert carried(operation, measure, limit, build) == NOTHING


def test_the_run_that_is_judged_is_left_out() -> None:
    """It may be in the store already."""
    carried = carried_by([weighed("a", 1.0), weighed("now", 5.0)], but="now")

    assert carried(*OF, "7").log == 1.0


@pytest.mark.parametrize("build, log", [("", 1.0), ("7", -8.0)], ids=["unknown", "known"])
def test_what_acquits_an_unknown_build_is_not_kept_for_ever(build: str, log: float) -> None:
    """It may be another one since: what comes after begins anew."""
    runs = [weighed("a", -9.0, build), weighed("b", 1.0, build)]

    assert carried_by(runs)(*OF, build).log == log
    assert carried_by(runs[:1])(*OF, "") == NOTHING
