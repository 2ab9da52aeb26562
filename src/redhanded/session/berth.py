"""A run's berth: the name under which it lies in the folder and in history, its own alone."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from filelock import FileLock, Timeout

from redhanded.core import ids
from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.core.settings import Settings

RUNS: Final = "runs"
LOGS: Final = "logs"
SPOOL: Final = "spool"
LOCKS: Final = "locks"


class Berth:
    """The id of a run, which its machines have in common, and the name of this part of it.

    Who chooses an id may choose it twice: the second run waits for no first one, and mixes with
    none. While the first lives the second is refused; later it gets a folder of its own.
    """

    def __init__(self, run_id: str, name: str, lock: FileLock | None = None) -> None:
        self.run_id = run_id
        self.name = name
        self._lock = lock

    @classmethod
    def take(cls, settings: Settings) -> Berth:
        """A berth that is free; raises UsageError where a run that lives on this machine has it."""
        chosen = settings.run_id
        if chosen is None:
            made = ids.run_id()
            return cls(made, made)
        base = part_of(chosen, settings.shard)
        lock = _locked(settings.folder, base)
        names = (base if number == 1 else f"{base}.{number}" for number in count(1))
        runs = settings.folder / RUNS
        return cls(chosen, next(name for name in names if not (runs / name).exists()), lock)

    def leave(self) -> None:
        """Let the next run have the id."""
        if self._lock is not None:
            self._lock.release(force=True)


def part_of(run_id: str, shard: str | None) -> str:
    """The name of one part of a run, such as `nightly-1of4`."""
    return run_id if shard is None else f"{run_id}-{shard.replace('/', 'of')}"


def _locked(home: Path, name: str) -> FileLock | None:
    """The lock of a name; None where the folder takes none, which is told elsewhere."""
    lock = FileLock(home / LOCKS / f"{name}.lock", mode=0o600, thread_local=False)
    with suppress(OSError):
        make_home(home)
        (home / LOCKS).mkdir(mode=0o700, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise UsageError(taken_by(name, "a run that is under way on this machine")) from None
        return lock
    return None


def taken_by(name: str, who: str) -> str:
    """What to do about an id that somebody else has, in a sentence."""
    return (
        f'the run_id "{name}" is taken by {who}: give each run an id of its own, or set shard,'
        ' such as "1/4", where several machines are parts of one run.'
    )


def make_home(home: Path) -> None:
    """Make the folder in which runs write, where it is not there; git is told to leave it alone."""
    if not home.exists():
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (home / ".gitignore").write_text("*\n", "utf-8")


class Place(NamedTuple):
    """The folder of a run, and whether it takes anything."""

    folder: Path
    is_writable: bool = True


def place_of(settings: Settings, name: str, note: Callable[[str], None]) -> Place:
    """The run's own folder; a temporary one, with a note, where its place cannot be written."""
    wanted = settings.folder
    try:
        return _prepared(wanted, wanted / RUNS / name)
    except OSError as error:
        reason = f"{wanted} cannot be written ({error.strerror or error})"
    try:
        spare = Path(tempfile.gettempdir()) / f"redhanded-{name}"
        place = _prepared(spare, spare)
    except OSError:
        note(f"{reason}, nor can a temporary folder: this run leaves no evidence")
        return Place(wanted / RUNS / name, is_writable=False)
    note(f"{reason}; this run's evidence is in {place.folder}")
    return place


def _prepared(home: Path, folder: Path) -> Place:
    make_home(home)
    for name in (LOGS, SPOOL):
        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    return Place(folder)


def spools_of(folder: Path) -> list[Path]:
    """The spools that the processes of a run wrote into its folder, by name."""
    return sorted(folder.glob(f"{SPOOL}/*.ndjson"))
