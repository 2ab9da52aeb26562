"""One test as the page shows it when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redhanded.core.errors import UsageError
from redhanded.reports.html import details
from redhanded.reports.html.attempts import attempts, places
from redhanded.reports.html.bodies import Bodies
from redhanded.reports.html.units import ticks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from redhanded.core.events import Breached, Examined, RemovalFailed, Stepped, Tracked
    from redhanded.core.verdicts import Finding
    from redhanded.core.violation import Violation
    from redhanded.reports.dossier.case import Case, Round
    from redhanded.reports.html.bodies import Storage
    from redhanded.reports.html.units import Words

LONGEST: Final = 131_072
"""Characters of a story, or of what a test printed."""
_UNKNOWN: Final = frozenset({"extra_forbidden", "additionalProperties", "unevaluatedProperties"})


def detail(case: Case, words: Words, storage: Storage, *, began: float) -> details.Detail:
    """The detail of a test; of one that simply passed, no more than its attempts' facts.

    `began` is when the run did.
    """
    is_kept = not case.row.is_quiet or _has_bodies(case)
    bodies = Bodies(storage) if is_kept else None
    made = details.Detail(rounds=[_round(one, words, bodies, began) for one in case.rounds])
    if case.place:
        made["place"] = case.place
    if case.story:
        made["story"] = _cut(case.story)
    if case.output:
        made["output"] = _cut(case.output)
    if case.properties:
        made["properties"] = dict(case.properties)
    if bodies is not None and bodies.kept:
        made["bodies"] = bodies.kept
    return made


def _has_bodies(case: Case) -> bool:
    """Whether the run kept bodies of a test that passed, as its settings may ask for."""
    return any(sent.response is not None for one in case.rounds for sent in one.sent)


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    half = LONGEST // 2
    return f"{text[:half]}\n[... {len(text) - LONGEST:,} characters ...]\n{text[-half:]}"


def _round(one: Round, words: Words, bodies: Bodies | None, began: float) -> details.Round:
    steps = {step.id: place for place, step in enumerate(one.steps)}
    made = details.Round(
        worker=one.worker,
        trace=one.trace_id,
        at=ticks(one.began - began),
        took=ticks(one.seconds),
        verdict=one.verdict,
        attempts=attempts(one, words, steps, bodies),
    )
    if not one.is_over:
        made["is_cut"] = True
    if one.steps:
        made["steps"] = [_step(step, steps, one.began) for step in one.steps]
    if bodies is not None:
        _judge(made, one)
    return made


def _judge(made: details.Round, one: Round) -> None:
    """Add what the round was judged by, and what became of what it made."""
    at = places(one.sent)
    if one.findings:
        made["findings"] = [_finding(found, at) for found in one.findings]
    if one.breached:
        made["breaches"] = [_breach(breached, at) for breached in one.breached]
    if one.examined:
        made["questions"] = [_question(asked, at) for asked in one.examined]
    if one.tracked:
        made["things"] = [_thing(thing, one.began, at) for thing in one.tracked]
    if one.removals:
        made["removals"] = [_removal(failed) for failed in one.removals]


def _step(step: Stepped, steps: Mapping[str, int], began: float) -> details.Step:
    at, took = ticks(step.at - began), ticks(step.seconds)
    return details.Step(step.name, steps.get(step.parent, -1), at, took, step.error)


def _finding(found: Finding, at: Mapping[str, int]) -> details.Finding:
    return details.Finding(
        verdict=found.verdict,
        code=found.code,
        message=found.message,
        attempt=at.get(found.attempt_id, -1),
        violations=[_violation(violation) for violation in found.violations],
        evidence=[*found.evidence],
        confidence=found.confidence,
    )


def _violation(violation: Violation) -> details.Violation:
    made = details.Violation(
        where=violation.where,
        pointer=_pointer(violation),
        actual=violation.actual,
        expected=violation.expected,
        rule=violation.rule,
        source=violation.source,
        level=violation.level,
    )
    if violation.rule in _UNKNOWN or violation.code.endswith("_undeclared"):
        made["is_undeclared"] = True
    if violation.suggestion:
        made["suggestion"] = violation.suggestion
    return made


def _pointer(violation: Violation) -> str | None:
    try:
        return violation.pointer
    except UsageError:  # a path of other words than ours
        return None


def _breach(breached: Breached, at: Mapping[str, int]) -> details.Breach:
    return details.Breach(
        contract=breached.contract,
        operation=breached.operation,
        attempt=at.get(breached.attempt_id, -1),
        count=breached.count,
        passed=breached.passed,
        violation=_violation(breached.violation),
    )


def _question(asked: Examined, at: Mapping[str, int]) -> details.Question:
    return details.Question(
        attempt=at.get(asked.attempt_id, -1),
        question=asked.question,
        answer=asked.answer,
        speaks=asked.speaks,
        asked=_known(asked.asked, at),
    )


def _known(ids: Iterable[str], at: Mapping[str, int]) -> list[int]:
    return [at[one] for one in ids if one in at]


def _thing(thing: Tracked, began: float, at: Mapping[str, int]) -> details.Thing:
    moment = ticks(thing.at - began)
    return details.Thing(thing.kind, thing.id, thing.state, moment, at.get(thing.attempt_id, -1))


def _removal(failed: RemovalFailed) -> str:
    facts = "; ".join(failed.evidence)
    return f"{failed.operation} answered {failed.status} for {failed.kind} {failed.id}: {facts}"
