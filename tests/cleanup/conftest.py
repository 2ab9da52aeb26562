"""What tests of a sweep share: an API in memory, a folder of journals, and a sweep of both."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cleanup.dead import Dead, Sweeping
from tests.cleanup.fake_api import FakeApi, FakeClock


@pytest.fixture
def clock() -> FakeClock:
    """A clock that only waits let go on."""
    return FakeClock()


@pytest.fixture
def rooms(clock: FakeClock) -> FakeApi:
    """An API without anything in it."""
    return FakeApi(clock)


@pytest.fixture
def dead(tmp_path: Path, clock: FakeClock) -> Dead:
    """A process that dies, and leaves its journal."""
    return Dead(tmp_path / "journal", clock)


@pytest.fixture
def sweeping(dead: Dead, rooms: FakeApi) -> Sweeping:
    """Sweeps of what the dead left on that API."""
    return Sweeping(dead, rooms)
