"""Ids that came again: an object that shows another mark than was written down is not removed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from redhanded.cleanup.effects import Answer
from redhanded.cleanup.entries import Declared
from redhanded.cleanup.report import Report
from tests.cleanup.dead import Dead, Sweeping, mark
from tests.cleanup.fake_api import ROOM, FakeApi

CHECK, REMOVAL = "GET /rooms/15", "DELETE /rooms/15"


def _swept(dead: Dead, sweeping: Sweeping, kind: Declared = ROOM, *, tag: str = mark(1)) -> Report:
    """A sweep of what was room 15, and carried a mark."""
    dead.leave(lambda log: log.created("room", "15", tag=tag), kinds=(kind,))
    return sweeping.sweep().run(dead.holdings())


@pytest.mark.parametrize(
    "note",
    [
        pytest.param("Mr Smith, late arrival", id="a-text"),
        pytest.param(None, id="nothing"),
        pytest.param(mark(1).upper(), id="another-case"),
        pytest.param(f"{mark(1)} ", id="more"),
        pytest.param(mark(2), id="a-mark-of-the-same-run"),
    ],
)
def test_what_shows_another_mark_is_left_to_a_person(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping, note: str | None
) -> None:
    """INVARIANT: the data was set back, and 15 is somebody else's; or a test changed the mark."""
    rooms.add("room", "15", note)

    report = _swept(dead, sweeping)

    assert rooms.sent == [CHECK]
    (kept,) = report.kept
    assert kept.reason.startswith(f"{CHECK} does not show its mark, {mark(1)}: its id may belong")
    (left,) = dead.holdings()
    assert [one.is_given_up for one in left.remnants] == [True]


def test_what_another_run_made_is_off_the_list(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """INVARIANT: no test of ours can have put it there, so that ours is gone."""
    rooms.add("room", "15", mark(1, run="0ther000"))

    report = _swept(dead, sweeping)

    assert rooms.sent == [CHECK]
    assert ([one.id for one in report.removed], dead.holdings()) == (["15"], [])


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(200, {"id": 15, "name": "sea view"}), id="no-place-for-it"),
        pytest.param(Answer(200), id="no-json"),
        pytest.param(Answer(403), id="may-not-be-read"),
        pytest.param(Answer(404), id="not-there"),
        pytest.param(Answer(405), id="cannot-be-read"),
    ],
)
def test_what_nothing_speaks_against_is_removed_by_its_id(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping, answer: Answer
) -> None:
    """Not every API shows its objects by their addresses."""
    rooms.add("room", "15", mark(1))
    rooms.planned[CHECK] = [answer]

    report = _swept(dead, sweeping)

    assert rooms.sent == [CHECK, REMOVAL]
    assert [one.id for one in report.removed] == ["15"]


def test_a_look_that_fails_is_repeated(dead: Dead, rooms: FakeApi, sweeping: Sweeping) -> None:
    """INVARIANT: nothing is removed before it could be seen."""
    rooms.add("room", "15", mark(1))
    rooms.planned[CHECK] = [Answer(500), Answer(503), Answer(200, {"note": mark(1)})]

    _swept(dead, sweeping)

    assert rooms.sent == [CHECK, CHECK, CHECK, REMOVAL]


def test_a_look_that_fails_each_time_leaves_the_object(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """It is told with what was asked."""
    rooms.planned[CHECK] = [Answer(500)]

    report = _swept(dead, sweeping)

    assert rooms.removals == []
    assert [one.reason for one in report.kept] == [f"{CHECK} answered 500"]


@pytest.mark.parametrize(
    "kind, tag",
    [
        pytest.param(ROOM, "", id="made-without-a-mark"),
        pytest.param(replace(ROOM, untracked="the API cuts it"), mark(1), id="api-cuts-marks"),
        pytest.param(replace(ROOM, tag=None, list_by_tag=None), mark(1), id="carries-none"),
        pytest.param(replace(ROOM, delete="POST /rooms/{id}/close"), mark(1), id="other-address"),
    ],
)
def test_where_no_mark_can_show_nothing_is_asked_for(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping, kind: Declared, tag: str
) -> None:
    """The id is all that there is."""
    rooms.planned["*"] = [Answer(204)]

    _swept(dead, sweeping, kind, tag=tag)

    assert [one for one in rooms.sent if one.startswith("GET")] == []
    assert len(rooms.sent) == 1
