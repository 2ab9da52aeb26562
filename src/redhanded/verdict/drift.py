"""Drift: what a contract says of an answer as a finding, and which of two contracts is behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from redhanded.contracts import document
from redhanded.core.verdicts import Finding, Verdict
from redhanded.verdict.findings import path_of, wholeness
from redhanded.verdict.provenance import is_own
from redhanded.verdict.words import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redhanded.core.attempt import Attempt
    from redhanded.core.violation import Violation

PREFIX = "contract."
UNDOCUMENTED = f"{PREFIX}status_undocumented"
DOCUMENT = f"{PREFIX}document"
"""A part of the document itself is broken: no answer is to blame for it."""
REFUSED = f"{PREFIX}request_refused"
"""Said of a request that the document allows: worth a word beside a test that is red anyway."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one contract thinks of the body of an answer; one that has no opinion gives none.

    `kind` says what the contract is made of: code, as a model is, or a document.
    """

    name: str
    kind: Literal["code", "document"]
    is_kept: bool


def is_about_body(violation: Violation) -> bool:
    """Whether it is the body of the answer that is wrong: what both kinds of contract judge."""
    return violation.code.removeprefix(PREFIX).startswith(("body", "media_type"))


def of_breaches(violations: Sequence[Violation], attempt: Attempt, *facts: str) -> Finding:
    """What breaches of a contract mean: drift, unless a gateway's page stands in for the answer."""
    if any(map(_is_about_form, violations)) and (fact := foreign_form(attempt)):
        return _not_judged(violations, attempt, fact)
    first = violations[0]
    return Finding(
        verdict=Verdict.DRIFT,
        code=first.code,
        message=f"{attempt.method} {path_of(attempt)}: {told(first)}",
        attempt_id=attempt.id,
        violations=tuple(violations),
        evidence=(wholeness(attempt), *facts),
    )


def unheard(lack: str) -> Finding:
    """That nobody knows whether answers keep a contract which the environment kept from us."""
    message = "its answers could not be held against the document that the settings name"
    return Finding(Verdict.INCONCLUSIVE, "run.contract", message, evidence=(lack.rstrip("."),))


def told(violation: Violation) -> str:
    """A breach as a clause that stands alone."""
    subject = "status " if violation.where == "status" else ""
    return subject + said(violation)


def words(opinions: Sequence[Opinion], *, of: Literal["code", "document"]) -> Iterator[str]:
    """Which is behind, where a contract of that kind is broken and another kind has judged, too."""
    others = [opinion for opinion in opinions if opinion.kind != of]
    own = [opinion for opinion in opinions if opinion.kind == of and not opinion.is_kept]
    for other in others if own else ():
        yield _agreed(own[0], other) if not other.is_kept else _behind(own[0], other)


def _behind(broken: Opinion, kept: Opinion) -> str:
    if broken.kind == "code":
        return (
            f"{kept.name} allows it: the model {broken.name} is behind"
            " (or the API has drifted from the code)"
        )
    return (
        f"the model {kept.name} allows it: {broken.name} is behind"
        " (or the model asks for less, and the API has drifted)"
    )


def _agreed(one: Opinion, other: Opinion) -> str:
    code, paper = (one, other) if one.kind == "code" else (other, one)
    return f"{paper.name} and the model {code.name} agree: the API has drifted"


def foreign_form(attempt: Attempt) -> str:
    """Why an answer looks as others than the API give it, in a clause; empty where it does not.

    A page of HTML, or a way to another host as captive portals show it, without the API's stamp.
    """
    if is_own(attempt):
        return ""
    if document.is_html(attempt.response_body or b""):
        sender = attempt.header("server") or attempt.header("via")
        named = f" by {sender}" if sender else ""
        return f"a page of HTML was sent{named}, which the contract does not know: a gateway's"
    if (attempt.status or 0) // 100 == 3 and (host := _other_host(attempt)):
        return f"it leads to another host, {host}, as captive portals do"
    return ""


def _other_host(attempt: Attempt) -> str:
    host = urlsplit(attempt.header("location") or "").netloc
    return "" if host == urlsplit(attempt.url).netloc else host


def _is_about_form(violation: Violation) -> bool:
    """Whether such an answer would break the contract in this way, whatever the API does."""
    return is_about_body(violation) or violation.code == UNDOCUMENTED


def _not_judged(violations: Sequence[Violation], attempt: Attempt, fact: str) -> Finding:
    return Finding(
        verdict=Verdict.INCONCLUSIVE,
        code="provenance.foreign",
        message=f"{attempt.method} {path_of(attempt)}: answered {attempt.status}, not by the API",
        attempt_id=attempt.id,
        violations=tuple(violations),
        evidence=(fact,),
    )
