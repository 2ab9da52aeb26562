"""Holdings: what the journals of a folder tell, and which of them a sweep may touch."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from redhanded.cleanup.adopted import adopted
from redhanded.cleanup.effects import Rules
from redhanded.cleanup.entries import Created, encode
from redhanded.cleanup.holdings import Holding, holdings
from redhanded.cleanup.lock import Lock
from redhanded.cleanup.machine import Machine
from redhanded.cleanup.owner import Standing, address, this_process
from redhanded.core.settings import Cleaning
from tests.cleanup.dead import BASE, RUN, Dead, Sweeping, mark
from tests.cleanup.fake_api import FakeApi, FakeClock

ELSEWHERE = Machine("build-2", "another boot", "pid:[1]")


def _of_another_machine(dead: Dead, *, age: float) -> Path:
    """A journal from a machine that shares our folder, or whose folder was copied here."""
    at = dead.clock.now - age
    owner = this_process(run=RUN, worker="gw0", base_url=BASE, now=lambda: at)
    path = dead.leave(lambda log: log.created("room", "x"))
    lines = path.read_bytes().splitlines(keepends=True)
    there = replace(owner, machine=ELSEWHERE)
    path.write_bytes(
        b"".join([encode(there), lines[1], encode(Created(kind="room", id="1", at=at))])
    )
    return path


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    """Nobody made anything yet."""
    assert holdings(tmp_path / "none") == []


def test_other_files_are_none_of_ours(dead: Dead) -> None:
    """Only journals are looked at."""
    dead.folder.mkdir()
    (dead.folder / "notes.txt").write_text("mine")

    assert dead.holdings() == []


def test_a_live_owners_things_are_not_touched(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """INVARIANT: what a process that lives has made is its own, whatever it is called."""
    journal = dead.journal()
    journal.created("room", "1")
    journal.intend("room", mark(2))

    report = sweeping.sweep().run(dead.holdings())

    journal.close()
    assert rooms.sent == []
    assert [(one.standing, why) for one, why in report.untouched] == [
        (
            Standing.ALIVE,
            f"run {RUN} is under way (process {os.getpid()} on {this_process_host()})",
        )
    ]


def this_process_host() -> str:
    """The name of this machine, as owners have it."""
    return this_process(run="", worker="", base_url="").machine.host


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("http://127.0.0.1:8001/api", id="another port"),
        pytest.param("http://127.0.0.1:8000", id="another path"),
        pytest.param("https://127.0.0.1:8000/api", id="another scheme"),
        pytest.param("http://staging.example.com/api", id="another host"),
    ],
)
def test_what_was_made_on_another_api_is_not_touched(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping, other: str
) -> None:
    """INVARIANT: an id of one API is somebody else's object on another."""
    path = dead.leave(lambda log: log.created("room", "1"), base_url=other)

    report = sweeping.sweep(base_url=address(BASE)).run(dead.holdings())

    assert rooms.sent == []
    assert [why for _, why in report.untouched] == [f"it was made on {other}; sweep there"]
    assert path.exists()


def test_the_profile_to_sweep_with_is_named(dead: Dead, clock: FakeClock) -> None:
    """What was made with a profile is swept with it."""
    path = dead.leave(lambda log: log.created("room", "1"))
    lines = path.read_bytes().splitlines(keepends=True)
    owner = this_process(run=RUN, worker="gw0", base_url=BASE, profile="staging")
    path.write_bytes(b"".join([encode(owner), *lines[1:]]))

    (holding,) = dead.holdings()

    why = holding.hindrance("http://x", Rules(), now=clock(), is_alive=lambda _: False)
    assert why == f"it was made on {BASE}; sweep there with --env staging"


