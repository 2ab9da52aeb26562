"""Removing what is left: children first, each a few times, and what stays is given up."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from redhanded.cleanup.effects import TRIES, Tell, pause_before
from redhanded.cleanup.entries import Deleted, GaveUp
from redhanded.cleanup.listing import marks_of
from redhanded.cleanup.resources import address, blanks, is_segment
from redhanded.core.ids import read_tag

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from redhanded.cleanup.effects import Answer, Course, Flow, Target
    from redhanded.cleanup.entries import Declared
    from redhanded.cleanup.remnants import Remnant

_CONFLICT = 409  # as where something else still hangs on it
_TO_DO: Final = (
    ": its id may belong to somebody else by now, so remove it by hand, if it is yours, and take it"
    " off the list with `redhanded sweep --forget`"
)


class _Fate(Enum):
    GONE = 1
    AGAIN = 2
    AFTER_A_PAUSE = 3
    IN_USE = 4
    STAYS = 5


class Tried(NamedTuple):
    """A target, and why it is still there."""

    target: Target
    fate: _Fate
    reason: str = ""


def in_order(targets: Sequence[Target]) -> list[Target]:
    """Children before parents; of one kind, the latest first."""
    return sorted(targets, key=lambda one: (-one.depth, -one.remnant.at))


def remove(targets: Sequence[Target], course: Course) -> Flow[list[Tried]]:
    """Removes objects by their ids, and tells of each what became of it; gives what is in use.

    In rounds: what is answered 409 comes again when everything else was tried, its children too.
    After the last round nothing is told of it yet, for a child may still show.
    """
    course.require_room(len(targets))
    left = [Tried(target, _Fate.AGAIN) for target in in_order(targets)]
    for number in range(TRIES):
        if any(one.fate in {_Fate.AFTER_A_PAUSE, _Fate.IN_USE} for one in left):
            yield from course.wait(pause_before(number))
        left = yield from _round([one.target for one in left], course)
    for one in left:
        if one.fate is not _Fate.IN_USE:
            yield _given_up(one, course)
    return [one for one in left if one.fate is _Fate.IN_USE]


def give_up(tried: Sequence[Tried], course: Course) -> Flow[None]:
    """Tells of what was in use to the end that it stays."""
    for one in tried:
        yield _given_up(one, course)


def _round(targets: Sequence[Target], course: Course) -> Flow[list[Tried]]:
    again: list[Tried] = []
    for target in targets:
        tried = yield from _tried(target, course)
        if tried.fate is _Fate.GONE:
            course.removed += 1
            yield Tell(target, _deleted(target.remnant, course.wall()))
        elif tried.fate is _Fate.STAYS:
            yield _given_up(tried, course)
        else:
            again.append(tried)
    return again


def _tried(target: Target, course: Course) -> Flow[Tried]:
    remnant, declared = target.remnant, target.declared
    if declared is None:
        return Tried(target, _Fate.STAYS, "nothing tells how it is removed")
    names = [remnant.id, *([remnant.parent] if "parent" in blanks(declared.delete) else [])]
    if not all(map(is_segment, names)):
        return Tried(target, _Fate.STAYS, "its id would address another path")
    method, path = address(declared.delete, id=remnant.id, parent=remnant.parent)
    if method == "DELETE" and not target.is_seen:
        doubt = yield from _doubted(target, declared, path, course)
        if doubt is not None:
            return doubt
    answer: Answer = yield from course.ask(method, path, declared.identity)
    return Tried(target, _fate(answer, declared), answer.told(method, path))


def _doubted(target: Target, declared: Declared, path: str, course: Course) -> Flow[Tried | None]:
    """What becomes of an object whose own address shows no mark of ours; None where it may go.

    An id is given to another object where the API's data was set back meanwhile, and what answers
    at its address may be another API.
    """
    remnant = target.remnant
    if not remnant.tag or declared.tag is None or declared.untracked:
        return None
    answer: Answer = yield from course.ask("GET", path, declared.identity)
    if answer.is_passing:
        return Tried(target, _fate(answer, declared), answer.told("GET", path))
    marks = marks_of(answer.document, declared) if answer.is_success else None
    if marks is None or remnant.tag in marks:
        return None
    if _is_of_another_run(marks, remnant.tag):
        return Tried(target, _Fate.GONE)
    return Tried(target, _Fate.STAYS, f"GET {path} does not show its mark, {remnant.tag}{_TO_DO}")


def _is_of_another_run(marks: Collection[str], own: str) -> bool:
    """Whether they tell of an object that another run made, which no test of ours can have done."""
    prefix = own.partition("-")[0]
    found, mine = [read_tag(one, prefix) for one in marks], read_tag(own, prefix)
    return mine is not None and any(one is not None and one.run != mine.run for one in found)


def _fate(answer: Answer, declared: Declared) -> _Fate:
    if answer.is_success or answer.status in declared.gone:
        return _Fate.GONE
    if answer.is_trouble:
        return _Fate.AGAIN
    if answer.status == _CONFLICT:
        return _Fate.IN_USE
    if answer.is_passing:
        return _Fate.AFTER_A_PAUSE
    return _Fate.STAYS


def _deleted(one: Remnant, at: float) -> Deleted:
    return Deleted(kind=one.kind, id=one.id, parent=one.parent, at=at)


def _given_up(tried: Tried, course: Course) -> Tell:
    one = tried.target.remnant
    entry = GaveUp(
        kind=one.kind,
        id=one.id,
        parent=one.parent,
        reason=tried.reason,
        at=course.wall(),
        swept=True,
    )
    return Tell(tried.target, entry)
