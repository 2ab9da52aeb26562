"""Processes that died, and what they left: journals in a folder, and sweeps of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from redhanded.cleanup.appender import Sync, to_system
from redhanded.cleanup.effects import Rules
from redhanded.cleanup.entries import Declared, Entry
from redhanded.cleanup.holdings import Holding, holdings
from redhanded.cleanup.journal import Journal
from redhanded.cleanup.owner import this_process
from redhanded.cleanup.remnants import Remnant
from redhanded.cleanup.sweep import Sweep
from redhanded.core import ids
from tests.cleanup.fake_api import ROOM, SEAT, FakeApi, FakeClock

RUN = "3f2a9c1e"
BASE = "http://127.0.0.1:8000/api"


def mark(number: int, *, run: str = RUN, at: float = 1_790_000_000.0) -> str:
    """A mark of ours, the same for the same number."""
    return ids.tag(run, lambda size: number.to_bytes(size, "big"), at=at)


@dataclass
class Dead:
    """Leaves journals behind, as killed processes do."""

    folder: Path
    clock: FakeClock
    notes: list[str] = field(default_factory=list)

    def journal(
        self,
        *,
        run: str = RUN,
        base_url: str = BASE,
        profile: str = "",
        kinds: tuple[Declared, ...] = (ROOM, SEAT),
        sync: Sync = to_system,
    ) -> Journal:
        """A journal, open."""
        owner = partial(
            this_process,
            run=run,
            worker="gw0",
            base_url=base_url,
            profile=profile,
            now=self.clock,
        )
        journal = Journal(
            self.folder,
            owner,
            complain=self.notes.append,
            now=self.clock,
            sync=sync,
        )
        for kind in kinds:
            journal.declare(kind)
        return journal

    def leave(
        self,
        *acts: Callable[[Journal], object],
        run: str = RUN,
        base_url: str = BASE,
        profile: str = "",
        kinds: tuple[Declared, ...] = (ROOM, SEAT),
    ) -> Path:
        """The path of a journal whose owner did those acts, and died."""
        journal = self.journal(run=run, base_url=base_url, profile=profile, kinds=kinds)
        for act in acts:
            act(journal)
        path = journal.path
        assert path is not None
        journal.close()
        return path

    def holdings(self) -> list[Holding]:
        """What the journals of the folder tell."""
        return holdings(self.folder)


@dataclass
class Sweeping:
    """A sweep of one folder and one API, and what it told."""

    dead: Dead
    api: FakeApi
    told: list[tuple[Remnant, Entry]] = field(default_factory=list)

    def sweep(
        self,
        rules: Rules = Rules(),  # noqa: B008  a frozen value
        *,
        base_url: str = BASE,
        is_alive: Callable[[str], bool] = lambda _: False,
    ) -> Sweep:
        """The sweep."""
        return Sweep(
            base_url=base_url,
            rules=rules,
            send=self.api.send,
            told=lambda remnant, entry: self.told.append((remnant, entry)),
            is_alive=is_alive,
            sleep=self.api.clock.sleep,
            monotonic=self.api.clock,
            wall=self.api.clock,
        )
