"""What surrounds a finding, gathered from all rooms: calls, the attempt, its replay, the seed."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from redhanded.core.verdicts import Verdict
from redhanded.reports.dossier.ids import id_of
from redhanded.reports.ledger import ledger
from redhanded.reports.links import anchor, replay, trace
from redhanded.verdict.curl import curl
from redhanded.verdict.provenance import build_of
from redhanded.verdict.words import Scene, complaint, failure_text, headline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redhanded.core.attempt import Attempt
    from redhanded.core.verdicts import Finding
    from redhanded.session.session import Session
    from redhanded.session.test_run import TestRun


def story(
    findings: Sequence[Finding],
    run: TestRun,
    session: Session,
    *,
    told: str = "",
    place: str = "",
) -> str:
    """The evidence of a test's findings, masked, worst first.

    A headline and breaches that stand in `told`, the traceback beside it, are not told again.
    `place` names the test on a command line, where that is not its id.
    """
    scenes = [_scene(finding, run, session, place or run.test_id) for finding in findings]
    parts = [_told(*pair, session, told) for pair in zip(findings, scenes, strict=True)]
    (title, facts), *others = parts
    calls = "".join(f"{line}\n" for line in _calls(run, session))
    return "\n\n".join([title + calls + facts, *(title + facts for title, facts in others)])


def _told(finding: Finding, scene: Scene, session: Session, told: str) -> tuple[str, str]:
    """What stands above the calls, and what below them."""
    mask = session.redactor.text
    line = headline(finding, mask=mask)
    if line.rstrip("…") not in told:
        return f"{line}\n\n", failure_text(finding, scene, mask=mask).removeprefix(f"{line}\n\n")
    where = ", ".join(filter(None, [scene.environment, scene.build and f"build {scene.build}"]))
    scene = replace(scene, report="  ".join(filter(None, [where, scene.report])))
    whole, known = (say(finding, scene, mask=mask) for say in (failure_text, complaint))
    request = known.partition("\n\n")[2].strip().partition("  ")[0]
    if finding.verdict is Verdict.DRIFT and request not in told:
        known = line  # nothing was raised: a contract spoke when the test was over
    return "", whole.removeprefix(known).lstrip("\n")


def _calls(run: TestRun, session: Session) -> Iterator[str]:
    """The ledger, where it holds more than the one attempt that is told anyway."""
    attempts = run.scope.attempts
    if len(attempts) > 1:
        urls = [session.redactor.url(attempt.url) for attempt in attempts]
        lines = ledger(attempts, urls, session.settings.base_url or "")
        for number, line in enumerate(lines):
            yield f"  {'' if number else 'calls':<8}  {line}"


def _scene(finding: Finding, run: TestRun, session: Session, place: str) -> Scene:
    attempt = _attempt(finding, run.attempts)
    if attempt is None:
        return Scene(environment=session.settings.env or "")
    return Scene(
        attempt=attempt,
        attempts=sum(made.call_id == attempt.call_id for made in run.attempts),
        environment=session.settings.env or "",
        build=build_of(attempt),
        replay=tuple(_replay(attempt, run, session, place)),
        report=trace(session.settings.trace_url or "", attempt.trace_id),
        page=_page(run, session),
    )


def route(finding: Finding, run: TestRun, session: Session) -> str:
    """The method and URL of the attempt on which a finding rests, masked and without its query."""
    attempt = _attempt(finding, run.attempts)
    if attempt is None:
        return ""
    return f"{attempt.method} {session.redactor.url(attempt.url.partition('?')[0])}"


def _attempt(finding: Finding, attempts: Sequence[Attempt]) -> Attempt | None:
    """The attempt on which a finding rests; else the last one, which the author looked at."""
    named = (made for made in attempts if made.id == finding.attempt_id)
    return next(named, attempts[-1] if attempts else None)


def _replay(attempt: Attempt, run: TestRun, session: Session, place: str) -> Iterator[str]:
    yield replay(_id(run, session))
    gate = session.redactor
    yield curl(attempt, name_of=gate.name_of, mask=gate.text, gate=gate.unknowing)
    if run.made_data:
        yield f"pytest {shlex.quote(place)} --rh-seed={session.replay_seed}"


def _page(run: TestRun, session: Session) -> str:
    """The test in the page that the run leaves, from the working folder where it lies below."""
    if not session.settings.report.html:
        return ""
    page, here = session.folder / anchor(_id(run, session)), Path.cwd()
    return str(page.relative_to(here) if page.is_relative_to(here) else page)


def _id(run: TestRun, session: Session) -> str:
    """What reports and commands know the test by."""
    return id_of(session.settings.shard or "", run.test_id)
