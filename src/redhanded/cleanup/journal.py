"""The journal: what a process makes, written down before it is made, so that no kill hides it."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Final

from redhanded.cleanup.appender import to_disk
from redhanded.cleanup.entries import (
    Created,
    Deleted,
    GaveUp,
    Intended,
    NotApplied,
)
from redhanded.cleanup.file import File
from redhanded.cleanup.mounts import network
from redhanded.cleanup.remnants import Remnants

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from redhanded.cleanup.appender import Sync
    from redhanded.cleanup.entries import Declared, Entry
    from redhanded.cleanup.owner import Owner

FOLDER: Final = "journal"

_LOST: Final = (
    "the journal of cleanup cannot be written in {folder}: {reason}; mend that, or set "
    "`folder` to another one (the tests go on, and what a killed run made may stay behind)"
)
_FAR: Final = (
    "the journal of cleanup is in {folder}, on a network file system ({kind}), where no "
    "lock tells whether a run of another machine still lives; set `folder` to one of this machine "
    "(there what a killed run made is removed when it is old enough)"
)


class Journal:
    """Writes down, in a file of this process alone, what is made and removed.

    The file comes with the first object, and goes when none is left: what it still holds when its
    process is dead was left behind. `owner` says who we are; `mask` takes secrets out of reasons;
    `sync` brings lines to the disk before anything is made. A journal that cannot be written is
    told once, by `complain`, and the tests go on.
    """

    def __init__(
        self,
        folder: Path,
        owner: Callable[[], Owner],
        *,
        complain: Callable[[str], None],
        mask: Callable[[str], str] = str,
        sync: Sync = to_disk,
        now: Callable[[], float] = time.time,
        of_network: Callable[[Path], str] = network,
    ) -> None:
        self._folder = folder
        self._owner = owner
        self._complain = complain
        self._mask = mask
        self._sync = sync
        self._now = now
        self._of_network = of_network
        self._declared: dict[str | None, Declared] = {}
        self._file: File | None = None
        self._begin()

    def declare(self, declared: Declared) -> None:
        """Say how a kind is removed and found; again where that changed, such as `untracked`.

        It is written with the next object of the kind.
        """
        self._declared[declared.kind] = declared

    def intend(self, kind: str, tag: str, *, parent: str = "") -> None:
        """Say that an object is about to be made; on the disk when this returns."""
        self._append(Intended(kind=kind, tag=tag, parent=parent, at=self._now()), is_urgent=True)

    def created(self, kind: str, id: str, *, tag: str = "", parent: str = "") -> None:  # noqa: A002
        """Say that an object is there; it ends the intent of this tag."""
        entry = Created(kind=kind, id=id, tag=tag, parent=parent, at=self._now())
        # Without an intent on the disk nothing else leads to the object.
        self._append(entry, is_urgent=not tag)

    def deleted(self, kind: str, id: str, *, parent: str = "") -> None:  # noqa: A002
        """Say that an object is there no more."""
        self._append(Deleted(kind=kind, id=id, parent=parent, at=self._now()))

    def not_applied(self, kind: str, tag: str) -> None:
        """Say that nothing came of an intent: the API refused it, or it was never sent."""
        self._append(NotApplied(kind=kind, tag=tag, at=self._now()))

    def gave_up(
        self,
        kind: str,
        id: str,  # noqa: A002
        reason: str,
        *,
        tag: str = "",
        parent: str = "",
    ) -> None:
        """Say that an object could not be removed, or an intent (by its tag) not be followed up."""
        told = self._mask(reason)
        at = self._now()
        self._append(GaveUp(kind=kind, id=id, tag=tag, parent=parent, reason=told, at=at))

    @property
    def path(self) -> Path | None:
        """Where the journal is; None as long as nothing stands in it."""
        return self._file.path if self._file is not None else None

    def close(self) -> None:
        """End the journal: the file stays where something is left, and its lock is let go of."""
        self._mind_fork()
        with self._guard:
            file, self._file = self._file, None
            if file is not None:
                file.close(is_empty=not self._left)

    def _begin(self) -> None:
        self._guard = threading.Lock()
        self._left = Remnants()
        self._is_lost = False
        self._file = None
        self._pid = os.getpid()

    def _mind_fork(self) -> None:
        if self._pid != os.getpid():  # a forked child is an owner of its own
            self._begin()

    def _append(self, entry: Entry, *, is_urgent: bool = False) -> None:
        self._mind_fork()
        complaint = ""
        with self._guard:
            self._left.add(entry)
            if not self._is_lost:
                complaint = self._written(entry, is_urgent=is_urgent)
        if complaint:
            self._complain(complaint)

    def _written(self, entry: Entry, *, is_urgent: bool) -> str:
        """What there is to complain of, now that the entry is written."""
        network = ""
        try:
            if self._file is None:
                network = self._of_network(self._folder)
                self._file = File(self._folder, self._owner(), may_lock=not network)
            self._file.write(entry, self._needed_by(entry.kind))
            if is_urgent:
                self._file.sync(self._sync)
        except OSError as error:
            self._is_lost = True
            return _LOST.format(folder=self._folder, reason=error.strerror or error)
        return network and _FAR.format(folder=self._folder, kind=network)

    def _needed_by(self, kind: str | None) -> list[Declared]:
        """The declarations of a kind and of those above it."""
        needed: list[Declared] = []
        while kind in self._declared and self._declared[kind] not in needed:
            needed.append(self._declared[kind])
            kind = self._declared[kind].parent
        return needed
