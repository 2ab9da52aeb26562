"""How much an origin is asked at most, and whose share of that is whose."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from redhanded.core.settings import Settings
from redhanded.pipeline.assembly import Surroundings, origins_of
from redhanded.pipeline.load import GUARD, Load, is_loopback, load_of, share_of

THERE = "api.example.com"


def load(host: str = THERE, **limit: Any) -> Load:  # noqa: ANN401  as a file holds them
    """What holds for a host where the settings say so much."""
    return load_of(Settings.model_validate({"limit": limit}), host)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "api.localhost",
        "127.0.0.1",
        "127.9.8.7",
        "::1",
    ],
    ids=str,
)
def test_this_machine_is_known_by_its_name(host: str) -> None:
    """Loopback addresses, and `localhost` with the names below it (RFC 6761, section 6.3)."""
    assert is_loopback(host)
    assert load(host) == Load()


@pytest.mark.parametrize(
    "host",
    ["api.example.com", "localhost.example.com", "mylocalhost", "10.0.0.1", "0.0.0.0", "::", ""],  # noqa: S104  it is no address to listen on
    ids=str,
)
def test_any_other_host_is_guarded(host: str) -> None:
    """INVARIANT: whose name does not say that it is this machine is taken for another one."""
    assert not is_loopback(host)
    assert load(host) == GUARD


def test_the_guard_stays_below_what_firewalls_take_for_an_attack() -> None:
    """INVARIANT: in no five minutes does one machine get 2,000 requests, nor 100 in ten seconds."""
    assert GUARD.rate is not None
    assert GUARD.burst + 300 * GUARD.rate < 2_000
    assert GUARD.burst + 10 * GUARD.rate < 100


@pytest.mark.parametrize(
    "limit, expected",
    [
        pytest.param({"guard": False}, Load(), id="no guard"),
        pytest.param({"rate": 50.0}, Load(50.0, 50.0, 10), id="a rate of one's own"),
        pytest.param({"rate": 0.5}, Load(0.5, 1.0, 10), id="less than one a second"),
        pytest.param({"rate": 50.0, "burst": 5.0}, Load(50.0, 5.0, 10), id="rate and burst"),
        pytest.param({"in_flight": 3}, Load(6.0, 30.0, 3), id="in flight"),
        pytest.param({"guard": False, "in_flight": 3}, Load(None, 1.0, 3), id="that alone"),
    ],
)
def test_what_the_settings_say_wins(limit: dict[str, Any], expected: Load) -> None:
    """A limit that is set takes the place of the guard's own, and the others stay."""
    assert load(**limit) == expected


def test_limits_that_are_set_hold_for_this_machine_too() -> None:
    """Whoever sets a limit means it for the API, wherever that is."""
    assert load("localhost", rate=5.0, in_flight=2) == Load(5.0, 5.0, 2)


@pytest.mark.parametrize("workers", [0, 1, 2, 3, 4, 7, 10, 16], ids=str)
def test_workers_divide_the_places_of_their_machine(workers: int) -> None:
    """INVARIANT: together they have as many as there are, or one each where that is more."""
    shares = [share_of(10, seat=seat, workers=workers) for seat in range(max(1, workers))]

    assert sum(shares) == max(10, workers)
    assert max(shares) - min(shares) <= 1


def test_each_host_gets_what_holds_for_it() -> None:
    """An origin on this machine has neither pace nor places, beside one elsewhere with both."""
    origins = origins_of(Settings(), Surroundings(), seat=3, workers=4)

    here, there = (origins.of(httpx2.URL(f"http://{host}")) for host in ("127.0.0.1:80", THERE))

    assert (here.limiter.rate, here.places) == (None, None)
    assert (there.limiter.rate, there.limiter.burst) == (GUARD.rate, GUARD.burst)
    assert there.places is not None
    assert there.places.capacity == 2
    assert origins.known == (here, there)
