"""The stores in memory and in files, held to what every store of a fleet does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from redhanded.fleet.file import FileStore
from redhanded.fleet.memory import Memory, MemoryStore
from redhanded.fleet.store import GateLimits, Member, Store
from tests.fleet.conformance import MACHINES, SCENARIOS, STANDING, Fleet, Scenario, name_of
from tests.pipeline.driving import FakeClock


class InMemory:
    """Members that share the memory of one process."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.memory = Memory()

    def join(self, member: Member, limits: GateLimits) -> Store:
        return MemoryStore(limits, member, self.clock.monotonic, memory=self.memory)

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def settle(self) -> None:
        """Nothing to wait for: what is recorded is counted."""


class InFiles:
    """Members that share a folder."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.folder = folder / "fleet"

    def join(self, member: Member, limits: GateLimits) -> Store:
        return FileStore(self.folder, limits, member, now=self.clock.monotonic)

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def settle(self) -> None:
        """Nothing to wait for: what is recorded is counted."""


@pytest.fixture(params=[InMemory, InFiles], ids=["memory", "files"])
def fleet(request: pytest.FixtureRequest, tmp_path: Path) -> Fleet:
    """A fleet of each kind."""
    make: Callable[[Path], Fleet] = request.param
    return make(tmp_path)


@pytest.mark.parametrize("scenario", [*SCENARIOS, *STANDING], ids=name_of)
def test_it_is_a_store_of_a_fleet(scenario: Scenario, fleet: Fleet) -> None:
    """INVARIANT: the store does what every store does."""
    scenario(fleet)


@pytest.mark.parametrize("scenario", MACHINES, ids=name_of)
def test_memory_knows_its_machines_apart(scenario: Scenario, tmp_path: Path) -> None:
    """INVARIANT: a store that several machines share does not let one of them stop the others."""
    scenario(InMemory(tmp_path))
