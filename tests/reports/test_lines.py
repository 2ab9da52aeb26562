"""A file of lines: each is handed over at once, and a full disk stops it with one word."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from redhanded.reports.lines import Bytes, Lines, encoded, opened

FULL = Path("/dev/full")


class Disk:
    """A disk with room for so many bytes, which takes `most` of them at a time."""

    def __init__(self, path: Path, room: int, most: int = 1_000) -> None:
        self._file = opened(path)
        self._room = room
        self._most = most

    def write(self, data: bytes, /) -> int:
        """How many bytes it took; an error where it takes none."""
        taken = data[: min(self._room, self._most)]
        if not taken:
            raise OSError(errno.ENOSPC, "No space left on device")
        self._room -= len(taken)
        self._file.write(taken)
        return len(taken)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


@pytest.fixture
def said() -> list[str]:
    """What the files complain of."""
    return []


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the lines go."""
    return tmp_path / "lines"


Open = Callable[[Callable[[Path], Bytes]], Lines]


@pytest.fixture
def lines(path: Path, said: list[str]) -> Iterator[Open]:
    """Opens a file of lines by a function, and closes it with the test."""
    made: list[Lines] = []

    def start(open_: Callable[[Path], Bytes]) -> Lines:
        made.append(Lines(path, said.append, what="evidence", open_=open_))
        return made[-1]

    yield start
    for each in made:
        each.close()


def test_a_line_is_in_the_file_before_the_next_statement(
    lines: Open, path: Path, said: list[str]
) -> None:
    """INVARIANT: a killed process loses nothing that it had written."""
    file = lines(opened)

    file.append("one")
    assert path.read_bytes() == b"one\n"
    file.append("lone \udcff surrogate, é")

    assert path.read_bytes() == b"one\nlone \\udcff surrogate, \xc3\xa9\n"
    assert (file.lost, said) == (0, [])


@pytest.mark.parametrize("room", range(9))
def test_a_full_disk_is_told_once_and_whole_lines_stay(
    lines: Open, path: Path, said: list[str], room: int
) -> None:
    """Whatever room there was, what is whole in the file can be read, and the rest is counted."""
    file = lines(lambda where: Disk(where, room))

    for word in ("one", "two", "six"):
        file.append(word)

    whole = path.read_bytes().rpartition(b"\n")[0].split()
    assert whole == [b"one", b"two"][: room // 4]
    assert file.lost == 3 - len(whole)
    (sentence,) = said
    assert sentence == (
        f"evidence is no longer written to {path}: No space left on device; make room and run "
        "again (verdicts are not affected)"
    )


def test_a_disk_that_takes_a_byte_at_a_time_gets_all_of_them(lines: Open, path: Path) -> None:
    """A write may take less than it was given, without an error."""
    file = lines(lambda where: Disk(where, 100, most=1))

    for word in ("one", "two"):
        file.append(word)

    assert path.read_bytes() == b"one\ntwo\n"
    assert file.lost == 0


def test_an_interrupt_within_a_line_spoils_no_other(lines: Open, path: Path) -> None:
    """Ctrl-C may come between two pieces of a line: the next one begins on a line of its own."""

    class Interrupted(Disk):
        def write(self, data: bytes, /) -> int:
            if data == b"o\n":
                raise KeyboardInterrupt
            return super().write(data)

    file = lines(lambda where: Interrupted(where, 100, most=2))
    file.append("one")

    with pytest.raises(KeyboardInterrupt):
        file.append("two")
    file.append("six")

    assert path.read_bytes() == b"one\ntw\nsix\n"


def test_a_file_that_cannot_be_opened_is_told_and_loses_all(
    lines: Open, path: Path, said: list[str]
) -> None:
    """The run goes on without it."""
    path.mkdir()

    file = lines(opened)
    file.append("one")

    assert file.lost == 1
    (sentence,) = said
    assert sentence.startswith(f"evidence is no longer written to {path}: ")


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
def test_a_device_without_room_is_a_full_disk(said: list[str]) -> None:
    """What the system itself says of a full disk."""
    file = Lines(FULL, said.append, what="the log")

    file.append("one")
    file.close()

    assert file.lost == 1
    (sentence,) = said
    assert sentence == (
        "the log is no longer written to /dev/full: No space left on device; make room and run "
        "again (verdicts are not affected)"
    )


def test_what_comes_after_the_end_is_lost_and_told_nobody(lines: Open, said: list[str]) -> None:
    """A thread of a test may outlive its run."""
    file = lines(opened)
    file.close()

    file.append("late")

    assert (file.lost, said) == (1, [])


@pytest.mark.parametrize(
    "value",
    [0.1 + 0.2, 1e16, 1e-7, 10**30, None, "\ud800", "\u2028\x1b\x7f\U0001f98a", [("a", "b")]],
    ids=["digits", "large", "small", "huge", "none", "half-a-pair", "signs", "pairs"],
)
def test_a_value_is_one_line_that_any_reader_of_json_takes(value: object) -> None:
    """INVARIANT: a line says what happened, whoever reads it."""
    line = encoded({"value": value})

    assert json.loads(line) == json.loads(json.dumps({"value": value}))
    assert "\n" not in line


def test_what_json_does_not_know_stands_as_its_text() -> None:
    """A value of an odd type does not take its line with it."""
    assert json.loads(encoded({"value": Ellipsis, "other": 1})) == {"value": "Ellipsis", "other": 1}
