"""The pace that a fleet keeps, against tables, a plain count and another limiter."""

from __future__ import annotations

import math

import pyrate_limiter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redhanded.fleet.pace import FAR_PLACES, KEPT_OF, MOST_KEPT, TOGETHER, Pace
from redhanded.fleet.store import GateLimits
from redhanded.pipeline.breaker import BreakerLimits
from redhanded.pipeline.shared_gate import Late

STEPS = st.lists(st.integers(0, 40), min_size=1, max_size=60)
EMISSIONS = st.sampled_from([1, 2, 4, 8, 16])  # powers of two: their reciprocals are exact
START = 1_000.0
HOUR = 3600.0


def limits(rate: float | None = 4.0, burst: float = 1.0) -> GateLimits:
    """The limits of a fleet that keeps to a rate."""
    return GateLimits(BreakerLimits(), rate=rate, burst=burst)


def ask(
    pace: Pace,
    now: float = START,
    *,
    of: GateLimits | None = None,
    within: float = math.inf,
    reserved: bool = False,
) -> float | Late:
    """What the pace answers."""
    return pace.reserve(now, of or limits(), within=within, reserved=reserved)


def wait(pace: Pace, now: float = START, *, of: GateLimits | None = None) -> float:
    """The wait for a place, which must be given."""
    answer = ask(pace, now, of=of)
    assert not isinstance(answer, Late)
    return answer


def spared(burst: int) -> int:
    """How many of a small burst go at once: all but one, and one at least."""
    return max(1, burst - 1)


def test_a_pace_without_rate_never_waits() -> None:
    """No rate, no pause, no wait, and nothing is kept of it."""
    pace = Pace()

    assert [wait(pace, of=limits(None)) for _ in range(100)] == [0.0] * 100
    assert pace == Pace()


