"""How long operations took to answer, against what the settings declare for them."""

from __future__ import annotations

from array import array
from collections import defaultdict
from contextlib import suppress
from math import ceil
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from redhanded.core.attempt import Phase
from redhanded.pipeline.routes import EVERY, matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redhanded.core.exchange import Exchange
    from redhanded.reports.dossier.case import Sent
    from redhanded.reports.dossier.dossier import Dossier
    from redhanded.reports.dossier.head import Head

_ENOUGH: Final = 20
_MEASURES: Final = {"objectives.": ("p95", ".p95"), "ceilings.": ("ceiling", "")}


class Pace(NamedTuple):
    """The answers of one operation to first attempts of tests; times are seconds of the server.

    `limit` is what is declared for the measure, None where nothing is.
    """

    operation: str
    answers: int
    median: float
    p95: float
    worst: float
    measure: str = ""
    limit: float | None = None

    @property
    def is_enough(self) -> bool:
        """Whether there are answers enough for one of them to lie above the percentile."""
        return self.measure != "p95" or self.answers >= _ENOUGH

    @property
    def is_over(self) -> bool:
        """Whether what was measured is above the limit."""
        measured = {"p95": self.p95, "ceiling": self.worst}.get(self.measure, 0.0)
        return self.limit is not None and self.is_enough and measured > self.limit


def slowest(dossier: Dossier, *, most: int) -> list[Pace]:
    """The operations to look at: those above their limit, then the slowest by their p95."""
    times: defaultdict[str, array[float]] = defaultdict(lambda: array("d"))
    for sent in _counting(dossier):
        times[sent.operation].append(server_seconds(sent.exchange))
    limits = [*_limits(dossier.head)]
    paces = [_pace(operation, sorted(spent), limits) for operation, spent in times.items()]
    return sorted(paces, key=lambda pace: (not pace.is_over, -pace.p95))[:most]


def server_seconds(exchange: Exchange) -> float:
    """From the last byte sent to the first received, or the whole time where that is not known."""
    times = dict(exchange.marks)
    if Phase.WAIT in times and Phase.READ in times:
        return times[Phase.READ] - times[Phase.WAIT]
    return exchange.elapsed


def _counting(dossier: Dossier) -> Iterator[Sent]:
    for case in dossier.cases():
        for round_ in case.rounds:
            for sent in round_.sent:
                exchange = sent.exchange
                is_whole = exchange.failure is None and exchange.status is not None
                if sent.operation and is_whole and exchange.purpose == "test":
                    yield from [sent] * (exchange.number == 1)


def _pace(operation: str, spent: Sequence[float], limits: Sequence[_Limit]) -> Pace:
    limit = _limit(operation, limits)
    return Pace(
        operation,
        len(spent),
        _quantile(spent, 0.5),
        _quantile(spent, 0.95),
        spent[-1],
        limit.measure if limit else "",
        limit.seconds if limit else None,
    )


def _quantile(spent: Sequence[float], share: float) -> float:
    """The smallest value that this share of all does not exceed."""
    return spent[ceil(share * len(spent)) - 1]


class _Limit(NamedTuple):
    """What is declared for a route, below the path of the base URL."""

    route: str
    measure: str
    seconds: float
    below: str


def _limit(operation: str, limits: Sequence[_Limit]) -> _Limit | None:
    """What is declared for an operation: by its own route before any, a p95 before a ceiling."""
    method, _, path = operation.partition(" ")
    fitting = [limit for limit in limits if matches(limit.route, method, path, below=limit.below)]
    return min(
        fitting, key=lambda limit: (limit.route == EVERY, limit.measure == "ceiling"), default=None
    )


def _limits(head: Head) -> Iterator[_Limit]:
    """The limits among the settings that the run was made with."""
    for part in head.parts:
        below = urlsplit(part.target).path
        for key, value, _ in part.settings:
            for prefix, (measure, suffix) in _MEASURES.items():
                if key.startswith(prefix) and key.endswith(suffix):
                    route = key.removeprefix(prefix).removesuffix(suffix)
                    yield from (_Limit(route, measure, each, below) for each in _numbers(value))


def _numbers(value: str) -> Iterator[float]:
    with suppress(ValueError):
        yield float(value)
