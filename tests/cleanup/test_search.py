"""Intents: what may have been made is found by its exact mark, or shown not to be there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from redhanded.cleanup.contents import read
from redhanded.cleanup.effects import Answer, Rules
from redhanded.cleanup.entries import Declared
from tests.cleanup.dead import RUN, Dead, Sweeping, mark
from tests.cleanup.fake_api import ROOM, SEAT, SILENT, FakeApi, FakeClock

MINE = mark(1)
LISTING = f"GET /rooms?note={MINE}"


def test_what_was_meant_to_be_made_is_found_by_its_mark(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """The process died between the intent and the answer, and the object is there."""
    rooms.add("room", "1", MINE)
    dead.leave(lambda log: log.intend("room", MINE))

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.sent == [LISTING, "DELETE /rooms/1"]
    assert [one.id for one in report.removed] == ["1"]
    assert [entry.op for _, entry in sweeping.told] == ["created", "deleted"]


def test_what_was_found_is_written_down_before_it_is_removed(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """A sweep that dies in between leaves an id to the next one."""
    rooms.add("room", "1", MINE)
    rooms.planned["DELETE /rooms/1"] = [KeyboardInterrupt()]
    path = dead.leave(lambda log: log.intend("room", MINE))

    with pytest.raises(KeyboardInterrupt):
        sweeping.sweep().run(dead.holdings())

    assert [entry.op for entry in read(path).entries] == ["intended", "created"]
    assert [one.id for one in dead.holdings()[0].remnants] == ["1"]


def test_a_create_that_was_done_twice_is_removed_twice(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """A gateway may have sent it again: everything that carries the mark is ours."""
    rooms.add("room", "1", MINE)
    rooms.add("room", "2", MINE)
    dead.leave(lambda log: log.intend("room", MINE))

    report = sweeping.sweep().run(dead.holdings())

    assert {one.id for one in report.removed} == {"1", "2"}
    assert dead.holdings() == []


@pytest.mark.parametrize("late", [0.5, 2.0, 30.0, 59.0], ids="{} s late".format)
def test_a_create_that_lands_late_is_removed_all_the_same(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping, late: float
) -> None:
    """INVARIANT: what was under way at the kill shows within the grace, and is waited for."""
    rooms.add("room", "1", MINE, shows_at=rooms.clock.now + late)
    dead.leave(lambda log: log.intend("room", MINE))

    report = sweeping.sweep(Rules(grace=60.0)).run(dead.holdings())

    assert not rooms.rooms
    assert [one.id for one in report.removed] == ["1"]


def test_nothing_came_of_it_only_after_the_grace_and_two_looks(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping, clock: FakeClock
) -> None:
    """Until then the object may still show; the journal goes when all is told."""
    began = clock.now
    dead.leave(lambda log: log.intend("room", MINE))

    report = sweeping.sweep(Rules(grace=60.0)).run(dead.holdings())

    assert [one.tag for one in report.not_applied] == [MINE]
    assert clock.now - began == 60.0
    assert set(rooms.sent) == {LISTING}
    assert dead.holdings() == []


def test_an_intent_of_long_ago_takes_two_looks_a_second_apart(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping, clock: FakeClock
) -> None:
    """A listing that lags behind for a moment is not believed at once."""
    dead.leave(lambda log: log.intend("room", MINE))
    clock.now += 3600

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.sent == [LISTING] * 2
    assert clock.waited == [1.0]
    assert len(report.not_applied) == 1


@pytest.mark.parametrize("jump", [-3600.0, 3600.0], ids=["an hour back", "an hour ahead"])
def test_a_clock_that_was_set_changes_little(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping, clock: FakeClock, jump: float
) -> None:
    """The grace is never longer than it is, and two looks are always taken."""
    dead.leave(lambda log: log.intend("room", MINE))
    clock.now += jump

    report = sweeping.sweep(Rules(grace=60.0)).run(dead.holdings())

    assert len(report.not_applied) == 1
    assert len(rooms.sent) >= 2
    assert sum(clock.waited) <= 65.0


def test_a_grace_that_is_longer_than_the_sweep_leaves_the_intent(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping, clock: FakeClock
) -> None:
    """It is looked for as often as there is time, and the next sweep goes on."""
    dead.leave(lambda log: log.intend("room", MINE))

    report = sweeping.sweep(Rules(grace=60.0, seconds=10.0)).run(dead.holdings())

    assert [one.tag for one in report.left] == [MINE]
    assert report.stopped.startswith("10 s were not enough")
    assert clock.waited == [1.0, 2.0, 4.0]
    assert dead.holdings()[0].remnants == report.left


@pytest.mark.parametrize("is_filtering", [True, False], ids=["filtered", "a list of everything"])
def test_look_alikes_are_never_touched(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping, *, is_filtering: bool
) -> None:
    """INVARIANT: of a thousand marks that only look like ours, none is taken for it."""
    alike = [
        MINE.upper(),
        MINE[:-1],
        f"{MINE}a",
        f" {MINE}",
        f"see {MINE} for details",
        MINE.replace("rh-", "rhx-"),
        MINE.replace("rh-", "r-"),
        MINE.replace(RUN, "3f2a9c1f"),
        f"run {RUN}",
        mark(2),
    ]
    for number in range(1_000):
        rooms.add("room", f"foreign {number}", alike[number % len(alike)])
    rooms.add("room", "mine", MINE)
    rooms.is_filtering = is_filtering
    dead.leave(lambda log: log.intend("room", MINE))

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.removals == ["DELETE /rooms/mine"]
    assert [one.id for one in report.removed] == ["mine"]
    assert len(rooms.rooms) == 1_000


def test_a_listing_of_ids_alone_has_each_entry_read(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """Where a listing shows no marks, each object shows its own; the exact one counts."""
    rooms.lists_ids_only = True
    rooms.add("room", "1", MINE.upper())
    rooms.add("room", "2", MINE)
    dead.leave(lambda log: log.intend("room", MINE))

    sweeping.sweep().run(dead.holdings())

    assert rooms.sent == [LISTING, "GET /rooms/1", "GET /rooms/2", "DELETE /rooms/2"]
    assert [*rooms.rooms] == ["1"]


def test_what_is_gone_when_it_is_read_is_none_of_ours(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """Somebody else removed it between the listing and the look at it."""
    rooms.lists_ids_only = True
    rooms.add("room", "1", f"{MINE} too")
    rooms.planned["GET /rooms/1"] = [Answer(404)]
    dead.leave(lambda log: log.intend("room", MINE))

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.removals == []
    assert len(report.not_applied) == 1


def test_one_listing_serves_all_intents_of_a_kind(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """A list of everything is asked for once a look, however many intents there are."""
    everything = replace(ROOM, list_by_tag="GET /rooms")
    for number in range(5):
        rooms.add("room", str(number), mark(number))
    dead.leave(
        *[lambda log, n=n: log.intend("room", mark(n)) for n in range(5)], kinds=(everything,)
    )

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.sent.count("GET /rooms") == 1
    assert len(report.removed) == 5


def test_children_are_looked_for_at_their_own_parent(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """The listing of a child's kind names its parent; one that is gone has no children."""
    rooms.add("room", "1")
    rooms.add("seat", "a", mark(2), room="1")
    dead.leave(
        lambda log: log.intend("seat", mark(2), parent="1"),
        lambda log: log.intend("seat", mark(3), parent="gone"),
    )

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.removals == ["DELETE /rooms/1/seats/a"]
    assert [one.tag for one in report.not_applied] == [mark(3)]


