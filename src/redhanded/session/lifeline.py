"""Lifelines: locks by which a run that was killed is told from one that is under way."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from filelock import FileLock, Timeout

from redhanded.history.records import Record, Run
from redhanded.history.store import HistoryUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK: Final = "alive.lock"
ANNOUNCEMENT: Final = "run.ndjson"


class Lifeline:
    """The lock of one run, held by its controller for as long as that lives.

    The system lets go of it whatever kills the process, and the file stays: a file that nobody
    holds is a run that never told its end.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / LOCK, mode=0o600, thread_local=False)

    def hold(self, run: Run) -> None:
        """Take the lock, and write down what the run is; raises OSError."""
        from redhanded.history.ndjson import written

        text = "".join(f"{line}\n" for line in written([Record(run=run)]))
        (self._folder / ANNOUNCEMENT).write_text(text, "utf-8")
        self.take()

    def take(self) -> None:
        """Take the lock; raises filelock.Timeout where a run that lives holds it, or OSError."""
        self._lock.acquire(timeout=0)

    def let_go(self) -> None:
        """Leave the run to whoever comes next."""
        self._lock.release(force=True)

    def cut(self) -> None:
        """Say that all is told of the run: let go of the lock, and remove both files."""
        for name in (LOCK, ANNOUNCEMENT):
            with suppress(OSError):  # an open file cannot be removed everywhere
                (self._folder / name).unlink(missing_ok=True)
        self.let_go()
        with suppress(OSError):
            (self._folder / LOCK).unlink(missing_ok=True)


class Killed(NamedTuple):
    """A run that never told its end: its folder, what it was, and its lifeline, now ours."""

    folder: Path
    run: Run
    lifeline: Lifeline


def killed(runs: Path) -> Iterator[Killed]:
    """The killed runs among those folders; whoever gets one cuts its lifeline, or lets go."""
    for lock in sorted(runs.glob(f"*/{LOCK}")):
        found = _found(lock.parent)
        if found is not None:
            yield found


def _found(folder: Path) -> Killed | None:
    """The run of that folder, where nobody holds its lock."""
    lifeline = Lifeline(folder)
    try:
        lifeline.take()
    except (Timeout, OSError):
        return None
    run = _announced(folder / ANNOUNCEMENT)
    if run is None:  # killed before it had begun
        lifeline.cut()
        return None
    return Killed(folder, run, lifeline)


def _announced(path: Path) -> Run | None:
    from redhanded.history.ndjson import read

    with suppress(OSError, HistoryUnavailable), path.open(encoding="utf-8") as lines:
        damage: list[str] = []
        return next((record.run for record in read(lines, damage.append)), None)
    return None