@pytest.mark.parametrize(
    "made_with, profile, why_not",
    [
        pytest.param("acme", "acme", "", id="the-same"),
        pytest.param("acme", "globex", "; sweep with --env acme", id="another"),
        pytest.param("acme", "", "; sweep with --env acme", id="none-now"),
        pytest.param("", "acme", "; sweep without --env", id="none-then"),
    ],
)
def test_what_another_profile_made_is_not_touched(
    dead: Dead, clock: FakeClock, made_with: str, profile: str, why_not: str
) -> None:
    """INVARIANT: who else asks the same API may be another customer, with a room 1 of its own."""
    dead.leave(lambda log: log.created("room", "1"), profile=made_with)
    (holding,) = dead.holdings()

    why = holding.hindrance(BASE, Rules(), profile=profile, now=clock(), is_alive=lambda _: False)

    assert why == (why_not and f"it was made with another profile{why_not}")


@pytest.mark.parametrize(
    "hours, host, alive, is_removed",
    [
        pytest.param(3.0, "127.0.0.1", "", True, id="old"),
        pytest.param(1.0, "127.0.0.1", "", False, id="young"),
        pytest.param(3.0, "api.example.com", "", False, id="host not named"),
        pytest.param(3.0, "127.0.0.1", RUN, False, id="run under way"),
    ],
)
def test_what_another_machine_left_goes_by_age_host_and_registry(
    dead: Dead, sweeping: Sweeping, hours: float, host: str, alive: str, *, is_removed: bool
) -> None:
    """INVARIANT: whether its process is dead cannot be seen from here."""
    path = _of_another_machine(dead, age=hours * 3600)
    rules = Rules(hosts=("127.0.0.1",) if host == "127.0.0.1" else ("other",))

    report = sweeping.sweep(rules, is_alive=lambda run: run == alive).run(dead.holdings())

    assert sweeping.api.removals == ["DELETE /rooms/1"] * is_removed
    assert path.exists() is not is_removed
    assert [why.partition(" cannot")[0] for _, why in report.untouched] == [
        f"whether run {RUN} on build-2 is dead"
    ] * (not is_removed)


def test_a_journal_with_nothing_left_goes_whatever_api_it_was_of(
    dead: Dead, sweeping: Sweeping
) -> None:
    """Its process died after its last removal."""
    path = dead.leave(lambda log: log.created("room", "1"), base_url="http://elsewhere")
    text = path.read_bytes()
    path.write_bytes(b"".join(text.splitlines(keepends=True)[:2]))

    report = sweeping.sweep().run(dead.holdings())

    assert report.untouched == ()
    assert not list(dead.folder.iterdir())


def test_a_process_that_was_killed_at_its_first_write_leaves_nothing(
    dead: Dead, sweeping: Sweeping
) -> None:
    """Nothing was sent before the first line was whole."""
    path = dead.leave(lambda log: log.created("room", "1"))
    path.write_bytes(path.read_bytes()[:30])

    sweeping.sweep().run(dead.holdings())

    assert not list(dead.folder.iterdir())


def test_a_journal_whose_owner_is_lost_is_told_and_kept(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """INVARIANT: without its first line nothing tells on which API the ids are."""
    path = dead.leave(lambda log: log.created("room", "1"))
    path.write_bytes(b"x" + path.read_bytes())

    report = sweeping.sweep().run(dead.holdings())

    assert rooms.sent == []
    ((_, why),) = report.untouched
    assert why == (
        f"the first line of {path} is damaged, and nothing tells whose the rest is; "
        "look at it, and remove it by hand"
    )
    assert path.exists()


def test_a_file_that_is_no_journal_is_told_and_kept(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """A folder or garbage with the ending of a journal ends no sweep."""
    dead.leave(lambda log: log.created("room", "1"))
    (dead.folder / "a.ndjson").mkdir()
    (dead.folder / "b.ndjson").write_bytes(os.urandom(999) + b"\n\n")

    report = sweeping.sweep().run(dead.holdings())

    assert len(report.untouched) == 2
    assert rooms.removals == ["DELETE /rooms/1"]
    assert sorted(one.name for one in dead.folder.iterdir()) == ["a.ndjson", "b.ndjson"]


def test_damage_in_the_midst_costs_the_journal_its_removal_alone(
    dead: Dead, rooms: FakeApi, sweeping: Sweeping
) -> None:
    """Whatever the other lines tell is removed, and the file with it."""
    path = dead.leave(*[lambda log, n=n: log.created("room", str(n)) for n in range(3)])
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], b"?" + lines[3], *lines[4:]]))

    (holding,) = dead.holdings()
    report = sweeping.sweep().run([holding])

    assert holding.contents.damaged == 1
    assert {one.id for one in report.removed} == {"0", "2"}
    assert not path.exists()


