"""Cells are counted as they were found, and a cell that was not run is none that held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from bench.figures import Figure
from bench.secrets import matrix, planted
from bench.secrets.matrix import Bench, Cell, leaks_of
from bench.secrets.planted import FILES, Plant
from bench.secrets.sessions import OURS, Left
from bench.secrets.shapes import Made
from tests.servers.processes import ServerNotInstalled

FIRST, SECOND = Made("q7Rk2vXw9LmT4bZs8HnYc3Jd"), Made("correct horse battery staple")


@pytest.fixture
def without_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has no server of that kind."""

    @contextmanager
    def serving() -> Iterator[None]:
        raise ServerNotInstalled("no Redis server")
        yield

    monkeypatch.setattr("tests.servers.redis.serving", serving)


def told(monkeypatch: pytest.MonkeyPatch, cells: Sequence[Cell], *, short: bool) -> list[Figure]:
    """The figures of a matrix whose sessions end like this."""
    monkeypatch.setattr(Bench, "cells", lambda *_: cells)
    return list(matrix.figures(short=short, seed=1))


def test_a_leak_is_told_by_its_channel_and_its_output() -> None:
    """Each channel carries a secret of its own, and each output is read by itself."""
    outputs = {
        "terminal": [f"E {FIRST.text}".encode(), b""],
        "junit": [b"<a/>"],
        "har": [b"nothing", FIRST.text.encode().hex().encode()],
    }

    assert leaks_of(Left(1, outputs), {"one": FIRST, "two": SECOND}) == {
        "one": ("terminal", "har"),
        "two": (),
    }


def test_no_leak_in_all_cells_meets_the_goal(
    monkeypatch: pytest.MonkeyPatch, without_redis: None
) -> None:
    """The short form is ours alone."""
    [figure] = told(monkeypatch, [Cell("log", "token", "live", ())] * 3, short=True)

    assert figure.measured == "0 of 3"
    assert figure.goal == "0"
    assert figure.is_met


def test_one_leak_misses_it_and_is_told_by_every_axis(
    monkeypatch: pytest.MonkeyPatch, without_redis: None
) -> None:
    """Who mends it wants to know where it is."""
    cells = [Cell("log", "token", "live", ("har", "ctrf")), Cell("log", "token", "default", ())]

    first, *others = told(monkeypatch, cells, short=True)

    assert (first.measured, first.is_met) == ("1 of 2", False)
    assert {(other.name.strip(), other.measured) for other in others} == {
        ("channel log", "1 of 2"),
        ("mode live", "1 of 1"),
        ("shape token", "1 of 2"),
        ("read in har", "1 cells"),
        ("read in ctrf", "1 cells"),
    }


def test_a_cell_that_was_not_run_misses_the_goal(
    monkeypatch: pytest.MonkeyPatch, without_redis: None
) -> None:
    """INVARIANT: a session that broke down leaks nothing, and proves nothing."""
    figure, session = told(
        monkeypatch, [Cell("log", "token", "live", (), was_run=False)], short=True
    )

    assert figure.measured == "0 of 1, 1 not run"
    assert not figure.is_met
    assert (session.name, session.measured) == ("  not run: token, live", "1 cells")


def test_others_are_told_without_a_goal(
    monkeypatch: pytest.MonkeyPatch, without_redis: None
) -> None:
    """What stock pytest shows is no failure of ours."""
    every = told(monkeypatch, [Cell("log", "token", "live", ("terminal",))], short=False)
    stock = next(figure for figure in every if "stock" in figure.name)

    assert (stock.measured, stock.goal, stock.is_met) == ("1 of 1", "", True)


def test_a_session_that_ran_nothing_has_run_no_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was run is told by pytest's own XML, whatever redhanded says."""
    xml = b'<testcase name="test_log"/><testcase name="test_parameter[masked]"/>'
    left = Left(1, {"junit-of-pytest.xml": [xml]})
    monkeypatch.setattr(matrix, "ran", lambda *_, **__: left)

    cells = Bench(OURS, seed=1).session("token", "default")

    assert {cell.channel for cell in cells if cell.was_run} == {"log", "parameter"}


@pytest.mark.parametrize(
    "shown, was_run",
    [(b"replacing crashed worker gw0", True), (b"30 passed", False)],
    ids=["killed", "spared"],
)
def test_a_session_whose_worker_was_spared_has_run_no_cell_of_a_kill(
    monkeypatch: pytest.MonkeyPatch, shown: bytes, was_run: bool
) -> None:
    """Where nobody can be killed, nothing is said of what a kill leaves."""
    xml = [b'<testcase name="test_log"/>']
    left = Left(1, {"junit-of-pytest.xml": xml, "terminal": [shown]})
    monkeypatch.setattr(matrix, "ran", lambda *_, **__: left)

    cells = Bench(OURS, seed=1).session("token", "killed")

    assert any(cell.was_run for cell in cells) is was_run


def judged(shown: str, *, exit_code: int = 1) -> dict[str, Plant]:
    """What is made of the terminal of a session that planted files."""
    left = Left(exit_code, {"terminal": [shown.encode()]})
    return {plant.name: plant for plant in planted.judged("token", FIRST, left)}


NAMED = "\n".join(f"runs/1/planted-{name}: at offset {planted.BEFORE + 1}: VAULT" for name in FILES)


def test_a_planted_file_is_found_where_it_is_named_with_its_place() -> None:
    """All of them, by a run that failed."""
    assert all(plant.is_found for plant in judged(NAMED).values())


@pytest.mark.parametrize(
    "shown, exit_code",
    [
        pytest.param("", 1, id="not-named"),
        pytest.param(NAMED.replace(str(planted.BEFORE + 1), "7"), 1, id="elsewhere"),
        pytest.param(NAMED, 0, id="green"),
        pytest.param(NAMED, 2, id="interrupted"),
        pytest.param(f"{NAMED}\n{FIRST.text}", 1, id="shown"),
    ],
)
def test_a_planted_file_is_missed_otherwise(shown: str, exit_code: int) -> None:
    """A run that names the value has leaked it once more."""
    assert not judged(shown, exit_code=exit_code)["raw.txt"].is_found
