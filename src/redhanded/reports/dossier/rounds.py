"""The rounds of a test, made of its events in the order in which they were written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from redhanded.core.events import Breached, Examined, RemovalFailed, Stepped, Tracked
from redhanded.core.verdicts import Verdict
from redhanded.core.violation import Violation
from redhanded.reports.dossier.case import Round, Sent
from redhanded.reports.dossier.values import (
    Record,
    Unreadable,
    body_of,
    exchange_of,
    findings_of,
    number_of,
    text_of,
    value_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redhanded.core.verdicts import Finding

_KINDS: Final = {
    "stepped": Stepped,
    "examined": Examined,
    "tracked": Tracked,
    "removal_failed": RemovalFailed,
}
_VERDICTS: Final = frozenset(map(str, Verdict))


@dataclass(slots=True, kw_only=True)
class _Open:
    """A round under way; its attempts are exchanges with what their events say beside them."""

    worker: str
    number: int = 0
    trace_id: str = ""
    began: float = 0.0
    seconds: float = 0.0
    verdict: str | None = None
    is_over: bool = False
    findings: tuple[Finding, ...] = ()
    bodies: Mapping[str, Any] = field(default_factory=dict)
    attempts: list[Record] = field(default_factory=list)
    others: dict[str, list[Any]] = field(default_factory=dict)

    def end(self, event: Record) -> None:
        """The round is over."""
        bodies, verdict = event.get("bodies"), text_of(event, "verdict")
        self.is_over, self.seconds = True, number_of(event, "seconds")
        self.verdict = verdict if verdict in _VERDICTS else None
        self.findings = findings_of(event.get("findings"))
        self.trace_id = self.trace_id or text_of(event, "trace_id")
        self.bodies = bodies if type(bodies) is dict else {}

    def made(self, first: int) -> Round:
        """The round; the index of its first attempt is given."""
        return Round(
            number=self.number,
            trace_id=self.trace_id,
            worker=self.worker,
            began=self.began,
            seconds=self.seconds,
            verdict=self.verdict,
            is_over=self.is_over,
            findings=self.findings,
            sent=tuple([self._sent(n, one) for n, one in enumerate(self.attempts, first)]),
            steps=tuple(self.others.get("stepped", ())),
            examined=tuple(self.others.get("examined", ())),
            tracked=tuple(self.others.get("tracked", ())),
            breached=tuple(self.others.get("breached", ())),
            removals=tuple(self.others.get("removal_failed", ())),
        )

    def _sent(self, index: int, event: Record) -> Sent:
        exchange = event["exchange"]
        kept = self.bodies.get(exchange.id) if self.bodies else None
        kept = kept if type(kept) is dict else {}
        return Sent(
            index=index,
            exchange=exchange,
            operation=text_of(event, "operation"),
            stall=number_of(event, "stall"),
            step=text_of(event, "step"),
            request=body_of(kept.get("request")),
            response=body_of(kept.get("response")),
        )


class Rounds:
    """Gathers the rounds of one test, of one process after the other."""

    def __init__(self) -> None:
        self._rounds: list[_Open] = []
        self._worker = ""

    def enter(self, worker: str) -> None:
        """What is taken in from now on is of that process."""
        self._worker = worker

    def take(self, event: Record) -> None:
        """Take in one event; raises Unreadable where it is none that could be meant."""
        match event["event"]:
            case "attempt_ended":
                exchange = exchange_of(event.get("exchange"))
                event["exchange"] = exchange
                self._now(exchange.started_at).attempts.append(event)
            case "test_started":
                self._start(event)
            case "test_ended":
                self._now(number_of(event, "at")).end(event)
            case "breached":
                self._note("breached", _breached(event))
            case name if name in _KINDS:
                self._note(name, value_of(_KINDS[name], event))

    def _start(self, event: Record) -> None:
        began = number_of(event, "at")
        if self._worker == "main" and (left := self._cut()) is not None:
            left.began = left.began or began
            return  # the process that sees all ends what a worker that died left open
        number, trace_id = int(number_of(event, "round")), text_of(event, "trace_id")
        self._rounds.append(
            _Open(worker=self._worker, number=number, trace_id=trace_id, began=began)
        )

    def _cut(self) -> _Open | None:
        """The round that a process left open when it died; None where there is none."""
        last = self._rounds[-1] if self._rounds else None
        return last if last and not last.is_over and last.worker != self._worker else None

    def _now(self, at: float) -> _Open:
        """The round that an event belongs to; also one whose beginning is lost."""
        last = self._rounds[-1] if self._rounds else None
        if last is None or (last.worker != self._worker and last.is_over):
            self._rounds.append(_Open(worker=self._worker, began=at))
        return self._rounds[-1]

    def _note(self, name: str, value: object) -> None:
        self._now(0.0).others.setdefault(name, []).append(value)

    def made(self) -> Iterator[Round]:
        """The rounds, in the order in which they ran; attempts are counted through from 0."""
        first = 0
        for each in self._rounds:
            yield each.made(first)
            first += len(each.attempts)


def _breached(event: Record) -> Breached:
    violation, count = event.get("violation"), event.get("count", 1)
    if type(violation) is not dict or type(count) is not int:
        raise Unreadable("breached")
    return Breached(
        test_id=text_of(event, "test_id"),
        attempt_id=text_of(event, "attempt_id"),
        contract=text_of(event, "contract"),
        kind="document" if event.get("kind") == "document" else "code",
        operation=text_of(event, "operation"),
        violation=value_of(Violation, violation),
        count=count,
        passed=text_of(event, "passed"),
    )
