"""An API of rooms and their beds, which keeps what it is told, as well as it is told to."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import unquote

import pytest

from tests.servers import raw

__all__ = ["CONFTEST", "Hotel", "hotel"]

CONFTEST = """
    from pydantic import BaseModel
    from redhanded import resource

    class NewRoom(BaseModel):
        name: str
        floor: int

    class Room(BaseModel):
        id: int
        name: str
        floor: int
        note: str | None

    room = resource(
        "room",
        create="POST /rooms",
        delete="DELETE /rooms/{id}",
        tag="$.note",
        list_by_tag="GET /rooms?note={tag}",
        model=NewRoom,
        shape=Room,
    )
    bed = resource(
        "bed",
        create="POST /rooms/{parent}/beds",
        delete="DELETE /rooms/{parent}/beds/{id}",
        parent="room",
    )
"""
_PATH = re.compile(r"(/rooms(?:/\d+/beds)?)(?:/(\d+))?")


@dataclass
class Hotel:
    """Rooms and beds in memory; a room with beds is not removed.

    `keeps` is how many characters of a note it stores. Neither the answer to a creation nor the
    listing need show notes. `planned` are answers that stand in place of the first ones to a
    request such as `DELETE /rooms/1`.
    """

    keeps: int = 1_000
    answers_note: bool = True
    lists_note: bool = True
    planned: dict[str, list[int]] = field(default_factory=dict)
    there: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[str | None] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def script(self) -> raw.Script:
        """The API."""
        return raw.reply(self._answer)

    def asked(self, method: str) -> list[str]:
        """The targets that were asked for by a method."""
        return [one.partition(" ")[2] for one in self.seen if one.startswith(f"{method} ")]

    def _answer(self, received: raw.Received) -> bytes:
        self.seen.append(f"{received.method} {received.target}")
        planned = self.planned.get(f"{received.method} {received.path}")
        if planned:
            return raw.message(planned.pop(0), b"{}")
        found = _PATH.fullmatch(received.path)
        if found is None:
            return raw.message(200, b"{}")
        if received.method == "POST":
            return self._add(received)
        if received.method == "DELETE":
            return self._remove(received.path)
        if found[2]:
            known = self.there.get(received.path)
            return _json(200, known) if known else raw.message(404)
        return self._list(found[1], received.query)

    def _add(self, received: raw.Received) -> bytes:
        new = json.loads(received.body or b"{}")
        if new.get("floor", 0) is None:
            return raw.message(422, b"{}")
        self.notes.append(new.get("note", received.header("X-Note")))
        which = next(self.numbers)
        note = (new.get("note") or "")[: self.keeps] or None
        made = self.there[f"{received.path}/{which}"] = {**new, "id": which, "note": note}
        return _json(201, made if self.answers_note else _without_note(made))

    def _remove(self, path: str) -> bytes:
        if path not in self.there:
            return raw.message(404)
        if any(one.startswith(f"{path}/") for one in self.there):
            return raw.message(409)
        del self.there[path]
        return raw.message(204, b"")

    def _list(self, path: str, query: str) -> bytes:
        wanted = unquote(query.partition("note=")[2])
        kept = [
            one
            for place, one in self.there.items()
            if place.rpartition("/")[0] == path and one["note"] == wanted
        ]
        return _json(200, kept if self.lists_note else list(map(_without_note, kept)))


def _without_note(made: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in made.items() if name != "note"}


def _json(status: int, value: object) -> bytes:
    return raw.message(status, json.dumps(value).encode())


@pytest.fixture
def hotel() -> Hotel:
    """An API without a room."""
    return Hotel()
