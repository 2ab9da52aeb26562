"""An appender: adds whole lines to one file, each handed to the system by one call."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

Sync: TypeAlias = Callable[[int], None]

to_disk: Sync = getattr(os, "fdatasync", os.fsync)  # macOS and Windows have only the latter


def to_system(_descriptor: int) -> None:
    """Leave it to the system when the file reaches the disk; a dead process loses nothing so."""


class Appender:
    """Appends to a file, readable by its owner only; every act may raise OSError.

    `is_new` says that the file must not be there yet.
    """

    def __init__(self, path: Path, *, is_new: bool) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        self._file = os.open(path, flags | (os.O_EXCL if is_new else 0), 0o600)
        # The last line of a file that somebody else wrote may be torn.
        self._is_torn = not is_new

    def write(self, lines: bytes) -> None:
        """Append whole lines, whatever stood there half."""
        data = b"\n" + lines if self._is_torn else lines
        self._is_torn = True  # until all of it is out: an interrupt may come in between
        while data:
            data = data[os.write(self._file, data) :]
        self._is_torn = False

    def sync(self, sync: Sync) -> None:
        """Bring what was written to the disk, by the given way."""
        sync(self._file)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
