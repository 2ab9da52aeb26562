"""The clock and the store that the processes of a fleet's test share."""

from __future__ import annotations

import pytest

from tests.fleet.shared import FakeStore, Time


@pytest.fixture
def time() -> Time:
    """A clock that a test moves by hand, the same for all processes."""
    return Time()


@pytest.fixture
def store(time: Time) -> FakeStore:
    """The store of the fleet."""
    return FakeStore(time)