HEADER = replace(ROOM, tag="header:X-Tag")


@pytest.mark.parametrize(
    "declared, answer, reason",
    [
        pytest.param(ROOM, Answer(403), f"{LISTING} answered 403", id="forbidden"),
        pytest.param(ROOM, Answer(404), f"{LISTING} answered 404", id="not there"),
        pytest.param(ROOM, Answer(500), f"{LISTING} answered 500", id="a fault"),
        pytest.param(ROOM, Answer(200), f"the answer to {LISTING} has no list at $", id="no JSON"),
        pytest.param(
            replace(ROOM, at="$.items"),
            Answer(200, {"things": []}),
            f"the answer to {LISTING} has nothing at $.items",
            id="nothing at the place",
        ),
        pytest.param(
            ROOM,
            Answer(200, [{"number": 1}]),
            "an entry of GET /rooms?note={tag} has no id at $.id",
            id="no id",
        ),
        pytest.param(
            ROOM,
            Answer(200, [{"id": n} for n in range(101)]),
            "the entries of GET /rooms?note={tag} do not show the mark",
            id="too many to read",
        ),
        pytest.param(
            replace(ROOM, delete="POST /rooms/{id}/close"),
            Answer(200, [{"id": 1}]),
            "the entries of GET /rooms?note={tag} do not show the mark",
            id="no address of its own",
        ),
        pytest.param(
            HEADER,
            Answer(200, [{"id": 1, "name": "x"}]),
            "GET /rooms/1 answered 404",
            id="one that cannot be read",
        ),
        pytest.param(
            replace(ROOM, list_by_tag=None),
            Answer(200, []),
            '"room" has no list_by_tag',
            id="no listing",
        ),
    ],
)
def test_what_cannot_be_found_is_kept_with_the_reason(
    dead: Dead, sweeping: Sweeping, declared: Declared, answer: Answer, reason: str
) -> None:
    """Without proof that it is not there, it is never said to be."""
    rooms = sweeping.api
    rooms.planned[LISTING] = [answer]
    rooms.planned["GET /rooms/1"] = [Answer(404)]
    dead.leave(lambda log: log.intend("room", MINE), kinds=(replace(declared, gone=(410,)),))

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.removals == []
    assert report.not_applied == ()
    assert [one.reason for one in report.kept] == [f"it cannot be found: {reason}"]


