"""The file of one journal, and the lock beside it that says that its process lives."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from redhanded.cleanup.appender import Appender
from redhanded.cleanup.entries import encode
from redhanded.cleanup.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from redhanded.cleanup.appender import Sync
    from redhanded.cleanup.entries import Declared, Entry, Line
    from redhanded.cleanup.owner import Owner

ENDING: Final = ".ndjson"


class File:
    """A journal's file; the lock is taken first, so that no sweep sees the one without the other.

    All but `close` may raise OSError.
    """

    def __init__(self, folder: Path, owner: Owner, *, may_lock: bool) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{owner.run}-{owner.worker}-{owner.pid}-{secrets.token_hex(4)}{ENDING}"
        self.path: Path = folder / name
        self._lock = Lock(self.path)
        self._head: list[Line] = [replace(owner, holds=may_lock and self._take())]
        self._told: dict[str, Declared] = {}
        self._is_new = True
        try:
            self._appender = Appender(self.path, is_new=True)
        except OSError:
            self._lock.remove()
            raise

    def write(self, entry: Entry, needed: Sequence[Declared]) -> None:
        """Append an entry, behind what the file still lacks to understand it, by one call."""
        untold = [one for one in needed if self._told.get(one.kind) != one]
        self._appender.write(b"".join(map(encode, [*self._head, *untold, entry])))
        # Only now: an interrupt before this line has all of it written once more.
        self._head = []
        self._told.update((one.kind, one) for one in untold)

    def sync(self, sync: Sync) -> None:
        """Bring the lines to the disk, and the name of a new file as well."""
        self._appender.sync(sync)
        if self._is_new and os.name == "posix":
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                sync(folder)
            finally:
                os.close(folder)
        self._is_new = False

    def close(self, *, is_empty: bool) -> None:
        """Close the file, and remove it where it tells of nothing that is left."""
        with suppress(OSError):
            self._appender.close()
        if not is_empty:
            self._lock.let_go()
            return
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
        self._lock.remove()

    def _take(self) -> bool:
        try:
            return self._lock.take()
        except OSError:
            return False
