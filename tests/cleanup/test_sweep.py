"""The sweep: what dead processes left is gone afterwards, and nothing else was touched."""

from __future__ import annotations

from tests.cleanup.dead import Dead, Sweeping, mark
from tests.cleanup.fake_api import FakeApi


def test_what_was_made_and_never_removed_is_removed_by_its_id(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """One request removes it, with the identity that made it, and its journal goes too."""
    rooms.add("room", "r 1", mark(1))
    path = dead.leave(
        lambda log: log.intend("room", mark(1)), lambda log: log.created("room", "r 1", tag=mark(1))
    )

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.sent == ["DELETE /rooms/r%201"]
    assert rooms.identities == ["admin"]
    assert [one.id for one in report.removed] == ["r 1"]
    assert [entry.op for _, entry in sweeping.told] == ["deleted"]
    assert not list(path.parent.iterdir())


def test_what_was_meant_to_be_made_is_found_by_its_mark(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """The process died between the intent and the answer, and the object is there."""
    rooms.add("room", "1", mark(1))
    dead.leave(lambda log: log.intend("room", mark(1)))

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.sent == [f"GET /rooms?note={mark(1)}", "DELETE /rooms/1"]
    assert [one.id for one in report.removed] == ["1"]
    assert [entry.op for _, entry in sweeping.told] == ["created", "deleted"]


def test_children_are_removed_before_their_parents(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """Whichever was made first, and also where a child is only known by its mark."""
    rooms.add("room", "1", mark(1))
    rooms.add("seat", "a", mark(2), room="1")
    rooms.add("seat", "b", mark(3), room="1")
    dead.leave(
        lambda log: log.created("seat", "a", parent="1"),
        lambda log: log.created("room", "1"),
        lambda log: log.intend("seat", mark(3), parent="1"),
    )

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.removals[-1] == "DELETE /rooms/1"
    assert len(report.removed) == 3
    assert not rooms.rooms
    assert not rooms.seats
