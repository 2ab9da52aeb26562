"""What one test holds of the pools: its own until its part is closed, waited for within limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from redhanded.core.settings import Settings
from redhanded.fleet.leases import LeaseUnavailable, Taken, key_of
from redhanded.pipeline.surroundings import Surroundings
from redhanded.session.berth import Berth
from redhanded.session.fleet import Part
from redhanded.session.leases import TestLeases
from redhanded.session.membership import Membership
from tests.fleet.shared import FakeStore, Time


@pytest.fixture
def time() -> Time:
    """The clock of the process."""
    return Time()


@pytest.fixture
def membership(time: Time, tmp_path: Path) -> Membership:
    """A worker of a run with one pool of one name."""
    settings = Settings(folder=tmp_path, leases={"users": ("ann",)})
    return Membership(
        settings,
        Part(run_id="run1", worker="gw0", workers=2),
        Berth("run1", "run1"),
        FakeStore(time),
        surroundings=Surroundings(clock=time, sleep=time.sleep),
        note=lambda _: None,
    )


def leased(membership: Membership, *, spent: float = 0.0) -> TestLeases:
    """The leases of a test that has taken so long by now."""
    return TestLeases(membership, lambda: spent)


def test_what_a_test_held_is_free_when_it_is_over(membership: Membership) -> None:
    """The next test has the same name."""
    first, second = leased(membership), leased(membership)
    names = [first("users")]
    first.give_back()
    names.append(second("users"))
    second.give_back()
    second.give_back()
    membership.leave()

    assert names == ["ann", "ann"]


@pytest.mark.parametrize(
    "limit, spent, waited",
    [
        pytest.param(float("inf"), 500.0, 30.0, id="no-limit"),
        pytest.param(300.0, 10.0, 30.0, id="time-enough"),
        pytest.param(20.0, 6.0, 10.0, id="what-is-left"),
        pytest.param(20.0, 19.0, 0.0, id="no-time"),
    ],
)
def test_a_name_is_waited_for_as_long_as_there_is_time(
    membership: Membership, time: Time, limit: float, spent: float, waited: float
) -> None:
    """Half a minute, or what is left of four fifths of the test's own time."""
    key = key_of("", Taken("users", "ann"))
    time.meanwhile = lambda: membership.store.claim(key, "gw1@ci-7/run1/1", 60.0)
    time.meanwhile()
    asked = leased(membership, spent=spent)
    asked.limit = limit

    with pytest.raises(LeaseUnavailable):
        asked("users")

    membership.leave()
    assert sum(time.slept) == pytest.approx(waited)
