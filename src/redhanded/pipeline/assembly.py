"""The pipeline in its order, from the author's call down to the wire."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from redhanded.core.clock import Clock, SystemClock
from redhanded.pipeline.breaker import BreakerLimits
from redhanded.pipeline.call import call_of
from redhanded.pipeline.ceiling import Ceiling
from redhanded.pipeline.correlation import Calls, Correlation
from redhanded.pipeline.deadline import Deadline, Timeouts
from redhanded.pipeline.flow import Send, compose
from redhanded.pipeline.gate import CircuitBreaker, RateLimiter
from redhanded.pipeline.integrity import Integrity
from redhanded.pipeline.observe import Observe
from redhanded.pipeline.origin import Origins
from redhanded.pipeline.retry import Retry
from redhanded.pipeline.routes import Routes
from redhanded.pipeline.table import SAFE_METHODS

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx2

    from redhanded.core.ids import Entropy
    from redhanded.core.settings import Settings
    from redhanded.pipeline.call import Scope
    from redhanded.pipeline.flow import Flow, Proceed


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What policies take from the world: time, chance and randomness of ids."""

    clock: Clock = field(default_factory=SystemClock)
    random: Callable[[], float] = random.random
    entropy: Entropy = os.urandom


def origins_of(settings: Settings, surroundings: Surroundings) -> Origins:
    """An empty register of origins that keeps to the settings."""
    limits, limit = settings.breaker, settings.limit
    return Origins(
        surroundings.clock.monotonic,
        BreakerLimits(
            window=limits.window,
            minimum=limits.minimum,
            rate=limits.rate,
            consecutive=limits.consecutive,
            open=limits.open,
            longest=limits.longest,
        ),
        rate=limit.rate,
        burst=limit.burst or max(1.0, limit.rate or 1.0),
        tokens=float(settings.retry.capacity),
    )


def assemble(
    settings: Settings,
    scope: Scope,
    origins: Origins,
    surroundings: Surroundings,
) -> Proceed:
    """The way of every request of one client.

    Outermost comes what holds for the whole call; below `Retry` everything happens once an
    attempt; `Observe` is next to the body check and the wire, so that the ledger misses nothing.
    """
    now = surroundings.clock.monotonic
    times, retry = settings.timeouts, settings.retry
    return compose(
        Calls(scope, origins),
        Deadline(times.total, now),
        Ceiling(settings.ceilings),
        Retry(
            now=now,
            random=surroundings.random,
            keyed=Routes.of(retry.keys),
            opted_in={
                "unsafe_503": Routes.of(retry.unsafe_503),
                "throttled": Routes.of(retry.throttled),
                "timeout408": Routes.of(retry.timeout408),
            },
            cost=retry.cost,
            throttled_cost=retry.throttled_cost,
        ),
        CircuitBreaker(now=now, health=settings.health),
        RateLimiter(now),
        Timeouts(times.connect, times.read, times.write, times.pool, now),
        Correlation(surroundings.entropy),
        Observe(surroundings.clock),
        Integrity(int(settings.body_limit)),
        last=_to_wire,
    )


def _to_wire(request: httpx2.Request) -> Flow:
    # A write never rides on a connection that the server may be closing: its loss is ambiguous.
    fresh = call_of(request).fresh or request.method not in SAFE_METHODS
    return (yield Send(request, fresh))
