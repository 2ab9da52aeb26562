"""A dead owner's journal in the hands of a sweep, which writes down what became of the rest."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redhanded.cleanup.appender import Appender
from redhanded.cleanup.contents import read
from redhanded.cleanup.entries import encode
from redhanded.cleanup.lock import Lock
from redhanded.cleanup.owner import Standing
from redhanded.cleanup.remnants import Remnants

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from redhanded.cleanup.contents import Contents
    from redhanded.cleanup.entries import Declared, Entry
    from redhanded.cleanup.holdings import Holding


@dataclass(slots=True)
class Adopted:
    """One journal; its lock, where it is ours, keeps other sweeps of this machine away."""

    path: Path
    declared: Mapping[str, Declared]
    remnants: Remnants
    _lock: Lock | None = None
    _appender: Appender | None = None
    _is_lost: bool = False

    @classmethod
    def of(cls, path: Path, contents: Contents, lock: Lock | None = None) -> Adopted:
        """The journal as it was read."""
        return cls(path, contents.declared, Remnants(contents.entries), lock)

    def write(self, entry: Entry) -> str:
        """Write down what became of something; what there is to tell, where that cannot be done."""
        self.remnants.add(entry)
        if self._is_lost:
            return ""
        try:
            self._appender = self._appender or Appender(self.path, is_new=False)
            self._appender.write(encode(entry))
        except OSError as error:
            self._is_lost = True
            reason = error.strerror or error
            return f"{self.path} cannot be written ({reason}): the next sweep looks at it again"
        return ""

    def close(self) -> None:
        """Let go of the journal, and remove it where nothing is left."""
        if self._appender is not None:
            with suppress(OSError):
                self._appender.close()
        is_done = not self.remnants
        if is_done:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.remove() if is_done else self._lock.let_go()


def adopted(holding: Holding) -> Adopted | None:
    """The journal, ours from now on; None where another sweep has it, or is done with it.

    The lock counts where its owner is proven dead by it. Of an owner of another machine there is
    none that does, and an object that two sweeps remove at once is gone for the second.
    """
    lock = Lock(holding.path)
    try:
        is_ours = lock.take()
    except OSError:
        is_ours = False
    if not is_ours and holding.standing is Standing.DEAD:
        return None
    contents = read(holding.path)  # anew: another sweep may just have let go of it
    if contents.problem:
        if is_ours:
            lock.remove()
        return None
    return Adopted.of(holding.path, contents, lock if is_ours else None)
