"""One value in a file: whoever reads it finds it whole, whoever changes it loses nothing."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from redhanded.fleet.shared_file import TROUBLE, SharedFile

TALLIES = TypeAdapter(dict[str, int])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the value stands, in a folder that is not there yet."""
    return tmp_path / "fleet" / "tally.json"


def opened(path: Path, *, patience: float = 30.0) -> SharedFile[dict[str, int]]:
    """The file as one process has it."""
    return SharedFile(path, TALLIES, lambda: {"begun": 0}, patience=patience)


def add(file: SharedFile[dict[str, int]], name: str = "n") -> None:
    """Count one more."""
    with file.change() as tally:
        tally[name] = tally.get(name, 0) + 1


def test_what_is_not_there_is_fresh(path: Path) -> None:
    """A value that nobody has changed yet is the fresh one, and reading writes nothing."""
    assert opened(path).read() == {"begun": 0}
    assert not path.parent.exists()


def test_a_change_is_seen_by_others(path: Path) -> None:
    """Each reads what the other has written last, though both keep what they know."""
    ann, bob = opened(path), opened(path)

    seen = []
    for file in (ann, bob, ann, ann, bob):
        add(file)
        seen.append((ann.read()["n"], bob.read()["n"]))

    assert seen == [(number, number) for number in range(1, 6)]


def test_an_unchanged_file_is_the_same_object(path: Path) -> None:
    """INVARIANT: a reader can tell by the object whether anything has changed."""
    ann, bob = opened(path), opened(path)
    add(ann)
    first = bob.read()

    assert bob.read() is first
    add(ann)
    assert bob.read() is not first


def test_a_change_that_changes_nothing_is_not_written(path: Path) -> None:
    """Looking at a value under the lock leaves the file as it is."""
    file = opened(path)
    add(file)
    before = path.stat()

    with file.change() as tally:
        assert tally["n"] == 1

    assert path.stat() == before


def test_versions_of_one_moment_are_told_apart(path: Path) -> None:
    """INVARIANT: also where the clock stands still each version has a time of its own."""
    file = opened(path)
    times = []
    for _ in range(50):
        with file.change() as tally:
            tally["begun"] = 1 - tally["begun"]  # so that all are of one size
        times.append(path.stat().st_mtime_ns)

    assert len(set(times)) == 50
    assert times == sorted(times)


def test_a_time_before_the_last_version_is_not_kept(path: Path) -> None:
    """A wall clock that is set back does not hide a new version."""
    ann, bob = opened(path), opened(path)
    add(ann)
    later = path.stat().st_mtime_ns + 3600 * 10**9
    os.utime(path, ns=(later, later))
    bob.read()

    add(ann)

    assert path.stat().st_mtime_ns > later
    assert bob.read()["n"] == 2


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"n": 1', id="cut"),
        pytest.param(b"[]", id="of another shape"),
        pytest.param(b'{"n": NaN}', id="not a number"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
    ],
)
def test_a_damaged_file_is_begun_anew(path: Path, damage: bytes) -> None:
    """INVARIANT: whatever stands there, a process reads a value and may write another."""
    file = opened(path)
    add(file)
    path.write_bytes(damage)

    assert file.read() == {"begun": 0}
    add(file)
    assert opened(path).read() == {"begun": 0, "n": 1}


def test_a_writer_that_was_killed_leaves_the_old_value(path: Path) -> None:
    """What it had begun to write lies beside the file, and is written over."""
    file = opened(path)
    add(file)
    draft = path.with_name("tally.json.draft")
    draft.write_bytes(b'{"n": 1000, "be')

    assert opened(path).read()["n"] == 1
    add(file)
    assert file.read()["n"] == 2
    assert not draft.exists()


def test_a_file_that_was_removed_is_begun_anew(path: Path) -> None:
    """A folder that somebody has cleared is made again with the next change."""
    file = opened(path)
    add(file)
    for each in path.parent.iterdir():
        each.unlink()
    path.parent.rmdir()

    assert file.read() == {"begun": 0}
    add(file)
    assert opened(path).read()["n"] == 1


def test_a_change_that_fails_is_not_written(path: Path) -> None:
    """What was changed before an exception is as if it had not been, and the lock is free."""
    file = opened(path)
    add(file)

    def stumble() -> None:
        with file.change() as tally:
            tally["n"] = 1000
            raise KeyError("n")

    with pytest.raises(KeyError):
        stumble()

    assert file.read()["n"] == 1
    add(file)
    assert file.read()["n"] == 2


def test_threads_lose_nothing(path: Path) -> None:
    """INVARIANT: what eight threads count through two files is all there."""
    files = [opened(path), opened(path)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: add(files[number % 2]), range(160)))

    assert files[0].read()["n"] == 160


@pytest.mark.parametrize("others", ["a thread", "a process"])
def test_a_lock_that_cannot_be_had_is_trouble(path: Path, others: str) -> None:
    """Whoever waits for the lock longer than it may gives up, and nothing is changed."""
    file = opened(path, patience=0.01)
    holder = file if others == "a thread" else opened(path)
    is_held, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        with holder.change():
            is_held.set()
            is_over.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert is_held.wait(30)
        with pytest.raises(TimeoutError):
            add(file)
    finally:
        is_over.set()
        thread.join(30)

    add(file)
    assert "n" in file.read()


@pytest.mark.parametrize("times", [1, 3])
def test_a_file_that_another_process_has_open_is_replaced_a_little_later(
    path: Path, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows forbids to replace and to open what others are just using: it is tried again."""
    slept: list[float] = []
    file = SharedFile(path, TALLIES, dict, patience=30.0, sleep=slept.append)
    replace, refusals = Path.replace, iter([PermissionError(13, "in use")] * times)

    def stubborn(self: Path, target: str) -> Path:
        for error in refusals:
            raise error
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", stubborn)
    add(file)

    assert len(slept) == times
    assert opened(path).read()["n"] == 1


def test_what_stays_forbidden_is_trouble(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may never be replaced is told, in bounded time."""
    file = SharedFile(path, TALLIES, dict, patience=0.01, sleep=lambda _: None)

    def forbidden(self: Path, target: str) -> Path:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(Path, "replace", forbidden)

    with pytest.raises(TROUBLE):
        add(file)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_fork_does_not_inherit_a_held_lock(path: Path) -> None:
    """A child that was forked while a thread held the lock can take it when that is free."""
    file = opened(path)
    is_held, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        with file.change():
            is_held.set()
            is_over.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    assert is_held.wait(30)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.read(reading, 1)
            add(file)
            os._exit(0)
        finally:
            os._exit(1)
    is_over.set()
    thread.join(30)
    os.write(writing, b"x")
    _, status = os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)

    assert status == 0
    assert file.read()["n"] == 1


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_only_its_owner_may_read_it(path: Path) -> None:
    """What processes share may be a token: folder, file and lock are private."""
    add(opened(path))

    modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}

    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert modes == {"tally.json": 0o600, "tally.json.lock": 0o600}
