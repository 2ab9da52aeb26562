"""What carries a mark of ours and stands in no journal here: left by a run of another machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from redhanded.cleanup.effects import Target
from redhanded.cleanup.listing import NotShown, Shown, listed_all
from redhanded.cleanup.remnants import Remnant, depth
from redhanded.core.ids import Mark, read_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from redhanded.cleanup.effects import Course, Flow
    from redhanded.cleanup.entries import Declared

_SMALL: Final = 20
_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Strangers:
    """Searches the listings of all kinds for marks that are old enough.

    `is_alive` says whether a run may still be under way, and is true where nobody knows.
    """

    course: Course
    kinds: Mapping[str, Declared]
    is_alive: Callable[[str], bool]

    def search(self) -> Flow[tuple[list[Target], list[str]]]:
        """What may be removed, and in sentences what could not be searched."""
        found: list[Target] = []
        problems: list[str] = []
        for kind, declared in self.kinds.items():
            try:
                found += self._old(declared, (yield from listed_all(declared, self.course)))
            except NotShown as error:
                problems.append(f'"{kind}" cannot be searched for marks: {error}')
        return found, problems

    def _old(self, declared: Declared, shown: list[Shown]) -> list[Target]:
        old = [
            Target(
                _remnant(declared, one, mark),
                declared,
                depth(declared.kind, self.kinds),
                is_seen=True,
            )
            for one in shown
            if (mark := self._mark(one)) is not None and self._is_old(mark)
        ]
        if len(shown) >= _SMALL and len(old) > _SHARE * len(shown):
            raise NotShown(
                f"{len(old)} of the {len(shown)} that are listed would be removed, which looks like"
                " too many; look at them, and remove some by hand"
            )
        return old

    def _mark(self, shown: Shown) -> Mark | None:
        marks = [read_tag(text, self.course.rules.prefix) for text in shown.marks]
        return marks[0] if len(marks) == 1 else None

    def _is_old(self, mark: Mark) -> bool:
        is_old = self.course.wall() - mark.at > self.course.rules.ttl
        return is_old and not self.is_alive(mark.run)


def _remnant(declared: Declared, shown: Shown, mark: Mark) -> Remnant:
    return Remnant(kind=declared.kind, id=shown.id, tag=next(iter(shown.marks)), at=mark.at)
