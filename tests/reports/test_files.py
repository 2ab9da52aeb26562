"""Files of reports: whole, or as they were."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from redhanded.reports.files import write_text, writing


def test_a_file_and_its_folders_are_made(tmp_path: Path) -> None:
    """CI jobs name folders that do not exist yet; a file of an earlier run is replaced."""
    path = tmp_path / "a" / "b" / "junit.xml"

    write_text(path, "one")
    write_text(path, "two")

    assert path.read_text("utf-8") == "two"
    assert [*path.parent.iterdir()] == [path]


def test_a_file_that_cannot_be_written_raises(tmp_path: Path) -> None:
    """Whoever asked for it says so."""
    (tmp_path / "file").touch()

    with pytest.raises(OSError, match="file"):
        write_text(tmp_path / "file" / "junit.xml", "text")


def test_a_folder_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    """What stands there is somebody's."""
    (tmp_path / "there").mkdir()

    with pytest.raises(OSError, match="there"):
        write_text(tmp_path / "there", "text")
    assert [*tmp_path.iterdir()] == [tmp_path / "there"]


def test_a_torn_file_does_not_stay(tmp_path: Path) -> None:
    """INVARIANT: half a file would be taken for a whole run; what stood there before stays."""
    path = tmp_path / "junit.xml"
    path.write_text("before", "utf-8")

    def write() -> None:
        with writing(path) as file:
            file.write(b"half of ")
            raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        write()
    assert path.read_text("utf-8") == "before"
    assert [*tmp_path.iterdir()] == [path]


def test_two_writers_never_mix(tmp_path: Path) -> None:
    """Of two runs that write to one path the later one stands, whole."""
    path = tmp_path / "report.html"

    with writing(path) as one:
        one.write(b"first ")
        with writing(path) as other:
            other.write(b"second run")
        one.write(b"run")

    assert path.read_bytes() == b"first run"
    assert [*tmp_path.iterdir()] == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """A job that keeps its latest report behind a link goes on to do so."""
    real, link = tmp_path / "real.xml", tmp_path / "link.xml"
    try:
        link.symlink_to(real)
    except OSError:
        pytest.skip("this system makes no links for everybody")

    write_text(link, "text")

    assert link.is_symlink()
    assert real.read_text("utf-8") == "text"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    """A report can go to a pipe or to /dev/stdout, which nobody may replace."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    write_text(pipe, "text")

    assert os.read(reader, 100) == b"text"
    assert [*tmp_path.iterdir()] == [pipe]
    os.close(reader)


def test_a_character_that_has_no_place_is_escaped(tmp_path: Path) -> None:
    """A hostile answer cannot keep a report from being written."""
    write_text(tmp_path / "a", "x\ud800y")

    assert (tmp_path / "a").read_bytes() == b"x\\ud800y"
