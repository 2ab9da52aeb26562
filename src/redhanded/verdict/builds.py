"""Builds: whether two of them answered, so that nobody knows which of them an answer speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.verdict.arms import CANARY, Diagnosis, Situation
from redhanded.verdict.provenance import build_of
from redhanded.verdict.questions import Questions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.core.attempt import Attempt
    from redhanded.core.verdicts import Finding
    from redhanded.pipeline.call import Call

_CANARIES = 4  # asked one after the other, they meet two builds that share the load


def met(calls: Sequence[Call]) -> str:
    """That more than one build has answered these calls, in a clause; empty where one did."""
    named = {build_of(one) for call in calls for one in call.attempts if one.is_complete}
    met = sorted(named - {""})
    return f"builds {' and '.join(met)} have both answered this test" if len(met) > 1 else ""


def of_builds(found: Finding, attempt: Attempt, situation: Situation) -> Diagnosis[Finding]:
    """The finding, excused where two builds of the API answer in turn."""
    build = build_of(attempt)
    known = situation.almanac.builds(attempt)
    if not build or len(known) < 2:
        return found
    canaries = yield from _canaries()
    excuse = _of_two_builds(attempt, {build_of(one) for one in canaries} - {""}, situation)
    Questions(situation.inquiry, attempt).builds(excuse[1] if excuse else "", *canaries)
    return found.excused(*excuse) if excuse else found


def _canaries() -> Diagnosis[list[Attempt]]:
    asked: list[Attempt] = []
    for _ in range(_CANARIES):
        canary = yield CANARY
        if canary is None:
            break
        asked.append(canary)
    return asked


def _of_two_builds(
    attempt: Attempt, answered: set[str], situation: Situation
) -> tuple[str, str] | None:
    """The cause and the fact that another build than the attempt's answers; None where not."""
    build = build_of(attempt)
    if len(answered) > 1:
        named = " and ".join(sorted(answered))
        return "provenance.deploy", f"builds {named} answer in turn"
    now = next(iter(answered), build)
    known = situation.almanac.builds(attempt)
    if now != build and now in known and _was_before(now, attempt, situation):
        return "provenance.target", f"build {build} answered, build {now} before and after it"
    return None


def _was_before(build: str, attempt: Attempt, situation: Situation) -> bool:
    before = situation.almanac.latest(
        lambda seen: seen.started_at < attempt.started_at and build_of(seen) == build
    )
    return next(before, None) is not None
