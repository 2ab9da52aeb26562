"""Cells, logs and records of a small benchmark, to be altered by each test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.truth.episodes import Episode, Nature, join
from bench.truth.grid import Catalogue, Cell, Storm
from bench.truth.lanes import Record
from bench.truth.logs import Arrival, Logs, Serving, Strike
from bench.truth.results import Evidence, Round, Seen

TEST = "test_correct.py::test_get[0]"
WITNESS = "test_data_defects.py::test_it"
ROUTE = ("GET", "/booking/7")
NATURES: Mapping[str, Nature] = {
    "D33": Nature(verdict="defect", is_intermittent=False),
    "D84": Nature(verdict="defect", is_intermittent=True),
}
CATALOGUE = Catalogue(
    weathers=("E12", "E21", "E34", "E39"),
    variants={"E12": ({}, {"forwarded": False})},
    switches={"D33": "D33", "D84": "D84", "D78": "D78:seconds=0.7"},
    witnesses={"D33": (WITNESS,), "D78": ("test_slow_defects.py::test_it",)},
    glimpses={"D84": ("test_glimpses.py::test_it[0]",)},
    routes=("test_routes.py::test_route[user]",),
)


def cell(test: str = TEST, **fields: Any) -> Cell:  # noqa: ANN401
    """A session of one test, calm unless it is said to be otherwise."""
    return Cell(**{"name": "cell", "family": "calm", "tests": (test,), **fields})


def weathered(shape: str = "once") -> Cell:
    """A session of one test on a correct API in a weather."""
    return cell(family="weather", storms=(Storm(code="E12", shape=shape),))


def faulty(code: str = "D33", **fields: Any) -> Cell:  # noqa: ANN401
    """A session of one witness on an API with its defect."""
    witnesses = {WITNESS: code}
    given = {"family": "defect", "switch": code, "witnesses": witnesses, **fields}
    return cell(WITNESS, **given)


def strike(at: float = 1.5, episode: str | None = TEST, **fields: Any) -> Strike:  # noqa: ANN401
    """A weather that hit a request of the test."""
    given = {"code": "E12", "until": at, "route": ROUTE, **fields}
    return Strike(at=at, episode=episode, **given)


def serving(code: str = "D33", episode: str | None = WITNESS) -> Serving:
    """A wrong answer to the witness."""
    return Serving(code=code, episode=episode, route=ROUTE)


def arrival(episode: str = TEST, **fields: Any) -> Arrival:  # noqa: ANN401
    """A request of the test that was answered."""
    given = {"route": ROUTE, "body": None, "status": 200, **fields}
    return Arrival(episode=episode, **given)


def episode(
    session: Cell,
    verdict: str,
    *,
    rounds: tuple[tuple[float, float], ...] = ((1.0, 2.0),),
    spooled: str = "",
    **logs: tuple[Any, ...],
) -> Episode:
    """What the session's only test amounts to, when its report says so."""
    [test] = session.tests
    evidence = Evidence(
        rounds={
            test: [
                Round(began=began, ended=ended, verdict=spooled or verdict)
                for began, ended in rounds
            ]
        }
    )
    seen = {} if verdict == "missing" else {test: Seen(verdict)}
    [found] = join(session, seen, evidence, Logs(**logs), NATURES)
    return found


def record(*episodes: Episode, **fields: Any) -> Record:  # noqa: ANN401
    """The record of a session with these episodes."""
    given = {
        "cell": episodes[0].cell,
        "family": episodes[0].family,
        "mode": "redhanded",
        "exit_code": 0,
        "seconds": 1.0,
        "requests": 100,
        "extra": 0,
        "writes": 50,
        "rows": 0,
        "resent": 0,
    }
    return Record(**{**given, **fields}, episodes=episodes)
