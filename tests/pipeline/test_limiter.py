"""The rate limiter of one origin, against a plain count and against another limiter."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pyrate_limiter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redhanded.pipeline.admission import PATIENCE
from redhanded.pipeline.call import CALL
from redhanded.pipeline.errors import CircuitOpen
from redhanded.pipeline.gate import RateLimiter
from redhanded.pipeline.limiter import Limiter
from redhanded.pipeline.load import Load
from redhanded.pipeline.origin import Origins
from tests.pipeline.driving import (
    Driven,
    FakeClock,
    at_wire,
    drive,
    open_call,
    request,
    response,
)

STEPS = st.lists(st.integers(0, 40), min_size=1, max_size=60)
EMISSIONS = st.sampled_from([1, 2, 4, 8, 16])  # powers of two: their reciprocals are exact


def paced(clock: FakeClock, rate: float | None = 4.0, burst: float = 1.0) -> Limiter:
    """A limiter of so many requests a second."""
    return Limiter(rate, burst, clock.monotonic)


def test_a_limiter_without_rate_never_waits() -> None:
    """No rate, no pause, no wait."""
    limiter = paced(FakeClock(), None)

    assert [limiter.reserve(0.0) for _ in range(1000)] == [0.0] * 1000
    assert limiter.is_idle


def test_a_limiter_with_a_rate_is_never_idle() -> None:
    """A limiter that has a pace to keep is asked each time."""
    assert not paced(FakeClock()).is_idle


def test_requests_go_at_the_rate_in_the_order_of_asking() -> None:
    """At four a second and no burst, each waits a quarter longer than the one before."""
    limiter = paced(FakeClock())

    assert [limiter.reserve(math.inf) for _ in range(5)] == [0.0, 0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize(
    "share, waits",
    [
        pytest.param(1.0, [0.0, 0.0, 0.0, 0.0, 0.25], id="all of it"),
        pytest.param(0.5, [0.0, 0.0, 0.5, 1.0, 1.5], id="half, and half a burst"),
        pytest.param(0.125, [0.0, 2.0, 4.0, 6.0, 8.0], id="less than one at once"),
        pytest.param(None, [0.0] * 5, id="counted elsewhere"),
    ],
)
def test_a_part_of_the_pace_is_kept_to(share: float | None, waits: list[float]) -> None:
    """INVARIANT: parts that make up a whole are together no faster than the whole."""
    limiter = paced(FakeClock(), burst=4.0)

    assert [limiter.reserve(math.inf, share) for _ in waits] == waits


@pytest.mark.parametrize("within, wait", [(5.0, 5.0), (4.9, None)], ids=["in time", "too late"])
def test_a_pause_holds_also_where_the_pace_is_counted_elsewhere(
    within: float, wait: float | None
) -> None:
    """A 429 that this process has heard is heeded, whoever hands out the places."""
    limiter = paced(FakeClock())
    limiter.slow_down(5.0)

    assert limiter.reserve(within, None) == wait


def test_a_burst_goes_at_once() -> None:
    """A burst of three lets three go at once, and the fourth keeps to the pace."""
    limiter = paced(FakeClock(), burst=3.0)

    assert [limiter.reserve(math.inf) for _ in range(5)] == [0.0, 0.0, 0.0, 0.25, 0.5]


def test_time_fills_the_burst_again_and_no_more() -> None:
    """After a long rest as many go at once as the burst says, however long it was."""
    clock = FakeClock()
    limiter = paced(clock, burst=2.0)
    for _ in range(4):
        limiter.reserve(math.inf)

    clock.advance(3600.0)

    assert [limiter.reserve(math.inf) for _ in range(4)] == [0.0, 0.0, 0.25, 0.5]


def test_a_wait_over_the_budget_takes_no_place() -> None:
    """INVARIANT: who cannot wait so long is told so, and those behind lose nothing by it."""
    limiter = paced(FakeClock())
    limiter.reserve(0.0)

    refused = [limiter.reserve(0.2) for _ in range(10)]

    assert refused == [None] * 10
    assert limiter.reserve(0.25) == 0.25


def test_a_pause_holds_everybody() -> None:
    """After a 429 that names a time nobody goes before it, with a rate or without."""
    clock = FakeClock()
    limiter = paced(clock, None)

    limiter.slow_down(2.0)
    assert not limiter.is_idle
    clock.advance(0.5)

    assert limiter.reserve(1.0) is None
    assert limiter.reserve(1.5) == 1.5
    clock.advance(1.5)
    assert limiter.reserve(0.0) == 0.0
    assert limiter.is_idle


def test_the_longest_pause_counts() -> None:
    """A second, shorter pause does not shorten the first; one without time adds none."""
    limiter = paced(FakeClock(), None)

    limiter.slow_down(5.0)
    limiter.slow_down(1.0)
    limiter.slow_down(None)

    assert limiter.reserve(math.inf) == 5.0


def test_after_a_pause_the_pace_goes_on() -> None:
    """Those whom a pause held do not all go at its end: the first does, the rest at the pace."""
    limiter = paced(FakeClock(), rate=1.0)

    limiter.slow_down(2.0)

    waits = [limiter.reserve(math.inf) for _ in range(3)]
    assert waits == [2.0, pytest.approx(2 + 1 / 0.7), pytest.approx(2 + 2 / 0.7)]


def gap(limiter: Limiter) -> float:
    """Seconds between two requests at the pace of now."""
    first, second = limiter.reserve(math.inf), limiter.reserve(math.inf)
    assert first is not None
    assert second is not None
    return second - first


def test_a_429_slows_the_pace_down_to_a_tenth_at_most() -> None:
    """Each 429 takes three tenths of the pace; many at once do not stop it altogether."""
    limiter = paced(FakeClock(), rate=1.0)

    limiter.slow_down(None)
    once = gap(limiter)
    limiter.slow_down(None)
    twice = gap(limiter)
    for _ in range(30):
        limiter.slow_down(None)

    assert once == pytest.approx(1 / 0.7)
    assert twice == pytest.approx(1 / 0.49)
    assert gap(limiter) == pytest.approx(1 / 0.1)


@pytest.mark.parametrize(
    "seconds, share",
    [
        pytest.param(59.9, 0.7, id="less than a minute"),
        pytest.param(60.0, 0.7 * 1.05, id="a minute"),
        pytest.param(185.0, 0.7 * 1.05**3, id="three minutes"),
        pytest.param(3600.0, 1.0, id="an hour, never above the rate"),
    ],
)
def test_the_pace_recovers_by_the_minute(seconds: float, share: float) -> None:
    """The pace grows by 5 % for each whole minute without a 429, to the configured rate."""
    clock = FakeClock()
    limiter = paced(clock, rate=1.0)
    limiter.slow_down(None)

    clock.advance(seconds)

    assert gap(limiter) == pytest.approx(1 / share)


def test_recovery_does_not_depend_on_how_often_one_asks() -> None:
    """Asked each half minute, the pace recovers as if it had been asked once."""
    clock = FakeClock()
    often, once = paced(clock, rate=100.0), paced(clock, rate=100.0)
    often.slow_down(None)
    once.slow_down(None)

    for _ in range(6):
        clock.advance(30.0)
        often.reserve(math.inf)

    clock.advance(1.0)
    assert gap(often) == pytest.approx(gap(once))


@given(EMISSIONS, st.integers(1, 5), STEPS)
def test_it_admits_what_another_gcra_admits(emission: int, burst: int, steps: list[int]) -> None:
    """INVARIANT: at every moment it admits exactly what pyrate-limiter's GCRA admits."""
    clock = FakeClock()
    limiter = paced(clock, rate=1 / emission, burst=float(burst))
    rate = pyrate_limiter.Rate(1, emission, burst=burst)  # its milliseconds are our seconds
    oracle = pyrate_limiter.StateBucket([rate], pyrate_limiter.GCRA())

    for step in steps:
        clock.advance(step % 9)
        item = pyrate_limiter.RateItem("request", int(clock.monotonic()))
        is_admitted = oracle.put(item)

        if not is_admitted:
            assert limiter.reserve(float(_waiting(oracle, item)) - 0.5) is None
        assert (limiter.reserve(0.0) == 0.0) is is_admitted


