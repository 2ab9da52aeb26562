"""Sweeps of real runs: whatever kills one, nothing of ours stays, and nothing of others goes."""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from redhanded.core import ids
from tests.cleanup.dead import Dead
from tests.cleanup.fake_api import ROOM, FakeClock
from tests.plugin.hotel import CONFTEST, Hotel
from tests.plugin.suites import Ran, Serve, Suite
from tests.servers import raw

HEAD = """
import os
import signal
import pytest
from redhanded import expect

def arm(api):
    expect(api.get(f"/arm?pid={os.getpid()}"), 200)

"""
MADE = """
def test_it(api, room, bed):
    arm(api)
    bed(parent=room())
"""
DIES = f"{MADE}    os._exit(3)\n"
SOUND = "def test_it(api, room):\n    expect(api.get(f'/rooms/{room().id}'), 200)\n"
MARKED = CONFTEST.replace(
    'parent="room"',
    'parent="room", tag="$.note", list_by_tag="GET /rooms/{parent}/beds?note={tag}"',
)
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signals")


@dataclass
class Deadly(Hotel):
    """A hotel that kills whoever told its process number, once it has done what it was asked."""

    at: str = ""
    by: int = 0
    process: int = 0

    def _answer(self, received: raw.Received) -> bytes:
        if received.path == "/arm":
            self.process = int(received.query.partition("=")[2])
        answer = super()._answer(received)
        if self.process and f"{received.method} {received.path}" == self.at:
            self.at = ""
            os.kill(self.process, self.by)
        return answer


@dataclass
class Stay:
    """Runs suites whose conftest declares rooms and beds."""

    suite: Suite
    url: str

    def __call__(self, source: str, *arguments: str, toml: str = "", apart: bool = False) -> Ran:
        whole = f"cleanup.grace = 0.1\n{toml}"
        return self.suite(HEAD + source, *arguments, base_url=self.url, toml=whole, apart=apart)


@pytest.fixture
def deadly() -> Deadly:
    """A hotel with rooms that look like ours, and are not."""
    hotel = Deadly()
    for number, note in enumerate(LOOK_ALIKES, start=1_000):
        hotel.there[f"/rooms/{number}"] = {"id": number, "note": note}
    return hotel


LOOK_ALIKES = (
    None,
    "rh-",
    "rh-3f2a9c1e",
    ids.tag("another", at=1_790_000_000.0),
    ids.tag("3f2a9c1e", at=0.0, prefix="rhx"),
    ids.tag("3f2a9c1e", at=0.0).upper(),
    f"see {ids.tag('3f2a9c1e', at=0.0)}",
)


@pytest.fixture
def stay(suite: Suite, deadly: Deadly, raw_server: Serve, pytester: pytest.Pytester) -> Stay:
    """Runs suites against the hotel."""
    pytester.makeconftest(MARKED)
    return Stay(suite, raw_server(deadly.script()).url)


def ours(hotel: Hotel) -> list[str]:
    """What is in the hotel that was not there before."""
    return [place for place in hotel.there if not place.startswith("/rooms/10")]


def journals(folder: Path) -> list[str]:
    """The files that speak of what is left."""
    return sorted(path.name for path in folder.glob(".redhanded/journal/*"))


def notes(ran: Ran) -> list[str]:
    """What the run told at its end."""
    return [line.removeprefix("note: ") for line in ran.section if line.startswith("note: ")]


@posix
@pytest.mark.parametrize(
    "at, by",
    [
        pytest.param("POST /rooms", "SIGKILL", id="killed-at-create"),
        pytest.param("POST /rooms/1/beds", "SIGKILL", id="killed-at-create-of-a-child"),
        pytest.param("DELETE /rooms/1/beds/2", "SIGKILL", id="killed-at-delete"),
        pytest.param("POST /rooms", "SIGTERM", id="ended-at-create"),
        pytest.param("DELETE /rooms/1/beds/2", "SIGTERM", id="ended-at-delete"),
    ],
)
def test_a_run_that_is_killed_leaves_nothing_for_long(
    stay: Stay, deadly: Deadly, at: str, by: str
) -> None:
    """INVARIANT: after the next run nothing of ours is there, and everything of others is."""
    deadly.at, deadly.by = at, getattr(signal, by)

    killed = stay(MADE, apart=True)
    ran = stay(SOUND)

    assert killed.ret == (-signal.SIGKILL if by == "SIGKILL" else 143), killed.text
    assert (ran.ret, ours(deadly), journals(ran.folder)) == (0, [], []), ran.text
    assert len(deadly.there) == len(LOOK_ALIKES)


