"""How long operations took to answer, against what the settings declare for them."""

from __future__ import annotations

from array import array
from collections import defaultdict
from math import ceil
from typing import TYPE_CHECKING, Final, NamedTuple

from redhanded.core.attempt import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from redhanded.core.exchange import Exchange
    from redhanded.reports.dossier.case import Sent
    from redhanded.reports.dossier.dossier import Dossier
    from redhanded.reports.dossier.head import Head

_ANY: Final = "*"


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
    def is_over(self) -> bool:
        """Whether the measured value is above the limit; whether that shows anything, n tells."""
        measured = {"p95": self.p95, "ceiling": self.worst}.get(self.measure, 0.0)
        return self.limit is not None and measured > self.limit


def slowest(dossier: Dossier, *, most: int) -> list[Pace]:
    """The operations to look at: those above their limit, then the slowest by their p95."""
    times: defaultdict[str, array[float]] = defaultdict(lambda: array("d"))
    for sent in _counting(dossier):
        times[sent.operation].append(server_seconds(sent.exchange))
    limits = _limits(dossier.head)
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


def _pace(operation: str, spent: Sequence[float], limits: Mapping[str, float]) -> Pace:
    measure, limit = _limit(operation, limits)
    return Pace(
        operation,
        len(spent),
        _quantile(spent, 0.5),
        _quantile(spent, 0.95),
        spent[-1],
        measure,
        limit,
    )


def _quantile(spent: Sequence[float], share: float) -> float:
    """The smallest value that this share of all does not exceed."""
    return spent[ceil(share * len(spent)) - 1]


def _limit(operation: str, limits: Mapping[str, float]) -> tuple[str, float | None]:
    """What is declared for an operation, an objective before a ceiling, its own before any."""
    for route in (operation, _ANY):
        for key, measure in ((f"objectives.{route}.p95", "p95"), (f"ceilings.{route}", "ceiling")):
            if key in limits:
                return measure, limits[key]
    return "", None


def _limits(head: Head) -> dict[str, float]:
    """The limits among the settings, in seconds, by their key."""
    found: dict[str, float] = {}
    for part in head.parts:
        for key, value, _ in part.settings:
            if key.startswith(("objectives.", "ceilings.")):
                found |= _number(key, value)
    return found


def _number(key: str, value: str) -> dict[str, float]:
    try:
        return {key: float(value)}
    except ValueError:
        return {}
