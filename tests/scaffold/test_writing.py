"""Files are written whole or not at all, and never over another without a word."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from redhanded.core.errors import UsageError
from redhanded.scaffold.plan import File, Plan
from redhanded.scaffold.writing import Change, State, WriteFailed, compare, write

HELLO = File("a/hello.py", "hello\nworld\n")
LINKS = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")


def beside(folder: Path, file: File = HELLO) -> Change:
    """The file beside what the folder holds."""
    (change,) = compare(Plan([file]), folder)
    return change


def there(folder: Path, content: bytes, file: File = HELLO) -> Path:
    """The folder, which holds that at the place of the file."""
    place = folder / file.path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return place


def left(folder: Path) -> set[str]:
    """Every file below the folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def refuse_access(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    """Make a place read-only, whoever runs the tests: an administrator may write anywhere."""
    allows = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != place and allows(path, mode))


def test_what_is_not_there_is_new_and_written_with_its_folders(tmp_path: Path) -> None:
    """The folder itself need not be there either."""
    change = beside(tmp_path / "new" / "project")

    assert change.state is State.NEW
    write([change])
    assert (tmp_path / "new/project/a/hello.py").read_bytes() == b"hello\nworld\n"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"hello\nworld\n", id="same-bytes"),
        pytest.param(b"hello\r\nworld\r\n", id="windows-line-ends"),
        pytest.param(b"\xef\xbb\xbfhello\r\nworld\r\n", id="byte-order-mark"),
    ],
)
def test_what_says_the_same_is_the_same(tmp_path: Path, content: bytes) -> None:
    """An editor's or a checkout's line ends make no other file."""
    there(tmp_path, content)

    assert beside(tmp_path).state is State.SAME
    assert beside(tmp_path).diff == ""


def test_what_differs_is_shown_line_by_line(tmp_path: Path) -> None:
    """The diff leads from what is there to what would be written."""
    there(tmp_path, b"hello\r\nmoon\r\n")
    change = beside(tmp_path)

    assert change.state is State.DIFFERS
    assert change.diff.splitlines() == [
        "--- a/hello.py (there)",
        "+++ a/hello.py (init)",
        "@@ -1,2 +1,2 @@",
        " hello",
        "-moon",
        "+world",
    ]


def test_a_diff_of_lines_without_an_end_keeps_each_on_its_own(tmp_path: Path) -> None:
    """A last line that is not ended is not glued to the next."""
    there(tmp_path, b"hello\nmoon")

    assert "-moon\n+world\n" in beside(tmp_path).diff


def test_what_is_no_text_differs_and_is_not_shown(tmp_path: Path) -> None:
    """Bytes of another encoding are nobody's diff."""
    there(tmp_path, b"\xff\xfe\x00h")
    change = beside(tmp_path)

    assert change.state is State.DIFFERS
    assert change.diff == "a/hello.py is not UTF-8 text.\n"


def test_what_follows_all_that_is_there_extends_it(tmp_path: Path) -> None:
    """Nothing of it is lost; an empty file says nothing, and is written over like any other."""
    there(tmp_path, b"hello\r\n")
    assert beside(tmp_path).state is State.EXTENDED

    there(tmp_path, b"")
    assert beside(tmp_path).state is State.DIFFERS


def test_what_is_written_over_keeps_its_line_ends(tmp_path: Path) -> None:
    """A project of Windows stays one."""
    place = there(tmp_path, b"hello\r\nmoon\r\n")

    write([beside(tmp_path)])

    assert place.read_bytes() == b"hello\r\nworld\r\n"


@pytest.mark.parametrize(
    "content, after",
    [
        pytest.param(b"a\nb\n", b"a\nb\nc\n", id="posix"),
        pytest.param(b"a\r\nb\r\n", b"a\r\nb\r\nc\r\n", id="windows"),
        pytest.param(b"a\r\nb\n", b"a\r\nb\nc\r\n", id="mixed"),
        pytest.param(b"\xef\xbb\xbfa\nb\n", b"\xef\xbb\xbfa\nb\nc\n", id="byte-order-mark"),
    ],
)
def test_what_is_extended_stays_byte_by_byte(tmp_path: Path, content: bytes, after: bytes) -> None:
    """Only what follows is ours."""
    longer = File("a.txt", "a\nb\nc\n")
    place = there(tmp_path, content, longer)

    write([beside(tmp_path, longer)])

    assert place.read_bytes() == after


