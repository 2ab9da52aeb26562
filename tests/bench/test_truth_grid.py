"""Cells: what stands together in a session, drawn by a seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from bench.truth import jobs
from bench.truth.grid import KINDS, SHAPES, Grid, Storm
from bench.truth.sessions import MODES
from redhanded.lab.weather.plan import Plan
from tests.bench.truth import CATALOGUE, WITNESS

GRID = Grid(catalogue=CATALOGUE, seed=7)


@pytest.mark.parametrize(
    "shape, expected",
    [
        pytest.param("once", {"nth": 3}, id="once"),
        pytest.param("burst", {"burst": {"first": 3, "count": 3}}, id="burst"),
        pytest.param("10s", {"window": {"from": 3 / 16, "for": 1.0}}, id="ten seconds"),
        pytest.param("60s", {"window": {"from": 3 / 16, "for": 6.0}}, id="a minute"),
        pytest.param("always", {"shape": "always"}, id="always"),
        pytest.param("random", {"shape": "random"}, id="random"),
    ],
)
def test_a_shape_becomes_a_rule_of_the_proxy(shape: str, expected: dict[str, Any]) -> None:
    """Moments come from chance, seconds from the pace."""
    rule = Storm(code="E12", shape=shape, kind="post", chance=11, pace=0.1).rule

    assert rule == {"fault": "E12", "route": "POST /booking", "params": {}, **expected}


@pytest.mark.parametrize(
    "shape, expected",
    [
        pytest.param("once", {"nth": 5, "params": {"seconds": 6.0}}, id="once"),
        pytest.param("10s", {"nth": 5, "params": {"seconds": 1.0}}, id="ten seconds"),
        pytest.param("random", {"rate": 0.02, "params": {"seconds": 6.0}}, id="random"),
        pytest.param("always", {"shape": "always", "params": {}}, id="always"),
    ],
)
def test_an_outage_begins_at_a_request_and_lasts(shape: str, expected: dict[str, Any]) -> None:
    """The clock of a window would run out while pytest starts."""
    rule = Storm(code="E39", shape=shape, chance=3, pace=0.1).rule

    assert rule == {"fault": "E39", **expected}


def test_the_proxy_accepts_every_plan() -> None:
    """A plan that the proxy refuses would only show in the middle of a run."""
    cells = [*GRID.weathers(SHAPES, ("any", *KINDS), 0.1), *GRID.both(3, 0.1)]

    assert all(Plan.of(cell.plan).rules for cell in cells)


def test_the_same_seed_draws_the_same_cells() -> None:
    """A run can be taken up again, and a cell run alone."""
    again = replace(GRID, seed=7)

    assert list(GRID.drawn(2, 0.1)) == list(again.drawn(2, 0.1))
    assert list(GRID.drawn(2, 0.1)) != list(replace(GRID, seed=8).drawn(2, 0.1))


def test_one_of_two_builds_answers_each_other_time() -> None:
    """A build that answers every time is the API."""
    assert Storm(code="E36", shape="60s").rule == {"fault": "E36", "every": 2, "params": {}}


@pytest.mark.parametrize(
    "shape, kinds",
    [
        pytest.param("once", {"any", *KINDS}, id="once"),
        pytest.param("random", {"any", *KINDS}, id="now and then"),
        pytest.param("60s", {"any"}, id="for a minute"),
        pytest.param("always", {"any"}, id="always"),
    ],
)
def test_the_wire_keeps_hitting_no_route_alone(shape: str, kinds: set[str]) -> None:
    """A route that alone loses its answers for long is broken: that is a defect."""
    cells = [cell for cell in GRID.weathers([shape], ("any", *KINDS), 0.1) if "E12" in cell.name]

    assert {cell.storms[0].kind for cell in cells} == kinds


@pytest.mark.parametrize("code", ["E21", "E39"])
def test_weather_that_asks_nobody_where_they_go_is_on_every_route(code: str) -> None:
    """A slow route alone is a slow route, and no weather."""
    cells = [cell for cell in GRID.weathers(SHAPES, ("any", *KINDS), 0.1) if code in cell.name]

    assert {cell.storms[0].kind for cell in cells} == {"any"}


def test_a_credential_is_not_revoked_for_a_moment() -> None:
    """One refusal of a valid token is a defect of the API."""
    cells = [cell for cell in GRID.weathers(SHAPES, ("any",), 0.1) if "E34" in cell.name]

    assert {cell.storms[0].shape for cell in cells} == {"10s", "60s", "always"}


def test_a_correct_session_has_so_many_tests_of_each_kind() -> None:
    """All kinds are asked equally often, in a shuffled order."""
    [cell] = GRID.calm(1)

    kinds = Counter(test.partition("::test_")[2].partition("[")[0] for test in cell.tests)
    assert kinds == dict.fromkeys(KINDS, 4)
    assert list(cell.tests) != sorted(cell.tests)


def test_weather_that_never_clears_meets_fewer_tests() -> None:
    """Each of them takes all the time that it is given."""
    assert len(GRID.shaped("E12", "always", 0.1).tests) == 2 * len(KINDS)


def test_a_defect_alone_is_on_for_its_whole_session() -> None:
    """Its numbers come with its switch, its witness last."""
    [cell] = GRID.defects(["D78"])

    assert (cell.switch, cell.defect_of("any test")) == ("D78:seconds=0.7", "D78")
    assert cell.tests[-1] in cell.witnesses


def test_in_a_batch_each_witness_has_its_own_defect() -> None:
    """Between them the API is correct."""
    [cell] = GRID.batches(8)

    assert (cell.switch, cell.family) == ("", "defect")
    assert (cell.defect_of(WITNESS), cell.defect_of(cell.tests[0])) == ("D33", "")


def test_a_batch_in_a_weather_is_of_both() -> None:
    """Then its defects count as defects under weather."""
    assert {cell.family for cell in GRID.batches(1, "random", 0.1)} == {"both"}


def test_a_glimpse_is_a_witness_as_often_as_it_is_wanted() -> None:
    """Each turn is a test of one call on the API with the defect."""
    [cell] = GRID.glimpses(3)

    assert set(cell.witnesses) == {f"test_glimpses.py::test_it[{turn}]" for turn in range(3)}


def full_grid() -> Grid:
    """A grid that has what the short form compares."""
    weathers = ("E05", "E12", "E28", "E29", "E31")
    return Grid(catalogue=replace(CATALOGUE, weathers=weathers, glimpses={}))


@pytest.mark.parametrize("form", [jobs.short, jobs.full], ids=["short", "full"])
def test_the_others_run_nothing_that_ours_does_not(form: Any) -> None:  # noqa: ANN401
    """What stands side by side was tried on the same sessions."""
    made = list(form(full_grid(), list(MODES)))

    ours = {cell.name for cell, mode in made if mode.is_ours}
    others = {(cell.name, mode.name) for cell, mode in made if not mode.is_ours}
    assert {name for name, _ in others} <= ours
    assert len(others) % 3 == 0


@pytest.mark.parametrize("form", [jobs.short, jobs.full], ids=["short", "full"])
def test_no_session_is_run_twice(form: Any) -> None:  # noqa: ANN401
    """A file of records knows a session by its name and mode."""
    names = [(cell.name, mode.name) for cell, mode in form(full_grid(), list(MODES))]

    assert len(names) == len(set(names))


def test_the_short_form_has_enough_verdicts() -> None:
    """The goal of the short form asks for 1,500 on a correct API."""
    made = jobs.short(full_grid(), ["redhanded"])

    assert sum(len(cell.tests) for cell, _ in made if cell.family == "weather") >= 1_500


def test_the_session_that_takes_minutes_is_shared_and_begun_first() -> None:
    """The lanes take what is left in its order, and would wait for one that is begun late."""
    catalogue = replace(full_grid().catalogue, weathers=("E05", "E12", "E18", "E28", "E29", "E31"))

    made = [cell for cell, _ in jobs.short(Grid(catalogue=catalogue), ["redhanded"])]

    slow = [cell for cell in made if cell.name.startswith("E18/always/")]
    tests = [test for cell in slow for test in cell.tests]
    assert len(slow) > 1
    assert made[: len(slow)] == slow
    assert len(tests) == len(set(tests)) == 2 * len(KINDS)
    assert "E18/once" in {cell.name.rpartition("/")[0].rpartition("/")[0] for cell in made}


def test_only_some_codes_are_looked_at() -> None:
    """A weather in all shapes, a defect alone and in weathers."""
    made = list(jobs.only(GRID, ["E12", "D33"], ["redhanded"]))

    assert {cell.name.partition("/")[0] for cell, _ in made} == {"E12", "D33"}
    assert {cell.family for cell, _ in made} == {"weather", "defect", "both"}
