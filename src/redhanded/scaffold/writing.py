"""A plan beside a folder: what is new, the same or different, and how it is written."""

from __future__ import annotations

import difflib
import errno
import os
import stat
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from redhanded.scaffold.plan import File, Plan


class State(Enum):
    """How a planned file stands to what the folder holds."""

    NEW = auto()
    SAME = auto()
    EXTENDED = auto()
    """All that is there stays, and something follows it."""
    DIFFERS = auto()
    PRIVATE = auto()
    """Something is there, and it is nobody else's."""


@dataclass(frozen=True, slots=True)
class Change:
    """A planned file beside what stands at its place; `before` is None where nothing does."""

    file: File
    place: Path
    before: bytes | None

    @property
    def state(self) -> State:
        """How the file stands to what is there; other line ends make no difference."""
        if self.before is None:
            return State.NEW
        if self.file.is_private:
            return State.PRIVATE
        there = _text(self.before)
        if there == self.file.text:
            return State.SAME
        if there is not None and there and self.file.text.startswith(there):
            return State.EXTENDED
        return State.DIFFERS

    @property
    def diff(self) -> str:
        """What writing it would change, as a unified diff."""
        there = "" if self.before is None else _text(self.before)
        if there is None:
            return f"{self.file.path} is not UTF-8 text.\n"
        path = self.file.path
        lines = difflib.unified_diff(
            there.splitlines(keepends=True),
            self.file.text.splitlines(keepends=True),
            f"{path} (there)",
            f"{path} (init)",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)

    @property
    def content(self) -> bytes:
        """What is written: UTF-8, with the line ends of what stands there."""
        before = self.before or b""
        text, kept = self.file.text, b""
        if self.state is State.EXTENDED:  # byte by byte, also where its line ends are mixed
            text, kept = text[len(_text(before) or "") :], before
        ends = "\r\n" if b"\r\n" in before else "\n"
        return kept + text.replace("\n", ends).encode()


class WriteFailed(UsageError):
    """A file could not be written; `written` are those that were, whole, before it."""

    def __init__(self, change: Change, error: OSError, written: Sequence[Change]) -> None:
        before = ", ".join(one.file.path for one in written) or "nothing"
        super().__init__(
            f"{change.file.path} cannot be written: {error.strerror or error}; written before it,"
            f" and whole: {before}."
        )
        self.written: tuple[Change, ...] = tuple(written)


def compare(plan: Plan, folder: Path) -> list[Change]:
    """Each file of the plan beside what the folder holds; the folder need not exist.

    Raises UsageError where a file can never stand: something that is no file is in its place.
    """
    return [_beside(file, folder) for file in plan]


def write(changes: Iterable[Change]) -> None:
    """Write each file whole or not at all, after a look at whether all of them can be.

    Raises UsageError before anything is written, or WriteFailed when the disk refuses one.
    """
    changes = list(changes)
    for change in changes:
        _must_be_writable(change)
    written: list[Change] = []
    for change in changes:
        try:
            _put(change)
        except OSError as error:
            raise WriteFailed(change, error, written) from error
        written.append(change)


def _beside(file: File, folder: Path) -> Change:
    place = _place(folder, file.path)
    try:
        mode = place.stat().st_mode
        if not stat.S_ISREG(mode):
            raise UsageError(f"{place} is no file: move it away, for init writes one there.")
        return Change(file, place, b"" if file.is_private else place.read_bytes())
    except FileNotFoundError:
        if place.is_symlink():
            raise UsageError(f"{place} is a link to nothing: remove it.") from None
        return Change(file, place, None)
    except NotADirectoryError:
        raise UsageError(f"{_no_folder(place)} is a file, where init needs a folder.") from None
    except OSError as error:
        raise UsageError(f"{place} cannot be read: {error.strerror or error}.") from None


def _place(folder: Path, path: str) -> Path:
    """Where a path leads, by names as they are written on disk: README.md may be Readme.md."""
    place = folder
    for name in path.split("/"):
        place = place / _known_as(place, name)
    return place


def _known_as(folder: Path, name: str) -> str:
    try:
        names = [known.name for known in folder.iterdir()]
    except OSError:  # it is not there, or no folder, which whoever looks at the file finds out
        return name
    others = [known for known in names if known.casefold() == name.casefold()]
    return name if name in others or not others else min(others)


def _no_folder(place: Path) -> Path:
    return next(parent for parent in reversed(place.parents) if parent.is_file())


def _must_be_writable(change: Change) -> None:
    place = change.place
    if change.before is not None and not os.access(place, os.W_OK):
        raise UsageError(f"{place} is read-only: make it writable, or leave it out.")
    there = next(parent for parent in place.parents if parent.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        sentence = f"{there.absolute()} cannot be written to: {os.strerror(errno.EACCES)}."
        raise UsageError(sentence)


def _put(change: Change) -> None:
    place = change.place.resolve()  # a link stays one, and what it leads to is written
    place.parent.mkdir(parents=True, exist_ok=True)
    made = place.with_name(f".{place.name}.{os.getpid()}.new")
    try:
        with made.open("xb") as stream:
            stream.write(change.content)
            stream.flush()
            os.fsync(stream.fileno())
        if change.before is not None:
            made.chmod(place.stat().st_mode)
        _must_be_unchanged(change)
        made.replace(place)
    finally:
        made.unlink(missing_ok=True)


def _must_be_unchanged(change: Change) -> None:
    there = change.place.read_bytes() if change.place.exists() else None
    if there != change.before:
        raise OSError(errno.EBUSY, "it was changed meanwhile", str(change.place))


def _text(content: bytes) -> str | None:
    """The text with the line ends of this project, or None where it is no UTF-8."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
