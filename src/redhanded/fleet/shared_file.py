"""One value in a file that the processes of a machine read without a lock and change under one.

It is written beside the file and moved over it, so that a reader, or whoever comes after a writer
that was killed, finds the old value or the new one whole. A damaged file is begun anew.
"""

from __future__ import annotations

import math
import os
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import TypeAdapter

T = TypeVar("T")
R = TypeVar("R")

PATIENCE = 0.25  # seconds
_POLL = 0.002
_TICK = 1_000  # nanoseconds; what every file system in use tells apart

TROUBLE = (OSError, RuntimeError, Warning)
"""What the file may raise: the system's errors, a time that is over, a lock that cannot be made.

A lock that a file system does not have is told as a warning, which a test run may make an error.
"""


class Mark(NamedTuple):
    """By what a version of the file is known; its time grows with each version."""

    time_ns: int = 0
    inode: int = 0
    size: int = -1


class _Version(NamedTuple, Generic[T]):
    mark: Mark
    raw: bytes
    value: T


class SharedFile(Generic[T]):
    """A value of one type at a path; what may go wrong is in TROUBLE."""

    def __init__(
        self,
        path: Path,
        adapter: TypeAdapter[T],
        fresh: Callable[[], T],
        *,
        patience: float = PATIENCE,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._path = os.fspath(path)
        self._adapter = adapter
        self.fresh = fresh
        self._patience = patience
        self._sleep = sleep
        self._seen = _Version(Mark(), b"", fresh())
        self._begin_process()

    def _begin_process(self) -> None:
        self._process = os.getpid()
        # Two locks: a file lock alone does not order the threads of one process everywhere.
        self._turn = threading.Lock()
        self._lock = FileLock(f"{self._path}.lock", mode=0o600, thread_local=False)

    def read(self) -> T:
        """The value as it stands, for reading only; the same object until the file changes."""
        return self._current().value

    def _current(self) -> _Version[T]:
        seen = self._seen
        try:
            mark = _mark(os.stat(self._path))  # noqa: PTH116  twice as fast as Path's
        except FileNotFoundError:
            mark = Mark()
        if mark == seen.mark:
            return seen
        return self._load() if mark != Mark() else self._keep(mark, b"")

    @contextmanager
    def change(self, patience: float = math.inf) -> Iterator[T]:
        """The value under the lock, written at the end where it was changed.

        The lock is waited for as long as the file's own patience lasts, or the one given.
        """
        patience = min(patience, self._patience)
        if self._process != os.getpid():  # a fork has inherited locks that nobody lets go of
            self._begin_process()
        ends = time.perf_counter() + patience
        if not self._turn.acquire(timeout=patience):
            raise TimeoutError(f"another thread holds {self._path} for longer than {patience:g} s")
        try:
            Path(self._path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            left = max(0.0, ends - time.perf_counter())
            with self._lock.acquire(timeout=left, poll_interval=_POLL):
                version = self._current()
                value = self._parsed(version.raw)
                yield value
                self._write(value, over=version)
        finally:
            self._turn.release()

    def _load(self) -> _Version[T]:
        with self._again(lambda: Path(self._path).open("rb")) as file:
            return self._keep(_mark(os.fstat(file.fileno())), file.read())

    def _keep(self, mark: Mark, raw: bytes) -> _Version[T]:
        self._seen = version = _Version(mark, raw, self._parsed(raw))
        return version

    def _parsed(self, raw: bytes) -> T:
        try:
            return self._adapter.validate_json(raw)
        except ValueError:  # nothing there yet, or damaged
            return self.fresh()

    def _write(self, value: T, *, over: _Version[T]) -> None:
        raw = self._adapter.dump_json(value)
        if raw == over.raw:
            return
        draft = Path(f"{self._path}.draft")
        with open(draft, "wb", opener=_private) as file:
            file.write(raw)
        time_ns = draft.stat().st_mtime_ns
        if time_ns <= over.mark.time_ns:
            # Two versions within one tick of the clock, of one size, may share an inode's number.
            time_ns = over.mark.time_ns + _TICK
            os.utime(draft, ns=(time_ns, time_ns))
        self._again(lambda: draft.replace(self._path))
        self._keep(_mark(os.stat(self._path)), raw)  # noqa: PTH116

    def _again(self, act: Callable[[], R]) -> R:
        """What comes of an act that a system forbids while another process has the file open."""
        ends = time.perf_counter() + self._patience
        while True:
            try:
                return act()
            except PermissionError:
                if time.perf_counter() >= ends:
                    raise
            self._sleep(_POLL)


def _mark(stat: os.stat_result) -> Mark:
    return Mark(stat.st_mtime_ns, stat.st_ino, stat.st_size)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
