"""What the benchmark's API holds: rooms with their seats, ours and those of others."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

ROOMS, SEATS = "rooms", "seats"


@dataclass(slots=True)
class Thing:
    """A room or a seat; `note` is where a mark may stand, `room` what a seat belongs to."""

    kind: str
    id: int
    note: str
    room: int = 0
    is_foreign: bool = False

    @property
    def shown(self) -> dict[str, object]:
        """As the API shows it."""
        return {"id": self.id, "note": self.note, "room": self.room}


@dataclass(slots=True)
class Stock:
    """Everything that is there; safe for threads."""

    things: dict[int, Thing] = field(default_factory=dict)
    made: int = 0
    foreign: int = 0
    touched: list[str] = field(default_factory=list)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, note: str, room: int = 0, *, is_foreign: bool = False) -> Thing:
        """A new thing."""
        with self._lock:
            thing = Thing(kind, next(self._ids), note, room, is_foreign)
            self.things[thing.id] = thing
            self.made += not is_foreign
            self.foreign += is_foreign
            return thing

    def remove(self, kind: str, which: int) -> int:
        """The status of a removal: 204, 404, or 409 for a room that still has seats of ours."""
        with self._lock:
            thing = self.things.get(which)
            if thing is None or thing.kind != kind:
                return 404
            if any(seat.room == which for seat in self.things.values()):
                return 409
            if thing.is_foreign:
                self.touched.append(f"{kind} {which}: {thing.note!r}")
            del self.things[which]
            return 204

    def get(self, kind: str, which: int) -> Thing | None:
        """The thing of that number."""
        with self._lock:
            thing = self.things.get(which)
        return thing if thing is not None and thing.kind == kind else None

    def like(self, kind: str, text: str) -> list[Thing]:
        """All whose note contains the text, as a search that is not strict would find them."""
        with self._lock:
            return [
                thing
                for thing in self.things.values()
                if thing.kind == kind and text.casefold() in thing.note.casefold()
            ]

    @property
    def left(self) -> list[Thing]:
        """What is there and is not of others."""
        with self._lock:
            return [thing for thing in self.things.values() if not thing.is_foreign]

    def forget(self) -> None:
        """Take away what is ours, which has been counted."""
        with self._lock:
            self.things = {which: thing for which, thing in self.things.items() if thing.is_foreign}


def look_alikes(mark: str) -> list[str]:
    """Notes of others that come near a mark."""
    head, _, tail = mark.rpartition("-")
    return [
        mark.upper(),
        f"{mark}x",
        f"x{mark}",
        mark[:-1],
        f"see {mark}, please",
        f"{head}-{'b' if tail.startswith('a') else 'a'}{tail[1:]}",
        f"{mark} ",
        mark.replace("-", "_"),
    ]
