"""What surrounds a finding, gathered from all rooms: the attempt, its replay, the seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.verdict.curl import curl
from redhanded.verdict.words import Scene, failure_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redhanded.core.attempt import Attempt
    from redhanded.core.verdicts import Finding
    from redhanded.session.session import Session
    from redhanded.session.test_run import TestRun

BUILD_HEADERS = ("x-build", "x-build-id", "x-version", "x-app-version")


def story(findings: Sequence[Finding], run: TestRun, session: Session) -> str:
    """The evidence of a test's findings, masked, worst first."""
    return "\n\n".join(
        failure_text(finding, _scene(finding, run, session), mask=session.redactor.text)
        for finding in findings
    )


def _scene(finding: Finding, run: TestRun, session: Session) -> Scene:
    attempt = _attempt(finding, run.attempts)
    if attempt is None:
        return Scene(environment=session.settings.env or "")
    return Scene(
        attempt=attempt,
        attempts=sum(made.call_id == attempt.call_id for made in run.attempts),
        environment=session.settings.env or "",
        build=next((value for name in BUILD_HEADERS if (value := attempt.header(name))), ""),
        replay=tuple(_replay(attempt, run, session)),
        report=_trace_link(attempt, session.settings.trace_url),
    )


def _attempt(finding: Finding, attempts: Sequence[Attempt]) -> Attempt | None:
    """The attempt on which a finding rests; else the last one, which the author looked at."""
    named = (made for made in attempts if made.id == finding.attempt_id)
    return next(named, attempts[-1] if attempts else None)


def _replay(attempt: Attempt, run: TestRun, session: Session) -> Iterator[str]:
    yield curl(attempt, name_of=session.redactor.name_of, mask=session.redactor.text)
    if run.made_data:
        yield f"pytest {run.test_id} --rh-seed={session.seed}"


def _trace_link(attempt: Attempt, template: str | None) -> str:
    return template.replace("{trace_id}", attempt.trace_id) if template else ""
