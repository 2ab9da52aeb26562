"""Stalls: how long the runner itself stood still."""

from __future__ import annotations

import threading

import pytest

from redhanded.session.stalls import NOTED, TICK, Stalls, Ticker


class Clock:
    """A clock that is moved by hand; wall time is a thousand seconds ahead."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        """Seconds since somewhere."""
        return self.now

    def wall(self) -> float:
        """Seconds since the epoch."""
        return self.now + 1000.0


def ticking(*gaps: float) -> Stalls:
    """Stalls after ticks with these gaps between them."""
    clock = Clock()
    stalls = Stalls(clock)
    stalls.tick()
    for gap in gaps:
        clock.now += gap
        stalls.tick()
    return stalls


def test_ticks_that_come_in_time_note_nothing() -> None:
    """A little lateness is every machine's."""
    assert ticking(TICK, TICK + NOTED, TICK).longest(0.0, 2000.0) == 0.0


def test_the_longest_pause_is_told() -> None:
    """INVARIANT: the runner paused for 6 s."""
    assert ticking(TICK, 1.0, TICK, 6.0).longest(0.0, 2000.0) == pytest.approx(6.0)


@pytest.mark.parametrize(
    "began, ended, share",
    [(1000.0, 1010.0, 6.0), (1002.0, 1004.0, 2.0), (1003.0, 1010.0, 3.0), (1006.5, 1010.0, 0.0)],
)
def test_only_the_share_between_two_moments_counts(
    began: float, ended: float, share: float
) -> None:
    """A pause that began before an attempt takes only a part of it."""
    assert ticking(6.0).longest(began, ended) == pytest.approx(share)


def test_a_ticker_ticks_until_it_is_stopped() -> None:
    """In a thread of its own."""
    ticked = threading.Event()
    ticker = Ticker(ticked.set)

    ticker.start()

    assert ticked.wait(10.0)
    ticker.stop()
