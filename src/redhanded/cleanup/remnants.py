"""What is left of what was made: objects that may still be there, and intents that may be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from redhanded.cleanup.entries import Created, Deleted, Intended, NotApplied

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from redhanded.cleanup.entries import Declared, Entry


class Key(NamedTuple):
    """An object by its id within its parent, or by its tag where the id is not known."""

    kind: str
    id: str = ""
    tag: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remnant:
    """An object that may still be there; without `id` it was meant to be made, and may have been.

    `parent` is the id of what it belongs to, `at` when it was made (seconds since the epoch) and
    `reason` why it could not be removed, if that was tried; `is_given_up` says that a sweep tried.
    """

    kind: str
    at: float
    id: str = ""
    tag: str = ""
    parent: str = ""
    reason: str = ""
    is_given_up: bool = False

    @property
    def is_intent(self) -> bool:
        """Whether it is known by its tag alone."""
        return not self.id

    @property
    def key(self) -> Key:
        """What it is told by from all others."""
        return _key(self.kind, self.id, self.tag, self.parent)


class Remnants:
    """Takes the entries of a journal in their order, and keeps what they leave behind."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._left: dict[Key, Remnant] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Take one more entry."""
        match entry:
            case Intended():
                self._keep(
                    Remnant(kind=entry.kind, tag=entry.tag, parent=entry.parent, at=entry.at)
                )
            case Created():
                self._make(entry)
            case Deleted():
                self._left.pop(_key(entry.kind, entry.id, "", entry.parent), None)
            case NotApplied():
                self._left.pop(Key(entry.kind, tag=entry.tag), None)
            case _:
                found = self._left.get(_key(entry.kind, entry.id, entry.tag, entry.parent))
                if found is not None:
                    self._keep(replace(found, reason=entry.reason, is_given_up=entry.swept))

    def all(self) -> tuple[Remnant, ...]:
        """What is left, the oldest first."""
        return tuple(self._left.values())

    def __bool__(self) -> bool:
        return bool(self._left)

    def _make(self, entry: Created) -> None:
        intent = self._left.pop(Key(entry.kind, tag=entry.tag), None) if entry.tag else None
        parent = entry.parent or (intent.parent if intent is not None else "")
        self._keep(Remnant(kind=entry.kind, id=entry.id, tag=entry.tag, parent=parent, at=entry.at))

    def _keep(self, remnant: Remnant) -> None:
        self._left[remnant.key] = remnant


def _key(kind: str, which: str, tag: str, parent: str) -> Key:
    # Many APIs number the children of each parent from 1 on.
    return Key(kind, which, parent=parent) if which else Key(kind, tag=tag)


def depth(kind: str, declared: Mapping[str, Declared]) -> int:
    """How many kinds it takes from this one up to the last that belongs to no other."""
    seen: set[str] = set()
    above: str | None = kind
    while above is not None and above in declared and above not in seen:
        seen.add(above)
        above = declared[above].parent
    return len(seen)
