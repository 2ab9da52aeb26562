"""Marks of runs of other machines: removed by age alone, and only where that is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from redhanded.cleanup.effects import Answer, Rules
from redhanded.cleanup.entries import Declared
from redhanded.cleanup.report import Report
from tests.cleanup.dead import Sweeping, mark
from tests.cleanup.fake_api import ROOM, SEAT, FakeApi, FakeClock

HOUR = 3600.0
EVERYTHING = replace(ROOM, list_by_tag="GET /rooms")


def _searched(
    sweeping: Sweeping, declared: Declared = ROOM, *, is_dry: bool = False, alive: str = ""
) -> Report:
    sweep = sweeping.sweep(is_alive=lambda run: run == alive)
    return sweep.run_strangers({declared.kind: declared}, is_dry=is_dry)


def _old(number: int, clock: FakeClock, *, run: str = "0ther000", hours: float = 3.0) -> str:
    return mark(number, run=run, at=clock.now - hours * HOUR)


def test_an_old_mark_of_ours_is_removed(
    rooms: FakeApi, sweeping: Sweeping, clock: FakeClock
) -> None:
    """It is found in a list of everything, by prefix and age."""
    rooms.add("room", "1", _old(1, clock))
    rooms.add("room", "2", "somebody's note")
    rooms.add("room", "3")

    report = _searched(sweeping)

    assert rooms.sent == ["GET /rooms", "DELETE /rooms/1"]
    assert [(one.id, one.at) for one in report.removed] == [("1", clock.now - 3 * HOUR)]


@pytest.mark.parametrize(
    "hours, run",
    [
        pytest.param(1.9, "0ther000", id="too young"),
        pytest.param(-3.0, "0ther000", id="of the future"),
        pytest.param(3.0, "a1ive000", id="of a run under way"),
    ],
)
def test_what_may_still_be_in_use_is_left_alone(
    rooms: FakeApi, sweeping: Sweeping, clock: FakeClock, hours: float, run: str
) -> None:
    """INVARIANT: neither what is young nor what a live run made is touched."""
    rooms.add("room", "1", _old(1, clock, run=run, hours=hours))

    report = _searched(sweeping, alive="a1ive000")

    assert rooms.removals == []
    assert report.removed == report.left == ()


def test_a_run_of_which_nobody_knows_is_left_alone(
    rooms: FakeApi, sweeping: Sweeping, clock: FakeClock
) -> None:
    """INVARIANT: without a registry that says otherwise every run may be alive."""
    rooms.add("room", "1", _old(1, clock))
    unasked = type(sweeping.sweep())(
        base_url="http://localhost", rules=Rules(), send=rooms.send, wall=clock
    )

    unasked.run_strangers({"room": ROOM})

    assert rooms.removals == []


def test_look_alikes_are_never_touched(
    rooms: FakeApi, sweeping: Sweeping, clock: FakeClock
) -> None:
    """INVARIANT: of a thousand marks that only look like ours, none is taken for it."""
    old = _old(1, clock)
    alike = [
        old.upper(),
        old[:-1],
        f"{old}a",
        f" {old}",
        f"see {old} for details",
        old.replace("rh-", "rhx-"),
        old.replace("rh-", "r-"),
        old.replace("rh-", "qa-"),
        old.partition("-")[2],
        "rh-0ther000",
        "rh-0ther000-tlpwu8",
    ]
    for number in range(1_000):
        rooms.add("room", f"foreign {number}", alike[number % len(alike)])
    rooms.add("room", "ours", old)

    report = _searched(sweeping)

    assert rooms.removals == ["DELETE /rooms/ours"]
    assert [one.id for one in report.removed] == ["ours"]


@pytest.mark.parametrize(
    "base_url, hosts, is_allowed",
    [
        pytest.param("http://localhost:8000", Rules().hosts, True, id="this machine"),
        pytest.param("http://[::1]:8000/api", Rules().hosts, True, id="its sixth version"),
        pytest.param("https://api.example.com", Rules().hosts, False, id="not named"),
        pytest.param("https://API.example.com", ("api.Example.com",), True, id="named"),
        pytest.param("https://api.example.com.evil.org", ("api.example.com",), False, id="longer"),
    ],
)
def test_only_hosts_that_are_named_are_searched(
    sweeping: Sweeping, base_url: str, hosts: tuple[str, ...], *, is_allowed: bool
) -> None:
    """INVARIANT: by default nothing but an API of this machine is searched for marks."""
    report = sweeping.sweep(Rules(hosts=hosts), base_url=base_url).run_strangers({"room": ROOM})

    told = f"{base_url} is not searched for marks: its host is not in cleanup.hosts"
    assert bool(sweeping.api.sent) is is_allowed
    assert report.problems == (() if is_allowed else (told,))


@pytest.mark.parametrize(
    "old, every, removed",
    [
        pytest.param(4, 20, 4, id="a fifth"),
        pytest.param(5, 20, 0, id="more than a fifth"),
        pytest.param(19, 19, 19, id="a short list"),
    ],
)
def test_more_than_a_fifth_of_a_long_listing_is_too_much(
    sweeping: Sweeping, old: int, every: int, removed: int
) -> None:
    """A sweep that would clear a listing has misunderstood something: it stops, and says so."""
    rooms = sweeping.api
    for number in range(every):
        rooms.add("room", str(number), _old(number, rooms.clock) if number < old else "a note")

    report = _searched(sweeping)

    assert len(rooms.removals) == removed
    told = (
        f'"room" cannot be searched for marks: {old} of the {every} that are listed would be '
        "removed, which looks like too many; look at them, and remove some by hand"
    )
    assert report.problems == (() if removed else (told,))


def test_a_dry_run_lists_them_and_removes_nothing(
    rooms: FakeApi, sweeping: Sweeping, clock: FakeClock
) -> None:
    """What would be removed is what is left."""
    rooms.add("room", "1", _old(1, clock))

    report = _searched(sweeping, is_dry=True)

    assert [one.id for one in report.left] == ["1"]
    assert rooms.sent == ["GET /rooms"]


def test_strangers_keep_to_the_limit_too(
    rooms: FakeApi, sweeping: Sweeping, clock: FakeClock
) -> None:
    """More than `most` are not begun."""
    for number in range(4):
        rooms.add("room", str(number), _old(number, clock))

    report = sweeping.sweep(Rules(most=3)).run_strangers({"room": ROOM})

    assert rooms.removals == []
    assert len(report.left) == 4
    assert report.stopped.startswith("4 objects would be removed, and cleanup.most allows 3")


@pytest.mark.parametrize(
    "route, asked",
    [
        pytest.param("GET /rooms?note={tag}", "GET /rooms", id="alone"),
        pytest.param("GET /rooms?note={tag}&size=9", "GET /rooms?size=9", id="first"),
        pytest.param("GET /rooms?size=9&note={tag}", "GET /rooms?size=9", id="last"),
        pytest.param("GET /rooms?a=1&q=is:{tag}!&b=2", "GET /rooms?a=1&b=2", id="in between"),
        pytest.param("GET /rooms", "GET /rooms", id="none"),
    ],
)
def test_a_listing_is_asked_without_the_mark(
    rooms: FakeApi, sweeping: Sweeping, route: str, asked: str
) -> None:
    """What filters by a mark is left out; all else of the route stays."""
    _searched(sweeping, replace(ROOM, list_by_tag=route))

    assert rooms.sent == [asked]


@pytest.mark.parametrize(
    "declared, why",
    [
        pytest.param(
            SEAT,
            "GET /rooms/{parent}/seats?note={tag} lists nothing without a mark or a parent",
            id="children",
        ),
        pytest.param(replace(ROOM, list_by_tag=None), '"room" has no list_by_tag', id="no listing"),
        pytest.param(replace(ROOM, untracked="it cuts it"), "it cuts it", id="untracked"),
        pytest.param(
            replace(ROOM, list_by_tag="GET /marks/{tag}"),
            "GET /marks/{tag} lists nothing without a mark or a parent",
            id="a mark in the path",
        ),
    ],
)
def test_what_cannot_be_searched_is_told(
    rooms: FakeApi, sweeping: Sweeping, declared: Declared, why: str
) -> None:
    """The rest of the kinds is searched all the same."""
    kinds: Mapping[str, Declared] = {declared.kind: declared, "other": EVERYTHING}

    report = sweeping.sweep().run_strangers(kinds)

    assert report.problems == (f'"{declared.kind}" cannot be searched for marks: {why}',)
    assert rooms.sent == ["GET /rooms"]


def test_an_object_with_several_marks_is_left_alone(
    rooms: FakeApi, sweeping: Sweeping, clock: FakeClock
) -> None:
    """Which of them is its own cannot be told."""
    entry = {"id": 1, "own": _old(1, clock), "of its parent": _old(2, clock)}
    rooms.planned["GET /rooms"] = [Answer(200, [entry])]

    _searched(sweeping, replace(ROOM, tag="header:X-Tag"))

    assert rooms.removals == []
