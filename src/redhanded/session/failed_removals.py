"""Removals that the API itself fails: findings on the run, apart from any test's own verdict."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from redhanded.core.events import RemovalFailed
from redhanded.core.verdicts import Finding, Verdict
from redhanded.reports.spool import read_spool
from redhanded.session.conclusion import Conclusion
from redhanded.verdict.arms import is_well
from redhanded.verdict.findings import is_weather
from redhanded.verdict.words import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from redhanded.cleanup.pending import Removal
    from redhanded.core.attempt import Attempt
    from redhanded.pipeline.call import Scope
    from redhanded.session.session import Session
    from redhanded.verdict.inquiry import Inquiry

CODE: Final = "cleanup.failed"
_SHOWN = 5  # objects that a finding names
_MARK = b'"event":"removal_failed"'


class Removed(NamedTuple):
    """What was sent to remove one object, for a test in one of its rounds."""

    test_id: str
    round: int
    scope: Scope
    inquiry: Inquiry


def weigh(session: Session, asked: Removal, removed: Removed) -> None:
    """Tell of a removal that the API failed each time, while it was well.

    Whatever the environment may answer for leaves something behind, and is told as that alone.
    """
    sent = [attempt for attempt in removed.scope.attempts if attempt.purpose == "cleanup"]
    faults = [attempt for attempt in sent if _is_fault(attempt)]
    if not faults:
        return
    if len(faults) < len(sent):
        again = "removed the object when it was asked again"
        if sent[-1].is_complete and not _is_fault(sent[-1]):
            session.note(f"{asked.route} answered {faults[0].status}, and {again}")
        return
    fact = _proof(session, asked, faults, removed)
    if fact:
        session.emit(_event(session, asked, faults, removed.test_id, fact))


def _is_fault(attempt: Attempt) -> bool:
    return attempt.is_complete and (attempt.status or 0) >= 500 and not is_weather(attempt)


def _proof(session: Session, asked: Removal, faults: Sequence[Attempt], removed: Removed) -> str:
    """The fact that nothing else explains it, in a clause; empty where something may."""
    examiner = session.examiner
    if not session.settings.diagnosis.enabled:
        return "whole answers, and nobody was asked for more: diagnosis.enabled is false"
    found = Finding(Verdict.DEFECT, CODE, asked.route, faults[-1].id)
    (reviewed,) = examiner.review(removed, [found], is_whole=False)
    if reviewed.verdict is not Verdict.DEFECT or not examiner.may_ask():
        return ""
    canary = examiner.look(removed.test_id)
    if canary is None or not is_well(canary):
        return ""
    return f"the canary was well beside it ({canary.status} in {duration(canary.elapsed)})"


def _event(
    session: Session, asked: Removal, faults: Sequence[Attempt], test_id: str, fact: str
) -> RemovalFailed:
    mask, last = session.redactor.text, faults[-1]
    lines = (
        f"{asked.method} {asked.path} -> {one.status} in {duration(one.elapsed)}, attempt {one.id}"
        for one in faults
    )
    return RemovalFailed(
        test_id=test_id,
        operation=mask(asked.route),
        status=last.status or 0,
        kind=asked.object.kind,
        id=mask(asked.object.id),
        at=last.started_at,
        attempt_id=last.id,
        evidence=(*map(mask, lines), fact),
    )


def conclusions(folder: Path) -> list[Conclusion]:
    """The findings on a run whose folder that is: one for each removal and status."""
    found: defaultdict[tuple[str, int], list[RemovalFailed]] = defaultdict(list)
    for one in _read(sorted(folder.glob("spool/*.ndjson"))):
        found[one.operation, one.status].append(one)
    times = Counter(operation for operation, _ in found)
    return [
        Conclusion(_name(operation, status, times[operation]), _finding(failed), operation)
        for (operation, status), failed in sorted(found.items())
    ]


def _read(spools: Iterable[Path]) -> Iterator[RemovalFailed]:
    for spool in filter(_holds_one, spools):
        for event in read_spool(spool):
            if event.get("event") == "removal_failed":
                with suppress(KeyError, TypeError):
                    yield _of(event)


def _of(event: Mapping[str, Any]) -> RemovalFailed:
    fields = {name: event[name] for name in RemovalFailed.__slots__}
    return RemovalFailed(**fields | {"evidence": tuple(event["evidence"])})


def _holds_one(spool: Path) -> bool:
    """Whether that spool tells of one, without reading all that it says."""
    with suppress(OSError), spool.open("rb") as lines:
        return any(_MARK in line for line in lines)
    return False


def _name(operation: str, status: int, times: int) -> str:
    return f"cleanup::{operation}" + (f" ({status})" if times > 1 else "")


def _finding(failed: Sequence[RemovalFailed]) -> Finding:
    first, count = failed[0], len(failed)
    objects = f"a {first.kind}" if count == 1 else f"{count} objects"
    facts = [fact for one in failed[:_SHOWN] for fact in _facts(one)]
    more = [f"and {count - _SHOWN} more"] * (count > _SHOWN)
    return Finding(
        verdict=Verdict.DEFECT,
        code=CODE,
        message=f"{first.operation}: answered {first.status}, so {objects} may be left behind",
        attempt_id=first.attempt_id,
        evidence=(*facts, *more),
    )


def _facts(one: RemovalFailed) -> Iterator[str]:
    yield f"{one.kind} {one.id}, made by {one.test_id}"
    yield from one.evidence
