"""What all calls to one origin share."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from redhanded.pipeline.breaker import BreakerLimits, Change, Denied, State
from redhanded.pipeline.load import Load
from redhanded.pipeline.origin import Address, Origin, Origins, address_of
from redhanded.pipeline.shared_gate import Sharing
from tests.pipeline.driving import FakeClock
from tests.pipeline.sharing import FakeGate


@pytest.mark.parametrize(
    "url, address",
    [
        pytest.param("http://api.test/a?b", ("http", "api.test", None), id="http"),
        pytest.param("http://api.test:80", ("http", "api.test", None), id="http, its own port"),
        pytest.param("https://api.test:443", ("https", "api.test", None), id="https, its own port"),
        pytest.param("https://API.test", ("https", "api.test", None), id="capitals"),
        pytest.param("http://[::1]:8000/", ("http", "::1", 8000), id="IPv6"),
        pytest.param("http://u:p@api.test:81/", ("http", "api.test", 81), id="userinfo is no part"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, address: tuple[str, str, int | None]) -> None:
    """An address names an origin in one way, however the URL spells it (RFC 6454)."""
    assert address_of(httpx2.URL(url)) == Address(*address)


def test_an_origin_is_made_once() -> None:
    """INVARIANT: URLs of one origin share its circuit, its pace and its budget; others do not."""
    origins = Origins(FakeClock().monotonic)

    one, same, other = (
        origins.of(httpx2.URL(url))
        for url in ("http://api.test/a", "http://api.test:80/b", "https://api.test/a")
    )

    assert one is same
    assert one is not other
    assert one.breaker is not other.breaker


def test_threads_get_the_same_origin() -> None:
    """INVARIANT: threads that meet an origin at once get one and the same."""
    origins = Origins(FakeClock().monotonic)

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda n: origins.of(httpx2.URL(f"http://api.test/{n}")), range(64)))

    assert len({id(origin) for origin in found}) == 1


def test_a_thread_that_comes_second_takes_what_the_first_made() -> None:
    """INVARIANT: an origin that was made while one waited for the lock is not made again."""
    origins, address = Origins(FakeClock().monotonic), Address("http", "api.test", None)

    assert origins._make(address) is origins._make(address)  # as two threads would


def test_an_origin_keeps_to_the_registers_limits() -> None:
    """Breaker, rate, burst and tokens of each origin are those of the register."""
    clock, limits = FakeClock(), BreakerLimits(consecutive=7)
    origins = Origins(clock.monotonic, limits, load=lambda _: Load(2.0, 3.0), tokens=40.0)

    origin = origins.of(httpx2.URL("http://api.test"))

    assert origin.breaker.limits is limits
    assert (origin.limiter.rate, origin.limiter.burst) == (2.0, 3.0)
    assert (origin.bucket.tokens, origin.bucket.capacity) == (40.0, 40.0)
    assert origin.breaker.now() == origin.limiter.now() == clock.elapsed


def shared_origin(names: list[str], url: str = "http://api.test") -> Origin:
    """An origin whose gate was asked for by a name, which is noted."""

    def gate(name: str) -> FakeGate:
        names.append(name)
        return FakeGate()

    return Origins(FakeClock().monotonic, sharing=Sharing(gate, lambda: 2)).of(httpx2.URL(url))


@pytest.mark.parametrize(
    "url, name",
    [
        pytest.param("https://u:p@api.test:443/a?key=b", "https://api.test", id="its own port"),
        pytest.param("http://api.test:8000/", "http://api.test:8000", id="a port"),
        pytest.param("http://[::1]:8000/", "http://[::1]:8000", id="IPv6"),
    ],
)
def test_an_origin_is_shared_by_its_address(url: str, name: str) -> None:
    """INVARIANT: no credential and no path is part of what others know an origin by."""
    names: list[str] = []

    shared_origin(names, url)

    assert names == [name]


def test_an_origin_is_not_shared_where_nobody_shares() -> None:
    """A session of one process has nobody to ask."""
    assert Origins(FakeClock().monotonic).of(httpx2.URL("http://api.test")).shared is None


def test_an_origin_is_calm_where_no_circuit_holds_requests_back() -> None:
    """Neither that of this process nor, as far as it knows, the shared one."""
    origin = shared_origin([])
    alone = Origins(FakeClock().monotonic).of(httpx2.URL("http://api.test"))
    assert origin.shared is not None
    assert origin.is_calm
    assert alone.is_calm

    origin.shared.is_down = True
    for _ in range(3):
        alone.breaker.record(alone.breaker.permit, "fail")

    assert not origin.is_calm
    assert not alone.is_calm


def test_changes_of_each_circuit_are_told_with_their_origin() -> None:
    """INVARIANT: one listener hears of all origins, of those that were met before it as well."""
    told: list[tuple[str, State, bool]] = []

    def turned(address: Address, change: Change) -> None:
        told.append((str(address), change.state, change.is_shared))

    gate = Sharing(lambda _: FakeGate(Denied(1.0)), lambda: 2)
    origins = Origins(FakeClock().monotonic, sharing=gate)
    origin = origins.of(httpx2.URL("http://api.test:81"))
    origins.turned = turned
    for _ in range(3):
        origin.breaker.record(origin.breaker.permit, "fail")
    assert origin.shared is not None
    origin.shared.look()

    where = "http://api.test:81"
    assert told == [(where, State.OPEN, False), (where, State.OPEN, True)]