def test_objects_that_show_no_mark_anywhere_are_kept(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """An object that carries no mark when it is read cannot be told from others."""
    rooms.planned[LISTING] = [Answer(200, [{"id": 1}])]
    rooms.planned["GET /rooms/1"] = [Answer(200, {"id": 1})]
    dead.leave(lambda log: log.intend("room", MINE))

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.removals == []
    assert [one.reason for one in report.kept] == [
        "it cannot be found: neither GET /rooms?note={tag} nor GET /rooms/1 shows the mark"
    ]


def test_a_mark_sent_in_a_header_may_show_anywhere(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """Wherever the API puts it, it must be the whole text."""
    entries = [
        {"id": 1, "labels": [{"name": "tag", "value": MINE}]},
        {"id": 2, "labels": [f"{MINE}, and more"]},
        {"id": 3, "labels": [mark(2)]},
    ]
    rooms.planned[LISTING] = [Answer(200, entries)]
    rooms.add("room", "1")
    dead.leave(lambda log: log.intend("room", MINE), kinds=(HEADER,))

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.removals == ["DELETE /rooms/1"]
    assert [one.id for one in report.removed] == ["1"]


def test_the_mark_of_something_inside_is_not_the_objects_own(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """INVARIANT: an object that only refers to ours is somebody else's."""
    referring = {"id": 1, "note": "mine", "previous": {"id": 2, "note": MINE}}
    rooms.planned[LISTING] = [Answer(200, [referring])]
    dead.leave(lambda log: log.intend("room", MINE))

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.removals == []
    assert len(report.not_applied) == 1


@pytest.mark.parametrize(
    "tag",
    ["", "rh-", "rh-3f2a9c1e", MINE[:-4], "note"],
    ids=["empty", "prefix", "run", "cut", "text"],
)
def test_an_intent_without_a_whole_mark_is_never_searched(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping, tag: str
) -> None:
    """INVARIANT: a listing by part of a mark shows what others made."""
    rooms.add("room", "1", tag)
    dead.leave(lambda log: log.intend("room", tag))

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.sent == []
    assert [one.reason for one in report.kept] == [
        "it cannot be found: what it was to carry is no mark"
    ]


def test_a_listing_that_recovers_is_believed(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """Faults and silence that pass are waited for."""
    rooms.add("room", "1", MINE)
    listed = rooms.send("GET", f"/rooms?note={MINE}", None)
    rooms.planned[LISTING] = [Answer(500), SILENT, Answer(429, pause=2.0), listed]
    dead.leave(lambda log: log.intend("room", MINE))

    report = sweeping.sweep().run(dead.holdings())

    assert [one.id for one in report.removed] == ["1"]
    assert len(rooms.clock.waited) == 3


def test_null_where_the_list_should_be_is_an_empty_one(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """Some APIs leave an empty list out like this; a single object is a list of one."""
    rooms.planned[f"GET /rooms/1/seats?note={MINE}"] = [Answer(200, {"items": None})]
    one = {"items": {"id": 7, "note": mark(2)}}
    rooms.planned[f"GET /rooms/1/seats?note={mark(2)}"] = [Answer(200, one)]
    dead.leave(
        lambda log: log.intend("seat", MINE, parent="1"),
        lambda log: log.intend("seat", mark(2), parent="1"),
        kinds=(SEAT,),
    )

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.removals == ["DELETE /rooms/1/seats/7"]
    assert [one.tag for one in report.not_applied] == [MINE]


def test_a_parent_is_removed_when_its_last_child_shows_late(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """What is in use is not given up as long as something is searched that may hang on it."""
    rooms.add("room", "1")
    rooms.add("seat", "a", MINE, room="1", shows_at=rooms.clock.now + 30)
    dead.leave(
        lambda log: log.created("room", "1"), lambda log: log.intend("seat", MINE, parent="1")
    )

    report = sweeping.sweep().run(dead.holdings())

    assert {one.id for one in report.removed} == {"1", "a"}
    assert report.kept == ()


def test_a_parent_in_use_to_the_end_is_kept(dead: Dead, rooms: FakeApi, sweeping: Sweeping) -> None:
    """Somebody else's seat is in our room: the room stays, and is told."""
    rooms.add("room", "1")
    rooms.add("seat", "foreign", room="1")
    dead.leave(
        lambda log: log.created("room", "1"), lambda log: log.intend("seat", MINE, parent="1")
    )

    report = sweeping.sweep().run(dead.holdings())

    assert [one.reason for one in report.kept] == ["DELETE /rooms/1 answered 409"]
    assert [*rooms.seats] == ["foreign"]
    assert len(rooms.removals) == 5
