"""Findings and bodies as they may be stored: without the secrets that answers hold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from redhanded.core.events import Examined

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redhanded.core.attempt import Attempt
    from redhanded.core.redaction import Redactor
    from redhanded.core.verdicts import Finding
    from redhanded.core.violation import Violation
    from redhanded.verdict.inquiry import Answer


def masked_finding(finding: Finding, mask: Callable[[str], str]) -> Finding:
    """The finding as it may be stored."""
    return replace(
        finding,
        message=mask(finding.message),
        evidence=tuple(map(mask, finding.evidence)),
        violations=tuple(masked_violation(found, mask) for found in finding.violations),
    )


def masked_violation(violation: Violation, mask: Callable[[str], str]) -> Violation:
    """The violation as it may be stored; a suggestion may hold what the answer held."""
    return replace(
        violation,
        where=mask(violation.where),
        actual=mask(violation.actual),
        expected=mask(violation.expected),
        suggestion=mask(violation.suggestion),
    )


def masked_answer(answer: Answer, test_id: str, mask: Callable[[str], str]) -> Examined:
    """The question and its answer as they may be stored."""
    return Examined(
        test_id=test_id,
        attempt_id=answer.attempt_id,
        question=answer.question,
        answer=mask(answer.answer),
        speaks=answer.speaks,
        asked=answer.asked,
    )


def masked_bodies(attempts: Sequence[Attempt], redactor: Redactor) -> dict[str, dict[str, Any]]:
    """The bodies of requests and answers as JSON values, by the ids of the attempts."""
    body = redactor.body
    return {
        attempt.id: {
            "request": body(attempt.request_body, _media(attempt.request_headers)).record(),
            "response": body(attempt.response_body, _media(attempt.response_headers)).record(),
        }
        for attempt in attempts
    }


def _media(headers: tuple[tuple[str, str], ...]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")