def _waiting(oracle: pyrate_limiter.StateBucket, item: pyrate_limiter.RateItem) -> int:
    waiting = oracle.waiting(item)
    assert isinstance(waiting, int)
    return waiting


@given(EMISSIONS, st.integers(1, 5), STEPS)
def test_no_window_holds_more_than_rate_and_burst(
    emission: int, burst: int, steps: list[int]
) -> None:
    """INVARIANT: in any stretch of time no more go than its rate allows, and one burst."""
    clock = FakeClock()
    limiter = paced(clock, rate=1 / emission, burst=float(burst))
    sent = []
    for step in steps:
        clock.advance(step)
        wait = limiter.reserve(math.inf)
        assert wait is not None
        sent.append(clock.monotonic() + wait)

    assert sent == sorted(sent)
    for index, begin in enumerate(sent):
        for count, end in enumerate(sent[index:], start=1):
            assert count <= burst + (end - begin) / emission


@given(st.lists(st.tuples(st.integers(0, 90), st.none() | st.integers(0, 9)), max_size=40))
def test_whatever_429s_come_the_pace_stays_in_bounds(steps: list[tuple[int, int | None]]) -> None:
    """INVARIANT: the pace is never above the configured rate nor below a tenth of it."""
    clock = FakeClock()
    limiter = paced(clock, rate=1.0)
    for seconds, pause in steps:
        clock.advance(seconds)
        limiter.slow_down(pause)

        assert 1 - 1e-9 <= gap(limiter) <= 10 + 1e-9


