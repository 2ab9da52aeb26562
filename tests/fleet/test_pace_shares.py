"""Who gets how much of a shared pace: workers that each wait for an answer before they ask again.

A run of the whole fleet on a clock that jumps from event to event: each worker asks, waits for its
turn, wakes up a little late, sends, waits for the answer, asks again.
"""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field

import pytest

from redhanded.fleet.pace import Pace
from redhanded.fleet.store import GateLimits
from redhanded.pipeline.breaker import BreakerLimits
from redhanded.pipeline.shared_gate import Late

SECONDS = 60.0


@dataclass
class Run:
    """What came of a run: when each request reached the server, and who waited how long."""

    log: list[float] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)


def run(workers: int, *, rate: float, burst: float, answer: float, late: float) -> Run:
    """A minute of so many workers; an answer takes about so long, and waking up as much at most."""
    pace, limits, chance = Pace(), GateLimits(BreakerLimits(), rate=rate, burst=burst), seeded()
    asking = [(chance.uniform(0.0, answer), worker) for worker in range(workers)]
    heapq.heapify(asking)
    done = Run(sent=[0] * workers)
    while asking[0][0] < SECONDS:
        now, worker = heapq.heappop(asking)
        wait = pace.reserve(now, limits, within=30.0, reserved=False)
        assert not isinstance(wait, Late)
        arrives = now + wait + chance.uniform(0.0, late)
        done.log.append(arrives)
        done.sent[worker] += 1
        done.waits.append(wait)
        heapq.heappush(asking, (arrives + chance.expovariate(1 / answer), worker))
    done.log.sort()
    return done


def seeded() -> random.Random:
    """The same chance in each run."""
    return random.Random(7)


def most_over(log: list[float], rate: float) -> float:
    """The most requests that any stretch of time held above its rate."""
    # Of all that began before, the stretch from the lowest point to here holds the most.
    worst, lowest = 0.0, float("inf")
    for index, at in enumerate(log):
        lowest = min(lowest, index - rate * at)
        worst = max(worst, index + 1 - rate * at - lowest)
    return worst


@pytest.mark.parametrize("workers", [2, 8, 16])
@pytest.mark.parametrize("answer", [0.001, 0.02, 0.05], ids=["1 ms", "20 ms", "50 ms"])
def test_workers_get_equal_shares_of_nearly_all(workers: int, answer: float) -> None:
    """At least 95 % of the limit is used, the shares differ by a fifth at most, in one order."""
    rate = 25.0

    done = run(workers, rate=rate, burst=5.0, answer=answer, late=0.01)

    assert len(done.log) >= 0.95 * rate * SECONDS
    assert max(done.sent) <= 1.2 * min(done.sent)
    assert max(done.waits) <= 2 * (sum(done.waits) / len(done.waits)) + answer


@pytest.mark.parametrize("late", [0.0, 0.01, 0.02], ids=["in time", "10 ms late", "20 ms late"])
def test_the_server_never_sees_more_than_the_limit(late: float) -> None:
    """INVARIANT: the server's log stays below limit x t + burst, though callers wake up late."""
    rate, burst = 50.0, 10.0

    done = run(8, rate=rate, burst=burst, answer=0.01, late=late)

    assert most_over(done.log, rate) <= burst


def test_a_burst_that_is_used_to_its_last_place_would_be_overdrawn() -> None:
    """The margin is not for nothing: a pace that has ten places at once goes above ten."""
    rate, burst, burst_with_ten_at_once = 50.0, 10.0, 10.0 / 0.9

    done = run(8, rate=rate, burst=burst_with_ten_at_once, answer=0.01, late=0.02)

    assert most_over(done.log, rate) > burst
