"""The steps of a round as Allure nests them, with each attempt in the step that it was sent in."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from redhanded.reports.markdown import clipped
from redhanded.reports.moments import milliseconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redhanded.core.events import Stepped
    from redhanded.reports.dossier.case import Round, Sent

Step = dict[str, Any]
Attachments = list[dict[str, str]]

_DEEPEST: Final = 50
_ERROR: Final = 2_000  # characters


def steps(round_: Round, attached: Mapping[int, Attachments]) -> list[Step]:
    """The outermost steps in the order in which they began; `attached` is by index of attempt."""
    known = {step.id for step in round_.steps}
    inside: defaultdict[str, list[Stepped]] = defaultdict(list)
    for step in round_.steps:
        inside[step.parent if step.parent in known else ""].append(step)
    sent: defaultdict[str, list[Step]] = defaultdict(list)
    for each in round_.sent:
        attachments = attached.get(each.index, [])
        sent[each.step if each.step in known else ""].append(_attempt(each, attachments))
    return _within("", inside, sent, _DEEPEST)


def _within(
    parent: str,
    inside: Mapping[str, Sequence[Stepped]],
    sent: Mapping[str, Sequence[Step]],
    left: int,
) -> list[Step]:
    nested = [
        {**_step(step), "steps": _within(step.id, inside, sent, left - 1)}
        for step in (inside.get(parent, ()) if left else ())
    ]
    return sorted([*sent.get(parent, ()), *nested], key=lambda each: int(each["start"]))


def _step(step: Stepped) -> Step:
    told: Step = {
        "name": step.name,
        "status": "failed" if step.error else "passed",
        "stage": "finished",
        "start": milliseconds(step.at),
        "stop": milliseconds(step.at + step.seconds),
    }
    details = {"statusDetails": {"message": clipped(step.error, _ERROR)}}
    return {**told, **details} if step.error else told


def _attempt(sent: Sent, attachments: Attachments) -> Step:
    exchange, failure = sent.exchange, sent.exchange.failure
    outcome = f"no answer ({failure.phase.value})" if failure else f"{exchange.status}"
    told: Step = {
        "name": f"{exchange.method} {exchange.url} -> {outcome}",
        "status": "broken" if failure else "passed",
        "stage": "finished",
        "steps": [],
        "attachments": attachments,
        "parameters": [
            {"name": "purpose", "value": exchange.purpose},
            {"name": "attempt", "value": f"{exchange.number}"},
            {"name": "trace", "value": exchange.trace_id},
        ],
        "start": milliseconds(exchange.started_at),
        "stop": milliseconds(exchange.started_at + exchange.elapsed),
    }
    details = {"message": clipped(f"{failure.error}: {failure.message}", _ERROR)} if failure else {}
    return {**told, "statusDetails": details} if details else told
