"""The sweep: what dead processes left is gone afterwards, and nothing else was touched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from redhanded.cleanup.contents import read
from redhanded.cleanup.effects import Answer, Rules
from redhanded.cleanup.remnants import Remnants
from tests.cleanup.dead import Dead, Sweeping, mark
from tests.cleanup.fake_api import ROOM, SEAT, SILENT, FakeApi, FakeClock


def test_what_was_made_and_never_removed_is_removed_by_its_id(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """Once it shows its mark, with the identity that made it; and its journal goes too."""
    rooms.add("room", "r 1", mark(1))
    path = dead.leave(
        lambda log: log.intend("room", mark(1)),
        lambda log: log.created("room", "r 1", tag=mark(1)),
    )

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.sent == ["GET /rooms/r%201", "DELETE /rooms/r%201"]
    assert rooms.identities == ["admin", "admin"]
    assert [one.id for one in report.removed] == ["r 1"]
    assert [entry.op for _, entry in sweeping.told] == ["deleted"]
    assert not list(path.parent.iterdir())


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
    assert len(rooms.removals) == len(report.removed) == 3
    assert not rooms.rooms
    assert not rooms.seats


def test_children_of_two_parents_may_have_one_id(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """INVARIANT: of those numbered within each parent, none hides another or goes for it."""
    dead.leave(
        lambda log: log.created("seat", "1", parent="a"),
        lambda log: log.created("seat", "1", parent="b"),
        lambda log: log.created("seat", "1", parent="c"),
        lambda log: log.deleted("seat", "1", parent="b"),
    )
    rooms.planned["DELETE /rooms/a/seats/1"] = [Answer(403)]

    report = sweeping.sweep().run(dead.holdings())

    assert sorted(rooms.sent) == ["DELETE /rooms/a/seats/1", "DELETE /rooms/c/seats/1"]
    assert [one.parent for one in report.removed] == ["c"]
    assert [one.parent for one in report.kept] == ["a"]
    (left,) = dead.holdings()
    assert [(one.parent, one.is_given_up) for one in left.remnants] == [("a", True)]


def test_a_parent_is_removed_once_its_last_child_is(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """A 409 is no end: it is asked again when all else was tried, a child that failed too."""
    rooms.add("room", "1")
    rooms.add("seat", "a", room="1")
    rooms.planned["DELETE /rooms/1/seats/a"] = [Answer(500), Answer(204)]
    rooms.planned["DELETE /rooms/1"] = [Answer(409), Answer(204)]
    dead.leave(
        lambda log: log.created("room", "1"), lambda log: log.created("seat", "a", parent="1")
    )

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.sent == [*["DELETE /rooms/1/seats/a", "DELETE /rooms/1"] * 2]
    assert [one.id for one in report.removed] == ["a", "1"]


@pytest.mark.parametrize(
    "answer",
    [pytest.param(Answer(status), id=str(status)) for status in (200, 202, 204, 404, 410)],
)
def test_removed_now_or_gone_before_is_done(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping, answer: Answer
) -> None:
    """What somebody else removed in the meantime is no trouble."""
    rooms.planned["*"] = [answer]
    dead.leave(lambda log: log.created("room", "1"))

    report = sweeping.sweep().run(dead.holdings())

    assert [one.id for one in report.removed] == ["1"]
    assert dead.holdings() == []


@pytest.mark.parametrize(
    "statuses, tries",
    [
        pytest.param([401], 1, id="not let in"),
        pytest.param([403], 1, id="forbidden"),
        pytest.param([405], 1, id="no such method"),
        pytest.param([302], 1, id="sent elsewhere"),
        pytest.param([500], 5, id="a fault"),
        pytest.param([409], 5, id="in use for ever"),
        pytest.param([503], 5, id="out of order"),
        pytest.param([429], 5, id="too many"),
        pytest.param([None, 500], 5, id="no answer, then a fault"),
    ],
)
def test_what_cannot_be_removed_is_kept_with_the_reason(
    dead: Dead,
    rooms: FakeApi,
    sweeping: Sweeping,
    statuses: list[int | None],
    tries: int,
) -> None:
    """What may pass is tried five times, what will not once; the journal remembers it."""
    rooms.planned["DELETE /rooms/1"] = [*map(Answer, statuses)]
    path = dead.leave(lambda log: log.created("room", "1"))

    report = sweeping.sweep().run(dead.holdings())

    assert len(rooms.sent) == tries
    assert [one.reason for one in report.kept] == [f"DELETE /rooms/1 answered {statuses[-1]}"]
    assert not report.stopped
    assert Remnants(read(path).entries).all() == report.kept


def test_what_a_sweep_gave_up_is_only_tried_again_when_asked_for(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """A run does not spend its time on it, and is told of it; whoever sweeps by hand may."""
    rooms.add("room", "1")
    rooms.planned["DELETE /rooms/1"] = [Answer(405)]
    dead.leave(lambda log: log.created("room", "1"))

    sweeping.sweep().run(dead.holdings())
    rooms.planned.clear()
    second = sweeping.sweep().run(dead.holdings())
    third = sweeping.sweep().run(dead.holdings(), is_again=True)

    assert [one.reason for one in second.kept] == ["DELETE /rooms/1 answered 405"]
    assert [one.id for one in third.removed] == ["1"]
    assert rooms.sent == ["DELETE /rooms/1"] * 2


def test_what_a_test_gave_up_is_tried_again_by_every_sweep(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """INVARIANT: a parent that was in use by a child whose creation was not answered goes too.

    The test's own cleanup cannot wait until that child shows.
    """
    rooms.add("room", "1")
    rooms.add("seat", "2", mark(2), room="1")
    dead.leave(
        lambda log: log.created("room", "1"),
        lambda log: log.intend("seat", mark(2), parent="1"),
        lambda log: log.gave_up("room", "1", "DELETE /rooms/1 answered 409"),
    )

    report = sweeping.sweep().run(dead.holdings())

    assert [one.id for one in report.removed] == ["2", "1"]
    assert not report.kept


@pytest.mark.parametrize(
    "told, waited",
    [
        pytest.param(7.0, 7.0, id="as told"),
        pytest.param(3600.0, 30.0, id="half a minute at most"),
        pytest.param(None, 0.5, id="not told"),
    ],
)
def test_an_api_that_asks_to_wait_is_left_alone_for_a_while(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping, told: float | None, waited: float
) -> None:
    """A 429 or 503 holds for all that comes after it too."""
    rooms.planned["DELETE /rooms/2"] = [Answer(429, pause=told), Answer(204)]
    dead.leave(lambda log: log.created("room", "1"), lambda log: log.created("room", "2"))

    sweeping.sweep().run(dead.holdings())

    assert rooms.clock.waited == [waited]
    assert len(rooms.sent) == 3


def test_a_removal_whose_answer_was_lost_is_found_done(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """It was removed, nobody heard it, and the second time it is gone."""
    rooms.add("room", "1")
    lost = ["DELETE /rooms/1"]
    rooms.lost = lambda request: request in lost and not lost.remove(request)  # type: ignore[func-returns-value]
    dead.leave(lambda log: log.created("room", "1"))

    report = sweeping.sweep().run(dead.holdings())

    assert [one.id for one in report.removed] == ["1"]
    assert len(rooms.sent) == 2


def test_an_api_that_is_away_ends_the_sweep_and_loses_nothing(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """Five requests in a row without an answer are enough; the next sweep goes on."""
    rooms.planned["*"] = [SILENT]
    dead.leave(*[lambda log, n=n: log.created("room", str(n)) for n in range(50)])

    report = sweeping.sweep().run(dead.holdings())

    assert report.stopped == (
        "the API does not answer (no route to host); sweep again when it is back"
    )
    assert len(rooms.sent) == 5
    assert len(report.left) == 50
    assert not report.kept

    rooms.planned.clear()
    assert len(sweeping.sweep().run(dead.holdings()).removed) == 50


def test_one_request_without_answers_does_not_end_the_sweep_of_others(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """An API that answers others is not away."""
    rooms.planned["DELETE /rooms/2"] = [SILENT]
    dead.leave(*[lambda log, n=n: log.created("room", str(n)) for n in range(4)])

    report = sweeping.sweep().run(dead.holdings())

    assert len(report.removed) == 3
    assert [one.reason for one in report.kept] == [
        "DELETE /rooms/2 was not answered (no route to host)"
    ]


def test_a_sweep_keeps_to_its_time(dead: Dead, rooms: FakeApi, sweeping: Sweeping) -> None:
    """What is not done by then is left for the next sweep, and told."""
    rooms.planned["DELETE /rooms/1"] = [Answer(503, pause=20.0)]
    dead.leave(lambda log: log.created("room", "0"), lambda log: log.created("room", "1"))

    report = sweeping.sweep(Rules(seconds=10.0)).run(dead.holdings())

    assert report.stopped == "10 s were not enough; the rest is left for the next sweep"
    assert [one.id for one in report.removed] == ["0"]
    assert [one.id for one in report.left] == ["1"]
    assert rooms.clock.waited == []


@pytest.mark.parametrize(
    "count, removed",
    [
        pytest.param(3, 3, id="as many as allowed"),
        pytest.param(4, 0, id="one more"),
    ],
)
def test_too_many_removals_are_not_begun(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping, count: int, removed: int
) -> None:
    """A sweep that would remove more than the settings allow asks first."""
    dead.leave(*[lambda log, n=n: log.created("room", str(n)) for n in range(count)])

    report = sweeping.sweep(Rules(most=3)).run(dead.holdings())

    assert len(rooms.sent) == len(report.removed) == removed
    told = (
        "4 objects would be removed, and cleanup.most allows 3; "
        "look at the list, and set it higher if they are all yours"
    )
    assert report.stopped == ("" if removed else told)


def test_objects_that_show_late_count_as_well(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """The limit is one for the whole sweep."""
    rooms.add("room", "2", mark(2), shows_at=rooms.clock.now + 2)
    dead.leave(lambda log: log.created("room", "1"), lambda log: log.intend("room", mark(2)))

    report = sweeping.sweep(Rules(most=1)).run(dead.holdings())

    assert [one.id for one in report.removed] == ["1"]
    assert [one.id for one in report.left] == ["2"]
    assert report.stopped.startswith("2 objects would be removed")


@pytest.mark.parametrize("which", ["", " ", ".", ".."], ids=["empty", "blank", "dot", "dots"])
def test_an_id_that_would_address_something_else_is_never_sent(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping, which: str
) -> None:
    """INVARIANT: `DELETE /rooms/` may remove all rooms."""
    dead.leave(lambda log: log.created("room", which), lambda log: log.created("room", "1"))

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.removals == ["DELETE /rooms/1"]
    assert len(report.kept) == 1


@pytest.mark.parametrize("which", ["", " ", ".", ".."], ids=["empty", "blank", "dot", "dots"])
def test_a_parent_that_would_address_something_else_is_never_sent(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping, which: str
) -> None:
    """INVARIANT: `DELETE /rooms/../seats/1` is another request than was meant."""
    dead.leave(lambda log: log.created("seat", "1", parent=which))

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.sent == []
    assert [one.reason for one in report.kept] == ["its id would address another path"]


def test_a_kind_that_nothing_tells_of_is_kept(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """A journal whose declaration was damaged names what it cannot remove."""
    dead.leave(
        lambda log: log.created("room", "1"), lambda log: log.intend("room", mark(1)), kinds=()
    )

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.sent == []
    assert {one.reason for one in report.kept} == {
        "nothing tells how it is removed",
        "it cannot be found: nothing tells how it is found",
    }


def test_an_interrupted_sweep_is_gone_on_with_by_the_next(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """Ctrl-C in the midst loses nothing, and what was removed is not asked for again."""
    for number in range(4):
        rooms.add("room", str(number))
    rooms.planned["DELETE /rooms/2"] = [KeyboardInterrupt()]
    dead.leave(*[lambda log, n=n: log.created("room", str(n)) for n in range(4)])

    with pytest.raises(KeyboardInterrupt):
        sweeping.sweep().run(dead.holdings())
    removed_before = list(rooms.removals)
    rooms.planned.clear()
    rooms.sent.clear()
    report = sweeping.sweep().run(dead.holdings())

    assert not rooms.rooms
    assert set(rooms.removals) == {f"DELETE /rooms/{n}" for n in range(4)} - {*removed_before[:-1]}
    assert len(report.removed) == len(rooms.removals)
    assert dead.holdings() == []


def test_the_same_sweep_again_has_nothing_to_do(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """INVARIANT: a sweep may be repeated at any time."""
    dead.leave(lambda log: log.created("room", "1"), lambda log: log.intend("room", mark(2)))

    sweeping.sweep().run(dead.holdings())
    sent = len(rooms.sent)
    report = sweeping.sweep().run(dead.holdings())

    assert report == type(report)()
    assert len(rooms.sent) == sent


def test_a_dry_run_looks_and_removes_nothing(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """What would be removed is listed, also what only its mark leads to; no byte is written."""
    rooms.add("room", "1", mark(1))
    path = dead.leave(
        lambda log: log.created("room", "0"),
        lambda log: log.intend("room", mark(1)),
        lambda log: log.intend("room", mark(2)),
    )
    before = path.read_bytes()

    report = sweeping.sweep().look(dead.holdings())

    assert rooms.removals == []
    assert {(one.id, one.tag) for one in report.left} == {
        ("0", ""),
        ("1", mark(1)),
        ("", mark(2)),
    }
    assert path.read_bytes() == before
    assert not rooms.clock.waited


def test_several_journals_are_swept_as_one(dead: Dead, rooms: FakeApi, sweeping: Sweeping) -> None:
    """A child of one worker goes before its parent of another; each journal hears of its own."""
    rooms.add("room", "1")
    rooms.add("seat", "a", room="1")
    first = dead.leave(lambda log: log.created("room", "1"), kinds=(ROOM, SEAT))
    second = dead.leave(lambda log: log.created("seat", "a", parent="1"))

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.removals == ["DELETE /rooms/1/seats/a", "DELETE /rooms/1"]
    assert len(report.removed) == 2
    assert not first.exists()
    assert not second.exists()


def test_a_journal_that_takes_no_more_is_told_once(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The objects are removed all the same, and found gone the next time."""
    from redhanded.cleanup import adopted

    def full(path: Path, *, is_new: bool) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(adopted, "Appender", full)
    rooms.planned["DELETE /rooms/0"] = [Answer(403)]
    path = dead.leave(*[lambda log, n=n: log.created("room", str(n)) for n in range(3)])

    report = sweeping.sweep().run(dead.holdings())

    assert len(report.removed) == 2
    assert report.problems == (
        f"{path} cannot be written (No space left on device): the next sweep looks at it again",
    )


def test_an_untracked_kind_is_removed_by_id_and_never_searched(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping, clock: FakeClock
) -> None:
    """INVARIANT: what an API made of a cut mark is nobody's by mark."""
    cut = replace(ROOM, untracked="the API cuts it to 20 characters")
    rooms.add("room", "1", mark(1)[:20])
    rooms.add("room", "2", mark(2)[:20])
    dead.leave(
        lambda log: log.created("room", "1", tag=mark(1)),
        lambda log: log.intend("room", mark(2)),
        kinds=(cut,),
    )

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.sent == ["DELETE /rooms/1"]
    assert [one.reason for one in report.kept] == [
        "it cannot be found: the API cuts it to 20 characters"
    ]
