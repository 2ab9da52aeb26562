"""Searching what was meant to be made, and may have been: an intent leads to its object by mark."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from redhanded.cleanup.effects import Tell
from redhanded.cleanup.entries import Created, GaveUp, NotApplied
from redhanded.cleanup.listing import Listing, NotShown, Shown, listed
from redhanded.cleanup.remnants import Remnant
from redhanded.core.ids import read_tag

if TYPE_CHECKING:
    from collections.abc import Iterable

    from redhanded.cleanup.effects import Course, Flow, Target

# Listings may lag behind: one that shows nothing is believed when a second one does so as well.
_SCANS: Final = 2
_BETWEEN: Final = 1.0


@dataclass(slots=True)
class Search:
    """The intents that are still searched for, and how often each was in vain."""

    course: Course
    left: list[Target]
    _vain: dict[Target, int] = field(default_factory=dict)
    _due: dict[Target, float] = field(init=False)
    _pause: float = _BETWEEN

    def __post_init__(self) -> None:
        wall, now, grace = self.course.wall(), self.course.monotonic(), self.course.rules.grace
        # A clock that was set since the intent cannot stretch the grace.
        self._due = {
            one: now + max(0.0, min(grace, one.remnant.at + grace - wall)) for one in self.left
        }

    def scan(self) -> Flow[list[Target]]:
        """The objects that the API shows now; what cannot be found at all is given up."""
        shown: dict[tuple[object, ...], Listing | NotShown] = {}
        found: list[Target] = []
        for target in list(self.left):
            key = _listing_of(target)
            if key not in shown:
                shown[key] = yield from _shown(target, self.course)
            found += yield from self._matched(target, shown[key])
        return found

    def settle(self) -> Flow[None]:
        """Tells of each intent that was in vain often and long enough that nothing came of it."""
        for target in list(self.left):
            if self._vain.get(target, 0) >= _SCANS and not self._grace_left(target):
                self.left.remove(target)
                intent = target.remnant
                entry = NotApplied(kind=intent.kind, tag=intent.tag, at=self.course.wall())
                yield Tell(target, entry)

    def rest(self) -> Flow[None]:
        """Waits until another scan may tell more."""
        grace = min((self._grace_left(one) for one in self.left), default=0.0)
        yield from self.course.wait(max(_BETWEEN, min(grace, self._pause)))
        self._pause *= 2

    def _matched(self, target: Target, listing: Listing | NotShown) -> Flow[list[Target]]:
        try:
            mine = _of(target.remnant.tag, listing)
        except NotShown as error:
            self.left.remove(target)
            yield Tell(target, _unfindable(target.remnant, str(error), self.course.wall()))
            return []
        if not mine:
            self._vain[target] = self._vain.get(target, 0) + 1
            return []
        self.left.remove(target)
        return (yield from _made(target, mine, self.course.wall()))

    def _grace_left(self, target: Target) -> float:
        """Seconds in which the object may still show."""
        return max(0.0, self._due[target] - self.course.monotonic())


def _listing_of(target: Target) -> tuple[object, ...]:
    """What two intents have in common where one listing shows both."""
    route = (target.declared and target.declared.list_by_tag) or ""
    remnant = target.remnant
    tag = remnant.tag if "{tag}" in route else ""
    return target.declared, tag, remnant.parent if "{parent}" in route else ""


def _of(tag: str, listing: Listing | NotShown) -> list[Shown]:
    if isinstance(listing, NotShown):
        raise listing
    return listing.of(tag)


def _shown(target: Target, course: Course) -> Flow[Listing | NotShown]:
    remnant, declared = target.remnant, target.declared
    if declared is None:
        return NotShown("nothing tells how it is found")
    if read_tag(remnant.tag, remnant.tag.partition("-")[0]) is None:
        return NotShown("what it was to carry is no mark")
    try:
        return (yield from listed(declared, course, tag=remnant.tag, parent=remnant.parent))
    except NotShown as error:
        return error


def _unfindable(intent: Remnant, why: str, at: float) -> GaveUp:
    reason = f"it cannot be found: {why}"
    return GaveUp(kind=intent.kind, tag=intent.tag, reason=reason, at=at, swept=True)


def _made(target: Target, shown: Iterable[Shown], at: float) -> Flow[list[Target]]:
    intent, made = target.remnant, []
    for one in shown:
        entry = Created(kind=intent.kind, id=one.id, tag=intent.tag, parent=intent.parent, at=at)
        yield Tell(target, entry)
        found = Remnant(
            kind=intent.kind, id=one.id, tag=intent.tag, parent=intent.parent, at=intent.at
        )
        made.append(target._replace(remnant=found, is_seen=True))
    return made
