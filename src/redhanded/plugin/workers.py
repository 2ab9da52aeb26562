"""How many processes run the tests of this machine, as xdist tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest


def worker_count(config: pytest.Config) -> int:
    """The number of workers, asked in a worker or in their controller; 0 without any."""
    told: dict[str, Any] = getattr(config, "workerinput", {})
    if told:
        return int(told.get("workercount", 1))
    if config.getoption("dist", default="no") == "no":
        return 0
    count: int | None = config.getoption("numprocesses", default=None)
    return count or len(config.getoption("tx", default=()))
