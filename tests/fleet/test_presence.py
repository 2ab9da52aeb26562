"""Presence: whether another process of this machine still lives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from redhanded.fleet.presence import Owner
from redhanded.fleet.store import Member
from tests.fleet.shared import presence

HOLDER = """
import sys
from pathlib import Path
from redhanded.fleet.presence import Owner, Presence
presence = Presence(Path(sys.argv[1]), Owner("gw1", "ci-7", "run1", "gw1token"))
presence.hold()
print("held", flush=True)
sys.stdin.readline()
"""


def test_an_owner_is_read_as_it_was_written() -> None:
    """What stands in a store names worker, machine and run."""
    owner = Owner("gw1", "ci@7", "3f2a9c1e", "0b51")

    assert Owner.read(str(owner)) == owner
    assert owner.member == Member("ci@7", "gw1")
    assert owner.told() == "gw1 of run 3f2a9c1e on ci@7"


@pytest.mark.parametrize("text", ["", "gw1", "/", "gw1@ci/7/8/9/10"], ids=repr)
def test_anything_is_read_as_an_owner(text: str) -> None:
    """What somebody else has written into a store breaks nothing."""
    assert len(Owner.read(text)) == 4


def test_a_process_that_lives_is_not_gone(tmp_path: Path) -> None:
    """The lock of another process tells that it is there, and nobody is gone for itself."""
    one, other = presence(tmp_path, "gw0"), presence(tmp_path, "gw1")
    one.hold()
    other.hold()

    assert not one.is_gone(other.owner)
    assert not one.is_gone(one.owner)


def test_nothing_is_known_of_a_stranger(tmp_path: Path) -> None:
    """INVARIANT: only a lock that is there and free proves a death."""
    here = presence(tmp_path)
    here.hold()
    elsewhere = Owner("gw1", "ci-8", "run1", "gw1token")
    (tmp_path / "run1" / "alive" / "gw1-gw1token.lock").touch()

    assert not here.is_gone(Owner("gw1", "ci-7", "run1", "never-held"))
    assert not here.is_gone(elsewhere)
    assert here.is_gone(elsewhere._replace(host="ci-7"))


def test_a_killed_process_is_gone_at_once(tmp_path: Path) -> None:
    """The system lets go of the lock, and the file stays to tell of it."""
    here = presence(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        owner = Owner("gw1", "ci-7", "run1", "gw1token")
        before = here.is_gone(owner)

        process.kill()
        process.wait()

    assert not before
    assert here.is_gone(owner)


def test_who_leaves_leaves_no_file(tmp_path: Path) -> None:
    """A process that ends as it should is not taken for dead."""
    one, other = presence(tmp_path, "gw0"), presence(tmp_path, "gw1")
    one.hold()

    one.let_go()

    assert not other.is_gone(one.owner)
    assert list((tmp_path / "run1").iterdir()) == []


def test_a_folder_that_takes_no_lock_proves_nothing(tmp_path: Path) -> None:
    """Where the run's folder cannot be written, nobody is called dead."""
    (tmp_path / "run1").write_text("a file in the place of the folder", "utf-8")
    one, other = presence(tmp_path, "gw0"), presence(tmp_path, "gw1")

    one.hold()

    assert not other.is_gone(one.owner)
    one.let_go()