def test_a_private_file_is_written_once_and_never_looked_into(tmp_path: Path) -> None:
    """What somebody filled in is neither shown nor kept in memory."""
    private = File(".env", "API_KEY=\n", is_private=True)
    assert beside(tmp_path, private).state is State.NEW

    there(tmp_path, b"API_KEY=very-secret\n", private)
    change = beside(tmp_path, private)

    assert change.state is State.PRIVATE
    assert "secret" not in repr(change) + change.diff


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such bit there")
def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    """New files get the mode that any new file of this user gets."""
    place = there(tmp_path, b"x", File("b", ""))
    place.chmod(0o640)

    write(compare(Plan([File("a", ""), File("b", "y")]), tmp_path))

    (tmp_path / "another").touch()
    usual = (tmp_path / "another").stat().st_mode
    assert (tmp_path / "a").stat().st_mode == usual
    assert stat.S_IMODE(place.stat().st_mode) == 0o640


def test_a_full_disk_leaves_each_file_whole_and_names_those_that_were_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stood there still stands there, and nothing half-written is beside it."""
    place = there(tmp_path, b"old\n", File("b.py", ""))
    changes = compare(
        Plan([File("a.py", "1\n"), File("b.py", "2\n"), File("c.py", "3\n")]), tmp_path
    )
    real = os.fsync
    written: list[int] = []

    def full(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        WriteFailed, match=r"b\.py cannot be written: No space left.*: a\.py"
    ) as caught:
        write(changes)

    assert [change.file.path for change in caught.value.written] == ["a.py"]
    assert place.read_bytes() == b"old\n"
    assert left(tmp_path) == {"a.py", "b.py"}


def test_the_first_file_that_fails_says_that_nothing_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has to look what became of the rest."""

    def refuse(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(WriteFailed, match="written before it, and whole: nothing"):
        write([beside(tmp_path)])

    assert left(tmp_path) == set()


@pytest.mark.parametrize("before", [None, b"hello\nmoon\n"], ids=["new", "there"])
def test_what_changed_since_it_was_looked_at_is_not_written_over(
    tmp_path: Path, before: bytes | None
) -> None:
    """Somebody's editor may have saved it while a question was open."""
    if before is not None:
        there(tmp_path, before)
    change = beside(tmp_path)
    place = there(tmp_path, b"mine\n")

    with pytest.raises(WriteFailed, match="it was changed meanwhile"):
        write([change])

    assert place.read_bytes() == b"mine\n"
    assert left(tmp_path) == {"a/hello.py"}


def test_a_read_only_file_that_differs_stops_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether all can be written is seen before the first is."""
    place = there(tmp_path, b"mine\n")
    changes = compare(Plan([File("new.py", ""), HELLO]), tmp_path)
    refuse_access(monkeypatch, place)

    with pytest.raises(UsageError, match=r"hello\.py is read-only: make it writable"):
        write(changes)

    assert left(tmp_path) == {"a/hello.py"}


def test_a_folder_without_permission_to_write_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the folder that is there: those below it would have been made."""
    change = beside(tmp_path / "new")
    refuse_access(monkeypatch, tmp_path)

    with pytest.raises(UsageError, match=r"cannot be written to: .*[Pp]ermission denied"):
        write([change])

    assert list(tmp_path.iterdir()) == []


def test_a_file_where_a_folder_must_be_is_named(tmp_path: Path) -> None:
    """Both the project's folder and one below it may be in the way."""
    (tmp_path / "a").write_text("I am a file")

    with pytest.raises(UsageError, match="a is a file, where init needs a folder"):
        beside(tmp_path)


def test_a_folder_where_a_file_must_be_is_named(tmp_path: Path) -> None:
    """It is not removed, whatever it holds."""
    (tmp_path / "a/hello.py").mkdir(parents=True)

    with pytest.raises(UsageError, match=r"hello\.py is no file: move it away"):
        beside(tmp_path)


@LINKS
def test_a_link_to_nothing_is_named(tmp_path: Path) -> None:
    """Writing through it would make a file elsewhere."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a/hello.py").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(UsageError, match=r"hello\.py is a link to nothing: remove it"):
        beside(tmp_path)


@LINKS
def test_links_that_lead_in_a_circle_are_named(tmp_path: Path) -> None:
    """They are no reason to wait, nor for a traceback."""
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")

    with pytest.raises(UsageError, match=r"cannot be read: .*symbolic links"):
        beside(tmp_path)


@LINKS
def test_a_link_stays_one_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    """Projects share files so."""
    shared = tmp_path / "shared.py"
    shared.write_text("old\n")
    (tmp_path / "a").mkdir()
    (tmp_path / "a/hello.py").symlink_to(shared)

    write([beside(tmp_path)])

    assert (tmp_path / "a/hello.py").is_symlink()
    assert shared.read_text() == "hello\nworld\n"


def test_a_file_of_another_case_is_the_same_file(tmp_path: Path) -> None:
    """On every system alike: a repository with both could not be checked out on some."""
    (tmp_path / "Readme.md").write_text("mine\n")
    change = beside(tmp_path, File("README.md", "ours\n"))

    assert change.state is State.DIFFERS
    write([change])
    assert left(tmp_path) == {"Readme.md"}
