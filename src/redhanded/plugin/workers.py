"""The processes that run the tests of this machine, as xdist tells of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest


@dataclass(frozen=True, slots=True)
class Seats:
    """The places of the workers that live: whoever comes for one that has died takes its place."""

    _taken: dict[str, int] = field(default_factory=dict)

    def take(self, worker: str) -> int:
        """The first free place, from now on this worker's."""
        seat = next(seat for seat in count() if seat not in self._taken.values())
        self._taken[worker] = seat
        return seat

    def leave(self, worker: str) -> None:
        """Give a worker's place to the next one that comes."""
        self._taken.pop(worker, None)


def worker_count(config: pytest.Config) -> int:
    """The number of workers, asked in a worker or in their controller; 0 without any."""
    told: dict[str, Any] = getattr(config, "workerinput", {})
    if told:
        return int(told.get("workercount", 1))
    if config.getoption("dist", default="no") == "no":
        return 0
    count: int | None = config.getoption("numprocesses", default=None)
    return count or len(config.getoption("tx", default=()))
