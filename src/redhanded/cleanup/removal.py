"""Removing what is left: children first, each a few times, and what stays is given up."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from redhanded.cleanup.course import TRIES, Tell, pause_before
from redhanded.cleanup.entries import Deleted, GaveUp
from redhanded.cleanup.resources import address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.cleanup.course import Answer, Course, Flow, Target
    from redhanded.cleanup.entries import Declared
    from redhanded.cleanup.remnants import Remnant

_CONFLICT = 409  # as where something else still hangs on it


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
    if not remnant.id.strip() or remnant.id in {".", ".."}:
        return Tried(target, _Fate.STAYS, "its id would address another path")
    method, path = address(declared.delete, id=remnant.id, parent=remnant.parent)
    answer: Answer = yield from course.ask(method, path, declared.identity)
    return Tried(target, _fate(answer, declared), answer.told(method, path))


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
