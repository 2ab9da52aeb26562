"""Runs whose tests are over, for an archive to keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from redhanded.core.settings import Settings
from redhanded.history.records import Record
from redhanded.history.store import HistoryUnavailable, Store
from redhanded.pipeline.surroundings import Surroundings
from redhanded.session.archive import Archive, Ended
from redhanded.session.session import Session
from tests.history.memory import MemoryStore
from tests.session.projects import Project
from tests.session.spools import Scribe, spooling

AWAY = HistoryUnavailable("the database cannot be reached: see that it runs.")
ENDED = Ended(0, {"pass": 1})
FAULT = "history: a fault of redhanded (ZeroDivisionError: oops), please report it"


@dataclass
class Clock:
    """A clock that is moved by hand, and whose wall may be set."""

    now: float = 0.0
    noon: float = 1_700_000_000.0

    def monotonic(self) -> float:
        """Seconds since somewhere."""
        return self.now

    def wall(self) -> float:
        """Seconds since the epoch."""
        return self.now + self.noon


@dataclass
class Stage:
    """A run of a project, its archive, and the store that it would open."""

    session: Session
    archive: Archive
    store: MemoryStore
    clock: Clock
    opened: list[Path]

    @property
    def outbox(self) -> list[Path]:
        """What waits."""
        return sorted((self.session.settings.folder / "history" / "outbox").iterdir())

    def kept(self) -> list[Record]:
        """What is in the store."""
        self.store.fault = None
        return list(self.store.records())


Staged = Callable[..., Stage]


@pytest.fixture
def staged(project: Project) -> Iterator[Staged]:
    """Begins a run whose tests are spooled already; more lines go into its table of settings."""
    sessions: list[Session] = []
    store, clock, opened = MemoryStore(), Clock(), []

    def open_(_: Settings, root: Path) -> Store:
        opened.append(root)
        if store.fault is not None:
            raise store.fault
        return store

    def begin(more: str = "", *, run_id: str = "run1", is_called: bool = True) -> Stage:
        loaded = project.table(f'base_url = "http://shop.test"\n{more}').load()
        around = Surroundings(clock=clock)
        session = Session(loaded, run_id=run_id, seed=7, surroundings=around)
        sessions.append(session)
        archive = Archive(session, project.root, open_=open_)
        archive.begin()
        if is_called:
            with spooling(session.folder) as spool:
                spool.whole("a")
        return Stage(session, archive, store, clock, opened)

    yield begin
    for session in sessions:
        session.close(0)


def samples(spool: Scribe, count: int) -> None:
    """So many slow answers."""
    for number in range(count):
        spool.sample(0.5, is_bad=True, at=float(number))
