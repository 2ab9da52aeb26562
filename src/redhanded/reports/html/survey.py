"""The survey: what only all attempts together tell, noted while tests pass by one at a time."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from redhanded.core.attempt import Phase, is_near
from redhanded.pipeline.stream import STREAMED
from redhanded.reports.html.payload import Canary, Requeue
from redhanded.reports.html.units import ticks

if TYPE_CHECKING:
    from redhanded.core.exchange import Exchange
    from redhanded.reports.dossier.case import Case, Round, Row, Sent
    from redhanded.reports.dossier.head import Head
    from redhanded.reports.html.payload import Place, Ticks
    from redhanded.reports.html.units import Words

CANARIES: Final = 2_000  # that are shown at most
_BINS: Final = 200  # moments for which the retry budget is shown


@dataclass(slots=True)
class Operation:
    """What tests met of one operation: answers by status, and the server's own times.

    Times are seconds of first attempts, by origin, without the runner's stalls.
    """

    calls: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    waits: defaultdict[str, array[float]] = field(
        default_factory=lambda: defaultdict(lambda: array("d"))
    )


class Survey:
    """Notes what is told of all tests together; `words` are those of the index."""

    def __init__(self, head: Head, words: Words) -> None:
        self.operations: defaultdict[str, Operation] = defaultdict(Operation)
        self.requeues: list[Requeue] = []
        self.routes: dict[Place, str] = {}
        self._canaries: list[Canary] = []
        self._waits: Counter[str] = Counter()
        self._waited: Counter[str] = Counter()
        self._quickest: dict[str, float] = {}
        self._began = head.began
        self._bin = max(ticks(head.ended - head.began) // _BINS, 1)
        self._budget: dict[Ticks, float] = {}
        self._words = words

    def note(self, place: Place, case: Case) -> None:
        """Take in one test, whose row has that place."""
        for one in case.rounds:
            for sent in one.sent:
                self._note(sent)
            if one.number:
                kind = one.verdict or case.row.kind
                at = ticks(one.began - self._began)
                self.requeues.append(Requeue(at, place, one.number + 1, kind))
        self.routes[place] = _route(case.row, case.last)

    def _note(self, sent: Sent) -> None:
        exchange = sent.exchange
        if exchange.wait.seconds:
            self._waits[exchange.wait.reason] += 1
            self._waited[exchange.wait.reason] += ticks(exchange.wait.seconds)
        if not is_near(exchange.peer):
            self._connect(exchange)
        if exchange.purpose == "test":
            self._spend(exchange)
            self._answer(sent)
        elif exchange.purpose == "canary":
            origin = self._words[origin_of(exchange)]
            at = ticks(exchange.started_at - self._began)
            took = ticks(exchange.elapsed)
            self._canaries.append(Canary(at, exchange.status or 0, took, origin))

    def _spend(self, exchange: Exchange) -> None:
        moment = ticks(exchange.started_at - self._began) // self._bin
        self._budget[moment] = min(exchange.bucket, self._budget.get(moment, exchange.bucket))

    def _answer(self, sent: Sent) -> None:
        exchange = sent.exchange
        met = self.operations[sent.operation or exchange.method]
        met.calls += exchange.number == 1
        if exchange.status is None:
            return
        met.statuses[exchange.status] += 1
        took = None if exchange.failure or exchange.number > 1 else _server_seconds(exchange)
        if took is not None and STREAMED not in exchange.notes:
            met.waits[origin_of(exchange)].append(took - sent.stall)

    def _connect(self, exchange: Exchange) -> None:
        marks = dict(exchange.marks)
        ended = marks.get(Phase.TLS, marks.get(Phase.SEND))
        if Phase.CONNECT in marks and ended is not None:
            origin, took = origin_of(exchange), ended - marks[Phase.CONNECT]
            self._quickest[origin] = min(took, self._quickest.get(origin, took))

    def times(self, operation: str) -> list[Ticks]:
        """How long the server itself took for an operation, in order.

        The way to it, the quickest connection to its origin, is taken off.
        """
        waits = self.operations[operation].waits if operation in self.operations else {}
        return sorted(
            max(ticks(wait - self._quickest.get(origin, 0.0)), 1)
            for origin, some in waits.items()
            for wait in some
        )

    def canaries(self) -> list[Canary]:
        """The canaries in the order of time; of very many all that were not well, and some more."""
        ordered = sorted(self._canaries)
        step = max(len(ordered) // CANARIES, 1)
        return [one for number, one in enumerate(ordered) if not number % step or _is_ill(one)]

    def waits(self) -> list[tuple[str, int, Ticks]]:
        """What was paused for, with how often and how long in all, the longest first."""
        told = [(reason, times, self._waited[reason]) for reason, times in self._waits.items()]
        return sorted(told, key=lambda one: -one[2])

    def budget(self) -> list[tuple[Ticks, float]]:
        """The retry budget where it changed: when, and the fewest tokens that any origin had."""
        found: list[tuple[Ticks, float]] = []
        for moment, left in sorted(self._budget.items()):
            if not found or found[-1][1] != left:
                found.append((moment * self._bin, left))
        return found


def origin_of(exchange: Exchange) -> str:
    """The scheme, host and port that an exchange was with."""
    return "/".join(exchange.url.split("/", 3)[:3])


def _server_seconds(exchange: Exchange) -> float | None:
    """From the last byte sent to the first byte received; None where no answer began."""
    began = ended = None
    for phase, at in exchange.marks:
        if phase is Phase.WAIT:
            began = at
        elif phase is Phase.READ:
            ended = at
    return None if began is None or ended is None else ended - began


def _is_ill(canary: Canary) -> bool:
    return not 200 <= canary.status < 400


def _route(row: Row, last: Round | None) -> str:
    """The operation that a test rests on: that of its finding, else the last that it called."""
    own = [sent for sent in last.sent if sent.exchange.purpose == "test"] if last else []
    wanted = last.findings[0].attempt_id if last and last.findings else ""
    rested = next((sent for sent in own if sent.exchange.id == wanted), own[-1] if own else None)
    if rested is not None:
        return rested.operation
    return row.operations[-1] if row.operations else ""