def test_threads_get_places_of_their_own() -> None:
    """INVARIANT: no two threads are given the same place."""
    limiter = paced(FakeClock())

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: limiter.reserve(math.inf), range(40)))

    assert sorted(wait for wait in waits if wait is not None) == [n / 4 for n in range(40)]


class Gate:
    """The policy that keeps to an origin's pace, and the clock of both."""

    def __init__(self, rate: float | None = None) -> None:
        self.clock = FakeClock()
        self.origins = Origins(self.clock.monotonic, load=lambda _: Load(rate))

    def call(self, *, seconds: float = 60.0) -> httpx2.Request:
        """A request with its call, which has so many seconds left."""
        asked = request()
        call = open_call(asked, clock=self.clock, origins=self.origins)
        call.deadline = self.clock.monotonic() + seconds
        return asked

    def send(self, asked: httpx2.Request, *answers: object) -> Driven:
        """What comes of the request at the origin's pace."""
        return drive(RateLimiter(self.clock.monotonic)(asked, at_wire), answers, clock=self.clock)

    def throttle(self, pause: float) -> None:
        """Let the origin ask for a pause."""
        self.origins.of(request().url).limiter.slow_down(pause)


def test_without_a_rate_nobody_waits() -> None:
    """No limit and no pause: requests go as they come."""
    gate = Gate()

    driven = [gate.send(gate.call(), response()) for _ in range(20)]

    assert all(one.sleeps == [] for one in driven)


def test_requests_wait_for_their_turn() -> None:
    """A request waits for its place, and the wait is noted with its reason."""
    gate = Gate(rate=4.0)
    first, second = gate.call(), gate.call()

    sleeps = [gate.send(one, response()).sleeps for one in (first, second)]

    assert sleeps == [[], [0.25]]
    assert first.extensions[CALL].wait == (0.0, "")
    assert second.extensions[CALL].wait == (0.25, "rate limit")


def test_the_pause_after_a_429_holds_all_calls() -> None:
    """What one call was told by a 429 all others to that origin keep to."""
    gate = Gate()
    gate.throttle(3.0)

    assert gate.send(gate.call(), response()).sleeps == [3.0]
    assert gate.send(gate.call(), response()).sleeps == []


@pytest.mark.parametrize(
    "pause, seconds",
    [
        pytest.param(5.0, 4.0, id="over the deadline"),
        pytest.param(PATIENCE + 1, 500.0, id="over patience"),
    ],
)
def test_a_turn_that_comes_too_late_is_refused(pause: float, seconds: float) -> None:
    """A call whose turn comes after its budget gives up at once, and says which setting helps."""
    gate = Gate()
    gate.throttle(pause)
    asked = gate.call(seconds=seconds)

    driven = gate.send(asked)

    assert isinstance(driven.error, CircuitOpen)
    assert driven.effects == []
    assert asked.extensions[CALL].row == "blocked"
    assert "limit.rate" in str(driven.error)
    assert driven.error.request is asked
