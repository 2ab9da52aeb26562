"""Listings: what an API shows of a kind, and which entries carry a mark."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from redhanded.cleanup.effects import TRIES, pause_before
from redhanded.cleanup.marking import header_of, texts, value_at, wrapped
from redhanded.cleanup.paging import is_part
from redhanded.cleanup.resources import address
from redhanded.core.ids import read_tag
from redhanded.core.jsonpath import Nowhere, find, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.cleanup.effects import Answer, Course, Flow
    from redhanded.cleanup.entries import Declared

_MOST_READ = 100
_WITH_TAG = re.compile(r"[?&][^?&]*\{tag\}[^?&]*")


class NotShown(Exception):
    """The API does not show what is asked for; the message says why, in a clause."""


class Shown(NamedTuple):
    """An entry of a listing: its id, and the marks that may be its own."""

    id: str
    marks: frozenset[str]


class Listing(NamedTuple):
    """What an API showed; of a part of a listing, what is not in it proves nothing."""

    shown: Sequence[Shown]
    is_part: bool = False

    def of(self, tag: str) -> list[Shown]:
        """The entries that carry this mark; raises NotShown where others may."""
        mine = [one for one in self.shown if tag in one.marks]
        if self.is_part and not mine:
            raise NotShown("the list has more pages than one; let list_by_tag filter by the mark")
        return mine


def listed(declared: Declared, course: Course, *, tag: str, parent: str) -> Flow[Listing]:
    """What the API lists of a kind for this mark; raises NotShown."""
    route = _route(declared)
    method, path = address(route, tag=tag, parent=parent)
    entries, more = yield from _entries(declared, course, method, path)
    return Listing((yield from _shown(entries, declared, parent, course)), more)


def listed_all(declared: Declared, course: Course) -> Flow[list[Shown]]:
    """What the API lists of a kind when it is asked for no mark; raises NotShown."""
    route = _route(declared)
    bare = _WITH_TAG.sub("", route)
    if "?" not in bare:
        bare = bare.replace("&", "?", 1)
    if "{" in bare:
        raise NotShown(f"{route} lists nothing without a mark or a parent")
    method, path = address(bare)
    entries, _ = yield from _entries(declared, course, method, path)
    return (yield from _shown(entries, declared, "", course))


def marks_of(document: object, declared: Declared) -> frozenset[str] | None:
    """What stands at the place of the mark, in the object or in what wraps it; None without place.

    A mark that was sent in a header may show anywhere: then every text that is a mark counts.
    """
    if declared.tag is None:
        return None
    if header_of(declared.tag):
        marks = (one for one in texts(document) if read_tag(one, one.partition("-")[0]))
        return frozenset(marks) or None
    for one in wrapped(document):
        try:
            held = find(one, read(declared.tag))
        except Nowhere:
            continue
        return frozenset({held} if isinstance(held, str) else ())
    return None


def _route(declared: Declared) -> str:
    if declared.untracked:
        raise NotShown(declared.untracked)
    if declared.tag is None or declared.list_by_tag is None:
        raise NotShown(f'"{declared.kind}" has no list_by_tag')
    return declared.list_by_tag


def _entries(
    declared: Declared, course: Course, method: str, path: str
) -> Flow[tuple[list[object], bool]]:
    """The entries of a listing, and whether there are more than these."""
    answer = yield from _answer(course, method, path, declared.identity)
    if answer.status in {404, 410} and "{" in (declared.list_by_tag or "").partition("?")[0]:
        return [], False  # a parent that is gone, or a mark that nobody has, lists nothing
    if not answer.is_success:
        raise NotShown(answer.told(method, path))
    try:
        there = find(answer.document, read(declared.at))
    except Nowhere:
        raise NotShown(f"the answer to {method} {path} has nothing at {declared.at}") from None
    if there is None and declared.at != "$":
        there = []
    if not isinstance(there, list | dict):
        raise NotShown(f"the answer to {method} {path} has no list at {declared.at}")
    entries = there if isinstance(there, list) else [there]
    return entries, is_part(answer.headers, answer.document, len(entries))


def _answer(course: Course, method: str, path: str, identity: str | None) -> Flow[Answer]:
    """The answer that lasts: what may pass is asked for a few times."""
    for number in range(1, TRIES):
        answer: Answer = yield from course.ask(method, path, identity)
        if not answer.is_passing:
            return answer
        if not answer.is_trouble:
            yield from course.wait(pause_before(number))
    return (yield from course.ask(method, path, identity))


def _shown(
    entries: list[object], declared: Declared, parent: str, course: Course
) -> Flow[list[Shown]]:
    """The entries with their marks; where none shows any, each is read by its own address."""
    ids = [value_at(one, declared.id) for one in entries]
    marks = [marks_of(one, declared) for one in entries]
    if not all(ids):
        raise NotShown(f"an entry of {declared.list_by_tag} has no id at {declared.id}")
    if all(one is None for one in marks):
        marks = yield from _read(ids, declared, parent, course)
    return [Shown(which, found or frozenset()) for which, found in zip(ids, marks, strict=True)]


def _read(
    ids: list[str], declared: Declared, parent: str, course: Course
) -> Flow[list[frozenset[str] | None]]:
    """The marks of objects, each read by its own address."""
    method, _ = address(declared.delete)
    if len(ids) > _MOST_READ or method != "DELETE":
        raise NotShown(f"the entries of {declared.list_by_tag} do not show the mark")
    marks: list[frozenset[str] | None] = []
    for which in ids:
        _, path = address(declared.delete, id=which, parent=parent)
        answer = yield from _answer(course, "GET", path, declared.identity)
        if answer.is_success:
            marks.append(marks_of(answer.document, declared))
        elif answer.status in declared.gone:
            marks.append(frozenset())
        else:
            raise NotShown(answer.told("GET", path))
    if ids and all(one is None for one in marks):
        raise NotShown(f"neither {declared.list_by_tag} nor GET {path} shows the mark")
    return marks
