"""The server's own share of the time of each attempt, gathered over a run for its record."""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from statistics import median
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from redhanded.core.attempt import Phase, connecting, is_near
from redhanded.history.records import Latency, Operation
from redhanded.pipeline.stream import STREAMED
from redhanded.pipeline.table import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

SHORTEST: Final = 0.0001  # seconds; what is shorter says nothing of a server
WEATHER: Final = frozenset(key for key, row in ROWS.items() if row.verdict == "inconclusive")


class Place(NamedTuple):
    """What shares are compared within: a test, an operation, a class of size, and an origin."""

    test: str
    operation: str
    size: int
    origin: str


class Shares:
    """The waits for the first byte, less the runner's stalls, of all first attempts of a run.

    What the way takes is known when all attempts are: the quickest connection to an origin that is
    not on this machine is taken off in the end. Everything is kept as plain numbers, for a run may
    be long.
    """

    def __init__(self) -> None:
        self._waits: defaultdict[Place, array[float]] = defaultdict(lambda: array("d"))
        self._canaries: defaultdict[str, array[float]] = defaultdict(lambda: array("d"))
        self._quickest: dict[str, float] = {}
        self._errors: Counter[str] = Counter()

    def note(
        self, test: str, operation: str, exchange: Mapping[str, Any], stall: float, *, is_own: bool
    ) -> None:
        """Take in one attempt; `is_own` tells whether its answer is whole, and the API's."""
        origin, marks = _origin(exchange["url"]), exchange["marks"]
        if not is_near(exchange["peer"]):
            self._connect(origin, marks)
        wait = _wait(marks)
        if not is_own or wait is None:
            return
        if exchange["purpose"] == "canary" and exchange["status"] < 500:
            self._canaries[origin].append(wait - stall)
        elif exchange["purpose"] == "test" and exchange["number"] == 1:
            self._errors[operation] += exchange["status"] >= 500
            if STREAMED not in exchange["notes"]:
                place = Place(test, operation, len(str(exchange["response_size"])), origin)
                self._waits[place].append(wait - stall)

    def _connect(self, origin: str, marks: Sequence[tuple[str, float]]) -> None:
        seconds = connecting(marks)
        if seconds is not None:
            self._quickest[origin] = min(seconds, self._quickest.get(origin, seconds))

    def _without_the_way(self, waits: Sequence[float], origin: str) -> list[float]:
        way = self._quickest.get(origin, 0.0)
        return [max(wait - way, SHORTEST) for wait in waits]

    def canaries(self) -> list[float]:
        """What the server took for each canary that was well, in seconds."""
        return [
            share
            for origin, waits in self._canaries.items()
            for share in self._without_the_way(waits, origin)
        ]

    def latencies(self, key_of: Callable[[str], str]) -> Iterator[Latency]:
        """A summary for each test, operation and class of size; `key_of` names a test."""
        together: defaultdict[tuple[str, str, int], list[float]] = defaultdict(list)
        for place, waits in self._waits.items():
            shares = self._without_the_way(waits, place.origin)
            together[key_of(place.test), place.operation, place.size] += shares
        for (test, operation, size), shares in together.items():
            yield Latency(
                test=test,
                operation=operation,
                size=size,
                samples=len(shares),
                median=median(shares),
            )

    def operations(self) -> Iterator[Operation]:
        """A summary for each operation, over all tests."""
        together: defaultdict[str, list[float]] = defaultdict(list)
        for place, waits in self._waits.items():
            together[place.operation] += self._without_the_way(waits, place.origin)
        for operation, shares in together.items():
            shares.sort()
            yield Operation(
                operation=operation,
                samples=len(shares),
                errors=self._errors[operation],
                median=median(shares),
                p95=_quantile(shares, 0.95),
                p99=_quantile(shares, 0.99),
                longest=shares[-1],
            )


def _wait(marks: Sequence[tuple[str, float]]) -> float | None:
    """The wait for the first byte; None where no answer began."""
    began = ended = None
    for phase, at in marks:
        if phase == Phase.WAIT:
            began = at
        elif phase == Phase.READ:
            ended = at
    return None if began is None or ended is None else ended - began


def _quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that so many of all do not exceed (nearest rank)."""
    return ordered[math.ceil(share * len(ordered)) - 1]


def _origin(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])
