"""What of a record is sent again: the requests of a test in their order, or one alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redhanded.core.verdicts import Finding
    from redhanded.reports.dossier.case import Case, Round, Sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request to send; `attempts` is how often the run had sent it within one call.

    `findings` rest on its answer. `before` are the answers that the test had got by then.
    """

    sent: Sent
    attempts: int = 1
    findings: tuple[Finding, ...] = ()
    before: tuple[Sent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that is sent, and by purpose how much of what the run had sent is left out."""

    steps: tuple[Step, ...]
    left_out: Mapping[str, int]


def plan_of_test(case: Case) -> Plan:
    """The calls of the test's last round that sent any, each once."""
    round_ = _telling(case)
    if round_ is None:
        return Plan(steps=(), left_out={})
    own = _own(round_.sent)
    others = (sent.exchange.purpose for sent in round_.sent if sent.exchange.purpose != "test")
    return Plan(steps=tuple(_steps(own, round_)), left_out=dict(Counter(others)))


def plan_of_exchange(case: Case, attempt_id: str) -> Plan:
    """That one attempt of the test alone, whatever it was for."""
    for round_ in case.rounds:
        for number, sent in enumerate(round_.sent):
            if sent.exchange.id == attempt_id:
                before = tuple(_own(round_.sent[:number]))
                step = Step(sent=sent, findings=_findings(round_, [sent]), before=before)
                return Plan(steps=(step,), left_out={})
    return Plan(steps=(), left_out={})


def _telling(case: Case) -> Round | None:
    """The last round in which the test itself sent anything."""
    return next((round_ for round_ in reversed(case.rounds) if _own(round_.sent)), None)


def _own(sent: Sequence[Sent]) -> list[Sent]:
    """What the test itself sent."""
    return [one for one in sent if one.exchange.purpose == "test"]


def _steps(own: Sequence[Sent], round_: Round) -> list[Step]:
    groups: dict[tuple[str, str, str], list[Sent]] = {}
    for sent in own:
        made = sent.exchange
        groups.setdefault((made.call_id or made.id, made.method, made.url), []).append(sent)
    steps = [_step(attempts, own, round_) for attempts in groups.values()]
    return sorted(steps, key=lambda step: own.index(step.sent))


def _step(attempts: Sequence[Sent], own: Sequence[Sent], round_: Round) -> Step:
    """The attempt on which a finding rests; else the last, whose answer the test has seen."""
    named = {finding.attempt_id for finding in round_.findings}
    sent = next((one for one in attempts if one.exchange.id in named), attempts[-1])
    return Step(
        sent=sent,
        attempts=len(attempts),
        findings=_findings(round_, attempts),
        before=tuple(own[: own.index(sent)]),
    )


def _findings(round_: Round, attempts: Sequence[Sent]) -> tuple[Finding, ...]:
    """What rests on these attempts; a finding that names none rests on the test's last one."""
    ids = {sent.exchange.id for sent in attempts}
    own = _own(round_.sent)
    last = own[-1].exchange.id if own else ""
    return tuple(found for found in round_.findings if (found.attempt_id or last) in ids)
