"""Attempts as the page reads them: of what passed the facts alone, of all else what was told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redhanded.core.attempt import Phase
from redhanded.reports.html.details import Attempt, Failure, Told
from redhanded.reports.html.payload import PHASES, PURPOSES
from redhanded.reports.html.units import ticks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redhanded.core.exchange import Exchange
    from redhanded.reports.dossier.case import Round, Sent
    from redhanded.reports.html.bodies import Bodies
    from redhanded.reports.html.payload import Ticks
    from redhanded.reports.html.units import Words

DIGEST: Final = 10
"""Hex digits of a body's digest: of 100,000 bodies no two share them, in 99 runs of 100."""
_PURPOSES: Final = {purpose: place for place, purpose in enumerate(PURPOSES)}
_PHASES: Final = {phase: PHASES.index(phase) for phase in Phase if phase is not Phase.DONE}
_DONE: Final = Phase.DONE


def attempts(
    round_: Round, words: Words, steps: Mapping[str, int], bodies: Bodies | None
) -> list[Attempt]:
    """The attempts of a round; `bodies` takes theirs, None where the test simply passed."""
    calls: dict[str, int] = {}
    made: list[Attempt] = []
    for sent in round_.sent:
        exchange, call_id = sent.exchange, sent.exchange.call_id
        at = ticks(exchange.started_at - round_.began)
        told = None if bodies is None else _told(sent, bodies)
        call, step = calls.setdefault(call_id, len(calls)), steps.get(sent.step, -1)
        made.append(_attempt(sent, words, (call, step, at), told))
    return made


def _attempt(sent: Sent, words: Words, place: tuple[int, int, Ticks], told: Told | None) -> Attempt:
    """An attempt; its place is its call, its step, and when it began."""
    exchange, wait, (call, step, at) = sent.exchange, sent.exchange.wait, place
    return Attempt(
        exchange.id if told is not None else "",  # its trace is enough of what passed
        call,
        exchange.number,
        _PURPOSES.get(exchange.purpose, 0),
        words[sent.operation or exchange.method],
        exchange.status or 0,
        at,
        ticks(exchange.elapsed),
        phases(exchange),
        int(exchange.reused),
        exchange.response_size,
        exchange.body_digest[:DIGEST],
        ticks(wait.seconds),
        words.or_none(wait.reason),
        words.or_none(exchange.row),
        step,
        told,
    )


def phases(exchange: Exchange) -> list[Ticks]:
    """How long each phase lasted, in the order of PHASES, up to the last that took place.

    What comes before the first mark is the wait for the pool; a phase without an end lasted until
    the attempt was over.
    """
    found = [0] * len(PHASES)
    place = began = 0
    for phase, at in exchange.marks:
        ended = ticks(at)
        if ended > began:
            found[place] += ended - began
            began = ended
        if phase is _DONE:
            return found[: place + 1]
        place = _PHASES[phase]
    found[place] += max(ticks(exchange.elapsed) - began, 0)
    return found[: place + 1]


def _told(sent: Sent, bodies: Bodies) -> Told:
    exchange = sent.exchange
    told = Told(
        url=exchange.url,
        http=exchange.http_version,
        request_headers=[*exchange.request_headers],
        response_headers=[*exchange.response_headers],
    )
    if exchange.request_size:
        told["request_size"] = exchange.request_size
    if request := bodies.key(sent.request):
        told["request"] = request
    if response := bodies.key(sent.response):
        told["response"] = response
    if exchange.failure is not None:
        lost = exchange.failure
        told["failure"] = Failure(phase=lost.phase, error=lost.error, message=lost.message)
    if sent.stall:
        told["stall"] = ticks(sent.stall)
    return _named(told, exchange)


def _named(told: Told, exchange: Exchange) -> Told:
    """The same with what most attempts have none of."""
    if exchange.call_id != exchange.id:
        told["call"] = exchange.call_id
    if exchange.peer:
        told["peer"] = exchange.peer
    if exchange.notes:
        told["notes"] = [*exchange.notes]
    return told


def places(sent: Sequence[Sent]) -> dict[str, int]:
    """The place of each attempt in its round, by its id."""
    return {one.exchange.id: place for place, one in enumerate(sent)}
