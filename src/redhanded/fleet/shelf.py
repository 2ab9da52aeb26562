"""Shelves: where the results stand of what is done once for a run, and whose turn it is to do it.

A shelf knows names and texts only. Two keep it: a folder, for the workers of one machine, and the
store of a fleet, for machines.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from filelock import FileLock, Timeout

from redhanded.core.errors import RedhandedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path


class ShelfUnusable(RedhandedError):
    """The shelf cannot be used now; says why."""


class TurnLate(RedhandedError):
    """Somebody else has the turn for longer than one may wait."""


class Shelf(Protocol):
    """Results by name; every act but `discard` may raise ShelfUnusable."""

    def turn(self, name: str) -> AbstractContextManager[object]:
        """The right to make the result of that name, one caller's at a time.

        Raises TurnLate where it does not come in time. Who dies with it lets the next one in.
        """
        ...

    def read(self, name: str) -> str | None:
        """The result of that name; None where there is none yet."""
        ...

    def write(self, name: str, record: str) -> None:
        """Put a result under a name, for all."""
        ...

    def discard(self) -> None:
        """Remove everything; for the end of the run."""
        ...


class FolderShelf:
    """A shelf in a folder, for all processes of the machine that share it.

    Results may be tokens: the folder and its files are readable by their owner only.
    """

    def __init__(self, folder: Path, *, seconds: float) -> None:
        self.folder = folder
        self._seconds = seconds

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """The right to make the result; it ends with the process that has it."""
        with self._lock(name):
            yield

    def _lock(self, name: str) -> AbstractContextManager[object]:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return FileLock(self._path(name, "lock"), mode=0o600).acquire(timeout=self._seconds)
        except Timeout as error:
            raise TurnLate from error
        except OSError as error:
            raise _unusable(error) from error

    def read(self, name: str) -> str | None:
        """The result of that name, without waiting for anybody."""
        try:
            return self._path(name, "json").read_text("utf-8")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unusable(error) from error

    def write(self, name: str, record: str) -> None:
        """Put a result into a file of its own."""
        # A reader does not take the lock, so it must never see half a file.
        draft, final = self._path(name, "draft"), self._path(name, "json")
        try:
            with open(draft, "w", encoding="utf-8", opener=_private) as file:
                file.write(record)
            draft.replace(final)
        except OSError as error:
            raise _unusable(error) from error

    def discard(self) -> None:
        """Remove the folder with all that it holds."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, name: str, ending: str) -> Path:
        return self.folder / f"{name}.{ending}"


def _unusable(error: OSError) -> ShelfUnusable:
    return ShelfUnusable(error.strerror or f"{error}")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
