"""Real processes that are killed: their locks are free, and their journals tell all they made."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from redhanded.cleanup.entries import Created, Deleted, Intended
from redhanded.cleanup.holdings import Holding, holdings
from redhanded.cleanup.owner import Standing

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX signals")

CHILD = """
import os, sys
from functools import partial
from pathlib import Path
from redhanded.cleanup.entries import Declared
from redhanded.cleanup.journal import Journal
from redhanded.cleanup.owner import this_process

owner = partial(this_process, run="3f2a9c1e", worker="gw0", base_url="http://127.0.0.1:8000")
journal = Journal(Path(sys.argv[1]), owner, complain=print, sync=lambda _: None)
journal.declare(Declared(kind="room", delete="DELETE /rooms/{id}"))
for number in range(100_000):
    journal.intend("room", f"mark {number}")
    os.write(1, b"intent %d\\n" % number)
    journal.created("room", str(number), tag=f"mark {number}")
    os.write(1, b"object %d\\n" % number)
    if number == int(sys.argv[2]):
        os._exit(3)
    if number % 2:
        journal.deleted("room", str(number))
        os.write(1, b"gone %d\\n" % number)
"""


@contextmanager
def _child(folder: Path, *, exits_at: int = -1) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", CHILD, str(folder), str(exits_at)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def _words(process: subprocess.Popen[bytes], count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().decode().strip() for _ in range(count)]


def _acts(holding: Holding) -> list[str]:
    """The entries of a journal, in the words of the child."""
    told: list[str] = []
    for entry in holding.contents.entries:
        match entry:
            case Intended():
                told.append(entry.tag.replace("mark", "intent"))
            case Created():
                told.append(f"object {entry.id}")
            case Deleted():
                told.append(f"gone {entry.id}")
    return told


@posix
@pytest.mark.parametrize("count", [1, 2, 5, 400, 1_501], ids="after {} words".format)
def test_whoever_is_killed_has_told_all_that_it_made(tmp_path: Path, count: int) -> None:
    """INVARIANT: the lock is held until the kill and free after it, and no act is missing."""
    with _child(tmp_path) as process:
        words = _words(process, count)
        (alive,) = holdings(tmp_path)
        process.send_signal(signal.SIGKILL)
        assert process.stdout is not None
        words += process.stdout.read().decode().splitlines()
        process.wait(30)

    (dead,) = holdings(tmp_path)

    assert (alive.standing, dead.standing) == (Standing.ALIVE, Standing.DEAD)
    assert dead.contents.damaged == 0
    acts = _acts(dead)
    assert acts[: len(words)] == words
    assert len(acts) <= len(words) + 1  # the last one may be written, and not said


def test_whoever_leaves_without_a_word_is_dead_too(tmp_path: Path) -> None:
    """`os._exit` runs no cleanup of ours, and the journal has it all."""
    with _child(tmp_path, exits_at=3) as process:
        assert process.wait(30) == 3

    (dead,) = holdings(tmp_path)

    assert dead.standing is Standing.DEAD
    assert [one.id for one in dead.remnants] == ["0", "2", "3"]


@posix
def test_a_process_that_stands_still_is_alive(tmp_path: Path) -> None:
    """INVARIANT: however long a process does nothing, what it made is its own."""
    with _child(tmp_path) as process:
        _words(process, 10)
        process.send_signal(signal.SIGSTOP)

        (found,) = holdings(tmp_path)

    assert found.standing is Standing.ALIVE
