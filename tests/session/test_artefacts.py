"""The last look at a run's files: whatever they are packed in, and within limits."""

from __future__ import annotations

import base64
import gzip
import io
import os
import zipfile
from typing import TYPE_CHECKING

import pytest

from redhanded.core.redaction import Redactor
from redhanded.session import artefacts
from redhanded.session.artefacts import Scan, files_below

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = b"q7Rk2vXw9LmT4bZs"


def scan(*paths: Path, seconds: float = 999, size: int = 2**30) -> Scan:
    """A look that knows one secret; its clock goes one second a look at it."""
    redactor = Redactor()
    redactor.register(SECRET.decode(), name="KEY")
    ticks = iter(range(1_000_000))
    look = Scan(redactor.leak_search(), lambda: float(next(ticks)), seconds=seconds, size=size)
    return look.over(paths)


def zipped(**members: bytes) -> bytes:
    """An archive of these files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def in_page(data: bytes) -> bytes:
    """The data as our page holds it."""
    packed = base64.b64encode(gzip.compress(data))
    return b"<p>x</p><script type='application/x-gz'>" + packed + b"</script><p>y</p>"


@pytest.mark.parametrize(
    "content, offset",
    [
        pytest.param(b"abc " + SECRET, 4, id="plain"),
        pytest.param(b"x" * 65_530 + SECRET, 65_530, id="across-two-reads"),
        pytest.param(b"x" * 300_000 + SECRET, 300_000, id="far"),
        pytest.param(gzip.compress(b"a" + SECRET), 0, id="gzip"),
        pytest.param(gzip.compress(b"a" + SECRET + b"b" * 999)[:-9], 0, id="gzip-that-was-cut"),
        pytest.param(gzip.compress(b"a") + gzip.compress(SECRET), 0, id="gzip-that-was-continued"),
        pytest.param(gzip.compress(zipped(a=gzip.compress(SECRET))), 0, id="three-deep"),
        pytest.param(zipped(a=b"", b=SECRET), 0, id="zip"),
        pytest.param(zipped(**{SECRET.decode(): b""}), 0, id="name-in-a-zip"),
        pytest.param(in_page(b"a" + SECRET), 40, id="page"),
        pytest.param(in_page(os.urandom(200_000) + SECRET), 40, id="page-of-long-parts"),
        pytest.param(b"x" * 65_000 + in_page(SECRET * 99), 65_040, id="part-across-two-reads"),
        pytest.param(in_page(b"a") + SECRET, None, id="behind-a-part"),
        pytest.param(b"H4sI" + b"A" * 50 + SECRET, None, id="no-part-after-all"),
    ],
)
def test_a_secret_is_found_in(tmp_path: Path, content: bytes, offset: int | None) -> None:
    """The file, the place and the name are told, and never the value."""
    file = tmp_path / "file"
    file.write_bytes(content)

    look = scan(file)

    ((path, at, name),) = look.leaks
    assert (path, name) == (file, "KEY")
    assert offset is None or at == offset
    assert not look.unread


def test_one_secret_is_told_once_a_file(tmp_path: Path) -> None:
    """A thousand lines that hold it are one thing to do."""
    (tmp_path / "a").write_bytes(SECRET * 1000)
    (tmp_path / "b").write_bytes(SECRET)

    assert [leak.path.name for leak in scan(*files_below([tmp_path])).leaks] == ["a", "b"]


def test_clean_files_are_clean(tmp_path: Path) -> None:
    """Whatever they are made of."""
    for name, content in {
        "empty": b"",
        "page": in_page(b"nothing " * 9999),
        "random": os.urandom(200_000),
        "zip": zipped(a=b"x"),
        "gz": gzip.compress(b"y"),
    }.items():
        (tmp_path / name).write_bytes(content)

    look = scan(*files_below([tmp_path]))

    assert not look.leaks
    assert not look.unread


@pytest.mark.parametrize(
    "make, told",
    [
        pytest.param(
            lambda path: path.write_bytes(b"PK\3\4broken"), "cannot be unpacked", id="zip"
        ),
        pytest.param(lambda path: path.write_bytes(b"\x1f\x8bbroken"), "unpacked", id="gzip"),
        pytest.param(lambda path: path.mkdir(), "was not searched for secrets (", id="folder"),
        pytest.param(lambda path: None, "(No such file", id="gone"),
    ],
)
def test_what_cannot_be_read_is_said(
    tmp_path: Path, make: Callable[[Path], object], told: str
) -> None:
    """A file that nobody looked at is no clean file."""
    make(tmp_path / "file")

    look = scan(tmp_path / "file")

    assert not look.leaks
    (line,) = look.unread
    assert told in line


def test_a_look_ends_with_its_time(tmp_path: Path) -> None:
    """And says what it left out."""
    for number in range(9):
        (tmp_path / f"{number}").write_bytes(SECRET)

    look = scan(*files_below([tmp_path]), seconds=6)

    assert 1 <= len(look.leaks) < 9
    (line,) = look.unread
    assert "of 9 files were not searched for secrets" in line


def test_a_look_ends_with_its_bytes(tmp_path: Path) -> None:
    """A file that is too long is searched as far as it goes."""
    (tmp_path / "long").write_bytes(b"x" * 300_000 + SECRET)

    look = scan(tmp_path / "long", size=100_000)

    assert not look.leaks
    assert "only in part" in look.unread[0]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(gzip.compress(b"x" * 3_000_000 + SECRET), id="gzip"),
        pytest.param(zipped(a=b"x" * 3_000_000, b=SECRET), id="zip"),
        pytest.param(in_page(b"x" * 3_000_000 + SECRET), id="page"),
        pytest.param(gzip.compress(b"x") * 99 + gzip.compress(SECRET), id="many-parts"),
    ],
)
def test_a_look_into_what_is_packed_ends_with_its_time_too(tmp_path: Path, content: bytes) -> None:
    """A small file that unfolds to much holds no run up, and is not called searched."""
    (tmp_path / "file").write_bytes(content)

    look = scan(tmp_path / "file", seconds=20)

    assert not look.leaks
    (line,) = look.unread
    assert "only in part" in line


def test_what_one_packed_part_may_unfold_to_is_bounded_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of it may hold a secret: it was not searched."""
    monkeypatch.setattr(artefacts, "_LONGEST_PART", 100_000)
    (tmp_path / "file").write_bytes(gzip.compress(b"x" * 100_000 + SECRET))

    look = scan(tmp_path / "file")

    assert not look.leaks
    assert "only in part" in look.unread[0]


def test_a_packed_file_is_read_no_further_than_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody's memory is filled with an archive of gigabytes."""
    monkeypatch.setattr(artefacts, "_LONGEST_PART", 100_000)
    (tmp_path / "file").write_bytes(gzip.compress(os.urandom(400_000) + SECRET))

    look = scan(tmp_path / "file")

    assert not look.leaks
    assert "only in part" in look.unread[0]


def test_a_part_that_was_none_is_told_from_one_at_once(tmp_path: Path) -> None:
    """Whatever an API answers: its letters may look as if a part began at each of them."""
    (tmp_path / "file").write_bytes(b"H4sI" * 500_000 + b"!" * 70_000 + SECRET)

    look = scan(tmp_path / "file")

    assert [at for _, at, _ in look.leaks] == [2_070_000]
    assert not look.unread


def test_paths_may_be_files_folders_or_nothing(tmp_path: Path) -> None:
    """What is not there holds no secret."""
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name in ("in/deep/a", "b"):
        (tmp_path / name).write_bytes(b"")

    found = files_below([tmp_path / "in", tmp_path / "b", tmp_path / "none"])

    assert sorted(path.name for path in found) == ["a", "b"]
