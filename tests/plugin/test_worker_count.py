"""How many processes run the tests, whoever is asked, and the place of each."""

from __future__ import annotations

from typing import Any, cast

import pytest

from redhanded.plugin.workers import Seats, worker_count


class Config:
    """What pytest's configuration holds of xdist."""

    def __init__(self, told: dict[str, Any] | None = None, **options: Any) -> None:  # noqa: ANN401  pytest's
        self._options = options
        if told is not None:
            self.workerinput = told

    def getoption(self, name: str, default: Any = None) -> Any:  # noqa: ANN401  pytest's
        return self._options.get(name, default)


@pytest.mark.parametrize(
    "config, count",
    [
        pytest.param(Config(), 0, id="xdist is not there"),
        pytest.param(Config(dist="no", numprocesses=None, tx=[]), 0, id="it is not used"),
        pytest.param(Config(dist="no", numprocesses=0, tx=[]), 0, id="-n0"),
        pytest.param(Config(dist="load", numprocesses=4, tx=["popen"] * 4), 4, id="-n4"),
        pytest.param(
            Config(dist="load", numprocesses=None, tx=["popen", "popen"]), 2, id="--tx alone"
        ),
        pytest.param(Config({"workerid": "gw1", "workercount": 3}), 3, id="in a worker"),
    ],
)
def test_workers_are_counted(config: Config, count: int) -> None:
    """Their controller knows, each of them was told, and a run of one process has none."""
    assert worker_count(cast("pytest.Config", config)) == count


def test_who_comes_for_a_dead_worker_takes_its_place() -> None:
    """INVARIANT: no two workers that live have one place, and none has one beyond their number."""
    seats = Seats()

    assert [seats.take(worker) for worker in ("gw0", "gw1", "gw2")] == [0, 1, 2]
    seats.leave("gw1")

    assert seats.take("gw3") == 1