def test_requests_go_at_the_rate_in_the_order_of_asking() -> None:
    """At four a second and no burst, each waits a quarter longer than the one before."""
    pace = Pace()

    assert [wait(pace) for _ in range(5)] == [0.0, 0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize(
    "burst, at_once",
    [
        pytest.param(1.0, 1, id="none"),
        pytest.param(0.5, 1, id="less than one"),
        pytest.param(1.5, 1, id="half a place more"),
        pytest.param(2.0, 1, id="two"),
        pytest.param(3.0, 2, id="three"),
        pytest.param(10.0, 9, id="ten"),
        pytest.param(50.0, 45, id="fifty"),
    ],
)
def test_a_tenth_of_the_burst_stays_unused(burst: float, at_once: int) -> None:
    """One place of the burst at least is left for callers that wake up late."""
    pace = Pace()

    waits = [wait(pace, of=limits(burst=burst)) for _ in range(60)]

    assert waits.count(0.0) == at_once


def test_a_wait_over_the_budget_takes_no_place() -> None:
    """INVARIANT: who cannot wait so long is told how long, and those behind lose nothing by it."""
    pace = Pace()
    wait(pace)

    refused = [ask(pace, within=0.2) for _ in range(10)]

    assert refused == [Late(0.25)] * 10
    assert ask(pace, within=0.25) == 0.25


@pytest.mark.parametrize("rate", [None, 4.0], ids=["without a rate", "with a rate"])
def test_a_pause_holds_everybody(rate: float | None) -> None:
    """After a 429 that names a time nobody goes before it, cleanup neither."""
    pace = Pace()
    pace.slow_down(2.0, START)
    now, of = START + 0.5, limits(rate)

    assert ask(pace, now, of=of, within=1.0) == Late(1.5)
    assert ask(pace, now, of=of, within=1.0, reserved=True) == Late(1.5)
    assert wait(pace, now, of=of) == 1.5
    assert wait(pace, START + 5.0, of=of) == 0.0


def test_the_longest_pause_counts() -> None:
    """A second, shorter pause does not shorten the first; one without time adds none."""
    pace = Pace()

    for pause in (5.0, 1.0, None):
        pace.slow_down(pause, START)

    assert wait(pace) == 5.0


def gap(pace: Pace, now: float) -> float:
    """Seconds between two requests at the pace of then."""
    first, second = wait(pace, now, of=limits(1.0)), wait(pace, now, of=limits(1.0))
    return second - first


def test_429s_that_come_together_are_one() -> None:
    """INVARIANT: what many calls in flight hear at once slows the fleet down once."""
    pace = Pace()
    for number in range(16):
        pace.slow_down(None, START + number * TOGETHER / 16)

    assert gap(pace, START + 0.95) == pytest.approx(1 / 0.7)


def test_429s_one_after_the_other_slow_the_pace_to_a_tenth_at_most() -> None:
    """Each takes three tenths of the pace, and many do not stop it altogether."""
    pace = Pace()
    pace.slow_down(None, START)
    pace.slow_down(None, START + TOGETHER)
    assert gap(pace, START + TOGETHER) == pytest.approx(1 / 0.49)

    for number in range(2, 30):
        pace.slow_down(None, START + number * TOGETHER)

    assert gap(pace, START + 29 * TOGETHER) == pytest.approx(1 / 0.1)


def test_a_429_right_after_a_recovery_counts() -> None:
    """Only another 429 makes one of two, not a minute that was just over."""
    pace = Pace()
    pace.slow_down(None, START)

    pace.slow_down(None, START + 60.5)

    assert gap(pace, START + 60.5) == pytest.approx(1 / (0.7 * 1.05 * 0.7))


def test_a_429_in_the_first_second_of_a_clock_counts() -> None:
    """A clock that begins at nothing has had no 429 yet."""
    pace = Pace()

    pace.slow_down(None, 0.5)

    assert gap(pace, 0.5) == pytest.approx(1 / 0.7)


def test_a_clock_that_goes_back_a_little_changes_no_share() -> None:
    """Half a second before the 429 is no minute."""
    pace = Pace()
    pace.slow_down(None, START)

    assert gap(pace, START - 0.5) == pytest.approx(1 / 0.7)


@pytest.mark.parametrize(
    "seconds, share",
    [
        pytest.param(59.9, 0.7, id="less than a minute"),
        pytest.param(60.0, 0.7 * 1.05, id="a minute"),
        pytest.param(185.0, 0.7 * 1.05**3, id="three minutes"),
        pytest.param(HOUR, 1.0, id="an hour, never above the rate"),
    ],
)
def test_the_pace_recovers_by_the_minute(seconds: float, share: float) -> None:
    """The pace grows by 5 % for each whole minute without a 429, to the configured rate."""
    pace = Pace()
    pace.slow_down(None, START)

    assert gap(pace, START + seconds) == pytest.approx(1 / share)


def test_recovery_does_not_depend_on_how_often_one_asks() -> None:
    """Asked each half minute, the pace recovers as if it had been asked once."""
    often, once = Pace(), Pace()
    often.slow_down(None, START)
    once.slow_down(None, START)

    for number in range(7):
        wait(often, START + 30.0 * number, of=limits(100.0))

    assert gap(often, START + 185.0) == pytest.approx(gap(once, START + 185.0))


def test_of_the_far_places_one_in_ten_is_kept() -> None:
    """Behind a long queue each tenth place is left out, and the cleanup is given it, once each."""
    pace = Pace()
    of = limits(1.0)

    general = [wait(pace, of=of) for _ in range(60)]
    kept = [ask(pace, of=of, reserved=True) for _ in range(5)]

    near, step = FAR_PLACES + 1, KEPT_OF
    assert general[:near] == [float(place) for place in range(near)]
    assert kept == [float(near + number * step - 1) for number in range(1, 5)] + [max(general) + 1]
    assert sorted({*general, *kept}) == [float(place) for place in range(65)]


def test_a_kept_place_is_one_that_nobody_else_has() -> None:
    """Also where a burst lets requests go ahead of time the cleanup fills a gap between two."""
    pace = Pace()
    of = limits(1.0, burst=11.0)

    general = [wait(pace, of=of) for _ in range(50)]
    kept = [ask(pace, of=of, reserved=True) for _ in range(2)]

    far = sorted(place for place in (*general, *kept) if not isinstance(place, Late) and place)
    assert far[:40] == pytest.approx([far[0] + number for number in range(40)])


def test_a_pause_holds_the_kept_places_too() -> None:
    """A place that was kept before a 429 asked for a pause is not given within the pause."""
    pace = Pace()
    for _ in range(40):
        wait(pace, of=limits(1.0))

    pace.slow_down(30.0, START)

    assert ask(pace, of=limits(1.0), reserved=True) == 36.0


def test_of_a_short_queue_nothing_is_kept() -> None:
    """Where nobody waits long the fleet goes at the full rate, and so does its cleanup."""
    pace = Pace()

    waits = [ask(pace, of=limits(100.0), reserved=number % 2 == 0) for number in range(100)]

    assert waits == pytest.approx([number / 100 for number in range(100)])
    assert pace.kept == []


def test_a_kept_place_that_is_over_is_not_given() -> None:
    """Who asks after the kept place has its turn at the end of the queue, or now."""
    pace = Pace()
    for _ in range(FAR_PLACES + KEPT_OF + 1):
        wait(pace, of=limits(1.0))
    assert pace.kept == [START + 26.0]

    late = ask(pace, START + 26.5, of=limits(1.0), reserved=True)

    assert late == pytest.approx(1.5)
    assert pace.kept == []


def test_a_kept_place_that_is_too_late_stays_kept() -> None:
    """A cleanup that cannot wait for its place leaves it to the next one."""
    pace = Pace()
    for _ in range(FAR_PLACES + KEPT_OF + 1):
        wait(pace, of=limits(1.0))

    refused = ask(pace, of=limits(1.0), within=1.0, reserved=True)

    assert refused == Late(26.0)
    assert ask(pace, of=limits(1.0), reserved=True) == 26.0


def test_no_more_is_kept_than_a_state_may_hold() -> None:
    """INVARIANT: a queue of any length keeps a bounded number of places."""
    pace = Pace()

    for _ in range(FAR_PLACES + KEPT_OF * (MOST_KEPT + 20)):
        wait(pace, of=limits(1.0))

    assert len(pace.kept) == MOST_KEPT


def test_the_pace_moves_with_its_clock() -> None:
    """A pace that is moved by an hour answers as it did, an hour earlier."""
    pace = Pace()
    for _ in range(40):
        wait(pace, of=limits(1.0))
    pace.slow_down(20.0, START)

    pace.shift(-HOUR)

    early = START - HOUR
    assert ask(pace, early, of=limits(1.0), reserved=True) == 26.0
    assert wait(pace, early, of=limits(1.0)) == 42.0
    assert gap(pace, early + 60.0) == pytest.approx(1 / (0.7 * 1.05))


def test_a_429_after_a_jump_back_counts() -> None:
    """A pace that was moved knows when it was slowed down."""
    pace = Pace()
    pace.slow_down(None, START)
    pace.shift(-HOUR)

    pace.slow_down(None, START - HOUR + 2.0)

    assert gap(pace, START - HOUR + 2.0) == pytest.approx(1 / 0.49)


@given(EMISSIONS, st.integers(1, 5), STEPS)
def test_it_admits_what_another_gcra_admits(emission: int, burst: int, steps: list[int]) -> None:
    """INVARIANT: at every moment it admits what pyrate-limiter's GCRA of that burst admits."""
    pace, now = Pace(), START
    of = limits(1 / emission, float(burst))
    rate = pyrate_limiter.Rate(1, emission, burst=spared(burst))  # its milliseconds are our seconds
    oracle = pyrate_limiter.StateBucket([rate], pyrate_limiter.GCRA())

    for step in steps:
        now += step % 9
        item = pyrate_limiter.RateItem("request", int(now))
        is_admitted = oracle.put(item)

        if not is_admitted:
            waiting = oracle.waiting(item)
            assert isinstance(waiting, int)
            assert ask(pace, now, of=of, within=waiting - 0.5) == Late(float(waiting))
        assert (ask(pace, now, of=of, within=0.0) == 0.0) is is_admitted


@given(EMISSIONS, st.integers(1, 5), st.lists(st.tuples(st.integers(0, 9), st.booleans())))
def test_no_window_holds_more_than_rate_and_burst(
    emission: int, burst: int, steps: list[tuple[int, bool]]
) -> None:
    """INVARIANT: cleanup included, no stretch of time holds more than its rate and the burst."""
    pace, now = Pace(), START
    of = limits(1 / emission, float(burst))
    sent = []
    for step, reserved in steps:
        now += step
        answer = ask(pace, now, of=of, reserved=reserved)
        assert not isinstance(answer, Late)
        sent.append(now + answer)

    sent.sort()
    for index, begin in enumerate(sent):
        for count, end in enumerate(sent[index:], start=1):
            assert count <= spared(burst) + (end - begin) / emission


@given(st.lists(st.tuples(st.integers(0, 90), st.none() | st.integers(0, 9)), max_size=40))
def test_whatever_429s_come_the_pace_stays_in_bounds(steps: list[tuple[int, int | None]]) -> None:
    """INVARIANT: the pace is never above the configured rate nor below a tenth of it."""
    pace, now = Pace(), START
    for seconds, pause in steps:
        now += seconds
        pace.slow_down(pause, now)

        assert 1 - 1e-9 <= gap(pace, now) <= 20 + 1e-9
