"""The lock beside a journal: the kernel lets go of it whatever kills the process that holds it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from pathlib import Path


class Lock:
    """The lock of one journal, held by its owner and, after the owner's death, by a sweep."""

    def __init__(self, journal: Path) -> None:
        self.path: Path = journal.with_suffix(".lock")
        # A lock that is a file alone would outlive its process.
        self._lock = FileLock(self.path, mode=0o600, thread_local=False, fallback_to_soft=False)

    def take(self) -> bool:
        """Whether the lock is ours now; raises OSError where there can be none."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        return True

    def let_go(self) -> None:
        """Leave the journal to whoever comes next."""
        self._lock.release(force=True)

    def remove(self) -> None:
        """Let go, and remove the lock's own file, for its journal is gone."""
        with suppress(OSError):  # an open file cannot be removed everywhere
            self.path.unlink(missing_ok=True)
        self.let_go()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
