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

_CONFLICT = 409  # as where something else still hangs on it


class _Fate(Enum):
    GONE = 1
    AGAIN = 2
    AFTER_A_PAUSE = 3
    STAYS = 4


class _Tried(NamedTuple):
    target: Target
    fate: _Fate
    reason: str = ""


def in_order(targets: Sequence[Target]) -> list[Target]:
    """Children before parents; of one kind, the latest first."""
    return sorted(targets, key=lambda one: (-one.depth, -one.remnant.at))


def remove(targets: Sequence[Target], course: Course) -> Flow[None]:
    """Removes objects by their ids, and tells of each what became of it.

    In rounds: what is answered 409 comes again when everything else was tried, its children too.
    """
    course.require_room(len(targets))
    left = [_Tried(target, _Fate.AGAIN) for target in in_order(targets)]
    for number in range(TRIES):
        if any(one.fate is _Fate.AFTER_A_PAUSE for one in left):
            yield from course.wait(pause_before(number))
        left = yield from _round([one.target for one in left], course)
    for one in left:
        yield _given_up(one, course)


def _round(targets: Sequence[Target], course: Course) -> Flow[list[_Tried]]:
    again: list[_Tried] = []
    for target in targets:
        tried = yield from _tried(target, course)
        if tried.fate is _Fate.GONE:
            course.removed += 1
            kind, which = target.remnant.kind, target.remnant.id
            yield Tell(target, Deleted(kind=kind, id=which, at=course.wall()))
        elif tried.fate is _Fate.STAYS:
            yield _given_up(tried, course)
        else:
            again.append(tried)
    return again


def _tried(target: Target, course: Course) -> Flow[_Tried]:
    remnant, declared = target.remnant, target.declared
    if declared is None:
        return _Tried(target, _Fate.STAYS, "nothing tells how it is removed")
    if not remnant.id.strip() or remnant.id in {".", ".."}:
        return _Tried(target, _Fate.STAYS, "its id would address another path")
    method, path = address(declared.delete, id=remnant.id, parent=remnant.parent)
    answer: Answer = yield from course.ask(method, path, declared.identity)
    return _Tried(target, _fate(answer, declared), answer.told(method, path))


def _fate(answer: Answer, declared: Declared) -> _Fate:
    if answer.is_success or answer.status in declared.gone:
        return _Fate.GONE
    if answer.is_trouble:
        return _Fate.AGAIN
    if answer.is_passing or answer.status == _CONFLICT:
        return _Fate.AFTER_A_PAUSE
    return _Fate.STAYS


def _given_up(tried: _Tried, course: Course) -> Tell:
    kind, which = tried.target.remnant.kind, tried.target.remnant.id
    entry = GaveUp(kind=kind, id=which, reason=tried.reason, at=course.wall())
    return Tell(tried.target, entry)
