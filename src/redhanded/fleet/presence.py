"""Presence: locks by which the processes of one machine tell whether another one still lives."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from filelock import FileLock, Timeout

from redhanded.fleet.store import Member

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = "alive"


class Owner(NamedTuple):
    """One process as it stands in a store: `gw1@ci-7/3f2a9c1e/0b51`.

    `run` names the folder of its run, `token` tells it from others of the same name.
    """

    worker: str
    host: str
    run: str
    token: str

    @classmethod
    def read(cls, text: str) -> Owner:
        """The owner that a store names; the parts that are not there are empty."""
        name, run, token, *_ = [*text.split("/"), "", ""]
        worker, _, host = name.partition("@")
        return cls(worker, host, run, token)

    def __str__(self) -> str:
        return f"{self.worker}@{self.host}/{self.run}/{self.token}"

    @property
    def member(self) -> Member:
        """Its machine, and its name there."""
        return Member(self.host, self.worker)

    def told(self) -> str:
        """The process as people know it."""
        return f"{self.worker} of run {self.run} on {self.host}"


class Presence:
    """The lock of one process in the folder of its run; the system lets go of it at any death."""

    def __init__(self, runs: Path, owner: Owner) -> None:
        self.owner = owner
        self._runs = runs
        self._lock = FileLock(self._path(owner), mode=0o600, thread_local=False)

    def _path(self, owner: Owner) -> Path:
        return self._runs / owner.run / FOLDER / f"{owner.worker}-{owner.token}.lock"

    def hold(self) -> None:
        """Take the lock; a folder that takes none leaves the process unknown, neither dead."""
        path = self._path(self.owner)
        with suppress(OSError, Timeout):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire(timeout=1.0)

    def is_gone(self, owner: Owner) -> bool:
        """Whether that process is surely dead; False where nobody here can know."""
        path = self._path(owner)
        if owner.host != self.owner.host or owner == self.owner or not path.is_file():
            return False
        try:
            with FileLock(path, mode=0o600).acquire(timeout=0):
                return True
        except (OSError, Timeout):
            return False

    def let_go(self) -> None:
        """Let go of the lock, and take its file away; the folder too, where it was the last one."""
        path = self._path(self.owner)
        with suppress(OSError):
            self._lock.release(force=True)
            path.unlink(missing_ok=True)
            path.parent.rmdir()