@pytest.mark.parametrize(
    "death",
    ["os._exit(3)", pytest.param("os.kill(os.getpid(), signal.SIGKILL)", marks=posix)],
    ids=["exit", "killed"],
)
def test_the_next_run_tells_what_it_swept(stay: Stay, deadly: Deadly, death: str) -> None:
    """In one line, with the run that left it; the requests are in the evidence, in no test."""
    stay(f"{MADE}    {death}\n", apart=True)
    (left,) = [name for name in journals(Path.cwd()) if name.endswith(".ndjson")]

    ran = stay(SOUND)

    assert (ran.ret, ours(deadly), journals(ran.folder)) == (0, [], []), ran.text
    (note,) = notes(ran)
    assert note.startswith(f"swept 2 leftovers of run {left.partition('-')[0]}, last heard of ")
    swept = [one for one in ran.of("attempt_ended") if one["test_id"] == "cleanup::sweep"]
    assert [(one["exchange"]["method"], one["exchange"]["purpose"]) for one in swept] == [
        ("GET", "cleanup"),
        ("DELETE", "cleanup"),
    ] * 2
    assert ran.verdicts == {"test_it": "pass"}


def test_an_api_that_begins_anew_keeps_what_others_made_since(stay: Stay, deadly: Deadly) -> None:
    """INVARIANT: rooms 1 and 2 are those of somebody else by now, and a person is told."""
    stay(f"{MADE}    os._exit(3)\n", apart=True)
    set_back = {
        place: {**one, "note": "late arrival"} if one["id"] < 1_000 else one
        for place, one in deadly.there.items()
    }
    deadly.there = dict(set_back)

    ran = stay(SOUND)

    assert (ran.ret, deadly.there) == (0, set_back), ran.text
    told = notes(ran)
    assert len(told) == 2
    assert all("does not show its mark" in one and "--forget" in one for one in told)


@posix
def test_what_a_killed_worker_left_goes_at_the_end_of_its_run(stay: Stay, deadly: Deadly) -> None:
    """The controller sweeps for workers that are dead; the others go on meanwhile."""
    dies = "    os.kill(os.getpid(), signal.SIGKILL)\n"
    source = f"{MADE}{dies}\ndef test_other(api, room):\n    room()\n"

    ran = stay(source, "-n2", "--max-worker-restart=0")

    assert ran.ret == 75, ran.text
    assert (ours(deadly), journals(ran.folder)) == ([], [])
    assert any(note.startswith("swept 2 leftovers of run ") for note in notes(ran))


def test_what_cannot_be_removed_is_told_and_kept(stay: Stay, deadly: Deadly) -> None:
    """In the next run as well, in one line; it changes no verdict and no exit code."""
    stay(DIES, apart=True)
    deadly.planned["DELETE /rooms/1/beds/2"] = [403] * 9
    deadly.planned["DELETE /rooms/1"] = [403] * 9

    second, third = stay(SOUND), stay(SOUND)

    assert (second.ret, third.ret) == (0, 0), second.text
    assert "left behind: bed 2 (DELETE /rooms/1/beds/2 answered 403)" in notes(second)
    assert notes(third) == [
        "2 leftovers of earlier runs could not be removed; `redhanded sweep` lists them"
    ]
    assert ours(deadly) == ["/rooms/1", "/rooms/1/beds/2"]


@pytest.mark.parametrize(
    "arguments, toml",
    [
        pytest.param(["--collect-only"], "", id="collect-only"),
        pytest.param(["-k", "nothing"], "", id="no-test"),
        pytest.param([], "cleanup.sweep = false\n", id="not-wanted"),
    ],
)
def test_a_run_without_tests_or_wish_sweeps_nothing(
    stay: Stay, deadly: Deadly, arguments: list[str], toml: str
) -> None:
    """Looking at tests changes nothing anywhere."""
    stay(DIES, apart=True)
    before = list(deadly.seen)

    stay("def test_it(room):\n    pass\n", *arguments, toml=toml)

    assert [one for one in deadly.seen[len(before) :] if one.startswith("DELETE")] == []
    assert ours(deadly) == ["/rooms/1", "/rooms/1/beds/2"]


def test_what_was_made_elsewhere_is_left_alone(
    stay: Stay, deadly: Deadly, pytester: pytest.Pytester
) -> None:
    """An id of another API may be anybody's here."""
    left = Dead(pytester.path / ".redhanded" / "journal", FakeClock())
    path = left.leave(lambda journal: journal.created("room", "1000"), kinds=(ROOM,))

    ran = stay(SOUND)

    assert (ran.ret, notes(ran)) == (0, [])
    assert (path.exists(), "/rooms/1000" in deadly.there) == (True, True)


def test_a_run_that_nobody_killed_asks_for_nothing_more(stay: Stay, deadly: Deadly) -> None:
    """No journal, no request: a sweep costs such a run one look at a folder."""
    ran = stay(SOUND)

    assert (ran.ret, len(deadly.seen)) == (0, 3), deadly.seen
    assert json.dumps(ran.log).count("cleanup::sweep") == 0
