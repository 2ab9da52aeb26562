"""The pace of a fleet towards one origin: GCRA, the leaky bucket of ITU-T I.371, for many workers.

As in `redhanded.pipeline.limiter`, `tat` is when the next request would be due at a steady rate,
and places are handed out in the order of asking. So workers that each wait for an answer before
they ask again get equal shares: who has just had a place stands behind all who wait for theirs.

Three things are different for a fleet. A tenth of the burst, one place at least, stays unused,
because a caller that wakes up late from its wait comes close to the next one at the server. Of
the places that are far ahead, one in ten is kept for the cleanup, which so never stands behind a
long queue; nothing is kept where the queue is short. And 429s within a second are one: all were
on their way together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from pydantic import ConfigDict

from redhanded.pipeline.shared_gate import Late

if TYPE_CHECKING:
    from redhanded.fleet.store import GateLimits

SLOWER = 0.7
FASTER = 1.05
SLOWEST = 0.1
RECOVERY_SECONDS = 60.0
TOGETHER = 1.0  # seconds in which 429s are one
KEPT_OF = 10  # one place in so many is kept for the cleanup
FAR_SECONDS = 1.0
FAR_PLACES = 16
MOST_KEPT = 64


@dataclass(slots=True)
class Pace:
    """When the next requests may go; times in seconds of the store's clock.

    `kept` are the places of the cleanup, soonest first; `handed` counts the far places that were
    handed out since one was kept.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", allow_inf_nan=False)

    tat: float = 0.0
    kept: list[float] = field(default_factory=list)
    handed: int = 0
    share: float = 1.0
    changed_at: float = 0.0
    slowed_at: float = 0.0
    paused_until: float = 0.0

    def reserve(
        self, now: float, limits: GateLimits, *, within: float, reserved: bool
    ) -> float | Late:
        """Seconds to wait for a place, which is taken; or by how much it is too late."""
        start = max(now, self.paused_until)
        if limits.rate is None:
            return _within(start - now, within)
        interval = 1 / (limits.rate * self._recovered(now))
        due = max(start, self.tat - _tolerance(limits))
        self.kept = [place for place in self.kept if place >= start]
        if reserved and self.kept:
            wait = _within(self.kept[0] - now, within)
            if not isinstance(wait, Late):
                del self.kept[0]
            return wait
        wait = _within(due - now, within)
        if not isinstance(wait, Late):
            self._advance(start, interval)
            if due - now > max(FAR_SECONDS, FAR_PLACES * interval):
                self._keep_one_in_ten(interval, limits)
        return wait

    def _advance(self, start: float, interval: float) -> None:
        self.tat = max(start, self.tat) + interval

    def _keep_one_in_ten(self, interval: float, limits: GateLimits) -> None:
        self.handed += 1
        if self.handed >= KEPT_OF - 1 and len(self.kept) < MOST_KEPT:
            self.handed = 0
            self.kept.append(self.tat - _tolerance(limits))
            self.tat += interval

    def slow_down(self, pause: float | None, now: float) -> None:
        """Heed a 429: keep still for `pause` seconds, and go at 0.7 of the pace from then on.

        The pace recovers by 5 % a minute, never above the configured rate.
        """
        share = self._recovered(now)
        if share >= 1 or now - self.slowed_at >= TOGETHER:
            self.share = max(SLOWEST, share * SLOWER)
            self.changed_at = self.slowed_at = now
        if pause:
            self.paused_until = max(self.paused_until, now + pause)

    def shift(self, seconds: float) -> None:
        """Move all moments by so many seconds, after the store's clock was set anew."""
        self.tat += seconds
        self.kept = [place + seconds for place in self.kept]
        self.changed_at += seconds
        self.slowed_at += seconds
        self.paused_until += seconds

    def _recovered(self, now: float) -> float:
        """The share of the rate that is in force: 5 % faster for each whole minute since a 429."""
        minutes = int((now - self.changed_at) // RECOVERY_SECONDS)
        if minutes > 0 and self.share < 1:
            self.share = min(1.0, self.share * FASTER**minutes)
            self.changed_at += minutes * RECOVERY_SECONDS
        return self.share


def _within(wait: float, within: float) -> float | Late:
    return Late(wait) if wait > within else wait


def _tolerance(limits: GateLimits) -> float:
    """How much earlier than `tat` a request may come: all places of the burst but the margin."""
    if limits.rate is None or limits.burst <= 1:
        return 0.0
    return max(0.0, limits.burst - 1 - max(1.0, limits.burst / KEPT_OF)) / limits.rate
