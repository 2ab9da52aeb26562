"""An API in memory, with rooms and seats in them, that a sweep is let loose on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from redhanded.cleanup.effects import Answer
from redhanded.cleanup.entries import Declared

SILENT = Answer(None, reason="no route to host")

ROOM = Declared(
    kind="room",
    delete="DELETE /rooms/{id}",
    identity="admin",
    tag="$.note",
    list_by_tag="GET /rooms?note={tag}",
)
SEAT = Declared(
    kind="seat",
    delete="DELETE /rooms/{parent}/seats/{id}",
    tag="$.note",
    list_by_tag="GET /rooms/{parent}/seats?note={tag}",
    at="$.items",
    parent="room",
)


class FakeClock:
    """A clock that stands still but for what is waited."""

    def __init__(self, now: float = 1_790_000_000.0) -> None:
        self.now = now
        self.waited: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


@dataclass
class Thing:
    """One object; `shows_at` is when a create that is under way has been done."""

    id: str
    note: str | None
    room: str = ""
    shows_at: float = 0.0

    def shown(self) -> dict[str, object]:
        return {"id": self.id, "note": self.note, "name": f"thing {self.id}"}


@dataclass
class FakeApi:
    """Rooms and seats; a room with seats in it cannot be removed. `planned` answers come first."""

    clock: FakeClock
    rooms: dict[str, Thing] = field(default_factory=dict)
    seats: dict[str, Thing] = field(default_factory=dict)
    planned: dict[str, list[Answer | BaseException]] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    identities: list[str | None] = field(default_factory=list)
    is_filtering: bool = True
    lists_ids_only: bool = False
    lost: Callable[[str], bool] = lambda _: False

    def add(
        self, kind: str, which: str, note: str | None = None, room: str = "", shows_at: float = 0.0
    ) -> Thing:
        thing = Thing(which, note, room, shows_at)
        (self.rooms if kind == "room" else self.seats)[which] = thing
        return thing

    def send(self, method: str, path: str, identity: str | None) -> Answer:
        request = f"{method} {path}"
        self.sent.append(request)
        self.identities.append(identity)
        planned = self.planned.get(request, self.planned.get("*", []))
        if planned:
            answer = planned.pop(0) if len(planned) > 1 else planned[0]
            if isinstance(answer, BaseException):
                raise answer
            return answer
        answer = self._answer(method, path)
        return SILENT if self.lost(request) else answer

    @property
    def removals(self) -> list[str]:
        return [each for each in self.sent if each.startswith("DELETE ")]

    def _answer(self, method: str, path: str) -> Answer:
        split = urlsplit(path)
        names = [unquote(part) for part in split.path.split("/")[1:]]
        note = dict(parse_qsl(split.query)).get("note")
        if method == "GET":
            return self._get(names, note)
        return self._delete(names)

    def _get(self, names: list[str], note: str | None) -> Answer:
        match names:
            case ["rooms"]:
                return Answer(200, self._listed(self.rooms.values(), note))
            case ["rooms", room]:
                return self._one(self.rooms.get(room))
            case ["rooms", room, "seats"]:
                if room not in self.rooms:
                    return Answer(404, {"title": "no such room"})
                mine = [seat for seat in self.seats.values() if seat.room == room]
                return Answer(200, {"items": self._listed(mine, note)})
            case ["rooms", _, "seats", seat]:
                return self._one(self.seats.get(seat))
        return Answer(404)

    def _delete(self, names: list[str]) -> Answer:
        match names:
            case ["rooms", room]:
                if any(seat.room == room for seat in self.seats.values()):
                    return Answer(409, {"title": "it has seats"})
                return Answer(204 if self.rooms.pop(room, None) else 404)
            case ["rooms", _, "seats", seat]:
                return Answer(204 if self.seats.pop(seat, None) else 404)
        return Answer(405)

    def _one(self, thing: Thing | None) -> Answer:
        return Answer(404) if thing is None else Answer(200, {"thing": thing.shown()})

    def _listed(self, things: Iterable[Thing], note: str | None) -> list[object]:
        there = [one for one in things if one.shows_at <= self.clock.now]
        if note is not None and self.is_filtering:
            there = [one for one in there if note.casefold() in (one.note or "").casefold()]
        shown = [{"id": one.id} if self.lists_ids_only else one.shown() for one in there]
        return list(json.loads(json.dumps(shown)))
