"""Findings: what an answer or a failed attempt means by itself, before any diagnosis."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from redhanded.core.verdicts import Finding, Verdict, worst
from redhanded.core.violation import Violation
from redhanded.pipeline.classify import TOO_LARGE
from redhanded.pipeline.table import ROWS, Row, weather_row
from redhanded.verdict.provenance import is_own
from redhanded.verdict.words import duration, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.core.attempt import Attempt

_VERDICTS = {
    "inconclusive": Verdict.INCONCLUSIVE,
    "defect": Verdict.DEFECT,
    "test_bug": Verdict.TEST_BUG,
}
_FAMILIES = {"body": Verdict.DRIFT, "contract": Verdict.DRIFT, "latency": Verdict.SLOW}
_FIREWALLED = frozenset({403, 429})
_GATHERED = frozenset({"corrupt", "local", "protocol"})


def of_attempt(attempt: Attempt, attempts: Sequence[Attempt]) -> Finding:
    """What an attempt without a whole, or with an unwanted, answer means by the retry table.

    `attempts` are all of its call. This is the table alone: a diagnosis that asks a canary or
    replays the request takes this function's place.
    """
    verdict, code, failure = _by_table(attempt, attempts)
    tried = sum(other.row == attempt.row for other in attempts)
    times = f", {tried} of {len(attempts)} attempts" if len(attempts) > 1 else ""
    return Finding(
        verdict=verdict,
        code=code,
        message=f"{attempt.method} {path_of(attempt)}: {failure}{times}",
        attempt_id=attempt.id,
        evidence=tuple(_facts(attempt, failure)),
    )


def of_violations(
    violations: Sequence[Violation], attempt: Attempt, attempts: Sequence[Attempt] = ()
) -> Finding:
    """What breaches of an expectation mean: drift, a defect, slowness, or the environment's fault.

    The environment answers for an answer that is not the API's: a status that the retry table
    holds for weather, or a page of HTML where JSON is declared.
    """
    broken = {violation.code for violation in violations}
    if "status" in broken and is_weather(attempt):
        found = of_attempt(attempt, attempts or [attempt])
        return replace(found, violations=tuple(violations))
    if _is_foreign_page(broken, attempt):
        return _foreign(violations, attempt)
    verdict = worst([verdict_of(violation) for violation in violations])
    first = next(found for found in violations if verdict_of(found) is verdict)
    return Finding(
        verdict=verdict,
        code=_status_code(attempt) if first.code == "status" else first.code,
        message=said(first),
        attempt_id=attempt.id,
        violations=tuple(violations),
        evidence=(wholeness(attempt),),
    )


def verdict_of(violation: Violation) -> Verdict:
    """What one breach is: of the contract, of the latency, or of what the API should do."""
    family = violation.code.partition(".")[0]
    return _FAMILIES.get(family, Verdict.DEFECT)


def is_weather(attempt: Attempt) -> bool:
    """Whether the environment may answer for how this attempt ended."""
    row = ROWS.get(attempt.row)
    return row is not None and row.verdict == "inconclusive"


def is_settled(attempt: Attempt) -> bool:
    """Whether the table itself says what the attempt means, without an expectation of a test."""
    row = ROWS.get(attempt.row)
    return row is not None and row.verdict != "assertion"


def recovery(attempts: Sequence[Attempt]) -> Finding | None:
    """That a call needed another attempt because of weather; None where it did not, or in vain."""
    *earlier, last = attempts
    lost = [made for made in earlier if weather_row(made.row) is not None]
    if not lost or not last.is_complete or is_weather(last):
        return None
    row = ROWS[lost[-1].row]
    return Finding(
        verdict=Verdict.RECOVERED,
        code=row.cause,
        message=f"{last.method} {path_of(last)}: {_said(lost[-1], row)}, then {last.status}",
        attempt_id=last.id,
        evidence=tuple(fact for made in lost for fact in _facts(made, ROWS[made.row].failure)),
    )


def lateness(attempt: Attempt, seconds: float, ceiling: float) -> Finding:
    """That the server began its answer later than the ceiling of its route allows."""
    late = breach_of_ceiling(seconds, ceiling)
    return Finding(
        verdict=Verdict.SLOW,
        code=late.code,
        message=f"{attempt.method} {path_of(attempt)}: {said(late)}",
        attempt_id=attempt.id,
        violations=(late,),
        evidence=("the server's own time: our waits, connecting and the transfer do not count",),
    )


def breach_of_ceiling(seconds: float, ceiling: float) -> Violation:
    """The violation of a latency ceiling, both in seconds."""
    actual = duration(seconds)
    return Violation("latency.ceiling", "latency", actual, f"at most {duration(ceiling)}")


def _by_table(attempt: Attempt, attempts: Sequence[Attempt]) -> tuple[Verdict, str, str]:
    if attempt.row == TOO_LARGE and attempt.failure is not None:
        return Verdict.DEFECT, "body.too_large", attempt.failure.message
    row = ROWS[attempt.row]
    repeats = [other for other in attempts if _is_same(other, attempt)]
    if row.key == "corrupt" and len(repeats) > 1:
        return Verdict.DEFECT, row.cause, f"{_said(attempt, row)}, twice the same"
    return _VERDICTS.get(row.verdict, Verdict.DEFECT), row.cause, _said(attempt, row)


def _said(attempt: Attempt, row: Row) -> str:
    """What happened: a row that gathers several faults or statuses would name them all."""
    if attempt.failure is None:
        return f"answered {attempt.status}"
    return attempt.failure.message if row.key in _GATHERED else row.failure


def _is_same(one: Attempt, other: Attempt) -> bool:
    return (one.row, one.failure, one.response_body) == (
        other.row,
        other.failure,
        other.response_body,
    )


def _facts(attempt: Attempt, failure: str) -> list[str]:
    if attempt.failure is None:
        told = attempt.header("retry-after")
        asked = f", Retry-After: {told}" if told else ""
        return [f"the answer was {attempt.status} ({failure}){asked}", *attempt.notes]
    phase, message = attempt.failure.phase, attempt.failure.message
    kind = ROWS[attempt.row].failure if attempt.row in ROWS else "a body above the cap"
    return [f"{kind} in phase {phase}: {message}", *attempt.notes]


def _is_foreign_page(broken: set[str], attempt: Attempt) -> bool:
    unwanted = "status" in broken and attempt.status not in _FIREWALLED
    return "body.html" in broken and not unwanted and not is_own(attempt)


def _foreign(violations: Sequence[Violation], attempt: Attempt) -> Finding:
    sender = attempt.header("server") or attempt.header("via")
    named = f" by {sender}" if sender else ""
    return Finding(
        verdict=Verdict.INCONCLUSIVE,
        code="body.html",
        message=f"{attempt.method} {path_of(attempt)}: an HTML page, want JSON",
        attempt_id=attempt.id,
        violations=tuple(violations),
        evidence=(f"a page of HTML was sent{named} where JSON is declared: a gateway's",),
    )


def wholeness(attempt: Attempt) -> str:
    """The fact that excludes the environment."""
    sender = f" from {attempt.peer}" if attempt.peer else ""
    version = f" over {attempt.http_version}" if attempt.http_version else ""
    return f"a whole answer came{version}{sender}"


def _status_code(attempt: Attempt) -> str:
    row = ROWS.get(attempt.row)
    return "status" if row is None else row.cause


def path_of(attempt: Attempt) -> str:
    """The path of the request, without the query."""
    path = attempt.url.partition("://")[2].partition("/")[2]
    return "/" + path.partition("?")[0].partition("#")[0]
