"""What `redhanded diff` has to tell: two documents, and what changed between them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from redhanded.cli.quantities import many

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from redhanded.contracts.changes.change import Change, Level
    from redhanded.contracts.openapi.document import Document

LEVELS: tuple[Level, ...] = ("error", "warning", "info")
WORDS: Mapping[Level, str] = {"error": "breaking", "warning": "risky", "info": "harmless"}
_WHOLE = "the whole document"


class Cause(NamedTuple):
    """A change of the document, where it shows most plainly, and at how many more places."""

    change: Change
    more: int

    @property
    def text(self) -> str:
        """What changed, and how often that is met."""
        return self.change.text + (
            f" (and at {many(self.more, 'more place')})" if self.more else ""
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All changes between two documents, and the level of the least that is shown.

    `names` are what the caller calls the old and the new one.
    """

    names: tuple[str, str]
    old: Document
    new: Document
    changes: Sequence[Change]
    least: Level = "info"

    @property
    def shown(self) -> Sequence[Change]:
        """The changes that are told, worst first, those of one operation beside each other."""
        return sorted((one for one in self.changes if reaches(one.level, self.least)), key=_order)

    @property
    def causes(self) -> Sequence[Cause]:
        """The shown changes, those of one cause told once: a schema that many answers share."""
        found: dict[tuple[str, ...], list[Change]] = {}
        for one in self.shown:
            found.setdefault(_cause(one), []).append(one)
        told = [Cause(min(same, key=_length), len(same) - 1) for same in found.values()]
        return sorted(told, key=lambda one: _order(one.change))

    def grouped(self) -> Mapping[Level, Mapping[str, Sequence[Cause]]]:
        """The causes by level, then by where they show: the worst level first."""
        groups: dict[Level, dict[str, list[Cause]]] = {}
        for one in self.causes:
            groups.setdefault(one.change.level, {}).setdefault(place(one.change), []).append(one)
        return groups

    @property
    def counts(self) -> Mapping[Level, int]:
        """How many changes there are of each level, whether shown or not."""
        found = Counter(one.level for one in self.changes)
        return {level: found[level] for level in LEVELS}

    def summary(self) -> str:
        """How many changes there are of each level, as a sentence."""
        names = " -> ".join(self.names)
        told = [f"{count:,} {WORDS[level]}" for level, count in self.counts.items() if count]
        if not told:
            return f"{names}: no change."
        return f"{names}: {many(len(self.changes), 'change')} ({', '.join(told)})."

    def fails(self, on: Level) -> bool:
        """Whether there is a change of that level or a worse one."""
        return any(reaches(one.level, on) for one in self.changes)

    def described(self) -> dict[str, Any]:
        """The comparison as JSON values."""
        return {
            "old": _described(self.old, self.names[0]),
            "new": _described(self.new, self.names[1]),
            "counts": self.counts,
            "changes": [_record(one) for one in self.shown],
        }

    def flaws(self) -> Iterable[str]:
        """What is wrong with the documents, and hence could not be compared."""
        for document in (self.old, self.new):
            yield from (str(flaw) for flaw in document.flaws)


def reaches(level: Level, least: Level) -> bool:
    """Whether a level is as bad as another one, or worse."""
    return LEVELS.index(level) <= LEVELS.index(least)


def place(change: Change) -> str:
    """Where a change is: its operation, else its path, else the whole document."""
    return " ".join(part for part in (change.operation, change.path) if part) or _WHOLE


def _order(change: Change) -> tuple[int, str, str]:
    return LEVELS.index(change.level), place(change), change.id


def _length(change: Change) -> int:
    """How long the way to it is."""
    return len(change.text)


def _cause(change: Change) -> tuple[str, ...]:
    """What changes have in common that are one change of the document."""
    said = change.text.rpartition(": ")[2]
    cause = (change.level, change.id, change.side, change.uri, change.where, said)
    return cause if change.where else (*cause, place(change), change.text)


def _described(document: Document, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "openapi": ".".join(map(str, document.version)),
        "flaws": [{"place": flaw.place, "message": flaw.message} for flaw in document.flaws],
    }


def _record(change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "level": change.level,
        "operation": change.operation,
        "path": change.path,
        "section": change.section,
        "text": change.text,
        "where": change.where,
        "side": change.side,
    }