def test_two_sweeps_never_have_one_journal_at_once(dead: Dead, sweeping: Sweeping) -> None:
    """The second one finds it taken, and leaves it to the first."""
    dead.leave(lambda log: log.created("room", "1"))
    (holding,) = dead.holdings()

    first, second = adopted(holding), adopted(holding)

    assert first is not None
    assert second is None
    report = sweeping.sweep().run([holding])
    assert report.removed == ()
    first.close()
    assert len(sweeping.sweep().run([holding]).removed) == 1


def test_a_journal_that_another_sweep_has_done_with_is_left_out(
    dead: Dead, sweeping: Sweeping
) -> None:
    """Between the look and the sweep it may be gone; no lock of it stays."""
    dead.leave(lambda log: log.created("room", "1"))
    found = dead.holdings()
    sweeping.sweep().run(found)
    sweeping.api.sent.clear()

    report = sweeping.sweep().run(found)

    assert report.removed == ()
    assert sweeping.api.sent == []
    assert not list(dead.folder.iterdir())


def test_what_another_sweep_did_meanwhile_is_not_done_again(dead: Dead, sweeping: Sweeping) -> None:
    """A journal is read anew once it is ours."""
    path = dead.leave(*[lambda log, n=n: log.created("room", str(n)) for n in range(2)])
    found = dead.holdings()
    with path.open("ab") as file:
        file.write(encode(Created(kind="room", id="3", at=0.0)))

    report = sweeping.sweep().run(found)

    assert {one.id for one in report.removed} == {"0", "1", "3"}


def test_a_lock_that_cannot_be_taken_leaves_the_journal(dead: Dead, sweeping: Sweeping) -> None:
    """What cannot be had for us alone is not touched."""
    path = dead.leave(lambda log: log.created("room", "1"))
    (holding,) = dead.holdings()
    Lock(path).path.unlink()
    Lock(path).path.mkdir()

    report = sweeping.sweep().run([holding])

    assert report.removed == ()
    assert sweeping.api.sent == []


@pytest.mark.parametrize(
    "grace, expected",
    [pytest.param(None, 60.0, id="twice a call"), pytest.param(5.0, 5.0, id="as set")],
)
def test_rules_come_from_the_settings(grace: float | None, expected: float) -> None:
    """A create that is under way takes a call's longest time at most, there and back."""
    cleaning = Cleaning(prefix="team", most=3, ttl=9.0, hosts=("h",), grace=grace)

    rules = Rules.of(cleaning, total=30.0, seconds=10.0)

    assert rules == Rules(
        prefix="team", most=3, ttl=9.0, hosts=("h",), grace=expected, seconds=10.0
    )


def test_a_holding_tells_what_is_left(dead: Dead) -> None:
    """Whoever lists what is left needs nothing but this."""
    dead.leave(
        lambda log: log.created("room", "1"),
        lambda log: log.gave_up("room", "1", "answered 403"),
        lambda log: log.intend("seat", mark(2), parent="1"),
    )

    (holding,) = dead.holdings()

    assert isinstance(holding, Holding)
    assert holding.standing is Standing.DEAD
    assert [(one.kind, one.id, one.reason) for one in holding.remnants] == [
        ("room", "1", "answered 403"),
        ("seat", "", ""),
    ]
